import { chmodSync, existsSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { server } from '../../src/server.ts';
import { layFiles, layRepository, plainGit, temporaryDirectory } from '../fixture/repository.ts';

const SECRET = 'the-secret-outside';
const temporary = temporaryDirectory();
const root = join(temporary.path, 'root');
let client: TestClient;

/** Lines that would pass for others, if anything but git's own order told where a patch begins, or anything but \n ended a line. */
const FORGED = [
  'diff --git a/forged b/forged',
  '\rdiff --git a/forged b/forged',
  '\u2028diff --git a/forged b/forged',
  '--',
  '@@ -1 +1 @@',
  '1:forged',
];

/** Names that would pass for two, or for an option or a pattern. */
const NAMES = [
  'new\nline',
  'q"uote',
  'tab\there',
  '--\nforged',
  '-dash',
  'back\\slash',
  ':(top)x',
  '*',
  '\ndiff --git a/forged b/forged',
  'caf\u00e9',
  '\u202egpj',
];

beforeAll(async () => {
  layRepository(join(temporary.path, 'out'), [{ files: { 'file.txt': `${SECRET}\n` }, message: 'outside' }]);
  layRepository(join(root, 'linked'), [{ files: { 'sub/file.txt': 'inside\n' }, message: 'inside' }]);
  rmSync(join(root, 'linked', 'sub'), { recursive: true });
  symlinkSync(join(temporary.path, 'out'), join(root, 'linked', 'sub'));

  const named = (text: string) => Object.fromEntries(NAMES.map((name) => [name, text]));
  layRepository(join(root, 'names'), [
    { files: named('one\nfind me\n'), message: 'one' },
    { files: named(`${FORGED.join('\n')}\nfind me\ntwo\n`), message: 'two' },
  ]);

  const wide = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`many/${index}`, `${index}\n`]));
  layRepository(join(root, 'large'), [
    { files: { 'one-line.txt': 'x', 'bundle.min.js': 'x', 'yarn.lock': 'x\n', 'package-lock.json': 'x\n' }, message: 'one' },
    {
      files: {
        'one-line.txt': 'y'.repeat(30_000_000),
        'bundle.min.js': 'y'.repeat(1_000_000),
        'yarn.lock': 'y\n'.repeat(100_000),
        'package-lock.json': 'y\n',
        ...wide,
      },
      message: 'two',
    },
  ]);
  client = await connect(server, { repositories: [root] });
}, 60_000);

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  temporary[Symbol.dispose]();
});

async function call(repo_path: string, tool: string, args: Record<string, unknown> = {}) {
  const { content, structuredContent, isError, _meta } = await client.callTool(tool, { repo_path, ...args });
  const [block] = content;
  return { text: block?.type === 'text' ? block.text : '', data: structuredContent ?? {}, code: isError ? _meta?.code : undefined };
}

describe('GIT-075: a tracked directory is now a link to outside', () => {
  test('git itself follows it', () => {
    expect(plainGit(join(root, 'linked'), ['grep', SECRET])).toContain('sub/file.txt');
    expect(plainGit(join(root, 'linked'), ['blame', '--', 'sub/file.txt'])).toContain(SECRET);
  });

  test.each<[string, Record<string, unknown>]>([
    ['git_blame', { path: 'sub/file.txt' }],
    ['git_grep', { pattern: '.' }],
    ['git_grep', { pattern: 'secret', literal: true }],
    ['git_grep', { pattern: '.', paths: ['sub/*'], contextLines: 2 }],
    ['git_diff', { target: 'HEAD' }],
    ['git_diff', { target: 'HEAD', paths: ['sub/file.txt'] }],
    ['git_diff_unstaged', { output: 'patch' }],
    ['git_status', {}],
  ])('%s %j does not', async (tool, args) => {
    const answer = await call('linked', tool, args);
    expect(answer.code).toBeUndefined();
    expect(JSON.stringify(answer)).not.toContain(SECRET);
  });
});

