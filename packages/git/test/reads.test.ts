import { join } from 'node:path';
import { connect, GENERATIONS, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { server } from '../src/server.ts';
import { callOn, everyPage } from './fixture/answers.ts';
import { layFiles, layRepository, plainGit, temporaryDirectory } from './fixture/repository.ts';

const temporary = temporaryDirectory();
const repository = join(temporary.path, 'project');
const PICTURE = Buffer.from([0x89, 0x50, 0, 1]);

beforeAll(() => {
  layRepository(repository, [
    { files: { 'src/a.ts': 'one\ntwo\nthree\n', 'old.txt': 'a\nb\nc\nd\n', 'Cargo.lock': 'x\n', 'run.sh': 'echo\n' }, message: 'Begin' },
    {
      files: { 'src/a.ts': 'one\nTWO\nthree\n', 'picture.png': PICTURE, 'latin.txt': Buffer.from('caf\xe9\n', 'latin1') },
      message: 'Second',
    },
  ]);
  plainGit(repository, ['branch', 'feature/login', 'HEAD~1']);
  plainGit(repository, ['tag', 'v1', 'HEAD~1']);
  plainGit(repository, ['update-ref', 'refs/remotes/origin/main', 'HEAD']);
  plainGit(repository, ['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main']);
  plainGit(repository, ['config', 'branch.main.remote', '.']);
  plainGit(repository, ['config', 'branch.main.merge', 'refs/heads/feature/login']);
  plainGit(repository, ['mv', 'old.txt', 'new.txt']);
  layFiles(repository, { 'Cargo.lock': 'y\n', 'picture.png': Buffer.concat([PICTURE, PICTURE]) });
  plainGit(repository, ['add', '--all']);
  plainGit(repository, ['update-index', '--chmod=+x', 'run.sh']);
  layFiles(repository, { 'src/a.ts': 'one\nTWO\nthree\nfour\n', 'picture.png': Buffer.concat([PICTURE, PICTURE, PICTURE]) });
  plainGit(repository, ['config', 'core.fileMode', 'false']);
});

afterAll(() => temporary[Symbol.dispose]());

describe.each(GENERATIONS)('%s client', (generation) => {
  let client: TestClient;

  beforeEach(async () => {
    client = await connect(server, { repositories: [repository], maxResultChars: 4_000 }, generation);
  });

  afterEach(() => client[Symbol.asyncDispose]());

  const call = (name: string, args: Record<string, unknown> = {}) => callOn(client, name, args);

  describe('diffs', () => {
    test('git_diff_unstaged: the patch behind the official title, and binary files by their sizes', async () => {
      const { text, data } = await call('git_diff_unstaged');
      const patch = plainGit(repository, ['diff', '--', 'src/a.ts']).trimEnd();
      expect(text).toBe(
        `Unstaged changes:\n[No patch: M picture.png binary 8 -> 12 bytes]\n${patch.replace(/index .*/, patch.match(/index .*/)?.[0] ?? '')}`,
      );
      expect(data).toMatchObject({ output: 'patch', total: { files: 2, added: 1, deleted: 0 }, patches: [{ path: 'src/a.ts' }] });
    });

    test('git_diff_staged: renames and modes as git writes them, lock files only by path', async () => {
      const { text, data } = await call('git_diff_staged');
      expect(text).toMatch(
        /^Staged changes:\n\[No patch: M Cargo.lock \+1 -1 generated, set paths\]\n\[No patch: M picture.png binary 4 -> 8 bytes\]\ndiff --git /,
      );
      expect(text).toContain('similarity index 100%\nrename from old.txt\nrename to new.txt');
      expect(text).toContain('old mode 100644\nnew mode 100755');
      expect(data).toMatchObject({ patches: [{ path: 'new.txt' }, { path: 'run.sh' }] });
      expect((await call('git_diff_staged', { paths: ['Cargo.lock'] })).text).toContain('-x\n+y');
    });

    test.each<[Record<string, unknown>, string[]]>([
      [{ target: 'HEAD' }, ['Cargo.lock', 'old.txt', 'new.txt', 'picture.png', 'run.sh', 'src/a.ts']],
      [{ target: 'v1..main' }, ['latin.txt', 'picture.png', 'src/a.ts']],
      [{ target: 'main..v1' }, ['latin.txt', 'picture.png', 'src/a.ts']],
      [{ target: 'main...v1' }, []],
      [{ target: 'v1...main' }, ['latin.txt', 'picture.png', 'src/a.ts']],
      [{ target: 'v1..' }, ['latin.txt', 'picture.png', 'src/a.ts']],
      [{ target: 'v1', paths: ['src', 'run.sh'] }, ['run.sh', 'src/a.ts']],
    ])('git_diff %j', async (args, paths) => {
      const { data, text, code } = await call('git_diff', { output: 'names', ...args });
      expect([code, text.split('\n')[0]]).toEqual([undefined, `Diff with ${args['target']}:`]);
      const named = (data['files'] as { path: string; from?: string }[]).flatMap(({ path, from = path }) => [path, from]);
      expect([...new Set(named)].sort()).toEqual(paths.filter((path) => path !== '').sort());
    });

    test('git_diff of a range is what git says', async () => {
      const { text } = await call('git_diff', { target: 'v1..main', paths: ['src'], context_lines: 0 });
      expect(text).toBe(`Diff with v1..main:\n${plainGit(repository, ['diff', '-U0', 'v1..main', '--', 'src']).trimEnd()}`);
    });

    test('nothing differs', async () => {
      expect((await call('git_diff', { target: 'HEAD..HEAD' })).text).toBe('Diff with HEAD..HEAD:\nNo changes');
    });

    test('what does not fit is a stat that says how to go on, and its pages are the whole', async () => {
      const path = join(temporary.path, `large-${generation}`);
      const files = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`file-${index}`, 'line\n'.repeat(20)]));
      layRepository(path, [
        { files: {}, message: 'nothing' },
        { files, message: 'much' },
      ]);
      await using elsewhere = await connect(server, { repositories: [path], maxResultChars: 3_000 }, generation);
      const first = await callOn(elsewhere, 'git_diff', { target: 'HEAD~1..HEAD' });
      expect(first.data).toMatchObject({ output: 'stat', tooLong: true, total: { files: 60, added: 1_200 } });
      expect(first.text).toMatch(
        /^Diff with HEAD~1..HEAD:\nA file-0 \+20 -0\n.*60 files changed, \+1200 -0\n\[\d+ more files: .*\]\n\[The patch is too long .*\]$/s,
      );
      const names = await everyPage(elsewhere, 'git_diff', { target: 'HEAD~1..HEAD', output: 'names' });
      expect(names.flatMap(({ files }) => files as object[])).toHaveLength(60);
      const pages = await everyPage(elsewhere, 'git_diff', { target: 'HEAD~1..HEAD', output: 'patch' });
      const patch = pages.flatMap(({ patches }) => (patches as { text: string }[]).map(({ text }) => text)).join('\n');
      expect(`${patch}\n`).toBe(plainGit(path, ['diff', 'HEAD~1..HEAD']));
    });

    test('a repository without commits: all that is staged is new', async () => {
      const path = join(temporary.path, `unborn-${generation}`);
      layRepository(path, []);
      layFiles(path, { f: 'x\n' });
      plainGit(path, ['add', 'f']);
      await using elsewhere = await connect(server, { repositories: [path] }, generation);
      expect((await callOn(elsewhere, 'git_diff_staged')).text).toContain('new file mode 100644');
      expect((await callOn(elsewhere, 'git_diff_unstaged')).text).toBe('Unstaged changes:\nNo changes');
      expect((await callOn(elsewhere, 'git_diff', { target: 'HEAD' })).code).toBe('not_found');
      expect((await callOn(elsewhere, 'git_branch')).text).toBe('No branches');
    });

    test('histories without a common commit', async () => {
      const orphan = plainGit(repository, ['commit-tree', 'HEAD^{tree}', '-m', 'orphan']).trim();
      expect((await call('git_diff', { target: `HEAD...${orphan}` })).code).toBe('not_found');
    });

    test('conflicts are named, and have no patch', async () => {
      const path = join(temporary.path, `conflict-${generation}`);
      layRepository(path, [{ files: { f: '1\n', g: '1\n' }, message: 'one' }]);
      plainGit(path, ['checkout', '--quiet', '-b', 'other']);
      layFiles(path, { f: '2\n' });
      plainGit(path, ['commit', '--quiet', '--all', '--message=two']);
      plainGit(path, ['checkout', '--quiet', 'main']);
      layFiles(path, { f: '3\n' });
      plainGit(path, ['commit', '--quiet', '--all', '--message=three']);
      expect(() => plainGit(path, ['merge', 'other'])).toThrow();
      layFiles(path, { g: '2\n' });
      await using elsewhere = await connect(server, { repositories: [path] }, generation);
      const { text, data } = await callOn(elsewhere, 'git_diff_unstaged');
      expect(text).toMatch(/^Unstaged changes:\n\[No patch: . f.*\]\ndiff --git a\/g b\/g\n/);
      expect(data).toMatchObject({ patches: [{ path: 'g' }] });
    });

    test('a submodule is its commits', async () => {
      const path = join(temporary.path, `super-${generation}`);
      layRepository(path, [{ files: { f: '' }, message: 'one' }]);
      const [one, two] = ['1'.repeat(40), '2'.repeat(40)];
      plainGit(path, ['update-index', '--add', '--cacheinfo', `160000,${one},sub`]);
      plainGit(path, ['commit', '--quiet', '--message=sub']);
      plainGit(path, ['update-index', '--cacheinfo', `160000,${two},sub`]);
      await using elsewhere = await connect(server, { repositories: [path] }, generation);
      expect((await callOn(elsewhere, 'git_diff_staged')).text).toContain(`-Subproject commit ${one}\n+Subproject commit ${two}`);
    });
  });

  describe('git_branch', () => {
    test('as git branch writes it, with the last commit', async () => {
      const { text, data } = await call('git_branch', { branch_type: 'local' });
      expect(text).toMatch(/^ {2}feature\/login \w{10} 2026-01-01 Begin\n\* main \w{10} 2026-01-01 \[feature\/login\] Second$/);
      expect(data).toMatchObject({ branches: [{ name: 'feature/login' }, { name: 'main', current: true, subject: 'Second' }] });
      expect((await call('git_branch', { tracking: true })).text).toContain('[feature/login: ahead 1]');
    });

    test('remotes, all, and those with a commit', async () => {
      expect((await call('git_branch', { branch_type: 'remote' })).text).toMatch(/^ {2}origin\/HEAD -> origin\/main\n {2}origin\/main /);
      expect((await call('git_branch', { branch_type: 'all' })).text).toMatch(/\n {2}remotes\/origin\/main \w+ /);
      expect((await call('git_branch', { contains: 'main' })).data).toMatchObject({ branches: [{ name: 'main' }] });
      expect((await call('git_branch', { not_contains: 'main' })).data).toMatchObject({ branches: [{ name: 'feature/login' }] });
    });

    test('page by page, and a commit that is checked out by itself', async () => {
      const path = join(temporary.path, `many-${generation}`);
      layRepository(path, [{ files: { f: '' }, message: 'one' }]);
      const head = plainGit(path, ['rev-parse', 'HEAD']).trim();
      const input = Array.from({ length: 120 }, (_, index) => `create refs/heads/b${index} ${head}\n`).join('');
      plainGit(path, ['update-ref', '--stdin'], {}, input);
      plainGit(path, ['checkout', '--quiet', '--detach']);
      await using elsewhere = await connect(server, { repositories: [path], maxResultChars: 3_000 }, generation);
      const pages = await everyPage(elsewhere, 'git_branch', {});
      expect(pages.length).toBeGreaterThan(2);
      const names = pages.flatMap(({ branches }) => (branches as { name: string }[]).map(({ name }) => name));
      expect(names).toEqual(plainGit(path, ['for-each-ref', '--format=%(refname:short)', 'refs/heads']).trim().split('\n'));
      plainGit(path, ['update-ref', '--stdin'], {}, input.replaceAll(/create (\S+) \S+/g, 'delete $1'));
      expect((await callOn(elsewhere, 'git_branch')).text.split('\n')[0]).toBe(`* (HEAD detached at ${head.slice(0, 10)})`);
    });
  });

  describe('git_blame', () => {
    test('lines by commit', async () => {
      const { text, data } = await call('git_blame', { path: 'src/a.ts' });
      expect(text).toMatch(
        /^\w{10} 2026-01-01 Gardener: Begin\n {2}1: one\n\w{10} 2026-01-01 Gardener: Second\n {2}2: TWO\n\w{10} 2026-01-01 Gardener\n {2}3: three$/,
      );
      expect(data).toMatchObject({
        path: 'src/a.ts',
        groups: [{ line: 1, lines: ['one'], commit: { author: 'Gardener' } }, { line: 2 }, { line: 3 }],
      });
    });

    test('a range, at a revision', async () => {
      expect((await call('git_blame', { path: 'src/a.ts', revision: 'v1', startLine: 2, endLine: 2 })).text).toMatch(
        /^\w+ \S+ Gardener: Begin\n {2}2: two$/,
      );
      expect((await call('git_blame', { path: 'latin.txt' })).data).toMatchObject({ inexact: true });
    });

    test.each<[Record<string, unknown>, string]>([
      [{ path: 'src/a.ts', startLine: 9 }, 'invalid_input'],
      [{ path: 'src/a.ts', startLine: 3, endLine: 2 }, 'invalid_input'],
      [{ path: 'picture.png' }, 'invalid_input'],
      [{ path: 'nothing' }, 'not_found'],
      [{ path: 'src' }, 'not_found'],
      [{ path: 'src/a.ts', revision: 'nothing' }, 'not_found'],
    ])('%j -> %s', async (args, code) => {
      expect(await call('git_blame', args)).toMatchObject({ code });
    });

    test('page by page it is every line of the file', async () => {
      const path = join(temporary.path, `blame-${generation}`);
      const lines = Array.from({ length: 1_000 }, (_, line) => `line ${line}`);
      layRepository(path, [
        { files: { f: `${lines.join('\n')}\n` }, message: 'one' },
        { files: { f: `${lines.map((line, index) => (index % 7 === 0 ? `new ${line}` : line)).join('\n')}\n` }, message: 'two' },
      ]);
      await using elsewhere = await connect(server, { repositories: [path], maxResultChars: 3_000 }, generation);
      const pages = await everyPage(elsewhere, 'git_blame', { path: 'f' });
      const groups = pages.flatMap((page) => page['groups'] as { line: number; lines: string[]; commit: { id: string } }[]);
      const blamed = groups.flatMap(({ lines: texts, commit, line }) => texts.map((text, index) => `${commit.id} ${line + index} ${text}`));
      const expected = plainGit(path, ['blame', '-s', '-l', '--root', 'f']).trimEnd().split('\n');
      expect(blamed).toEqual(expected.map((each) => each.replace(/^(\w+) +(\d+)\) /, '$1 $2 ')));
    });
  });

  describe('git_grep', () => {
    test('what is staged, or a revision, with lines around', async () => {
      expect((await call('git_grep', { pattern: 't(wo|hree)' })).text).toBe('src/a.ts\n  3:three');
      expect((await call('git_grep', { pattern: '(?i)TWO', revision: 'v1', contextLines: 1 })).text).toBe(
        'src/a.ts\n  1-one\n  2:two\n  3-three',
      );
      expect((await call('git_grep', { pattern: '^[ad]$', contextLines: 1 })).text).toBe('new.txt\n  1:a\n  2-b\n  3-c\n  4:d');
      expect((await call('git_grep', { pattern: 'nowhere' })).text).toBe('No matches found');
      expect((await call('git_grep', { pattern: 'PNG|P' })).text).toBe('No matches found');
    });

    test.each<[Record<string, unknown>, string]>([
      [{ pattern: 'o', output: 'files' }, 'run.sh\nsrc/a.ts'],
      [{ pattern: 'o', output: 'count' }, 'run.sh: 1\nsrc/a.ts: 1'],
      [{ pattern: 'o', output: 'files', paths: ['*.ts'] }, 'src/a.ts'],
      [{ pattern: 'o', output: 'files', paths: ['src'] }, 'src/a.ts'],
      [{ pattern: 'o', output: 'files', paths: ['src/**'] }, 'src/a.ts'],
      [{ pattern: 'o', output: 'files', paths: ['!*.ts'] }, 'run.sh'],
      [{ pattern: 'o', output: 'files', paths: ['!src'] }, 'run.sh'],
      [{ pattern: 'o.e', output: 'files', literal: true }, 'No matches found'],
      [{ pattern: 'o.e', output: 'files' }, 'src/a.ts'],
      [{ pattern: '-e', output: 'files' }, 'No matches found'],
      [{ pattern: '(', output: 'files', literal: true }, 'No matches found'],
    ])('%j', async (args, text) => {
      expect(await call('git_grep', args)).toMatchObject({ text, code: undefined });
    });

    test('what is no expression', async () => {
      expect(await call('git_grep', { pattern: '(' })).toMatchObject({
        code: 'invalid_input',
        text: expect.stringContaining('regular expression'),
      });
    });

    test('page by page it is every match', async () => {
      const path = join(temporary.path, `grep-${generation}`);
      const text = Array.from({ length: 300 }, (_, line) => (line % 3 === 0 ? `match ${line}` : `other ${line}`)).join('\n');
      layRepository(path, [{ files: { a: text, b: text }, message: 'one' }]);
      await using elsewhere = await connect(server, { repositories: [path], maxResultChars: 2_000 }, generation);
      for (const revision of [undefined, 'main']) {
        const args = { pattern: '^match', contextLines: 1, ...(revision === undefined ? {} : { revision }) };
        const pages = await everyPage(elsewhere, 'git_grep', args);
        const found = pages.flatMap((page) => page['files'] as { path: string; lines: { line: number; text: string; context?: true }[] }[]);
        const lines = found.flatMap(({ path: file, lines: some }) =>
          some.map(({ line, text: said, context }) => `${file}${context ? '-' : ':'}${line}${context ? '-' : ':'}${said}`),
        );
        expect(lines).toEqual(
          plainGit(path, ['grep', '-n', '-C1', '^match'])
            .trimEnd()
            .split('\n')
            .filter((line) => line !== '--'),
        );
      }
    });
  });
});
