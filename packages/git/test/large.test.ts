import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { server } from '../src/server.ts';
import { callOn } from './fixture/answers.ts';
import { BRANCHES, CHANGED, COMMITS, FILES, layLarge } from './fixture/large.ts';
import { temporaryDirectory } from './fixture/repository.ts';
import { childrenOf, residentBytes, startServer } from './fixture/started.ts';

const BUDGET = 20_000;

/** Bytes that any call may add to the memory of the server. */
const MAX_GROWTH = 64 * 1024 ** 2;

/** From the first commit to the last. */
const ALL = `main~${COMMITS - 1}..main`;

const temporary = temporaryDirectory();
const path = join(temporary.path, 'large');
let client: TestClient;

beforeAll(async () => {
  layLarge(path);
  client = await connect(server, { repositories: [path], maxResultChars: BUDGET });
}, 180_000);

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  temporary[Symbol.dispose]();
});

type Call = readonly [tool: string, args: Record<string, unknown>, items: string, some: number];

/** What is asked, and how many of what it gives on all pages. */
const CALLS: readonly Call[] = [
  ['git_log', { max_count: 1_000, oneline: true, revision: `main~${COMMITS - 5_001}` }, 'commits', 5_001],
  ['git_log', { max_count: 1_000, revision: 'main~49500', path: 'a0' }, 'commits', 500],
  ['git_log', { author: 'nobody', revision: 'main' }, 'commits', 0],
  ['git_log', { grep: 'Change 2', start_timestamp: '2026-01-01T12:00:00Z', end_timestamp: '2026-01-01T12:00:30Z' }, 'commits', 11],
  ['git_diff', { target: ALL, output: 'names' }, 'files', CHANGED],
  ['git_diff', { target: ALL, output: 'stat' }, 'files', CHANGED],
  ['git_grep', { pattern: 'needle 2', revision: 'main', output: 'files' }, 'files', CHANGED],
  ['git_grep', { pattern: 'needle 2', output: 'count' }, 'files', CHANGED],
  ['git_branch', {}, 'branches', BRANCHES + 1],
  ['git_branch', { contains: 'main~1000' }, 'branches', 101],
];

async function pagesOf([tool, args, items]: Call, call: (tool: string, args: Record<string, unknown>) => ReturnType<typeof callOn>) {
  const seen: unknown[] = [];
  let cursor: unknown;
  do {
    const { text, data, code } = await call(tool, { ...args, ...(cursor === undefined ? {} : { cursor }) });
    expect([code, code === undefined ? '' : text]).toEqual([undefined, '']);
    expect(text.length).toBeLessThanOrEqual(BUDGET);
    cursor = data['nextCursor'];
    if (cursor !== undefined) expect(text).toContain(String(cursor));
    seen.push(...(data[items] as unknown[]).map((item) => JSON.stringify(item)));
  } while (cursor !== undefined);
  return seen;
}

describe('GIT-094, GIT-095: pages within their budget, which give everything once', () => {
  test.each(CALLS)('%s %j: %s', { timeout: 60_000 }, async (...call) => {
    const seen = await pagesOf(call, (tool, args) => callOn(client, tool, args));
    expect([seen.length, new Set(seen).size]).toEqual([call[3], call[3]]);
  });
});

describe('one answer, which says how much there is', () => {
  test('git_status', async () => {
    const { text, data } = await callOn(client, 'git_status');
    expect(text.length).toBeLessThanOrEqual(BUDGET);
    expect(data).toMatchObject({ branch: 'main', counts: { unstaged: FILES } });
  });

  test.each<[tool: string, args: Record<string, unknown>, data: object]>([
    ['git_diff', { target: ALL }, { total: { files: CHANGED }, tooLong: true }],
    ['git_diff', { target: 'HEAD' }, { total: { files: 20_000, truncated: true }, tooLong: true }],
    ['git_diff_unstaged', {}, { total: { files: 20_000, truncated: true }, tooLong: true }],
    ['git_diff', { target: ALL, output: 'patch' }, { total: { files: CHANGED }, nextCursor: expect.any(String) }],
    ['git_show', { revision: `main~${COMMITS - 1}` }, { stat: { total: 20_000, truncated: true }, nextCursor: expect.any(String) }],
  ])('%s %j', async (tool, args, said) => {
    const { text, data } = await callOn(client, tool, args);
    expect(text.length).toBeLessThanOrEqual(BUDGET);
    expect(data).toMatchObject(said);
  });
});

test('completion gives the first of them', async () => {
  const template = 'git://{repo}/{revision}/{+path}';
  const revisions = await client.complete(template, 'revision', 'topic-49', { repo: 'large' });
  expect(revisions).toEqual(Array.from({ length: 100 }, (_, index) => `topic-${4_900 + index}`));
  expect(await client.complete(template, 'revision', '', { repo: 'large' })).toHaveLength(100);
  expect(await client.complete(template, 'path', 'a0/b0/file-', { repo: 'large', revision: 'main' })).toHaveLength(37);
});

describe.runIf(process.platform === 'linux')('a process of its own', () => {
  test.each<[tool: string, args: object]>([
    ...CALLS.map(([tool, args]): [string, object] => [tool, args]),
    ['git_status', {}],
    ['git_diff', { target: ALL, output: 'patch' }],
  ])('memory stays flat: %s %j', { timeout: 30_000 }, async (tool, args) => {
    await using started = await startServer([path, '--max-result-chars', String(BUDGET)]);
    await started.call('git_log', { max_count: 1 }).answer;
    const before = residentBytes(started.pid, 'VmRSS');
    expect((await started.call(tool, args).answer).isError).toBeUndefined();
    expect(residentBytes(started.pid, 'VmHWM') - before).toBeLessThan(MAX_GROWTH);
  });

  test.each([
    ['git_log', { grep: 'no such text' }],
    ['git_grep', { pattern: 'no such text', revision: 'main' }],
    ['git_diff', { target: ALL, output: 'stat' }],
    ['git_status', {}],
  ])('%s, cancelled in the middle, leaves no process', { timeout: 60_000 }, async (tool, args) => {
    await using started = await startServer([path]);
    const { id } = started.call(tool, args);
    await vi.waitFor(() => expect(childrenOf(started.pid)).not.toEqual([]), { interval: 1, timeout: 10_000 });
    started.cancel(id);
    await vi.waitFor(() => expect(childrenOf(started.pid)).toEqual([]), { interval: 1, timeout: 10_000 });
    expect((await started.call('git_log', { max_count: 1 }).answer).isError).toBeUndefined();
  });
});
