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

/** Makes calls and keeps them for the transcript. */
class Diary {
  readonly steps: Step[] = [];
  readonly #visitor: Visitor;

  constructor(visitor: Visitor) {
    this.#visitor = visitor;
  }

  async tools(): Promise<string[]> {
    const { tools } = await this.#timed(
      'tools/list',
      () => this.#visitor.listTools(),
      (list) => list.tools.map((tool) => tool.name).join(', '),
    );
    return tools.map((tool) => tool.name);
  }

  async call(name: string, args: Record<string, unknown>): Promise<Answer> {
    const act = async () => (await this.#visitor.callTool({ name, arguments: args })) as Answer;
    return await this.#timed(`${name} ${JSON.stringify(args)}`, act, textOf);
  }

  async #timed<Result>(asked: string, act: () => Promise<Result>, tell: (result: Result) => string): Promise<Result> {
    const started = performance.now();
    const result = await act();
    this.steps.push({ asked, told: tell(result), ms: performance.now() - started });
    return result;
  }
}

/** What every visitor does on `repository`. Throws when an answer is not as it should be. */
export async function visit(visitor: Visitor, repository: string): Promise<Step[]> {
  const diary = new Diary(visitor);
  const tools = await diary.tools();
  for (const tool of ['list_allowed_directories', 'list_directory', 'read_text_file'])
    assert.ok(tools.includes(tool), `${tool} is not listed`);
  assert.ok(!tools.includes('write_file'), 'read-only is the default');

  const allowed = await diary.call('list_allowed_directories', {});
  assert.deepEqual(allowed.structuredContent?.['directories'], [repository]);

  const head = await diary.call('read_text_file', { path: 'README.md', head: 3 });
  assert.match(textOf(head), /^# Touchstone/);

  const packages = await diary.call('list_directory', { path: 'packages' });
  assert.match(textOf(packages), /\[DIR\] core\n\[DIR\] filesystem/);

  const outside = await diary.call('read_text_file', { path: join(tmpdir(), 'outside.txt') });
  assert.equal(outside.isError, true);
  assert.equal(outside._meta?.code, 'denied');

  const climbing = await diary.call('read_text_file', { path: '../../etc/passwd' });
  assert.equal(climbing._meta?.code, 'denied');
  return diary.steps;
}

/** What a visitor does who may write, in an empty directory of its own. */
export async function work(visitor: Visitor): Promise<Step[]> {
  const diary = new Diary(visitor);
  const poem = 'The road goes on\nand on\nand on\n';
  const written = await diary.call('write_file', { path: 'poems/road.txt', content: poem });
  assert.equal(written._meta?.code, 'not_found', 'no directory is made by the way');
  await diary.call('create_directory', { path: 'poems' });
  await diary.call('write_file', { path: 'poems/road.txt', content: poem });

  const ambiguous = await diary.call('edit_file', { path: 'poems/road.txt', edits: [{ oldText: 'and on', newText: 'for ever' }] });
  assert.equal(ambiguous._meta?.code, 'conflict');

  const edited = await diary.call('edit_file', {
    path: 'poems/road.txt',
    edits: [{ oldText: 'on\nand on\nand', newText: 'on\nfor ever' }],
  });
  assert.match(textOf(edited), /\+for ever on/);

  const found = await diary.call('search_content', { path: '.', pattern: 'for\\s+ever' });
  assert.match(textOf(found), /road\.txt/);

  const secrets = await diary.call('write_file', { path: '.env', content: 'DEBUG=1\n' });
  assert.equal(secrets._meta?.code, 'denied');

  const outside = await diary.call('write_file', { path: '../outside.txt', content: 'no' });
  assert.equal(outside._meta?.code, 'denied');
  return diary.steps;
}

function textOf(answer: Answer): string {
  return answer.content.map((block) => block.text ?? `(${block.type})`).join('\n');
}
