import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { server } from '../../src/server.ts';
import { layMarker, plainGit, temporaryDirectory } from '../fixture/repository.ts';
import { layBait, rows } from './configuration.ts';

/** Every tool, on everything that a driver could be asked about. */
const CALLS: readonly (readonly [tool: string, args: Record<string, unknown>])[] = [
  ['git_status', {}],
  ['git_log', {}],
  ['git_log', { path: 'file.txt', revision: 'HEAD~1..HEAD' }],
  ['git_show', { revision: 'HEAD' }],
  ['git_show', { revision: 'HEAD~1', paths: ['file.txt'] }],
  ['git_show', { revision: 'HEAD:file.txt' }],
  ['git_show', { revision: 'HEAD:' }],
  ['git_diff_unstaged', {}],
  ['git_diff_unstaged', { output: 'patch', paths: ['file.txt'] }],
  ['git_diff_staged', {}],
  ['git_diff', { target: 'HEAD' }],
  ['git_diff', { target: 'HEAD~1..HEAD' }],
  ['git_branch', { branch_type: 'all', tracking: true }],
  ['git_blame', { path: 'file.txt' }],
  ['git_grep', { pattern: 'two', contextLines: 1 }],
  ['git_grep', { pattern: 'two', revision: 'HEAD~1' }],
];

const temporary = temporaryDirectory();
const { program, mark } = layMarker(temporary.path);
let client: TestClient;

beforeAll(async () => {
  client = await connect(server, { repositories: [temporary.path] });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  temporary[Symbol.dispose]();
});

describe('no program of a repository ever runs', () => {
  test.each(rows.map((row, index) => [row[0], row[1], row, index] as const))('%s %s', async (_id, _name, [, , lay, bites], index) => {
    const path = join(temporary.path, `r${index}`);
    layBait(path);
    lay({ path, program });
    rmSync(mark, { force: true });
    for (const [tool, args] of CALLS) {
      const answer = await client.callTool(tool, { repo_path: path, ...args });
      expect([tool, args, answer.isError ? answer.content : 'ok', existsSync(mark)]).toEqual([tool, args, 'ok', false]);
    }
    const { content, structuredContent } = await client.callTool('git_show', { repo_path: path, revision: 'HEAD' });
    expect(structuredContent).toMatchObject({ kind: 'commit', patches: [{ text: expect.stringContaining('-one\n+two') }, {}] });
    expect(content[0]).toMatchObject({ text: expect.stringContaining('diff --git a/file.txt b/file.txt') });
    // The row is worth something only if git itself does run the program.
    if (bites === undefined) return;
    try {
      plainGit(path, bites);
    } catch {
      // A program that is no fetch and no filter lets many a command fail; that it ran is the point.
    }
    expect(existsSync(mark)).toBe(true);
  });
});

test('what is not used is named, so that nobody wonders', async () => {
  const path = join(temporary.path, 'named');
  layBait(path);
  plainGit(path, ['config', 'filter.lfs.clean', 'git-lfs clean -- %f']);
  plainGit(path, ['config', 'include.path', '../x']);
  const { structuredContent, content } = await client.callTool('git_status', { repo_path: path });
  expect(structuredContent).toMatchObject({
    ignored: ['filter.lfs.clean', 'include.path'],
    unstaged: [{ path: 'file.txt' }, { path: 'read.md' }],
  });
  expect(content[0]).toMatchObject({
    text: expect.stringContaining('[Not used, as they run programs or lead elsewhere: filter.lfs.clean, include.path]'),
  });
});

test('hooks run where the operator wants them, and only then', async () => {
  const path = join(temporary.path, 'r3');
  rmSync(mark, { force: true });
  await using trusting = await connect(server, { repositories: [path], hooks: true });
  expect((await trusting.callTool('git_status')).isError).toBeUndefined();
  expect(JSON.stringify(trusting.log)).toContain('Hooks are on');
});
