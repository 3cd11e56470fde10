import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { server } from '../../src/server.ts';
import { callOn } from '../fixture/answers.ts';
import { BOMB, layDeltaBomb, layTreeBomb } from '../fixture/bombs.ts';
import { plainGit, temporaryDirectory } from '../fixture/repository.ts';
import { childrenOf } from '../fixture/started.ts';

const temporary = temporaryDirectory();
const [trees, deltas] = [join(temporary.path, 'trees'), join(temporary.path, 'deltas')];
let client: TestClient;

beforeAll(async () => {
  layTreeBomb(trees);
  layDeltaBomb(deltas);
  client = await connect(server, {
    repositories: [temporary.path],
    callTimeoutMs: 2_000,
    write: true,
    authorName: 'A',
    authorEmail: 'a@x',
  });
}, 120_000);

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  temporary[Symbol.dispose]();
});

/** It ends, whatever it says, and so does every process that it started. */
async function expectEnd(tool: string, args: Record<string, unknown>): Promise<void> {
  const { code } = await callOn(client, tool, args);
  expect([undefined, 'timeout', 'too_large', 'unavailable', 'conflict']).toContain(code);
  if (process.platform === 'linux') await vi.waitFor(() => expect(childrenOf(process.pid).filter(isGit)).toEqual([]), { timeout: 5_000 });
}

function isGit(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'git\n';
  } catch {
    return false;
  }
}

/** Everything that reads what a revision has. */
const CALLS: readonly (readonly [tool: string, args: Record<string, unknown>])[] = [
  ['git_log', { revision: 'bomb', path: 'd9' }],
  ['git_show', { revision: 'bomb' }],
  ['git_show', { revision: 'bomb', stat: true }],
  ['git_show', { revision: 'bomb:' }],
  ['git_show', { revision: 'bomb:big.txt' }],
  ['git_diff', { target: 'main..bomb' }],
  ['git_diff', { target: 'main..bomb', output: 'names' }],
  ['git_diff', { target: 'bomb' }],
  ['git_grep', { pattern: 'x', revision: 'bomb' }],
  ['git_grep', { pattern: 'no such text', revision: 'bomb' }],
  ['git_blame', { path: 'big.txt', revision: 'bomb' }],
  ['git_checkout', { branch_name: 'bomb' }],
];

describe('GIT-077: a tree of 10^10 files', { timeout: 30_000 }, () => {
  test.each(CALLS.filter(([, args]) => !JSON.stringify(args).includes('big.txt')))('%s %j', (tool, args) =>
    expectEnd(tool, { repo_path: trees, ...args }),
  );
  test('nothing is left locked', async () => {
    expect((await callOn(client, 'git_status', { repo_path: trees })).data).toMatchObject({ branch: 'main' });
    expect((await callOn(client, 'git_add', { repo_path: trees, files: ['.'] })).code).toBeUndefined();
  });
});

describe('GIT-077: a blob of 256 MB in a pack of a kilobyte', { timeout: 30_000 }, () => {
  test('is what it says', () => {
    expect(statSync(join(deltas, '.git/objects/pack/pack-bomb.pack')).size).toBeLessThan(3_000);
    expect(plainGit(deltas, ['cat-file', '-s', 'bomb:big.txt']).trim()).toBe(String(BOMB));
  });
  test.each(CALLS)('%s %j', (tool, args) => expectEnd(tool, { repo_path: deltas, ...args }));
});