describe('GIT-091: names and lines that would pass for others', () => {
  test('every file of a diff has its own patch', async () => {
    const { data, text } = await call('names', 'git_diff', { target: 'HEAD~1..HEAD' });
    const patches = data['patches'] as { path: string; text: string }[];
    const expected = plainGit(join(root, 'names'), ['diff', '--name-only', '-z', 'HEAD~1..HEAD']).split('\0').slice(0, -1);
    expect(expected).toHaveLength(NAMES.length);
    expect(patches.map(({ path }) => path.replace('\\u{202e}', '\u202e'))).toEqual(expected);
    for (const patch of patches) {
      expect(patch.text.match(/^diff --git /)).not.toBeNull();
      expect(patch.text).toContain('+two');
    }
    expect(text.match(/\n\+diff --git a\/forged/g)).toHaveLength(NAMES.length);
    expect(text.split('\n').filter((line) => line.startsWith('diff --git '))).toHaveLength(NAMES.length);
  });

  test.each<[string, Record<string, unknown>]>([
    ['git_diff', { target: 'HEAD~1..HEAD', output: 'names' }],
    ['git_diff', { target: 'HEAD~1..HEAD', output: 'stat' }],
    ['git_grep', { pattern: 'find me', output: 'files' }],
    ['git_grep', { pattern: 'find me', output: 'files', revision: 'HEAD' }],
    ['git_grep', { pattern: 'find me', output: 'count', revision: 'HEAD' }],
    ['git_grep', { pattern: 'find me', revision: 'HEAD', contextLines: 1 }],
    ['git_grep', { pattern: 'find me' }],
  ])('%s %j names each once, on a line of its own', async (tool, args) => {
    const { data, text, code } = await call('names', tool, args);
    expect(code).toBeUndefined();
    const paths = (data['files'] as { path: string }[]).map(({ path }) => path.replace('\\u{202e}', '\u202e'));
    expect([...paths].sort()).toEqual([...NAMES].sort());
    expect(text).not.toMatch(/^(?:diff --git a\/forged|forged)/m);
    expect(text).not.toContain('\u202e');
  });

  test('with lines around, a name that begins like a separator is left out rather than read as another', async () => {
    const { data } = await call('names', 'git_grep', { pattern: 'find me', contextLines: 2 });
    const paths = (data['files'] as { path: string }[]).map(({ path }) => path);
    expect(paths).not.toContain('forged');
    expect(paths).toHaveLength(NAMES.length - 1);
  });

  test('a name that looks like a line of git_grep is none', async () => {
    const path = join(root, 'lines');
    layRepository(path, [{ files: { '12:password = x': 'find me\n', '  12:password = x': 'find me\n' }, message: 'one' }]);
    expect((await call('lines', 'git_grep', { pattern: 'find' })).text).toBe(
      '"  12:password = x"\n  1:find me\n12:password = x\n  1:find me',
    );
  });

  test('git_blame names the author that the commit has, whatever .mailmap says', async () => {
    const path = join(root, 'mailmap');
    layRepository(path, [{ files: { f: 'x\n', '.mailmap': 'Somebody Else <else@example.com> <gardener@example.com>\n' }, message: 'one' }]);
    expect(plainGit(path, ['blame', '--porcelain', 'HEAD', '--', 'f'])).toContain('Somebody Else');
    const { data, text } = await call('mailmap', 'git_blame', { path: 'f' });
    expect([text, JSON.stringify(data)].join()).not.toMatch(/else/i);
    expect(text).toContain('Gardener');
  });

  test.each(['HEAD:.', 'HEAD:sub//', 'HEAD:./sub', 'HEAD:sub//f'])('git_show of %s: only what it names', async (revision) => {
    const path = join(root, 'spelled');
    if (!existsSync(path)) layRepository(path, [{ files: { 'sub/f': 'x\n' }, message: 'one' }]);
    expect((await call('spelled', 'git_show', { revision })).code).toBe('not_found');
    expect((await call('spelled', 'git_show', { revision: 'HEAD:sub/' })).data).toMatchObject({ entries: ['f'] });
  });

  test.each(NAMES)('git_blame of %j', async (path) => {
    const { data, code } = await call('names', 'git_blame', { path });
    expect(code).toBeUndefined();
    const groups = data['groups'] as { lines: string[] }[];
    expect(groups.flatMap(({ lines }) => lines).length).toBe(FORGED.length + 2);
  });

  test('GIT-091: a name that is no UTF-8 is marked, and has no patch that could be another file’s', async () => {
    const path = join(root, 'bytes');
    layRepository(path, []);
    writeFileSync(Buffer.concat([Buffer.from(join(path, 'bad')), Buffer.from([0xff, 0xfe]), Buffer.from('.txt')]), 'x\n');
    layFiles(path, { 'bad\ufffd\ufffd.txt': 'y\n' });
    plainGit(path, ['add', '--all']);
    const { data } = await call('bytes', 'git_diff_staged');
    expect(data).toMatchObject({ total: { files: 2 }, files: [{ inexact: true }], patches: [{ text: expect.stringContaining('+y') }] });
  });
});

test('GIT-090: bytes that are no UTF-8 are replaced, not refused', async () => {
  const path = join(root, 'latin');
  layRepository(path, [{ files: { f: 'x\n' }, message: 'one' }]);
  layFiles(path, { f: Buffer.from('hello\xff\n', 'latin1') });
  expect((await call('latin', 'git_diff_unstaged')).text).toContain('+hello\ufffd');
  plainGit(path, ['add', 'f']);
  expect((await call('latin', 'git_grep', { pattern: 'hello' })).text).toBe('f\n  1:hello\ufffd');
  plainGit(path, ['commit', '--quiet', '--message=two']);
  expect((await call('latin', 'git_blame', { path: 'f' })).data).toMatchObject({ inexact: true });
});

