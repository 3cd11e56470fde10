import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type IgnoreRules, isIgnored, parseRules, rulesBelow, rulesOf } from './ignore.ts';
import { openRoots } from './roots.ts';
import { temporaryDirectory } from './temporary-directory.testing.ts';

const temporary = await temporaryDirectory();

afterAll(() => temporary[Symbol.asyncDispose]());

/** Decides as a walk does: what is in an ignored directory is not even asked about. */
function ignored(files: Readonly<Record<string, string>>, path: string): boolean {
  const names = path.split('/');
  let rules: IgnoreRules = parseRules(files[''] ?? '');
  for (const [index, name] of names.entries()) {
    if (isIgnored(rules, name, index < names.length - 1 ? 'directory' : 'file')) return true;
    rules = [...rulesBelow(rules, name), ...parseRules(files[names.slice(0, index + 1).join('/')] ?? '')];
  }
  return false;
}

describe('one file', () => {
  it.each([
    ['node_modules', 'a/node_modules/x', true],
    ['node_modules/', 'node_modules', false],
    ['/build', 'build', true],
    ['/build', 'a/build', false],
    ['docs/*.txt', 'docs/a.txt', true],
    ['docs/*.txt', 'x/docs/a.txt', false],
    ['**/logs/*.log', 'a/b/logs/x.log', true],
    ['a/**/z', 'a/z', true],
    ['*.log\n!keep.log', 'keep.log', false],
    ['!keep.log\n*.log', 'keep.log', true],
    ['out/\n!out/keep', 'out/keep', true],
    ['out/*\n!out/keep', 'out/keep', false],
    ['# a comment', '# a comment', false],
    ['\\#a', '#a', true],
    ['\\!a', '!a', true],
    ['a  ', 'a', true],
    ['a\\ ', 'a ', true],
    ['a\r\nb\r\n', 'a', true],
    ['\ufeffa', 'a', true],
    ['{a,b}', 'a', false],
    ['[ab', '[ab', false],
    ['*', '.hidden', true],
  ])('%j says of %j: %s', (text, path, expected) => {
    expect(ignored({ '': text }, path)).toBe(expected);
  });
});

it('a file further down has the last word', () => {
  const files = { '': '*.log\n/a/b/only-here', a: '!x.log', 'a/b': 'y' };
  expect(ignored(files, 'x.log')).toBe(true);
  expect(ignored(files, 'a/x.log')).toBe(false);
  expect(ignored(files, 'a/b/x.log')).toBe(false);
  expect(ignored(files, 'a/b/only-here')).toBe(true);
  expect(ignored(files, 'a/only-here')).toBe(false);
  expect(ignored(files, 'y')).toBe(false);
  expect(ignored(files, 'a/b/y')).toBe(true);
});

it.each([
  ['stars', `${'*a'.repeat(120)}b`, 50],
  // 26 s, when it was compared letter by letter.
  ['long texts between them', `*${'a'.repeat(120)}b*x`, 2_000 * 64],
  ['the same from behind', `*b${'a'.repeat(120)}*x`, 2_000 * 64],
  ['any characters', `*${'?'.repeat(120)}b*x`, 500],
  ['more of them than a name has', `*${'?'.repeat(4_000)}*`, 2_000 * 64],
])('a hostile rule of %s costs no more than its length', (_name, line, times) => {
  const rules = parseRules(line);
  const name = 'a'.repeat(255);
  let ignored = 0;
  for (let count = 0; count < times; count += 1) if (isIgnored(rules, name, 'file')) ignored += 1;
  expect([rules.length, ignored]).toEqual([1, 0]);
});

describe('on a disk', () => {
  const rulesAt = async (path: string, inherited: IgnoreRules = []) => {
    await using roots = await openRoots([temporary.path]);
    await using directory = await roots.openDirectory(path);
    return await rulesOf(directory, inherited);
  };
  const lay = async (path: string, text: string) => {
    await mkdir(join(temporary.path, path), { recursive: true });
    await writeFile(join(temporary.path, path, '.gitignore'), text);
  };

  it('FS-092: the files of a long way down have no more rules than one of them may have', async () => {
    let rules: IgnoreRules = [];
    for (let level = 0; level < 5; level += 1) {
      const text = Array.from({ length: 900 }, (_, index) => `n${level}x${index}*q*\n`).join('');
      await lay(`level-${level}`, text);
      rules = await rulesAt(`level-${level}`, rulesBelow(rules, 'd'));
    }
    expect(rules).toHaveLength(2_000);
    // Nothing is copied on the way.
    expect(rulesBelow(rules, 'd')).toBe(rules);
    expect(isIgnored(rules, 'n0x0-q-', 'file')).toBe(true);
  });

  it('FS-092: nor more characters that take long to compare', async () => {
    await lay('wide', `*${'?'.repeat(998)}\n`.repeat(5));
    await lay('wider', `*${'a'.repeat(998)}\n*[${'a'.repeat(997)}]\n`.repeat(5));
    expect(await rulesAt('wider', await rulesAt('wide'))).toHaveLength(5 + 5 + 3);
  });

  it('FS-092: where a file is cut, no half of a line is left', async () => {
    await lay('cut', `${'#'.repeat(65_534)}\nbuild/this\n`);
    const rules = await rulesAt('cut');
    expect(isIgnored(rules, 'b', 'file')).toBe(false);
    expect(rules).toEqual([]);
  });
});

it('agrees with git', () => {
  const git = join(temporary.path, 'git');
  execFileSync('git', ['init', '-q', git]);
  const paths = ['', 'a/', 'b/', 'a/b/'].flatMap((directory) => {
    mkdirSync(join(git, directory), { recursive: true });
    return ['a.txt', 'ab', '.h', 'x y', 'c[1]'].map((name) => {
      writeFileSync(join(git, directory, name), '');
      return directory + name;
    });
  });
  const piece = fc.constantFrom(
    'a',
    'b',
    '*',
    '?',
    '/',
    '**',
    '**/',
    '/**',
    '[ab]',
    '[!a]',
    '!',
    '\\',
    '.txt',
    '.h',
    ' ',
    'x y',
    'a/',
    '#',
  );
  const line = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));
  const text = fc
    .array(line, { minLength: 1, maxLength: 3 })
    .map((lines) => lines.join('\n'))
    // Of `a**/` git says in its manual that it is `a*/`, and its wildmatch.c compares two pointers that
    // have nothing to do with each other. An escape after `**` is beyond both.
    .filter((lines) => !/[^/\n]\*\*|\*\*\\/.test(lines));
  fc.assert(
    fc.property(text, text, (top, below) => {
      writeFileSync(join(git, '.gitignore'), top);
      writeFileSync(join(git, 'a/.gitignore'), below);
      const expected = new Set(checkIgnore(git, paths));
      expect(paths.filter((path) => ignored({ '': top, a: below }, path))).toEqual(paths.filter((path) => expected.has(path)));
    }),
    { numRuns: 200 },
  );
});

/** `git check-ignore` ends with 1 where nothing is ignored. */
function checkIgnore(directory: string, paths: readonly string[]): readonly string[] {
  const args = ['-C', directory, 'check-ignore', '--no-index', '-z', '--stdin'];
  try {
    return execFileSync('git', args, { input: paths.join('\0'), stdio: ['pipe', 'pipe', 'ignore'] })
      .toString()
      .split('\0');
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 1) return [];
    throw error;
  }
}
