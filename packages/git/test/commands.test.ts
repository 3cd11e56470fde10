import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { server } from '../src/server.ts';
import { callOn } from './fixture/answers.ts';
import { layFiles, layRepository, plainGit, temporaryDirectory } from './fixture/repository.ts';

const temporary = temporaryDirectory();
const [path, log, gitPath] = ['project', 'log', 'git'].map((name) => join(temporary.path, name)) as [string, string, string];
let client: TestClient;

/** A tool, what is laid out before it, and the subcommands of git that it takes. */
type Row = readonly [tool: string, args: Record<string, unknown>, lay: () => void, commands: string];

const nothing = () => {};
const edit = () => layFiles(path, { 'a.txt': `${Math.random()}\n` });
const staged = () => {
  edit();
  plainGit(path, ['add', '--all']);
};
const rows: readonly Row[] = [
  ['git_status', {}, nothing, 'status'],
  ['git_diff_unstaged', {}, nothing, 'diff'],
  ['git_diff_unstaged', {}, edit, 'diff diff'],
  ['git_diff_staged', {}, staged, 'ls-files diff diff'],
  ['git_diff', { target: 'HEAD~1..HEAD' }, nothing, 'cat-file diff diff'],
  ['git_diff', { target: 'HEAD~1', output: 'stat' }, nothing, 'cat-file diff'],
  ['git_log', {}, nothing, 'cat-file log'],
  ['git_show', { revision: 'HEAD' }, nothing, 'cat-file log diff diff'],
  ['git_show', { revision: 'HEAD:a.txt' }, nothing, 'cat-file ls-tree cat-file'],
  ['git_branch', {}, nothing, 'for-each-ref'],
  ['git_blame', { path: 'a.txt' }, nothing, 'cat-file blame log'],
  ['git_grep', { pattern: 'o' }, nothing, 'grep'],
  ['git_grep', { pattern: 'o', revision: 'HEAD' }, nothing, 'cat-file grep'],
  ['git_add', { files: ['a.txt'] }, edit, 'status check-attr add diff'],
  ['git_reset', {}, staged, 'ls-files reset diff'],
  ['git_commit', { message: 'm' }, staged, 'ls-files commit cat-file'],
  ['git_commit', { message: 'm', files: ['a.txt'] }, edit, 'status check-attr add ls-files commit cat-file'],
  ['git_commit', { message: 'm', all: true }, edit, 'status check-attr commit cat-file'],
  ['git_create_branch', { branch_name: 'new' }, nothing, 'cat-file branch symbolic-ref'],
  ['git_checkout', { branch_name: 'side' }, nothing, 'cat-file switch'],
  ['git_stash', { action: 'list' }, nothing, 'stash'],
  ['git_stash', { action: 'push' }, edit, 'status status check-attr stash stash'],
  ['git_tag', { action: 'list' }, nothing, 'for-each-ref'],
  ['git_tag', { action: 'create', name: 'v1' }, nothing, 'cat-file tag'],
  ['git_merge', { revision: 'side' }, nothing, 'cat-file cat-file diff-tree cat-file symbolic-ref var diff merge cat-file'],
  [
    'git_rebase',
    { revision: 'side' },
    nothing,
    'cat-file cat-file symbolic-ref rev-list rev-list diff-tree rev-list diff-tree var diff rebase cat-file',
  ],
  ['git_cherry_pick', { revisions: ['side'] }, nothing, 'cat-file cat-file diff-tree var diff cherry-pick cat-file'],
  ['git_revert', { revisions: ['HEAD'] }, nothing, 'cat-file cat-file diff-tree var diff revert cat-file'],
  ['git_worktree', { action: 'list' }, nothing, 'cat-file'],
  ['git_reset_hard', {}, edit, 'cat-file symbolic-ref merge-base reset'],
  ['git_clean', { paths: ['.'] }, () => layFiles(path, { new: '' }), 'ls-files clean ls-files'],
  ['git_delete_branch', { branch_name: 'side', force: true }, nothing, 'cat-file for-each-ref update-ref config'],
];

const ran = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().replaceAll('\n', ' ') : '');

beforeAll(() => {
  // What git is told before the subcommand is the same each time.
  const script = `#!/bin/sh\nfor word; do case $word in -c) skip=1 ;; --no-pager|--literal-pathspecs) ;; *) [ -z "$skip" ] && break; skip= ;; esac; done\necho "$word" >> '${log}'\nexec git "$@"\n`;
  writeFileSync(gitPath, script);
  chmodSync(gitPath, 0o755);
});

beforeEach(async () => {
  rmSync(path, { recursive: true, force: true });
  layRepository(path, [
    { files: { 'a.txt': 'one\n', b: 'b\n' }, message: 'one' },
    { files: { 'a.txt': 'two\n' }, message: 'two' },
  ]);
  plainGit(path, ['checkout', '--quiet', '-b', 'side', 'HEAD~1']);
  layFiles(path, { c: 'c\n' });
  plainGit(path, ['add', '--all']);
  plainGit(path, ['commit', '--quiet', '--message=side']);
  plainGit(path, ['checkout', '--quiet', 'main']);
  client = await connect(server, {
    repositories: [path],
    gitPath,
    write: true,
    destructive: true,
    toolsets: ['history', 'worktree'],
    confirmation: 'off',
    authorName: 'A',
    authorEmail: 'a@x',
  });
  // The configuration is judged once for each content, and the index once for each state that is not too young.
  do {
    rmSync(log, { force: true });
    await callOn(client, 'git_status');
  } while (ran().includes('ls-files'));
});

/** Each one costs some milliseconds: whoever adds one says here that it must be. */
afterEach(() => client[Symbol.asyncDispose]());

test.each(rows)('%s %j', async (tool, args, lay, commands) => {
  lay();
  rmSync(log, { force: true });
  expect((await callOn(client, tool, args)).code).toBeUndefined();
  expect(ran()).toBe(commands);
});

afterAll(() => temporary[Symbol.dispose]());
