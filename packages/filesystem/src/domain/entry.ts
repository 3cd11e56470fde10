import type { Dirent } from 'node:fs';

/** One name in a directory. What a symbolic link leads to is not looked at. */
export interface Entry {
  readonly name: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
}

/** What Node read from a directory, as plain data. */
export function entryOf(dirent: Dirent): Entry {
  return { name: dirent.name, type: typeOf(dirent) };
}

/** The order of UTF-16 units. */
export function byName(left: Pick<Entry, 'name'>, right: Pick<Entry, 'name'>): number {
  if (left.name === right.name) return 0;
  return left.name < right.name ? -1 : 1;
}

function typeOf(dirent: Dirent): Entry['type'] {
  if (dirent.isFile()) return 'file';
  if (dirent.isDirectory()) return 'directory';
  return dirent.isSymbolicLink() ? 'symlink' : 'other';
}
