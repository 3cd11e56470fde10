import type { Dir, Dirent } from 'node:fs';

/** One name in a directory. What a symbolic link leads to is not looked at. */
export interface Entry {
  readonly name: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
}

/**
 * Size of a directory beyond which its entries are read a few at a time: a thousand names at least on the usual file systems of Linux and macOS,
 * where each takes 16 to 64 bytes. Where a directory has no size (Windows), all are read at once.
 */
export const LARGE_BYTES = 64 * 1024;

/** What Node read from a directory, as plain data. */
export function entryOf(dirent: Dirent): Entry {
  return { name: dirent.name, type: typeOf(dirent) };
}

/** How many entries are taken from a directory at a time. */
export const BATCH = 256;

/** The entries of a directory, which is opened at the beginning and closed at the end. To wait for each one of Node's would take twice as long. */
export async function* entriesOf(open: () => Promise<Dir>): AsyncGenerator<Entry> {
  const directory = await open();
  try {
    for (let batch = await nextBatch(directory); batch.length > 0; batch = await nextBatch(directory)) {
      for (const entry of batch) yield entry;
    }
  } finally {
    await directory.close();
  }
}

function nextBatch(directory: Dir): Promise<readonly Entry[]> {
  return new Promise((resolve, reject) => {
    const batch: Entry[] = [];
    const readOn = () =>
      directory.read((error, dirent) => {
        if (error !== null) return reject(error);
        if (dirent !== null) batch.push(entryOf(dirent));
        if (dirent === null || batch.length === BATCH) resolve(batch);
        else readOn();
      });
    readOn();
  });
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
