import type { BigIntStats } from 'node:fs';
import { type FileHandle, link, mkdir, open, readlink, rename, rmdir, symlink, unlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf, fault } from './errno.ts';
import { temporaryName } from './temporary.ts';
import type { Place } from './walk.ts';
import { lookAt, type Target } from './writable.ts';

/** What a file system says that has no hard links, or not between these two files. */
const NO_HARD_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL', 'UNKNOWN']);

/** What Windows says of a file that a virus scanner or an editor has open at the moment. */
const IN_USE = new Set(['EPERM', 'EACCES', 'EBUSY']);
const RETRIES_MS = process.platform === 'win32' ? [10, 20, 50, 100, 200, 400] : [];

/** A name in a directory. */
export interface Named {
  readonly directory: Place;
  readonly name: string;
}

/** How a new file comes to its name. */
export interface Publication {
  /** The file that it replaces, whose mode and owner it takes on. Without one, nothing may stand at the name: `EEXIST`. */
  readonly replaces?: BigIntStats | undefined;
  readonly fill: (handle: FileHandle) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
  /** For a file that replaces none. */
  readonly mode?: number;
}

/**
 * Writes a file whole or not at all: under a temporary name beside it, flushed to the disk, then renamed. Whoever reads meanwhile, or
 * after a crash, finds the old content or the new. If anything fails, nothing is left.
 */
export async function publishFile(target: Target, { replaces, fill, signal, mode = 0o666 }: Publication): Promise<void> {
  await target.sweepOnce();
  const { directory } = target;
  const temporary = { directory, name: temporaryName() };
  const handle = await directory.createFile(temporary.name, replaces === undefined ? mode : 0o600);
  try {
    await fillAndClose(handle, fill, replaces);
    signal?.throwIfAborted();
    if (replaces === undefined) return await moveFile(temporary, target);
    // An editor may have saved the file meanwhile: its work must not be lost.
    if (!unchanged(replaces, await target.look())) throw fault('ECHANGED');
    await renameOver(temporary, target);
  } catch (error) {
    await directory.at(temporary.name, unlink).catch(() => {});
    throw error;
  }
}

async function fillAndClose(handle: FileHandle, fill: Publication['fill'], replaces: BigIntStats | undefined): Promise<void> {
  try {
    await fill(handle);
    if (replaces !== undefined) await takeOn(handle, replaces);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The owner first: changing it takes bits of the mode away. Bits that lend the owner's rights to whoever runs the file are not kept. */
async function takeOn(handle: FileHandle, { uid, gid, mode }: BigIntStats): Promise<void> {
  const own = await handle.stat({ bigint: true });
  if (own.uid !== uid || own.gid !== gid) {
    // Only root may give a file away, and a group only its members: else the file belongs to whoever runs the server.
    await handle.chown(Number(uid), Number(gid)).catch(() => handle.chown(-1, Number(gid)).catch(() => {}));
  }
  await handle.chmod(Number(mode & 0o777n));
}

function unchanged(before: BigIntStats, now: BigIntStats | undefined): boolean {
  return now !== undefined && isSame(before, now) && before.mtimeNs === now.mtimeNs && before.size === now.size;
}

function isSame(left: BigIntStats, right: BigIntStats): boolean {
  return left.ino === right.ino && left.dev === right.dev;
}

/** Moves a file to a name that nothing has, atomically: `EEXIST` where anything has it, even if it came a moment ago. */
export async function moveFile(from: Named, to: Named): Promise<void> {
  try {
    await from.directory.at(from.name, (source) => to.directory.at(to.name, (destination) => link(source, destination)));
  } catch (error) {
    if (!NO_HARD_LINKS.has(errnoOf(error) ?? '')) throw error;
    return await moveByPlaceholder(from, to);
  }
  const moved = await lookAt(to.directory, to.name);
  const left = await lookAt(from.directory, from.name);
  // Another process was quicker to take the old name away.
  if (left === undefined) return;
  if (moved !== undefined && isSame(left, moved)) return await unlinkMoved(from, to, moved);
  // It has put another file there: that one is not ours to move.
  await removeSame(to, moved).catch(() => {});
  throw fault('ECHANGED');
}

/** Takes the old name away, or the new one if that is not permitted. */
async function unlinkMoved(from: Named, to: Named, moved: BigIntStats): Promise<void> {
  try {
    await from.directory.at(from.name, unlink);
  } catch (error) {
    await removeSame(to, moved).catch(() => {});
    throw error;
  }
}

/** Between the two calls the name is taken by an empty file of ours. */
async function moveByPlaceholder(from: Named, to: Named): Promise<void> {
  const placeholder = await to.directory.createFile(to.name, 0o600);
  await placeholder.close();
  try {
    await renameOver(from, to);
  } catch (error) {
    await to.directory.at(to.name, unlink).catch(() => {});
    throw error;
  }
}

/** Removes a name, provided that it is still the file given. */
export async function removeSame({ directory, name }: Named, file: BigIntStats | undefined): Promise<void> {
  const now = await lookAt(directory, name);
  if (file === undefined || now === undefined || !isSame(now, file)) throw fault('ECHANGED');
  await directory.at(name, unlink);
}

/** Moves a link, as the text that it is, to a name that nothing has. */
export async function moveLink(from: Named, to: Named): Promise<void> {
  await copyLink(from, to);
  try {
    await from.directory.at(from.name, unlink);
  } catch (error) {
    await to.directory.at(to.name, unlink).catch(() => {});
    throw error;
  }
}

/** Makes a link with the same text at a name that nothing has. */
export async function copyLink(from: Named, to: Named): Promise<void> {
  const text = await from.directory.at(from.name, (path) => readlink(path));
  await to.directory.at(to.name, (path) => symlink(text, path));
}

/**
 * Moves a directory to a name that nothing has. rename(2) puts a directory only in the place of an empty one, so an empty one of our own
 * takes the name first: what another process creates there makes one of the two calls fail, and nothing is replaced.
 */
export async function moveDirectory(from: Named, to: Named): Promise<void> {
  const windows = process.platform === 'win32';
  // There no directory takes the place of another, empty or not.
  if (windows) await refuseTaken(to);
  else await to.directory.at(to.name, (path) => mkdir(path, 0o700));
  try {
    await renameOver(from, to);
  } catch (error) {
    // Only if it is still empty: rmdir sees to that.
    if (!windows) await to.directory.at(to.name, rmdir).catch(() => {});
    throw error;
  }
}

async function refuseTaken({ directory, name }: Named): Promise<void> {
  if ((await lookAt(directory, name)) !== undefined) throw fault('EEXIST');
}

/** rename(2). What stands at the new name is replaced. */
export async function renameOver(from: Named, to: Named): Promise<void> {
  const once = () => from.directory.at(from.name, (source) => to.directory.at(to.name, (destination) => rename(source, destination)));
  for (const pause of RETRIES_MS) {
    try {
      return await once();
    } catch (error) {
      if (!IN_USE.has(errnoOf(error) ?? '')) throw error;
      await sleep(pause);
    }
  }
  await once();
}

/** Flushes the names of a directory to the disk, where the system can. */
export async function syncDirectory(directory: Place): Promise<void> {
  await directory
    .at('.', async (path) => {
      await using handle = await open(path, 'r');
      await handle.sync();
    })
    .catch(() => {});
}
