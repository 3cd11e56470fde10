import { describe, expect, it } from 'vitest';
import { compileGlobs } from './glob.ts';
import { refusalOf } from './temporary-directory.testing.ts';

describe('a path matches', () => {
  it.each([
    ['*.md', 'a.md', true],
    ['*.md', 'a/b.md', true],
    ['*.md', 'a.mdx', false],
    ['/*.md', 'a/b.md', false],
    ['./*.md', 'b.md', true],
    ['**/*.md', 'b.md', true],
    ['**/*.md', 'a/.b/c.md', true],
    ['src/*.ts', 'src/a.ts', true],
    ['src/*.ts', 'src/a/b.ts', false],
    ['src/*.ts', 'x/src/a.ts', false],
    ['src/**/*.ts', 'src/a.ts', true],
    ['src/**/*.ts', 'src/a/b/c.ts', true],
    ['src/**', 'src', false],
    ['src/**', 'src/a/b', true],
    ['**', 'a/b', true],
    ['a/**/b/**/c', 'a/x/b/y/z/c', true],
    ['*.{ts,tsx}', 'a.tsx', true],
    ['{src,test}/**/*.ts', 'test/a.ts', true],
    ['{a,b/{c,d}}.ts', 'b/d.ts', true],
    ['{a,b/{c,d}}.ts', 'x/a.ts', false],
    ['{a}', '{a}', true],
    ['{a,b', '{a,b', true],
    ['?', '😀', true],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[^a]x', '😀x', true],
    ['[]a]', ']', true],
    ['[a', '[a', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['*a*b*', 'xaybz', true],
    ['*a*b*', 'xbya', false],
    ['a?*c', 'abc', true],
    ['a?*c', 'ac', false],
    ['*(1).txt', 'a(1).txt', true],
    ['.env*', '.env.local', true],
    ['A', 'a', false],
  ])('%s, %s: %s', (pattern, path, expected) => {
    expect(compileGlobs([pattern]).matchesPath(path.split('/'))).toBe(expected);
  });
});

it('says where nothing below can match', () => {
  const glob = compileGlobs(['src/*/x', 'docs']);
  expect(glob.below(glob.start, 'other').length).toBeGreaterThan(0);
  const anchored = compileGlobs(['src/*/x']);
  expect(anchored.below(anchored.start, 'other')).toEqual([]);
});

it('matches nothing without patterns', () => {
  expect(compileGlobs([]).matchesPath(['a'])).toBe(false);
});

it.each([
  ['FS-091', '**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/b', Array(30).fill('a')],
  ['FS-092', `${'*'.repeat(34)}x`, ['a'.repeat(255)]],
  ['FS-092', `${'*a'.repeat(120)}x`, ['a'.repeat(255)]],
  ['FS-092', `${'?*'.repeat(120)}x`, ['a'.repeat(255)]],
  ['FS-092', `${'[a]*'.repeat(60)}x`, ['a'.repeat(255)]],
  ['FS-091', `${'**/'.repeat(200)}${'*a'.repeat(100)}b`, Array(100).fill('a'.repeat(200))],
])('%s: pattern %# is answered in an instant', (_id, pattern, names) => {
  expect(compileGlobs([pattern]).matchesPath(names)).toBe(false);
});

it.each([
  ['*(*(*(a|b)))', /extended group/],
  ['!*.md', /starts with "!"/],
  ['../x', /"\.\."/],
  ['{a,b}'.repeat(20), /alternatives/],
  ['a'.repeat(1_001), /longer than/],
  ['a\0b', /NUL/],
  ['/', /is empty/],
])('refuses pattern %#', async (pattern, words) => {
  const refusal = await refusalOf(() => compileGlobs([pattern]));
  expect(refusal.code).toBe('invalid_input');
  expect(refusal.message).toMatch(words);
});

it('refuses patterns that are too much together', async () => {
  const refusal = await refusalOf(() => compileGlobs(Array(100).fill('a/b/c/d/e/f/g/h/i/j/k')));
  expect(refusal.message).toMatch(/too many parts/);
});
