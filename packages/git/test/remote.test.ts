import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, GENERATIONS, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { server } from '../src/server.ts';
import { callOn } from './fixture/answers.ts';
import { type HttpsRemote, startHttpsRemote } from './fixture/https-remote.ts';
import { layFiles, layRepository, plainGit, temporaryDirectory } from './fixture/repository.ts';

const temporary = temporaryDirectory();
let remote: HttpsRemote;
let count = 0;

beforeAll(async () => {
  remote = await startHttpsRemote(temporary.path);
});

afterAll(async () => {
  await remote[Symbol.asyncDispose]();
  temporary[Symbol.dispose]();
});

const settings = () => ({
  write: true,
  destructive: true,
  toolsets: ['remote' as const, 'history' as const],
  allowHosts: [remote.host],
  caFile: remote.caFile,
  confirmation: 'off' as const,
  authorName: 'Operator',
  authorEmail: 'operator@example.com',
});

describe.each(GENERATIONS)('%s client', (generation) => {
  let client: TestClient;
  let name: string;
  let root: string;
  let path: string;
  let seed: string;
  let bare: string;
  let url: string;

  /** A remote with two commits on `main` and one on `side`, a work tree `seed` beside it that pushes to it by path, and a clone of the first commit. */
  beforeEach(async () => {
    name = `r${count++}`;
    root = join(temporary.path, `root-${name}`);
    [path, seed, bare] = [join(root, 'clone'), join(temporary.path, `seed-${name}`), join(remote.directory, `${name}.git`)];
    url = `https://${remote.host}/${name}.git`;
    layRepository(seed, [{ files: { f: '1\n' }, message: 'one' }]);
    plainGit(remote.directory, ['init', '--quiet', '--bare', '--initial-branch=main', '--template=', bare]);
    plainGit(bare, ['config', 'http.receivepack', 'true']);
    plainGit(seed, ['remote', 'add', 'origin', bare]);
    plainGit(seed, ['push', '--quiet', 'origin', 'main']);
    plainGit(temporary.path, ['clone', '--quiet', '--template=', bare, path]);
    plainGit(path, ['remote', 'set-url', 'origin', url]);
    client = await connect(server, { ...settings(), repositories: [root] }, generation);
  });

  afterEach(() => client[Symbol.asyncDispose]());

  const call = (tool: string, args: Record<string, unknown> = {}) =>
    callOn(client, tool, tool === 'git_clone' ? args : { repo_path: 'clone', ...args });
  const idOf = (at: string, revision: string) => plainGit(at, ['rev-parse', revision]).trim();
  const commitIn = (at: string, message: string, files: Record<string, string>) => {
    layFiles(at, files);
    plainGit(at, ['add', '--all']);
    plainGit(at, ['commit', '--quiet', '--message', message]);
  };
  const publish = (message: string, files: Record<string, string>, ref = 'main') => {
    commitIn(seed, message, files);
    plainGit(seed, ['push', '--quiet', '--force', 'origin', `HEAD:refs/heads/${ref}`]);
    return idOf(seed, 'HEAD');
  };

  test('git_fetch tells each ref that changed: new, updated, forced, deleted', async () => {
    const first = idOf(seed, 'HEAD');
    publish('gone', { g: '1\n' }, 'gone');
    plainGit(seed, ['reset', '--quiet', '--hard', first]);
    const rewritten = publish('old', { f: 'old\n' }, 'rewritten');
    expect((await call('git_fetch')).data).toMatchObject({ remote: 'origin', url, count: 2 });
    plainGit(seed, ['reset', '--quiet', '--hard', first]);
    plainGit(seed, ['push', '--quiet', 'origin', ':refs/heads/gone']);
    const now = publish('new', { f: 'new\n' }, 'rewritten');
    const main = publish('two', { f: '2\n' });
    plainGit(seed, ['tag', 'v1']);
    plainGit(seed, ['push', '--quiet', 'origin', 'v1']);
    const { data, text } = await call('git_fetch', { prune: true });
    expect(data['updates']).toEqual([
      { ref: 'refs/remotes/origin/gone', state: 'deleted', old: expect.any(String) },
      { ref: 'refs/remotes/origin/main', state: 'updated', old: first, new: main },
      { ref: 'refs/remotes/origin/rewritten', state: 'forced', old: rewritten, new: now },
      { ref: 'refs/tags/v1', state: 'new', new: main },
    ]);
    expect(text).toContain(`  updated refs/remotes/origin/main ${first.slice(0, 10)}..${main.slice(0, 10)}`);
    expect([idOf(path, 'HEAD'), existsSync(join(path, '.git', 'FETCH_HEAD'))]).toEqual([first, false]);
    expect(plainGit(path, ['reflog', 'show', 'refs/remotes/origin/main', '--format=%gs'])).toContain('fetch origin: ');
    expect((await call('git_fetch', { prune: true })).text).toBe(`From ${url} (origin)\nNothing new`);
  });

  test('a tag that is another here is rejected, and the rest comes', async () => {
    plainGit(path, ['tag', 'v1']);
    const main = publish('two', { f: '2\n' });
    plainGit(seed, ['tag', 'v1']);
    plainGit(seed, ['push', '--quiet', 'origin', 'v1']);
    const { data } = await call('git_fetch', { tags: true });
    expect(data['updates']).toEqual([
      { ref: 'refs/tags/v1', state: 'rejected', reason: 'a tag of this name is here already, and is another' },
      expect.objectContaining({ ref: 'refs/remotes/origin/main', new: main }),
    ]);
  });

  test('git_fetch of one branch, and of one that is not there', async () => {
    publish('two', { f: '2\n' });
    publish('side', { s: '1\n' }, 'side');
    expect((await call('git_fetch', { branch: 'side' })).data).toMatchObject({ count: 1, updates: [{ ref: 'refs/remotes/origin/side' }] });
    expect((await call('git_fetch', { branch: 'absent' })).code).toBe('not_found');
    expect((await call('git_fetch', { remote: 'absent' })).text).toContain('Remotes: origin');
  });

  test('a branch that stands where a directory is needed', async () => {
    publish('one', { a: '1\n' }, 'a');
    await call('git_fetch');
    plainGit(seed, ['push', '--quiet', 'origin', ':refs/heads/a']);
    publish('two', { a: '2\n' }, 'a/b');
    expect(await call('git_fetch')).toMatchObject({ code: 'conflict', text: expect.stringContaining('prune') });
    expect((await call('git_fetch', { prune: true })).data).toMatchObject({
      updates: [
        { ref: 'refs/remotes/origin/a', state: 'deleted' },
        { ref: 'refs/remotes/origin/a/b', state: 'new' },
      ],
    });
  });

  test('git_pull fast-forwards, and merges only if asked to', async () => {
    const two = publish('two', { f: '2\n' });
    expect((await call('git_pull')).data).toMatchObject({ state: 'done', commit: two });
    expect(readFileSync(join(path, 'f'), 'utf8')).toBe('2\n');
    expect((await call('git_pull')).data).toMatchObject({ state: 'unchanged', count: 0 });
    publish('three', { f: '3\n' });
    commitIn(path, 'own', { own: '1\n' });
    expect(await call('git_pull')).toMatchObject({ code: 'conflict', text: expect.stringContaining('no fast-forward') });
    const merged = await call('git_pull', { merge: true });
    expect([merged.data['state'], plainGit(path, ['log', '-1', '--format=%s %an'])]).toEqual([
      'done',
      "Merge remote-tracking branch 'origin/main' Operator\n",
    ]);
    publish('four', { f: '4\n' });
    commitIn(path, 'other', { f: 'own\n' });
    const before = idOf(path, 'HEAD');
    expect(await call('git_pull', { merge: true })).toMatchObject({ code: 'conflict', text: expect.stringContaining('conflict: f.') });
    expect([idOf(path, 'HEAD'), plainGit(path, ['status', '--porcelain'])]).toEqual([before, '']);
  });

  test('git_pull needs nobody to commit as, overwrites nothing, and brings a first commit', async () => {
    await using nobody = await connect(
      server,
      { ...settings(), repositories: [root], authorName: undefined, authorEmail: undefined },
      generation,
    );
    const two = publish('two', { f: '2\n', 'own.env': 'theirs\n' });
    layFiles(path, { '.git/info/exclude': '*.env\n', 'own.env': 'mine\n' });
    expect((await callOn(nobody, 'git_pull', { repo_path: 'clone' })).code).toBe('conflict');
    expect(readFileSync(join(path, 'own.env'), 'utf8')).toBe('mine\n');
    layFiles(path, { 'own.env': undefined });
    expect((await callOn(nobody, 'git_pull', { repo_path: 'clone' })).data).toMatchObject({ state: 'done', commit: two });
    plainGit(root, ['init', '--quiet', '--initial-branch=main', '--template=', 'unborn']);
    plainGit(join(root, 'unborn'), ['remote', 'add', 'origin', url]);
    expect((await callOn(nobody, 'git_pull', { repo_path: 'unborn', branch: 'main' })).data).toMatchObject({ state: 'done', commit: two });
    expect(readFileSync(join(root, 'unborn', 'f'), 'utf8')).toBe('2\n');
  });

  test('git_pull needs to know what from', async () => {
    plainGit(path, ['checkout', '--quiet', '-b', 'own']);
    expect((await call('git_pull')).code).toBe('invalid_input');
    expect((await call('git_pull', { branch: 'main' })).data).toMatchObject({ state: 'unchanged' });
    plainGit(path, ['checkout', '--quiet', '--detach']);
    expect((await call('git_pull')).code).toBe('conflict');
  });

  test('git_push pushes a branch or a tag, and never over anything', async () => {
    const first = idOf(path, 'HEAD');
    commitIn(path, 'two', { f: '2\n' });
    const second = idOf(path, 'HEAD');
    expect((await call('git_push')).data).toEqual({
      remote: 'origin',
      url,
      ref: 'refs/heads/main',
      state: 'updated',
      old: first,
      new: second,
    });
    expect([idOf(bare, 'main'), idOf(path, 'origin/main')]).toEqual([second, second]);
    expect((await call('git_push')).data).toMatchObject({ state: 'unchanged' });
    plainGit(path, ['checkout', '--quiet', '-b', 'feature/x']);
    expect((await call('git_push', { set_upstream: true })).data).toMatchObject({ ref: 'refs/heads/feature/x', state: 'new', new: second });
    expect(plainGit(path, ['rev-parse', '--abbrev-ref', '@{upstream}'])).toBe('origin/feature/x\n');
    plainGit(path, ['tag', 'v1']);
    expect((await call('git_push', { tag: 'v1' })).data).toMatchObject({ ref: 'refs/tags/v1', state: 'new' });
    publish('other', { f: 'other\n' });
    expect(await call('git_push', { branch: 'main' })).toMatchObject({
      code: 'conflict',
      text: expect.stringContaining('commits that are not here'),
    });
    plainGit(path, ['tag', '--force', 'v1', 'HEAD~1']);
    expect((await call('git_push', { tag: 'v1' })).code).toBe('conflict');
    expect((await call('git_push', { branch: 'absent' })).code).toBe('not_found');
  });

  test('what a hook of the remote says is told as its own words', async () => {
    layFiles(bare, { 'hooks/pre-receive': '#!/bin/sh\necho "see https://u:TOKEN@example.com/why" >&2\nexit 1\n' });
    plainGit(bare, ['config', 'core.hooksPath', join(bare, 'hooks')]);
    const { chmodSync } = await import('node:fs');
    chmodSync(join(bare, 'hooks/pre-receive'), 0o755);
    commitIn(path, 'two', { f: '2\n' });
    const { code, text } = await call('git_push');
    expect(code).toBe('denied');
    expect(text).toContain('In its own words: "pre-receive hook declined; see https://example.com/why"');
  });

  test('git_push_force and git_delete_remote_branch hold to what was expected, and to protected branches', async () => {
    plainGit(path, ['checkout', '--quiet', '-b', 'side']);
    commitIn(path, 'side', { s: '1\n' });
    await call('git_push');
    plainGit(path, ['commit', '--quiet', '--amend', '--message', 'again']);
    expect((await call('git_push')).code).toBe('conflict');
    expect((await call('git_push_force', { branch: 'side' })).data).toMatchObject({ state: 'forced', new: idOf(path, 'side') });
    expect(idOf(bare, 'side')).toBe(idOf(path, 'side'));
    // Somebody else pushes: what was last fetched is not what is there.
    const theirs = publish('theirs', { t: '1\n' }, 'side');
    expect((await call('git_push_force', { branch: 'side' })).code).toBe('conflict');
    expect((await call('git_delete_remote_branch', { branch: 'side' })).code).toBe('conflict');
    expect(idOf(bare, 'side')).toBe(theirs);
    await call('git_fetch');
    expect((await call('git_delete_remote_branch', { branch: 'side' })).data).toMatchObject({ ref: 'refs/heads/side', state: 'deleted' });
    expect(plainGit(bare, ['branch', '--list', 'side'])).toBe('');
    expect(plainGit(path, ['branch', '--list', '--all', '*side'])).toBe('* side\n');
    for (const tool of ['git_push_force', 'git_delete_remote_branch']) expect((await call(tool, { branch: 'main' })).code).toBe('denied');
  });

  test('git_clone makes a whole repository, tells how far it is, and leaves nothing behind where it fails', async () => {
    const second = publish('two', { 'sub/f': '2\n' });
    plainGit(seed, ['tag', 'v1']);
    plainGit(seed, ['push', '--quiet', 'origin', 'v1']);
    const told: number[] = [];
    const answer = await client.callTool('git_clone', { url, path: 'new' }, { onprogress: ({ progress }) => told.push(progress) });
    expect(answer.structuredContent).toMatchObject({ path: join(root, 'new'), url, branch: 'main', commit: second, refs: 2 });
    expect([told.length > 0, told]).toEqual([true, told.toSorted((a, b) => a - b)]);
    const made = join(root, 'new');
    expect(plainGit(made, ['status', '--porcelain', '--branch'])).toBe('## main...origin/main\n');
    expect(plainGit(made, ['fsck', '--strict'])).toBe('');
    expect(plainGit(made, ['symbolic-ref', 'refs/remotes/origin/HEAD'])).toBe('refs/remotes/origin/main\n');
    expect((await callOn(client, 'git_pull', { repo_path: 'new' })).data).toMatchObject({ state: 'unchanged' });

    expect((await call('git_clone', { url, path: 'shallow', depth: 1 })).data).toMatchObject({ commit: second });
    expect(plainGit(join(root, 'shallow'), ['rev-list', '--count', '--all'])).toBe('1\n');
    const third = publish('three', { f: '3\n' });
    expect((await callOn(client, 'git_pull', { repo_path: 'shallow' })).data).toMatchObject({ commit: third });

    expect((await call('git_clone', { url })).data).toMatchObject({ path: join(root, name) });
    expect((await call('git_clone', { url })).code).toBe('conflict');
    for (const args of [{ url: url.replace('.git', '-absent.git') }, { url, branch: 'absent', path: 'failed' }, { url, path: 'a/b' }]) {
      expect((await call('git_clone', args)).code).toBe('not_found');
    }
    expect([existsSync(join(root, 'failed')), existsSync(join(root, `${name}-absent`)), existsSync(join(root, 'a'))]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test.each(['sha1', 'sha256'])('git_clone of an empty remote, and of one in %s', async (format) => {
    const other = join(remote.directory, `${name}-${format}.git`);
    plainGit(remote.directory, ['init', '--quiet', '--bare', '--initial-branch=trunk', `--object-format=${format}`, '--template=', other]);
    const from = url.replace('.git', `-${format}.git`);
    if (format === 'sha1') expect((await call('git_clone', { url: from, path: 'empty' })).data).toMatchObject({ refs: 0 });
    const source = join(temporary.path, `source-${name}-${format}`);
    plainGit(temporary.path, ['init', '--quiet', '--initial-branch=trunk', `--object-format=${format}`, '--template=', source]);
    commitIn(source, 'one', { f: '1\n' });
    plainGit(source, ['push', '--quiet', other, 'trunk']);
    expect((await call('git_clone', { url: from, path: 'full' })).data).toMatchObject({ branch: 'trunk', commit: idOf(source, 'HEAD') });
    expect(readFileSync(join(root, 'full', 'f'), 'utf8')).toBe('1\n');
  });
});
