import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, Visitor } from './clients.ts';

/** One line of the transcript: what was asked, what came back, how long it took. */
export interface Step {
  asked: string;
  told: string;
  ms: number;
}

const TOOLS = ['list_allowed_directories', 'list_directory', 'read_text_file'];

/** Does what every visitor does on `repository`, and throws when an answer is not as it should be. */
export async function visit(visitor: Visitor, repository: string): Promise<Step[]> {
  const steps: Step[] = [];
  const timed = async <Result>(asked: string, act: () => Promise<Result>, tell: (result: Result) => string): Promise<Result> => {
    const started = performance.now();
    const result = await act();
    steps.push({ asked, told: tell(result), ms: performance.now() - started });
    return result;
  };
  const call = (name: string, args: Record<string, unknown>) =>
    timed(`${name} ${JSON.stringify(args)}`, async () => (await visitor.callTool({ name, arguments: args })) as Answer, textOf);

  const { tools } = await timed(
    'tools/list',
    () => visitor.listTools(),
    (list) => list.tools.map((tool) => tool.name).join(', '),
  );
  assert.deepEqual(
    tools.map((tool) => tool.name),
    TOOLS,
  );

  const allowed = await call('list_allowed_directories', {});
  assert.deepEqual(allowed.structuredContent?.['directories'], [repository]);

  const head = await call('read_text_file', { path: 'README.md', head: 3 });
  assert.match(textOf(head), /^# Touchstone/);

  const packages = await call('list_directory', { path: 'packages' });
  assert.match(textOf(packages), /\[DIR\] core\n\[DIR\] filesystem/);

  const outside = await call('read_text_file', { path: join(tmpdir(), 'outside.txt') });
  assert.equal(outside.isError, true);
  assert.equal(outside._meta?.code, 'denied');

  const climbing = await call('read_text_file', { path: '../../etc/passwd' });
  assert.equal(climbing._meta?.code, 'denied');
  return steps;
}

function textOf(answer: Answer): string {
  return answer.content.map((block) => block.text ?? `(${block.type})`).join('\n');
}
