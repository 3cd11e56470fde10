import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, GENERATIONS, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { server } from '../src/server.ts';
import { layFiles, layRepository, plainGit, temporaryDirectory } from './fixture/repository.ts';

const temporary = temporaryDirectory();
const identity = { authorName: 'Operator', authorEmail: 'operator@example.com' };
const settings = { write: true, destructive: true, confirmation: 'off', ...identity } as const;
let count = 0;

afterAll(() => temporary[Symbol.dispose]());

describe.each(GENERATIONS)('%s client', (generation) => {
  let client: TestClient;
  let path: string;

  beforeEach(async () => {
    path = join(temporary.path, `r${count++}`);
    layRepository(path, [
      { files: { 'a.txt': 'one\n', 'sub/b.txt': 'b\n', '.gitignore': '*.log\n' }, message: 'one' },
      { files: { 'a.txt': 'two\n' }, message: 'two' },
    ]);
    client = await connect(server, { repositories: [path], ...settings }, generation);
  });

  afterEach(() => client[Symbol.asyncDispose]());

  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const { content, structuredContent, isError, _meta } = await client.callTool(name, args);
    const [block] = content;
    return { text: block?.type === 'text' ? block.text : '', data: structuredContent ?? {}, code: isError ? _meta?.code : undefined };
  };
  const plain = (...args: readonly string[]) => plainGit(path, args).trimEnd();

  test.each<[string, Record<string, string | undefined>, kept: string]>([
    ['a directory at the place of a tracked file', { 'a.txt': undefined, 'a.txt/kept.log': 'mine\n' }, 'a.txt/kept.log'],
    ['a file at the place of a tracked directory', { 'sub/b.txt': undefined, sub: 'mine\n' }, 'sub'],
  ])('git_stash does not lose %s', async (_what, { sub, ...files }, kept) => {
    layFiles(path, files);
    if (sub !== undefined) {
      rmSync(join(path, 'sub'), { recursive: true });
      layFiles(path, { sub });
    }
    for (const include_untracked of [false, true]) {
      expect(await call('git_stash', { action: 'push', include_untracked })).toMatchObject({ code: 'conflict' });
      expect(readFileSync(join(path, kept), 'utf8')).toBe('mine\n');
    }
  });

  describe('git_add and git_reset', () => {
    test('stage what is new, changed and deleted, and unstage it', async () => {
      layFiles(path, { 'a.txt': 'three\n', 'new\nline': '', 'sub/b.txt': undefined });
      expect(await call('git_add', { files: ['.'] })).toMatchObject({
        text: 'Files staged successfully\nStaged now (3):\n  M a.txt\n  A "new\\nline"\n  D sub/b.txt',
        data: { count: 3 },
      });
      expect(await call('git_reset', { files: ['sub'] })).toMatchObject({ data: { count: 2 } });
      expect(await call('git_reset')).toMatchObject({ text: 'All staged changes reset', data: { count: 0 } });
      expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('three\n');
    });

    test('all or none', async () => {
      layFiles(path, { 'a.txt': 'three\n' });
      expect(await call('git_add', { files: ['a.txt', 'nowhere'] })).toMatchObject({ code: 'not_found' });
      expect(plain('diff', '--cached', '--name-only')).toBe('');
    });

    test('an ignored file, a repository inside, too many paths', async () => {
      layFiles(path, { 'x.log': '' });
      expect(await call('git_add', { files: ['x.log'] })).toMatchObject({
        code: 'invalid_input',
        text: expect.stringContaining('Ignored'),
      });
      layRepository(join(path, 'inner'), [{ files: { f: '' }, message: 'inner' }]);
      expect(await call('git_add', { files: ['.'] })).toMatchObject({ code: 'invalid_input', text: expect.stringContaining('"inner/"') });
      // Git itself says nothing, and stages nothing.
      for (const files of [['inner/f'], ['a.txt', 'inner/f'], ['inner/new/']]) {
        expect(await call('git_add', { files })).toMatchObject({ code: 'invalid_input', text: expect.stringContaining('"inner/"') });
      }
      expect(await call('git_commit', { message: 'm', files: ['inner/f'] })).toMatchObject({ code: 'invalid_input' });
      plain('-c', 'advice.addEmbeddedRepo=false', 'add', 'inner');
      expect(await call('git_add', { files: ['inner/f'] })).toMatchObject({
        code: 'invalid_input',
        text: expect.stringContaining('submodule'),
      });
      plain('rm', '-qf', '--cached', 'inner');
      expect(await call('git_add', { files: Array.from({ length: 60 }, () => 'x'.repeat(2_000)) })).toMatchObject({ code: 'too_large' });
    });

    test('nothing to stage is not called a success, and a directory that git has stored is no repository inside', async () => {
      expect(await call('git_add', { files: ['a.txt'] })).toMatchObject({
        text: expect.stringMatching(/^Nothing to stage/),
        data: { count: 0 },
      });
      plainGit(join(path, 'sub'), ['init', '--quiet', '--template=']);
      layFiles(path, { 'sub/b.txt': 'changed\n' });
      expect(await call('git_add', { files: ['sub/b.txt'] })).toMatchObject({ code: undefined, data: { count: 1 } });
    });

    test('before the first commit', async () => {
      const empty = join(temporary.path, `empty${count++}`);
      layRepository(empty, []);
      layFiles(empty, { f: '' });
      await using other = await connect(server, { repositories: [empty], ...settings }, generation);
      expect(await other.callTool('git_stash', { action: 'push' })).toMatchObject({ isError: true, _meta: { code: 'conflict' } });
      expect(await other.callTool('git_create_branch', { branch_name: 'x' })).toMatchObject({
        isError: true,
        _meta: { code: 'not_found' },
      });
      expect((await other.callTool('git_add', { files: ['f'] })).structuredContent).toMatchObject({ count: 1 });
      expect((await other.callTool('git_reset')).structuredContent).toMatchObject({ count: 0 });
      await other.callTool('git_add', { files: ['f'] });
      expect((await other.callTool('git_commit', { message: 'first' })).structuredContent).toMatchObject({ files: 1, branch: 'main' });
    });
  });

  describe('git_commit', () => {
    test('what is staged, as the operator, the message as it is', async () => {
      layFiles(path, { 'a.txt': 'three\n', 'sub/b.txt': 'not staged\n' });
      plain('add', 'a.txt');
      const { text, data } = await call('git_commit', { message: '-x\n\n# no comment\nCo-authored-by: A <a@b>\r\n\n\n' });
      const hash = plain('rev-parse', 'HEAD');
      expect(text).toBe(`Changes committed successfully with hash ${hash}\n1 file changed, +1 -1, on main`);
      expect(data).toMatchObject({ hash, branch: 'main', files: 1, added: 1, deleted: 1, signed: false });
      expect(plain('log', '-1', '--format=%an <%ae>|%cn <%ce>|%B')).toBe(
        'Operator <operator@example.com>|Operator <operator@example.com>|-x\n\n# no comment\nCo-authored-by: A <a@b>',
      );
    });

    test('files: these and no others, new ones too', async () => {
      layFiles(path, { 'a.txt': 'three\n', 'c.txt': '', 'sub/b.txt': 'x\n' });
      plain('add', 'a.txt');
      expect(await call('git_commit', { message: 'm', files: ['c.txt', 'sub'] })).toMatchObject({ data: { files: 2 } });
      expect(plain('diff', '--cached', '--name-only')).toBe('a.txt');
      layFiles(path, { 'c.txt': undefined });
      expect(await call('git_commit', { message: 'gone', files: ['c.txt'] })).toMatchObject({ data: { files: 1 } });
      expect(plain('ls-files')).not.toContain('c.txt');
    });

    test('all: what is tracked', async () => {
      layFiles(path, { 'a.txt': 'three\n', 'c.txt': '', 'sub/b.txt': undefined });
      expect(await call('git_commit', { message: 'm', all: true })).toMatchObject({ data: { files: 2 } });
      expect(plain('status', '--porcelain')).toBe('?? c.txt');
      expect(await call('git_commit', { message: 'm', all: true, files: ['c.txt'] })).toMatchObject({ code: 'invalid_input' });
    });

    test('amend keeps the author, and stops at what a remote has', async () => {
      expect(await call('git_commit', { message: 'two, better', amend: true })).toMatchObject({ code: undefined });
      expect(plain('log', '--format=%an %cn %s')).toBe('Gardener Operator two, better\nGardener Gardener one');
      plain('update-ref', 'refs/remotes/origin/main', 'HEAD');
      expect(await call('git_commit', { message: 'm', amend: true })).toMatchObject({
        code: 'conflict',
        text: expect.stringContaining('origin/main'),
      });
    });

    test('nothing to commit, nothing to say', async () => {
      layFiles(path, { untracked: '' });
      expect(await call('git_commit', { message: 'm' })).toMatchObject({
        code: 'conflict',
        text: expect.stringContaining('nothing to commit'),
      });
      layFiles(path, { 'a.txt': 'not staged' });
      expect(await call('git_commit', { message: 'm' })).toMatchObject({
        code: 'conflict',
        text: expect.stringContaining('nothing to commit'),
      });
      expect(await call('git_commit', { message: ' \n', all: true })).toMatchObject({ code: 'invalid_input' });
      expect(await call('git_commit', { message: 'x'.repeat(50_001), all: true })).toMatchObject({ code: 'invalid_input' });
    });

    test('nobody to commit as: says what to set, and makes nobody up', async () => {
      layFiles(path, { 'a.txt': 'three\n' });
      await using anonymous = await connect(server, { repositories: [path], write: true }, generation);
      const answer = await anonymous.callTool('git_commit', { message: 'm', all: true });
      expect(answer).toMatchObject({ isError: true, _meta: { code: 'denied' } });
      expect(JSON.stringify(answer.content)).toContain('--author-name');
      plain('config', 'user.name', 'Local');
      plain('config', 'user.email', 'local@example.com');
      expect((await anonymous.callTool('git_commit', { message: 'm', all: true })).isError).toBeUndefined();
      expect(plain('log', '-1', '--format=%an %ae')).toBe('Local local@example.com');
    });

    test('UTF-8 whatever encoding the repository names', async () => {
      plain('config', 'i18n.commitEncoding', 'latin1');
      layFiles(path, { 'a.txt': 'three\n' });
      await call('git_commit', { message: 'Größe 👍', all: true });
      expect(plain('cat-file', 'commit', 'HEAD')).not.toContain('encoding');
      expect(plain('log', '-1', '--format=%s')).toBe('Größe 👍');
    });
  });

  describe('branches', () => {
    test('are made of a branch, a commit or HEAD, and follow nothing', async () => {
      expect(await call('git_create_branch', { branch_name: 'feature/x' })).toMatchObject({
        text: "Created branch 'feature/x' from 'main'",
      });
      expect(await call('git_create_branch', { branch_name: 'old', base_branch: 'HEAD~1' })).toMatchObject({
        text: "Created branch 'old' from 'HEAD~1'",
        data: { commit: plain('rev-parse', 'HEAD~1') },
      });
      expect(plain('symbolic-ref', 'HEAD')).toBe('refs/heads/main');
      expect(await call('git_create_branch', { branch_name: 'old' })).toMatchObject({ code: 'conflict' });
      expect(await call('git_create_branch', { branch_name: 'feature' })).toMatchObject({ code: 'conflict' });
      expect(await call('git_create_branch', { branch_name: 'x', base_branch: 'nowhere' })).toMatchObject({ code: 'not_found' });
    });

    test('are checked out, and nothing is lost on the way', async () => {
      plain('branch', 'old', 'HEAD~1');
      expect(await call('git_checkout', { branch_name: 'old' })).toMatchObject({
        text: "Switched to branch 'old'",
        data: { branch: 'old' },
      });
      expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('one\n');
      layFiles(path, { 'a.txt': 'mine\n' });
      expect(await call('git_checkout', { branch_name: 'main' })).toMatchObject({
        code: 'conflict',
        text: expect.stringContaining('Commit or stash them first: a.txt.'),
      });
      expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('mine\n');
      expect(plain('symbolic-ref', 'HEAD')).toBe('refs/heads/old');
    });

    test.each([
      ['an untracked file', 'u.txt'],
      ['an ignored file, which git itself overwrites', 'secret.log'],
    ])('%s in the way stays', async (_what, file) => {
      plain('checkout', '-q', '-b', 'other');
      layFiles(path, { [file]: 'theirs\n' });
      plain('add', '--force', file);
      plain('commit', '-q', '-m', 'theirs');
      plain('checkout', '-q', 'main');
      layFiles(path, { [file]: 'mine\n' });
      expect(await call('git_checkout', { branch_name: 'other' })).toMatchObject({ code: 'conflict', text: expect.stringContaining(file) });
      expect(readFileSync(join(path, file), 'utf8')).toBe('mine\n');
    });

    test('a commit or tag detaches HEAD, and the answer says so', async () => {
      plain('tag', 'v1', 'HEAD~1');
      const { text, data } = await call('git_checkout', { branch_name: 'v1' });
      expect(text).toBe(`HEAD is detached at ${plain('rev-parse', 'v1')}: what is committed now belongs to no branch`);
      expect(data).not.toHaveProperty('branch');
      expect(await call('git_checkout', { branch_name: 'nowhere' })).toMatchObject({ code: 'not_found' });
    });

    test('a remote branch gets a local one that follows it, in the configuration of the repository', async () => {
      plain('remote', 'add', 'origin', 'https://example.com/x');
      plain('update-ref', 'refs/remotes/origin/topic/a', 'HEAD~1');
      expect(await call('git_checkout', { branch_name: 'origin/topic/a' })).toMatchObject({
        text: "Switched to branch 'topic/a', new, which follows 'origin/topic/a'",
        data: { branch: 'topic/a', follows: 'origin/topic/a' },
      });
      expect(plain('rev-parse', '--abbrev-ref', 'topic/a@{upstream}')).toBe('origin/topic/a');
      expect((await call('git_status')).data).toMatchObject({ branch: 'topic/a', upstream: 'origin/topic/a' });
      expect(await call('git_checkout', { branch_name: 'origin/topic/a' })).toMatchObject({ code: 'conflict' });
      plain('remote', 'add', 'fork', 'https://example.com/y');
      plain('update-ref', 'refs/remotes/fork/both', 'HEAD');
      plain('update-ref', 'refs/remotes/origin/both', 'HEAD');
      expect(await call('git_checkout', { branch_name: 'both' })).toMatchObject({
        code: 'conflict',
        text: expect.stringContaining('fork/both'),
      });
    });

    test('are deleted when merged, with force otherwise, never when protected or checked out', async () => {
      plain('branch', 'old', 'HEAD~1');
      plain('config', 'branch.old.remote', 'origin');
      const at = plain('rev-parse', 'old');
      expect(await call('git_delete_branch', { branch_name: 'old' })).toMatchObject({ text: `Deleted branch 'old', which was at ${at}` });
      expect(plain('config', '--list')).not.toContain('branch.old');
      plain('checkout', '-q', '-b', 'ahead');
      plain('commit', '-q', '--allow-empty', '-m', 'ahead');
      expect(await call('git_delete_branch', { branch_name: 'main' })).toMatchObject({ code: 'denied' });
      expect(await call('git_delete_branch', { branch_name: 'ahead', force: true })).toMatchObject({ code: 'conflict' });
      plain('checkout', '-q', 'main');
      expect(await call('git_delete_branch', { branch_name: 'ahead' })).toMatchObject({ code: 'conflict' });
      expect(await call('git_delete_branch', { branch_name: 'ahead', force: true })).toMatchObject({ code: undefined });
      expect(await call('git_delete_branch', { branch_name: 'ahead' })).toMatchObject({ code: 'not_found' });
      expect(plain('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
    });
  });

  describe('git_stash', () => {
    test('puts aside, lists, shows and brings back', async () => {
      layFiles(path, { 'a.txt': 'three\n', 'u.txt': 'u\n' });
      expect(await call('git_stash', { action: 'push', message: '--all', include_untracked: true })).toMatchObject({ code: undefined });
      expect(plain('status', '--porcelain')).toBe('');
      expect(await call('git_stash', { action: 'list' })).toMatchObject({ data: { stashes: [{ index: 0, message: 'On main: --all' }] } });
      expect((await call('git_stash', { action: 'show' })).text).toMatch(/^0 \w{10} \S+ On main: --all\nM a\.txt \+1 -1$/);
      expect(await call('git_stash', { action: 'apply' })).toMatchObject({ data: { conflicts: [] } });
      expect(plain('status', '--porcelain')).toBe(' M a.txt\n?? u.txt');
      expect(await call('git_stash', { action: 'pop' })).toMatchObject({ code: 'conflict' });
      plain('checkout', '-q', '.');
      plain('clean', '-fdq');
      expect(await call('git_stash', { action: 'pop' })).toMatchObject({ code: undefined });
      expect(await call('git_stash', { action: 'list' })).toMatchObject({ text: 'No stashes' });
      expect(await call('git_stash', { action: 'pop' })).toMatchObject({ code: 'not_found' });
    });

    test('conflicts are an answer, and the stash is kept', async () => {
      layFiles(path, { 'a.txt': 'mine\n' });
      await call('git_stash', { action: 'push' });
      layFiles(path, { 'a.txt': 'theirs\n' });
      await call('git_commit', { message: 'theirs', all: true });
      expect(await call('git_stash', { action: 'pop' })).toMatchObject({
        code: undefined,
        data: { conflicts: [{ path: 'a.txt', kind: 'both modified' }] },
        text: expect.stringContaining('  both modified: a.txt'),
      });
      expect(await call('git_stash', { action: 'list' })).toMatchObject({ data: { stashes: [{}] } });
      expect(await call('git_stash', { action: 'drop' })).toMatchObject({ code: undefined });
    });

    test('an ignored file in the way stays', async () => {
      layFiles(path, { 'x.log': 'stashed\n' });
      plain('add', '--force', 'x.log');
      await call('git_stash', { action: 'push' });
      expect(await call('git_stash', { action: 'show' })).toMatchObject({ text: expect.stringContaining('A x.log +1 -0') });
      layFiles(path, { 'x.log': 'mine\n' });
      expect(await call('git_stash', { action: 'pop' })).toMatchObject({ code: 'conflict', text: expect.stringContaining('x.log') });
      expect(readFileSync(join(path, 'x.log'), 'utf8')).toBe('mine\n');
    });

    test.each<[string, Record<string, string>, string]>([
      ['a change', { 'a.txt': 'mine\n' }, 'a.txt'],
      ['an untracked file', { 'u.txt': 'mine\n' }, 'u.txt'],
      ['an ignored file', { '.gitignore': 'u.txt\n', 'u.txt': 'mine\n' }, 'u.txt'],
      ['a file that is committed by now', { 'u.txt': 'mine\n' }, 'u.txt'],
      ['a file where a directory was', { dir: 'mine\n' }, 'dir/v.txt'],
    ])('%s in the way: nothing comes back, instead of half', async (what, mine, named) => {
      layFiles(path, { 'a.txt': 'three\n', 'u.txt': 'u\n', 'dir/v.txt': 'v\n' });
      await call('git_stash', { action: 'push', include_untracked: true });
      layFiles(path, mine);
      if (what.includes('committed')) await call('git_commit', { message: 'm', files: ['u.txt'] });
      const before = [plain('status', '--porcelain'), plain('diff')];
      for (const action of ['apply', 'pop']) {
        expect(await call('git_stash', { action })).toMatchObject({ code: 'conflict', text: expect.stringContaining(named) });
      }
      expect([plain('status', '--porcelain'), plain('diff')]).toEqual(before);
      expect(await call('git_stash', { action: 'list' })).toMatchObject({ data: { stashes: [{}] } });
    });

    test('what is staged elsewhere in the same file is joined', async () => {
      const lines = Array.from({ length: 20 }, (_, index) => `${index}\n`);
      layFiles(path, { 'a.txt': lines.join('') });
      await call('git_commit', { message: 'long', all: true });
      layFiles(path, { 'a.txt': `first\n${lines.join('')}`, 'u.txt': 'u\n' });
      await call('git_stash', { action: 'push', include_untracked: true });
      layFiles(path, { 'a.txt': `${lines.join('')}last\n` });
      await call('git_add', { files: ['a.txt'] });
      expect(await call('git_stash', { action: 'pop' })).toMatchObject({ code: undefined, data: { conflicts: [] } });
      expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe(`first\n${lines.join('')}last\n`);
    });

    test('nothing to put aside', async () => {
      expect(await call('git_stash', { action: 'push' })).toMatchObject({ code: 'conflict' });
    });
  });

  test('git_tag', async () => {
    expect(await call('git_tag', { action: 'list' })).toMatchObject({ text: 'No tags' });
    expect(await call('git_tag', { action: 'create', name: 'v1', revision: 'HEAD~1' })).toMatchObject({
      text: `Created tag 'v1' at ${plain('rev-parse', 'HEAD~1')}`,
    });
    expect(await call('git_tag', { action: 'create', name: 'v2', message: '-the\n\nsecond' })).toMatchObject({ code: undefined });
    expect(plain('cat-file', 'tag', 'v2')).toContain('tagger Operator <operator@example.com>');
    const { data } = await call('git_tag', { action: 'list' });
    expect(data['tags']).toMatchObject([{ name: 'v2', commit: plain('rev-parse', 'HEAD'), subject: '-the' }, { name: 'v1' }]);
    expect(await call('git_tag', { action: 'create', name: 'v1' })).toMatchObject({ code: 'conflict' });
    expect(await call('git_tag', { action: 'create' })).toMatchObject({ code: 'invalid_input' });
    expect(await call('git_tag', { action: 'delete', name: 'v1' })).toMatchObject({ code: undefined });
    expect(await call('git_tag', { action: 'delete', name: 'v1' })).toMatchObject({ code: 'not_found' });
    expect(plain('tag')).toBe('v2');
  });

  describe('what is thrown away', () => {
    test('git_reset_hard: changes, and commits unless the branch is protected', async () => {
      layFiles(path, { 'a.txt': 'mine\n' });
      expect(await call('git_reset_hard')).toMatchObject({ data: { commit: plain('rev-parse', 'HEAD') } });
      expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('two\n');
      expect(await call('git_reset_hard', { revision: 'HEAD~1' })).toMatchObject({ code: 'denied' });
      plain('checkout', '-q', '-b', 'own');
      expect(await call('git_reset_hard', { revision: 'HEAD~1' })).toMatchObject({ code: undefined });
      expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('one\n');
    });

    test('git_clean: untracked files, ignored ones if told, repositories never', async () => {
      layFiles(path, { 'u.txt': '', 'dir/v.txt': '', 'x.log': '' });
      layRepository(join(path, 'inner'), [{ files: { f: '' }, message: 'inner' }]);
      expect(await call('git_clean', { paths: ['.'], dry_run: true })).toMatchObject({ text: expect.stringContaining('Would delete') });
      expect(existsSync(join(path, 'u.txt'))).toBe(true);
      expect(await call('git_clean', { paths: ['dir'] })).toMatchObject({ data: { deleted: ['dir/'], count: 1 } });
      expect(await call('git_clean', { paths: ['.'], ignored: true })).toMatchObject({ data: { deleted: ['u.txt', 'x.log'] } });
      expect(existsSync(join(path, 'inner', '.git'))).toBe(true);
      expect(plain('status', '--porcelain')).toBe('?? inner/');
    });
  });

  test('what is not asked for is not there', async () => {
    const names = async (more: object) => {
      await using other = await connect(server, { repositories: [path], ...more }, generation);
      return (await other.listTools()).map(({ name }) => name);
    };
    expect((await names({})).filter((name) => /^git_(?:add|commit|reset|create|checkout|stash|tag)/.test(name))).toEqual([]);
    await expect(names({ toolsets: ['history'] })).rejects.toThrow('needs write');
    await expect(names({ destructive: true })).rejects.toThrow('needs write');
    expect((await names({ write: true })).filter((name) => /merge|rebase|pick|revert|hard|clean|delete/.test(name))).toEqual([]);
  });

  test('linked work trees share branches, and none takes that of another', async () => {
    plain('branch', 'free');
    plain('worktree', 'add', '-q', '-b', 'linked', `${path}-linked`);
    const base = { repositories: [temporary.path], ...settings };
    await using both = await connect(server, base, generation);
    const linked = { repo_path: `${path}-linked` };
    layFiles(`${path}-linked`, { 'a.txt': 'linked\n' });
    expect((await both.callTool('git_commit', { ...linked, message: 'linked', all: true })).structuredContent).toMatchObject({
      branch: 'linked',
    });
    expect(await both.callTool('git_checkout', { ...linked, branch_name: 'main' })).toMatchObject({
      isError: true,
      _meta: { code: 'conflict' },
    });
    expect(await call('git_checkout', { branch_name: 'linked' })).toMatchObject({ code: 'conflict' });
    expect(await call('git_delete_branch', { branch_name: 'linked', force: true })).toMatchObject({ code: 'conflict' });
    expect((await both.callTool('git_checkout', { ...linked, branch_name: 'free' })).isError).toBeUndefined();
    expect((await both.callTool('git_stash', { ...linked, action: 'push' }))._meta?.code).toBe('conflict');
    expect(plain('log', '-1', '--format=%s', 'linked')).toBe('linked');
  });

  test('a bare repository has branches and tags, and no work tree', async () => {
    const bare = join(temporary.path, `bare${count++}.git`);
    plainGit(temporary.path, ['clone', '-q', '--bare', path, bare]);
    await using other = await connect(server, { repositories: [bare], ...settings }, generation);
    expect((await other.callTool('git_create_branch', { branch_name: 'x' })).isError).toBeUndefined();
    expect((await other.callTool('git_tag', { action: 'create', name: 'v1' })).isError).toBeUndefined();
    for (const [tool, args] of [
      ['git_add', { files: ['.'] }],
      ['git_commit', { message: 'm' }],
      ['git_checkout', { branch_name: 'x' }],
      ['git_stash', { action: 'push' }],
      ['git_reset_hard', {}],
      ['git_clean', { paths: ['.'] }],
    ] as const) {
      expect([tool, await other.callTool(tool, args)]).toMatchObject([tool, { isError: true, _meta: { code: 'invalid_input' } }]);
    }
  });

  test('locks of others are named with their age', async () => {
    writeFileSync(join(path, '.git', 'index.lock'), '');
    layFiles(path, { 'a.txt': 'three\n' });
    expect(await call('git_add', { files: ['.'] })).toMatchObject({
      code: 'conflict',
      text: expect.stringMatching(/\.git\/index\.lock is \d+ seconds old/),
    });
  });

  test('calls at the same time come one after the other', async () => {
    layFiles(path, Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`f${index}`, ''])));
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => call('git_commit', { message: `c${index}`, files: [`f${index}`] })),
    );
    expect(answers.map(({ code }) => code)).toEqual(Array.from({ length: 12 }, () => undefined));
    expect(plain('rev-list', '--count', 'HEAD')).toBe('14');
    expect(plain('status', '--porcelain')).toBe('');
  });
});

describe('a person is asked', () => {
  const rows: readonly (readonly [tool: string, args: Record<string, unknown>, question: string])[] = [
    ['git_reset_hard', {}, 'Throw away all changes that are not committed, and go to HEAD?'],
    ['git_clean', { paths: ['a\nb'] }, 'Delete all untracked files in "a\\nb" for good?'],
    ['git_delete_branch', { branch_name: 'x', force: true }, 'Delete the branch x, merged or not?'],
    ['git_stash', { action: 'drop' }, 'Drop stash 0 for good?'],
    ['git_tag', { action: 'delete', name: 'v' }, 'Delete the tag v?'],
  ];
  test.each(rows)('%s', async (tool, args, question) => {
    const path = join(temporary.path, `asked${count++}`);
    layRepository(path, [{ files: { f: '' }, message: 'one' }]);
    const asked: string[] = [];
    const elicit = (text: string) => {
      asked.push(text);
      return 'decline' as const;
    };
    const all = { repositories: [path], write: true, destructive: true, ...identity };
    await using client = await connect(server, all, 'modern', { over: 'stdio', elicit });
    expect(await client.callTool(tool, args)).toMatchObject({ isError: true, _meta: { code: 'denied' } });
    expect(asked).toEqual([question]);
  });
});
