import { expect, test } from 'vitest';
import { proveRecordPath } from './record-path.ts';

test.each(['a', 'a/b', 'd/', '.github/x', '.gitignore', 'a..b/..c', 'caf\u00e9', '-x'])('%j is a path of a work tree', (path) => {
  expect(proveRecordPath(Buffer.from(path)).toString()).toBe(path);
});

test.each(['', '/etc/passwd', '..', '../x', 'a/../../x', 'a/..', './x', 'a//b', 'a//', '.git/config', 'sub/.GIT/hooks/x', '\xff/../x'])(
  '%j is none',
  (path) => {
    expect(() => proveRecordPath(Buffer.from(path, 'latin1'))).toThrow('leads out of its work tree');
  },
);
