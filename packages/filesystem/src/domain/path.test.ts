import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayPath, locate, segmentsOf, splitPath } from './path.ts';
import { refusalOf } from './temporary-directory.testing.ts';

const posix = { home: '/home/me', platform: path.posix };
const roots = [
  { path: '/srv/root', real: '/data/real' },
  { path: '/home/me/work', real: '/home/me/work' },
];
const split = (requested: string) => splitPath(requested, roots, posix);

describe('splitPath', () => {
  it.each([
    ['/srv/root', '/srv/root', []],
    ['/srv/root/', '/srv/root', []],
    ['/srv//./root///a/./b/', '/srv/root', ['a', 'b']],
    ['/data/real/a', '/srv/root', ['a']],
    ['/home/me/work/x', '/home/me/work', ['x']],
    ['~/work/x', '/home/me/work', ['x']],
    ['a/b', '/srv/root', ['a', 'b']],
    ['.', '/srv/root', []],
    ['missing/../x', '/srv/root', ['missing', '..', 'x']],
    ['/srv/root/../root/x', '/srv/root', ['..', 'root', 'x']],
    [' a ', '/srv/root', [' a ']],
    // FS-009: no decoding of any kind; these are names like any other.
    ['%2e%2e%2fetc/passwd', '/srv/root', ['%2e%2e%2fetc', 'passwd']],
    ['..%c0%af', '/srv/root', ['..%c0%af']],
    ['$HOME/x', '/srv/root', ['$HOME', 'x']],
    ['~root/.ssh/id_rsa', '/srv/root', ['~root', '.ssh', 'id_rsa']],
    ['file:///srv/root/x', '/srv/root', ['file:', 'srv', 'root', 'x']],
    ['a\\..\\b', '/srv/root', ['a\\..\\b']],
  ])('reads %j', (requested, root, components) => {
    const location = split(requested);
    expect({ root: location.root.path, components: location.components }).toEqual({ root, components });
  });

  it.each([
    '/srv/root-evil/x', // FS-001
    '/srv/root2',
    '/srv/root.bak',
    '/srv',
    '/',
    '/etc/passwd',
    '/srv/x/../root/a',
    '/../srv/root',
    '~/secrets', // FS-010
    '~',
    '/proc/self/root/srv/root/../../etc/passwd', // FS-022
  ])('refuses %j as outside', async (requested) => {
    const refusal = await refusalOf(() => split(requested));
    expect(refusal.code).toBe('denied');
    expect(refusal.message).toBe(`Path is outside the allowed directories: ${requested}`);
    expect(refusal.hint).toBe('Allowed: /srv/root, /home/me/work');
  });

  it.each([
    ['', 'empty'], // FS-012
    [' \t\n', 'empty'],
    ['/srv/root/ok.txt\0.png', 'NUL'], // FS-011
    ['/srv/root/\ud800x', 'surrogate'], // FS-013
    ['a/'.repeat(2500), 'longer than 4096 characters'],
    ['a/'.repeat(501), 'more than 500 names'],
    [`/srv/root/${'é'.repeat(128)}`, 'longer than 255 bytes'],
  ])('refuses %j as no path', async (requested, reason) => {
    const refusal = await refusalOf(() => split(requested));
    expect(refusal.code).toBe('invalid_input');
    expect(refusal.message).toContain(reason);
    expect(refusal.message).not.toContain('\0');
  });

  it('takes the longest of nested roots', () => {
    const nested = [
      { path: '/a', real: '/a' },
      { path: '/a/b', real: '/a/b' },
    ];
    expect(splitPath('/a/b/c', nested, posix)).toEqual({ root: nested[1], components: ['c'] });
    expect(splitPath('/a/bc', nested, posix)).toEqual({ root: nested[0], components: ['bc'] });
  });

  it('lets everything below a root that is the whole disk', () => {
    const root = { path: '/', real: '/' };
    const location = splitPath('/etc/hosts', [root], posix);
    expect(location.components).toEqual(['etc', 'hosts']);
    expect(displayPath(location, path.posix)).toBe('/etc/hosts');
  });

  it('never yields a component with a separator, a NUL, or nothing in it', () => {
    const text = fc.string({ unit: fc.constantFrom('/', '\\', '.', '~', 'a', ' ', '\0', 'é', ':', '\ud83d') });
    fc.assert(
      fc.property(text, fc.constantFrom(path.posix, path.win32), (requested, platform) => {
        const root = platform === path.posix ? '/' : 'C:\\';
        try {
          const { components } = splitPath(requested, [{ path: root, real: root }], { home: root, platform });
          const separators = platform === path.posix ? /[/\0]/ : /[/\\\0:]/;
          expect(components.every((name) => name !== '' && name !== '.' && !separators.test(name))).toBe(true);
        } catch (error) {
          expect(error).toHaveProperty('code', expect.stringMatching(/^(denied|invalid_input)$/));
        }
      }),
    );
  });
});

describe('splitPath on Windows', () => {
  const windows = { home: 'C:\\Users\\me', platform: path.win32 };
  const windowsRoots = [
    { path: 'C:\\Proj', real: 'C:\\Proj' },
    { path: 'Z:\\dir', real: '\\\\server\\share\\dir' },
  ];

  it.each([
    ['c:\\proj\\A.txt', 'C:\\Proj', ['A.txt']], // FS-017
    ['C:/Proj/mixed\\x', 'C:\\Proj', ['mixed', 'x']],
    ['\\\\SERVER\\share\\dir\\x', 'Z:\\dir', ['x']], // FS-021
    ['//server/share/dir/x', 'Z:\\dir', ['x']],
    ['a/b\\c', 'C:\\Proj', ['a', 'b', 'c']],
  ])('reads %j', (requested, root, components) => {
    const location = splitPath(requested, windowsRoots, windows);
    expect({ root: location.root.path, components: location.components }).toEqual({ root, components });
  });

  it.each(['C:\\Proj2\\x', '\\\\server\\share2\\dir', 'D:\\Proj', 'C:\\PROGRA~1\\x', '~\\x'])(
    'refuses %j as outside',
    async (requested) => {
      expect((await refusalOf(() => splitPath(requested, windowsRoots, windows))).code).toBe('denied');
    },
  );

  // FS-019
  it.each([
    'CON',
    'C:\\Proj\\NUL',
    'aux.txt',
    'COM1',
    'LPT¹',
    'con .x',
    'C:\\Proj\\file.txt::$DATA',
    'a.txt:ads',
    'C:\\Proj\\a.',
    'C:\\Proj\\a \\b',
    '\\\\?\\C:\\x',
    '\\\\.\\PhysicalDrive0',
    '\\\\.\\pipe\\x',
    '//?/C:/x',
    'C:relative',
    '\\rooted',
    'a\u0007',
    'x*',
  ])('refuses %j as no path', async (requested) => {
    expect((await refusalOf(() => splitPath(requested, windowsRoots, windows))).code).toBe('invalid_input');
  });
});

it('locates by segments, whatever the text looks like', () => {
  const segments = segmentsOf('/srv/root-evil', path.posix);
  expect(segments).toEqual(['', 'srv', 'root-evil']);
  expect(locate(segments, roots, path.posix)).toBeUndefined();
});
