import { join } from 'node:path';
import { connect } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownMemory } from '../../src/domain/memory.ts';
import { server } from '../../src/server.ts';
import { callOn } from '../fixture/answers.ts';
import { layBlobBomb, layDeltaBomb, layLineBomb, layMessageBomb, layTreeBomb, layWideBomb } from '../fixture/bombs.ts';
import { temporaryDirectory } from '../fixture/repository.ts';
import { childrenOf, residentBytes, startServer } from '../fixture/started.ts';

const MEGABYTE = 1024 ** 2;

/** What one git may have here, and what it may take until that is seen. */
const [MOST_MB, SLACK] = [128, 256 * MEGABYTE];

/** What all calls together may add to the memory of the server. */
const MAX_GROWTH = 200 * MEGABYTE;

const BOMBS: readonly (readonly [name: string, lay: (path: string) => void])[] = [
  ['10^10 files in a tree', layTreeBomb],
  ['a million files in a directory', layWideBomb],
  ['messages of 40 MB', layMessageBomb],
  ['a chain of deltas to 256 MB', layDeltaBomb],
  ['a blob of 1.2 GB', layBlobBomb],
  ['millions of lines', layLineBomb],
];

const CALLS: readonly (readonly [tool: string, args: Record<string, unknown>])[] = [
  ['git_log', { revision: 'bomb' }],
  ['git_log', { revision: 'bomb', path: 'big.txt', grep: 'nothing' }],
  ['git_show', { revision: 'bomb' }],
  ['git_show', { revision: 'bomb:' }],
  ['git_show', { revision: 'bomb:big.txt' }],
  ['git_diff', { target: 'main..bomb', output: 'names' }],
  ['git_diff', { target: 'bomb' }],
  ['git_diff', { target: 'main..bomb', output: 'patch', paths: ['big.txt'] }],
  ['git_grep', { pattern: 'nothing', revision: 'bomb' }],
  ['git_blame', { path: 'big.txt', revision: 'bomb' }],
  ['git_branch', {}],
];

const temporary = temporaryDirectory();
const pathOf = (name: string) => join(temporary.path, name.replaceAll(/\W+/g, '-'));

afterAll(() => temporary[Symbol.dispose]());

/** The most that each git that a process starts has had for itself, looked at as often as possible. */
function watched(pid: number) {
  let peak = 0;
  const timer = setInterval(() => {
    for (const child of childrenOf(pid)) peak = Math.max(peak, ownMemory(child));
  }, 5);
  return { peak: () => peak, [Symbol.dispose]: () => clearInterval(timer) };
}

// Elsewhere nobody tells how much memory a process has.
describe.skipIf(process.platform !== 'linux')('GIT-077: memory', { timeout: 180_000 }, () => {
  beforeAll(() => {
    for (const [name, lay] of BOMBS) lay(pathOf(name));
  }, 180_000);

  test.each(BOMBS)('%s: git keeps within its bound, and so does the server', async (name) => {
    const settings = ['--call-timeout-ms', '5000', '--max-memory-mb', String(MOST_MB), pathOf(name)];
    await using started = await startServer(settings);
    await started.call('git_status', {}).answer;
    const before = residentBytes(started.pid, 'VmRSS');
    for (const [tool, args] of CALLS) {
      using git = watched(started.pid);
      const answer = await started.call(tool, args).answer;
      const peak = git.peak();
      const code = answer.isError === true ? answer._meta?.['code'] : undefined;
      if (process.env['FIGURES'] !== undefined) {
        const own = residentBytes(started.pid, 'VmHWM') - before;
        process.stdout.write(`${[name, tool, JSON.stringify(args), code ?? 'ok', `git ${mb(peak)}`, `server +${mb(own)}`].join('\t')}\n`);
      }
      expect([undefined, 'timeout', 'too_large', 'unavailable', 'not_found']).toContain(code);
      expect(peak).toBeLessThan(MOST_MB * MEGABYTE + SLACK);
    }
    expect(residentBytes(started.pid, 'VmHWM') - before).toBeLessThan(MAX_GROWTH);
  });

  test('what takes more says so, and how to ask for less', async () => {
    const [[name = ''] = []] = BOMBS;
    await using client = await connect(server, { repositories: [pathOf(name)], maxMemoryMb: 64 });
    const { code, text } = await callOn(client, 'git_diff', { target: 'main..bomb', output: 'names' });
    expect(code).toBe('too_large');
    expect(text).toContain('git needs more memory for this than it may have (64 MB).');
    expect(text).toContain('Ask for less: a path, a smaller range. The user can allow more with --max-memory-mb.');
    expect((await callOn(client, 'git_status')).code).toBeUndefined();
  });
});

function mb(bytes: number): string {
  return `${Math.round(bytes / MEGABYTE)} MB`;
}

test('memory of a process that is not there is none', () => {
  expect(ownMemory(2 ** 30)).toBe(0);
  if (process.platform === 'linux') expect(ownMemory(process.pid)).toBeGreaterThan(MEGABYTE);
});
