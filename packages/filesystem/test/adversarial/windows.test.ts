import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { splitPath } from '../../src/domain/path.ts';
import { refusalOf } from '../../src/domain/temporary-directory.testing.ts';

describe('Windows, by its rules for paths', () => {
  const rules = { home: 'C:\\Users\\me', platform: path.win32 };
  const roots = [
    { path: 'C:\\Proj', real: 'C:\\Proj' },
    { path: 'Z:\\dir', real: '\\\\server\\share\\dir' },
  ];

  test.each([
    ['FS-017', 'c:\\proj\\a.txt', 'C:\\Proj', ['a.txt'], 'case means nothing in the name of a root'],
    ['FS-021', 'Z:\\dir\\a.txt', 'Z:\\dir', ['a.txt'], 'a mapped drive by its letter'],
    ['FS-021', '\\\\server\\share\\dir\\a.txt', 'Z:\\dir', ['a.txt'], 'and by what it is mapped to'],
    ['FS-021', '//SERVER/Share/dir/a.txt', 'Z:\\dir', ['a.txt'], 'the same in other letters'],
    ['FS-016', 'C:\\PROJ\\Link\\new.txt', 'C:\\Proj', ['Link', 'new.txt'], 'a link is found by the disk, component by component'],
  ])('%s %s: %s', (_id, requested, root, components) => {
    const location = splitPath(requested, roots, rules);
    expect([location.root.path, location.components]).toEqual([root, components]);
  });

  test.each([
    ['FS-001', 'C:\\Proj-evil\\x', 'denied'],
    ['FS-001', 'C:\\Proj2', 'denied'],
    ['FS-021', '\\\\server\\share\\dir2\\x', 'denied'],
    ['FS-021', '\\\\server\\other\\dir\\x', 'denied'],
    ['FS-021', '\\\\evil\\share\\dir\\x', 'denied'],
    ['FS-019', 'C:\\Proj\\CON', 'invalid_input'],
    ['FS-019', 'nul.txt', 'invalid_input'],
    ['FS-019', 'COM1', 'invalid_input'],
    ['FS-019', 'LPT\u00b9', 'invalid_input'],
    ['FS-019', 'file.txt::$DATA', 'invalid_input'],
    ['FS-019', 'a.txt:ads', 'invalid_input'],
    ['FS-019', 'a.', 'invalid_input'],
    ['FS-019', 'a ', 'invalid_input'],
    ['FS-019', 'C:\\PROGRA~1\\x', 'denied'],
    ['FS-019', '\\\\?\\C:\\Proj\\x', 'invalid_input'],
    ['FS-019', '\\\\.\\PhysicalDrive0', 'invalid_input'],
    ['FS-019', '\\\\.\\pipe\\x', 'invalid_input'],
    ['FS-019', '\\\\server\\share\\x', 'denied'],
    ['FS-019', '//server/share', 'denied'],
    ['FS-019', 'C:relative', 'invalid_input'],
    ['FS-019', '\\rooted', 'invalid_input'],
    ['FS-019', 'C:\\Proj\\..\\..', 'ok'],
  ])('%s %j -> %s', async (_id, requested, code) => {
    if (code !== 'ok') return expect((await refusalOf(() => splitPath(requested, roots, rules))).code).toBe(code);
    // What climbs is left to the walk, which goes above a root as text only.
    expect(splitPath(requested, roots, rules).components).toEqual(['..', '..']);
  });
});
