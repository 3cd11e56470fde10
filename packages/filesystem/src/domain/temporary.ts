import { randomBytes } from 'node:crypto';
import { lstat, unlink } from 'node:fs/promises';
import { removeOwn } from './remove.ts';
import type { Place } from './walk.ts';

const PATTERN = /^\.touchstone-[0-9a-f]{32}\.tmp$/;

/** A file that nobody has written to for so long belongs to a call that is gone: calls have a deadline, and it is shorter. */
const STALE_FILE_MS = 10 * 60_000;
/** A directory's own time stands still while its copy goes on further down. */
const STALE_DIRECTORY_MS = 24 * 60 * 60_000;

/** Names that are looked at in a directory at most. */
const MAX_NAMES = 50_000;

/** A name for a file that is not finished yet. Nobody can guess it, so nobody can put anything in its way. */
export function temporaryName(): string {
  return `.touchstone-${randomBytes(16).toString('hex')}.tmp`;
}

/**
 * Removes the temporary files and directories that killed calls have left in a directory: those that are old, and files that have another
 * name by now, because the call was killed between giving the file its name and taking the temporary one away. Never fails.
 */
export async function sweep(directory: Place): Promise<void> {
  try {
    let count = 0;
    for await (const { name } of directory.entries()) {
      count += 1;
      if (count > MAX_NAMES) return;
      if (PATTERN.test(name)) await removeIfLeft(directory, name);
    }
  } catch {
    // It is only housekeeping: what is wrong with the directory, the call itself will find.
  }
}

async function removeIfLeft(directory: Place, name: string): Promise<void> {
  const stats = await directory.at(name, (path) => lstat(path, { bigint: true }));
  const age = Date.now() - Number(stats.mtimeMs);
  if (stats.isFile() && (stats.nlink > 1n || age > STALE_FILE_MS)) await directory.at(name, unlink);
  if (stats.isDirectory() && age > STALE_DIRECTORY_MS) await removeOwn(directory, name);
}
