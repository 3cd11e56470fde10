import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROTECTED_NAMES, parsePattern, writePolicy } from './policy.ts';
import { refusalOf } from './temporary-directory.testing.ts';

const root = { path: '/r', real: '/r' };
const policy = writePolicy({ writable: [root], readOnly: [], denyWrite: PROTECTED_NAMES, platform: path.posix });
const settingAt = (text: string, judge = policy) => judge.objection({ root, names: text.split('/') })?.setting;

it.each([
  '.git',
  '.git/config',
  'a/b/.git/hooks/pre-commit',
  '.GIT/config',
  '.gıt/../.git',
  '.g\u200cit/config',
  'GIT~1/config',
  '.env',
  '.env.production',
  'sub/.ENV',
  '.ｅnv',
  '.git. .',
  '.git::$INDEX_ALLOCATION/config',
  '.git.:x',
  '.mcp.json',
  'a/.vscode/tasks.json',
  'x.code-workspace',
  '.bash_profile',
  'a/.config/fish/config.fish',
  'Documents/PowerShell/Microsoft.PowerShell_profile.ps1',
  '.ssh/authorized_keys',
])('%s is protected', (text) => {
  expect(settingAt(text)).toBe('denyWrite');
});

it.each([
  'git',
  'a.git/config',
  'a:.git',
  ':.env',
  '.gitignore',
  '.github/workflows/ci.yml',
  '.gitattributes',
  'env',
  'src/env.ts',
  'config/fish',
  'a/b.env',
  '.eslintrc',
])('%s is not', (text) => {
  expect(settingAt(text)).toBeUndefined();
});

it('matches patterns with stars in linear time', () => {
  const judge = writePolicy({ writable: [root], readOnly: [], denyWrite: [`${'*a'.repeat(60)}*b`, 'a*b*c', '*'], platform: path.posix });
  expect(settingAt('a'.repeat(255), judge)).toBe('denyWrite');
  const exact = writePolicy({
    writable: [root],
    readOnly: [],
    denyWrite: [`${'*a'.repeat(60)}*b`, 'a*b*c', 'ab*ba'],
    platform: path.posix,
  });
  expect(settingAt('a'.repeat(255), exact)).toBeUndefined();
  expect(['abc', 'axbxc', 'abba', 'axbxcx', 'aba'].map((name) => settingAt(name, exact))).toEqual([
    'denyWrite',
    'denyWrite',
    'denyWrite',
    undefined,
    undefined,
  ]);
});

it.each([
  ['.git', ['.git']],
  ['.git/**', ['.git']],
  ['**/.git/**', ['.git']],
  ['.config/Fish/', ['.config', 'fish']],
])('reads the pattern %s', (text, names) => {
  expect(parsePattern(text)).toEqual(names);
});

it.each(['', '/', '**', '/etc', 'a/../b', 'a/**/b', './x'])('refuses the pattern %j', async (text) => {
  expect((await refusalOf(() => parsePattern(text))).message).toContain(JSON.stringify(text));
});

describe('read-only directories', () => {
  const at = (real: string) => ({ path: real, real });
  const judge = writePolicy({
    writable: [at('/r'), at('/r/ro/rw')],
    readOnly: [at('/r/ro'), at('/other'), at('/r/ro/rw/no')],
    denyWrite: [],
    platform: path.posix,
  });
  const of = (text: string) => judge.objection({ root, names: text.split('/') })?.setting;
  const whole = (text: string) => judge.wholeObjection({ root, names: text.split('/') })?.setting;

  it('the nearest decides', () => {
    expect(['x', 'ro', 'ro/x', 'ro/rw', 'ro/rw/x', 'ro/rw/no/x', 'rose'].map(of)).toEqual([
      undefined,
      'readOnlyDir',
      'readOnlyDir',
      undefined,
      undefined,
      'readOnlyDir',
      undefined,
    ]);
  });

  it('and what holds one cannot be taken away', () => {
    expect(['ro', 'ro/rw', 'x'].map(whole)).toEqual(['readOnlyDir', 'readOnlyDir', undefined]);
  });
});

it('what may hold something protected cannot be moved as a whole', () => {
  const whole = (text: string) => policy.wholeObjection({ root, names: text.split('/') })?.setting;
  expect(['.config', 'a/.CONFIG', '.config/fish', '.config/other', 'config', 'fish', '.git'].map(whole)).toEqual([
    'denyWrite',
    'denyWrite',
    'denyWrite',
    undefined,
    undefined,
    undefined,
    'denyWrite',
  ]);
});

it('on Windows short names may stand for protected ones, and case and separators mean nothing', () => {
  const windows = writePolicy({
    writable: [{ path: 'C:\\r', real: 'C:\\r' }],
    readOnly: [{ path: 'c:/R/Ro', real: 'C:\\R\\Ro' }],
    denyWrite: ['.vscode'],
    platform: path.win32,
  });
  const of = (...names: string[]) => windows.objection({ root: { path: 'C:\\r', real: 'C:\\r' }, names })?.setting;
  expect([of('VSCODE~1', 'x'), of('MCP~1.JSO'), of('ro', 'x'), of('a~b'), of('src')]).toEqual([
    'denyWrite',
    'denyWrite',
    'readOnlyDir',
    undefined,
    undefined,
  ]);
});
