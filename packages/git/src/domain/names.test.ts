import { expect, test } from 'vitest';
import { parseRange, proveBranchName, proveDate, provePaths, proveRevision } from './names.ts';

test.each([
  'main',
  'feature/login',
  'v1.2.3',
  'HEAD',
  '@',
  'HEAD~2^',
  'main@{upstream}',
  'stash@{0}',
  'a1b2c3d',
  'v1^{commit}',
  'v1^{}',
  'größe',
  'origin/x-y_z',
])('a revision: %s', (text) => expect(proveRevision(text)).toBe(text));

test.each([
  '-x',
  'a b',
  'a:b',
  'a..b',
  'a^{/x}',
  'a^@',
  'a^!',
  'a^-',
  '@{-1}',
  'a@{yesterday}',
  'a@{-1}',
  'a*',
  'a[b',
  'a\\b',
  'a?',
  '',
  'a\u0007',
  '~1',
  '^a',
  'a~1x',
])('no revision: %j', (text) => expect(() => proveRevision(text)).toThrow('Not a revision'));

test('ranges', () => {
  expect(parseRange('main')).toEqual({ from: undefined, to: 'main', symmetric: false });
  expect(parseRange('main..v1')).toEqual({ from: 'main', to: 'v1', symmetric: false });
  expect(parseRange('main...v1.0')).toEqual({ from: 'main', to: 'v1.0', symmetric: true });
  expect(parseRange('main..')).toEqual({ from: 'main', to: 'HEAD', symmetric: false });
  expect(parseRange('..main')).toEqual({ from: 'HEAD', to: 'main', symmetric: false });
  for (const text of ['..', '...', 'a....b', 'a..b..c', '-a..b', 'a..-b']) expect(() => parseRange(text)).toThrow();
});

test.each(['main', 'feature/login', 'a.b', 'ä', 'x@y', '1'])('GIT-040: a name of a branch: %s', (text) =>
  expect(proveBranchName(text)).toBe(text),
);

test.each([
  'a..b',
  'a~1',
  'a^',
  'a:b',
  'a@{b',
  'a.lock',
  'a.lock/b',
  'a//b',
  'a/',
  '/a',
  '.a',
  'a/.b',
  'a.',
  'HEAD',
  '-',
  '-D',
  '@',
  '',
  'a b',
  'a\tb',
  'a\u007fb',
  'x'.repeat(300),
  'refs/heads/x',
  'a\\b',
  'a*',
  'a?',
  'a[',
  '\ud800',
])('GIT-040: no name of a branch: %j', (text) => expect(() => proveBranchName(text)).toThrow('Not a name'));

test.each(['a', 'a/b.txt', 'a b', '-x', ':(top)', 'ä\nb', '.gitignore', '.github/x', 'git', 'x.git/y', '*'])('a path: %j', (text) =>
  expect(provePaths([text])).toEqual([text]),
);

test.each([
  '..',
  '../a',
  'a/../b',
  '/a',
  'C:/a',
  'c:x',
  '.git',
  '.git/config',
  'a/.GIT/x',
  '.Git ',
  '.git.',
  'git~1',
  'GIT~2/x',
  '.git::$INDEX_ALLOCATION',
  '.git. :x',
  'a/.git\\config',
  '.g\u200dit',
  '\ufeff.git',
])('GIT-016, GIT-074: no path: %j', (text) => expect(() => provePaths([text])).toThrow('Not a path of the repository'));

test.each(['2026-11-20', '2026-11-20T15:00:00Z', '2026-11-20 15:00:00 +0200', '2 weeks ago', 'yesterday', '1 day ago', 'last month'])(
  'a date: %s',
  (text) => expect(proveDate(text)).toBe(text),
);

test.each(['', 'x', '2026-13-01', '--since=x', 'yesterday; id', '2026-11-20\n', 'tea time', '999999 weeks ago', '1e9'])(
  'no date: %j',
  (text) => expect(() => proveDate(text)).toThrow('Not a date'),
);
