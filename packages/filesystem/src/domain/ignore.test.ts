import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type IgnoreRules, isIgnored, parseRules, rulesBelow } from './ignore.ts';
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

it('a hostile file costs no more than its length', () => {
  const rules = parseRules(`${'*a'.repeat(120)}b\n`.repeat(50));
  const started = performance.now();
  expect(isIgnored(rules, 'a'.repeat(255), 'file')).toBe(false);
  expect(performance.now() - started).toBeLessThan(500);
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
