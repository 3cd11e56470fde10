import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, GENERATIONS, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { server } from '../src/server.ts';
import { callOn } from './fixture/answers.ts';
import { layFiles, layRepository, plainGit, temporaryDirectory } from './fixture/repository.ts';

const temporary = temporaryDirectory();
let count = 0;

afterAll(() => temporary[Symbol.dispose]());

describe.each(GENERATIONS)('%s client', (generation) => {
  let client: TestClient;
  let root: string;
  let path: string;

  beforeEach(async () => {
    root = join(temporary.path, `root${count++}`);
    path = join(root, 'main');
    layRepository(path, [
      { files: { f: '1\n', '.gitignore': '*.env\n' }, message: 'one' },
      { files: { f: '2\n' }, message: 'two' },
    ]);
    layFiles(temporary.path, { 'outside/keep': 'kept\n' });
    client = await connect(
      server,
      {
        repositories: [root],
        write: true,
        toolsets: ['worktree'],
        confirmation: 'off',
        authorName: 'Operator',
        authorEmail: 'g@example.com',
      },
      generation,
    );
  });

  afterEach(() => client[Symbol.asyncDispose]());

  const call = (args: Record<string, unknown>) => callOn(client, 'git_worktree', { repo_path: 'main', ...args });
  const plain = (at: string, ...args: readonly string[]) => plainGit(join(root, at), args);

  test('add, list, work in it, remove: git itself agrees at each step', async () => {
    const two = plain('main', 'rev-parse', 'HEAD').trim();
    expect(await call({ action: 'list' })).toMatchObject({ text: `${path} ${two.slice(0, 10)} [main]` });
    expect((await call({ action: 'add', path: 'topic' })).data).toEqual({
      action: 'add',
      worktree: { path: join(root, 'topic'), branch: 'topic', commit: two },
    });
    expect((await call({ action: 'add', path: 'old', revision: 'HEAD~1' })).text).toContain('(detached)');
    expect((await call({ action: 'add', path: 'from', branch: 'b/from', revision: 'HEAD~1' })).data).toMatchObject({
      worktree: { branch: 'b/from' },
    });
    expect(readFileSync(join(root, 'from', 'f'), 'utf8')).toBe('1\n');
    expect(plain('main', 'worktree', 'list').split('\n').slice(0, -1)).toEqual([
      expect.stringMatching(/main\s+\w+ \[main\]$/),
      expect.stringMatching(/from\s+\w+ \[b\/from\]$/),
      expect.stringMatching(/old\s+\w+ \(detached HEAD\)$/),
      expect.stringMatching(/topic\s+\w+ \[topic\]$/),
    ]);
    expect(plain('topic', 'status', '--porcelain', '--branch')).toBe('## topic\n');
    layFiles(join(root, 'topic'), { f: '3\n' });
    expect((await callOn(client, 'git_commit', { repo_path: 'topic', message: 'three', all: true })).code).toBeUndefined();
    const listed = await callOn(client, 'git_worktree', { repo_path: 'topic', action: 'list' });
    expect(listed.text.split('\n')).toHaveLength(4);
    expect((await call({ action: 'remove', path: 'topic' })).data).toMatchObject({
      worktree: { path: join(root, 'topic'), branch: 'topic' },
    });
    expect([existsSync(join(root, 'topic')), plain('main', 'log', '-1', '--format=%s', 'topic')]).toEqual([false, 'three\n']);
    expect(plain('main', 'worktree', 'prune', '--dry-run', '--verbose')).toBe('');
    expect(plain('main', 'fsck')).toBe('');
  });

  test('an existing branch is checked out once', async () => {
    plain('main', 'branch', 'side', 'HEAD~1');
    expect((await call({ action: 'add', path: 'a', branch: 'side' })).data).toMatchObject({ worktree: { branch: 'side' } });
    expect((await call({ action: 'add', path: 'b', branch: 'side' })).code).toBe('conflict');
    expect((await call({ action: 'add', path: 'b', branch: 'main' })).code).toBe('conflict');
    expect((await call({ action: 'add', path: 'b', branch: 'side', revision: 'main' })).code).toBe('conflict');
    expect((await call({ action: 'add', path: 'b', revision: 'absent' })).code).toBe('not_found');
    expect((await call({ action: 'add', path: 'b', branch: 'a..b' })).code).toBe('invalid_input');
    expect((await call({ action: 'add' })).code).toBe('invalid_input');
    expect(existsSync(join(root, 'b'))).toBe(false);
  });

  test('two of one name, and a name that no directory of git may have', async () => {
    mkdirSync(join(root, 'x'));
    await call({ action: 'add', path: 'a.lock', branch: 'one' });
    await call({ action: 'add', path: 'x/a.lock', branch: 'two' });
    expect(plain('main', 'worktree', 'list').split('\n')).toHaveLength(4);
    expect(plain('x/a.lock', 'status', '--porcelain')).toBe('');
  });

  test('remove refuses to lose anything', async () => {
    await call({ action: 'add', path: 't' });
    const refused = async (says: string) => {
      const { code, text } = await call({ action: 'remove', path: 't' });
      expect([code, text]).toEqual(['conflict', expect.stringContaining(says)]);
    };
    layFiles(join(root, 't'), { f: 'changed\n' });
    await refused('f would be lost');
    plain('t', 'add', '--all');
    await refused('f would be lost');
    plain('t', 'reset', '--quiet', '--hard');
    layFiles(join(root, 't'), { new: '1\n' });
    await refused('new would be lost');
    rmSync(join(root, 't', 'new'));
    layFiles(join(root, 't'), { 'secret.env': '1\n' });
    await refused('with ignored');
    plain('main', 'worktree', 'lock', join(root, 't'));
    await refused('locked');
    plain('main', 'worktree', 'unlock', join(root, 't'));
    plain('t', 'checkout', '--quiet', '--detach');
    plain('t', 'commit', '--quiet', '--allow-empty', '--message', 'nowhere');
    expect(await call({ action: 'remove', path: 't', ignored: true })).toMatchObject({
      code: 'conflict',
      text: expect.stringContaining('on no branch'),
    });
    plain('t', 'branch', 'kept');
    expect((await call({ action: 'remove', path: 't', ignored: true })).code).toBeUndefined();
    expect(existsSync(join(root, 't'))).toBe(false);
  });

  test('remove takes a linked work tree of this repository by its own path, and nothing else', async () => {
    await call({ action: 'add', path: 't' });
    mkdirSync(join(root, 't', 't'));
    layRepository(join(root, 'other'), [{ files: { f: '1\n' }, message: 'one' }]);
    plain('other', 'worktree', 'add', '--quiet', '-b', 'theirs', join(root, 'theirs'));
    for (const each of ['main', 't/t', 'other', 'theirs'])
      expect((await call({ action: 'remove', path: each })).code).toBe('invalid_input');
    expect((await call({ action: 'remove', path: 'absent' })).code).toBe('not_found');
    for (const each of ['main', 't', 'other', 'theirs']) expect(existsSync(join(root, each, 'f'))).toBe(true);
  });

  test('GIT-013, GIT-014: no work tree outside, in a git directory, or through a link', async () => {
    symlinkSync(join(temporary.path, 'outside'), join(root, 'link'));
    for (const each of [join(temporary.path, 'outside', 'wt'), '../wt', 'link/wt', 'link', 'main/.git/wt', 'main/.GIT/wt', '.', '']) {
      expect([each, (await call({ action: 'add', path: each, branch: 'new' })).code]).toEqual([
        each,
        each === '' ? 'invalid_input' : 'denied',
      ]);
    }
    mkdirSync(join(root, 'bare.git'));
    plain('bare.git', 'init', '--quiet', '--bare', '--template=');
    expect((await call({ action: 'add', path: 'bare.git/refs/wt', branch: 'new' })).code).toBe('denied');
    expect((await call({ action: 'add', path: 'main', branch: 'new' })).code).toBe('conflict');
    expect((await call({ action: 'add', path: 'absent/wt', branch: 'new' })).code).toBe('not_found');
    expect([plain('main', 'branch', '--list', 'new'), readFileSync(join(temporary.path, 'outside', 'keep'), 'utf8')]).toEqual([
      '',
      'kept\n',
    ]);
  });

  test('what a repository says of its work trees is not believed', async () => {
    await call({ action: 'add', path: 't' });
    const entry = join(path, '.git', 'worktrees', 't');
    // It names another directory: that one must not be deleted, nor told of.
    layRepository(join(root, 'precious'), [{ files: { f: '1\n' }, message: 'one' }]);
    writeFileSync(join(entry, 'gitdir'), `${join(root, 'precious')}/.git\n`);
    expect((await call({ action: 'remove', path: 't' })).code).toBe('denied');
    writeFileSync(join(entry, 'gitdir'), `${join(temporary.path, 'outside')}/.git\n`);
    expect((await call({ action: 'list' })).text).toContain('[outside the allowed directories]');
    symlinkSync(join(temporary.path, 'outside'), join(root, 'link'));
    for (const name of ['keep', 'absent']) {
      writeFileSync(join(entry, 'gitdir'), `${join(root, 'link', name)}/.git\n`);
      expect((await call({ action: 'list' })).data).toMatchObject({ worktrees: [{}, { missing: true }] });
    }
    writeFileSync(join(entry, 'HEAD'), '--upload-pack=x\n');
    expect((await call({ action: 'list' })).data).toMatchObject({ worktrees: [{}, { path: expect.any(String) }] });
    expect(existsSync(join(root, 'precious', 'f'))).toBe(true);
  });
});
