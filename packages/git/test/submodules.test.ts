import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { server } from '../src/server.ts';
import { callOn } from './fixture/answers.ts';
import { layFiles, layRepository, plainGit, temporaryDirectory } from './fixture/repository.ts';

const temporary = temporaryDirectory();
const [library, path] = [join(temporary.path, 'library'), join(temporary.path, 'project')];
let client: TestClient;

beforeAll(async () => {
  layRepository(library, [{ files: { f: '1\n' }, message: 'one' }]);
  layRepository(path, [{ files: { a: '1\n' }, message: 'one' }]);
  plainGit(path, ['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'deep/library']);
  plainGit(path, ['commit', '--quiet', '--message=two']);
  client = await connect(server, { repositories: [path], write: true, authorName: 'Operator', authorEmail: 'operator@example.com' });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  temporary[Symbol.dispose]();
});

test('a submodule as git makes it: compared by its commit, and named nowhere as something strange', async () => {
  expect(await callOn(client, 'git_status')).toMatchObject({ data: { unstaged: [], ignored: [] } });
  layFiles(path, { 'deep/library/f': '2\n' });
  expect(await callOn(client, 'git_status')).toMatchObject({ data: { unstaged: [] } });
  plainGit(join(path, 'deep/library'), ['commit', '--quiet', '--all', '--message=two']);
  const { data, text } = await callOn(client, 'git_diff_unstaged');
  expect(data).toMatchObject({ total: { files: 1 } });
  expect(text).toContain('deep/library');
  expect((await callOn(client, 'git_commit', { message: 'three', all: true })).code).toBeUndefined();
  expect(plainGit(path, ['rev-parse', 'HEAD:deep/library'])).toBe(plainGit(join(path, 'deep/library'), ['rev-parse', 'HEAD']));
});

test('asked itself, it is a repository like others: core.worktree, which git has written there, says nothing', async () => {
  expect(plainGit(join(path, 'deep/library'), ['config', 'core.worktree']).trim()).toBe('../../../../deep/library');
  const { data, text } = await callOn(client, 'git_status', { repo_path: 'deep/library' });
  expect(data).toMatchObject({ branch: 'main', ignored: [] });
  expect(text).not.toContain('Not used');
});

test('a work tree elsewhere is named', async () => {
  plainGit(join(path, 'deep/library'), ['config', 'core.worktree', '/']);
  expect((await callOn(client, 'git_status', { repo_path: 'deep/library' })).text).toContain('Not used');
});