describe('GIT-094: more than anybody reads', () => {
  test('the stat first, and how to go on', async () => {
    const { data, text, code } = await call('large', 'git_diff', { target: 'HEAD~1..HEAD' });
    expect(code).toBeUndefined();
    expect(data).toMatchObject({ output: 'stat', tooLong: true, total: { files: 3_004 } });
    expect(text.length).toBeLessThan(40_000);
  });

  test('a line of 30 MB is cut', async () => {
    const { text, code } = await call('large', 'git_diff', { target: 'HEAD~1..HEAD', paths: ['one-line.txt'], output: 'patch' });
    expect([code, text.length < 5_000]).toEqual([undefined, true]);
    const grep = await call('large', 'git_grep', { pattern: '^y', paths: ['one-line.txt'] });
    expect(grep.text).toMatch(/^one-line.txt\n {2}1:y{500} \[line cut\]$/);
    const blamed = await call('large', 'git_blame', { path: 'one-line.txt' });
    expect([blamed.code, blamed.text.length < 1_000]).toEqual([undefined, true]);
  });

  test('lock files and bundles are said in one line, and come by path', async () => {
    const { text } = await call('large', 'git_diff', { target: 'HEAD~1..HEAD', paths: ['.', 'package-lock.json'], output: 'patch' });
    expect(text).toMatch(
      /\[No patch: M bundle.min.js \+1 -1 generated, set paths\]\n\[No patch: M yarn.lock \+100000 -1 generated, set paths\]/,
    );
    expect((await call('large', 'git_diff', { target: 'HEAD~1..HEAD', paths: ['package-lock.json'] })).text).toContain('-x\n+y');
    expect((await call('large', 'git_diff', { target: 'HEAD~1..HEAD', paths: ['yarn.lock'], output: 'patch' })).data).toMatchObject({
      nextCursor: expect.any(String),
    });
  });
});

describe('patterns that would never end', () => {
  test.each([
    ['(a+)+$', 'a'],
    ['(?:(?:a*)*)*b(?=c)', 'a'],
    ['((a{1,200}){1,200}){1,200}c', 'a'],
    ['(a*)*\\1c', 'a'],
    ['(?R)*a', 'a'],
  ])('%s', async (pattern, letter) => {
    const path = join(root, 'letters');
    if (!existsSync(path)) layRepository(path, [{ files: { f: `${letter.repeat(30_000)}\n`.repeat(10) }, message: 'one' }]);
    const { code } = await call('letters', 'git_grep', { pattern });
    expect([undefined, 'invalid_input']).toContain(code);
  });
});

test('a git without PCRE says so, and never falls back to expressions that can take all memory', async () => {
  const path = join(root, 'plain');
  layRepository(path, [{ files: { f: 'one\n' }, message: 'one' }]);
  const gitPath = join(temporary.path, 'git-without-pcre');
  const complaint = 'fatal: cannot use Perl-compatible regexes when not compiled with USE_LIBPCRE';
  writeFileSync(gitPath, `#!/bin/sh\ncase " $* " in *" --perl-regexp "*) echo '${complaint}' >&2; exit 128 ;; *) exec git "$@" ;; esac\n`);
  chmodSync(gitPath, 0o755);
  await using other = await connect(server, { repositories: [path], gitPath });
  expect(await other.callTool('git_grep', { pattern: 'o' })).toMatchObject({ isError: true, _meta: { code: 'invalid_input' } });
  expect(await other.callTool('git_grep', { pattern: 'o', literal: true })).toMatchObject({ content: [{ text: 'f\n  1:one' }] });
});

test('git_diff of a file that became a directory: each patch is that of its path', async () => {
  const path = join(root, 'kinds');
  layRepository(path, [{ files: { dist: 'a file\nof two lines\n', b: 'x\n', link: 'x\n' }, message: 'one' }]);
  rmSync(join(path, 'dist'));
  renameSync(join(path, 'link'), join(path, 'moved'));
  symlinkSync('b', join(path, 'link'));
  layFiles(path, { 'dist/app.min.js': 'x\n', 'dist/z.bin': Buffer.from([0, 1]), b: 'y\n' });
  plainGit(path, ['add', '--all']);
  plainGit(path, ['commit', '--quiet', '--message=two']);
  const { data } = await call('kinds', 'git_diff', { target: 'HEAD~1..HEAD' });
  const patches = data['patches'] as { path: string; text: string }[];
  for (const { path: named, text } of patches) expect(text).toContain(` b/${named}\n`);
  expect(patches.map(({ path: named }) => named).sort()).toEqual(['b', 'dist', 'link', 'moved']);
});
