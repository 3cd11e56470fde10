import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { server } from '../src/server.ts';
import { layFiles, layRepository, plainGit, temporaryDirectory } from './fixture/repository.ts';

const FILES = 2_500;

const temporary = temporaryDirectory();
let count = 0;

afterAll(() => temporary[Symbol.dispose]());

const contents = (text: string) =>
  Object.fromEntries(Array.from({ length: FILES }, (_, index) => [`d${index % 40}/f${index}`, `${text} ${index}\n`]));

/** Work that holds the index of thousands of files for a while. */
const WORK: readonly (readonly [tool: string, args: Record<string, unknown>, lay: (path: string) => void])[] = [
  ['git_add', { files: ['.'] }, (path) => layFiles(path, contents('new'))],
  ['git_commit', { message: 'm', all: true }, (path) => layCommitted(path, 'new')],
  [
    'git_checkout',
    { branch_name: 'other' },
    (path) => {
      layCommitted(path, 'old');
      plainGit(path, ['checkout', '--quiet', '-b', 'other', 'HEAD~1']);
      plainGit(path, ['checkout', '--quiet', 'main']);
    },
  ],
];

/** Committed with one text, and on the disk with another one. */
function layCommitted(path: string, text: string): void {
  layFiles(path, contents('committed'));
  plainGit(path, ['add', '--all']);
  plainGit(path, ['commit', '--quiet', '--message=many']);
  if (text === 'new') layFiles(path, contents(text));
}

async function start(lay: (path: string) => void) {
  const path = join(temporary.path, `r${count++}`);
  layRepository(path, [{ files: { f: '' }, message: 'one' }]);
  lay(path);
  const client = await connect(server, { repositories: [path], write: true, authorName: 'Operator', authorEmail: 'operator@example.com' });
  return { path, client, lock: join(path, '.git', 'index.lock') };
}

/** Turns of the event loop: some milliseconds, of work that takes hundreds. */
const TURNS = 500;

/** Until git is at work behind its lock. A signal between its making the file and its noting that it has would leave the file behind. */
async function untilLocked(lock: string): Promise<void> {
  while (!existsSync(lock)) await setImmediate();
  for (let turn = 0; turn < TURNS; turn++) await setImmediate();
}

/** The index can be read, every object is whole, and what was committed is there. */
function expectWhole(path: string): void {
  plainGit(path, ['fsck', '--strict', '--no-dangling']);
  plainGit(path, ['ls-files', '--stage']);
  expect(plainGit(path, ['log', '--format=%s'])).toContain('one');
}

/** The same call works in the end, and nothing is left over. */
async function expectWorks(client: TestClient, path: string, tool: string, args: Record<string, unknown>): Promise<void> {
  const { isError, content, _meta } = await client.callTool(tool, args);
  // A checkout that was killed has laid some of its files: it must not be guessed whose they are.
  if (tool === 'git_checkout' && isError) expect([_meta?.code, content]).toMatchObject(['conflict', [{}]]);
  else expect([isError, content]).toMatchObject([undefined, [{}]]);
  expectWhole(path);
}

// A deadline is the same signal.
describe.each(WORK)('%s', (tool, args, lay) => {
  test('cancelled in the middle: no lock is left, and the next call works', async () => {
    const { path, client, lock } = await start(lay);
    await using _client = client;
    const controller = new AbortController();
    const call = client.callTool(tool, args, { signal: controller.signal });
    call.catch(() => {});
    await untilLocked(lock);
    controller.abort();
    await expect(call).rejects.toThrow();
    // It waits its turn until the cancelled one has really ended.
    const reset = await client.callTool('git_reset');
    expect([reset.isError, reset.content]).toMatchObject([undefined, [{}]]);
    expect(existsSync(lock)).toBe(false);
    expectWhole(path);
    await expectWorks(client, path, tool, args);
  });

  test.skipIf(process.platform !== 'linux')('killed in the middle: the next call names the lock, and works without it', async () => {
    const { path, client, lock } = await start(lay);
    await using _client = client;
    const call = client.callTool(tool, args);
    await untilLocked(lock);
    for (const pid of childrenIn(path)) process.kill(-pid, 'SIGKILL');
    expect(await call).toMatchObject({ isError: true });
    expectWhole(path);
    if (!existsSync(lock)) return;
    const next = await client.callTool(tool, args);
    expect(next).toMatchObject({ isError: true, _meta: { code: 'conflict' } });
    expect(JSON.stringify(next.content)).toMatch(/index\.lock is \d+ seconds old/);
    rmSync(lock);
    await expectWorks(client, path, tool, args);
  });
});

/** Processes that run in a directory. */
function childrenIn(path: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [, parent] = /\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        return (
          Number(parent) === process.pid &&
          readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`GIT_CEILING_DIRECTORIES=${join(path, '..')}`)
        );
      } catch {
        // It has ended meanwhile.
        return false;
      }
    });
}
