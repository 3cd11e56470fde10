import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, open, opendir, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { BATCH, entriesOf, entryOf, LARGE_BYTES } from './entry.ts';
import { fault } from './errno.ts';
import { isLink, type Link, linkAt } from './link.ts';
import type { OpenedFile, Place } from './walk.ts';

// Windows has neither links at the end of an open nor pipes among its files; there the flags are missing and mean nothing.
const { O_CREAT, O_EXCL, O_NOCTTY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY, O_RDWR } = constants;
// macOS can refuse a link anywhere in the path (<sys/fcntl.h>; Node does not export it). It takes the place of O_NOFOLLOW: both at once
// are EINVAL there. The path given to `open` has no links left, since the walk has replaced them by what they lead to.
const O_NOFOLLOW_ANY = 0x20000000;
const NO_LINKS = process.platform === 'darwin' ? O_NOFOLLOW_ANY : O_NOFOLLOW;

interface Seen {
  readonly path: string;
  readonly stats: BigIntStats;
}

/**
 * Remembers a directory by path and inode, where the system has no way to hold it (macOS, Windows, Linux without /proc), and says which
 * one it is.
 *
 * A residual race is left. Every directory on the way is compared before and after an open, so a swap is caught unless it is made and
 * undone in step with those comparisons: in the lab about 5 of 100,000 reads beside a process that did nothing but swap, and more rounds
 * of comparison did not help. An attacker who can rename directories inside the roots, and who wins, has a file from outside read. On
 * macOS no link can be swapped in for the open itself, but for a listing it can. Writing has the same race, and there it is wider, about 5
 * of 1,000 calls in the same lab: who wins it has a file created, replaced, moved or removed outside, though the call is answered with a
 * conflict. Where that matters, run on Linux.
 */
export async function rememberDirectory(path: string): Promise<{ place: Place; stats: BigIntStats }> {
  const stats = await lstat(path, { bigint: true });
  if (!stats.isDirectory()) throw fault('ENOTDIR');
  return { place: checkedDirectory([{ path, stats }]), stats };
}

function checkedDirectory(chain: readonly Seen[]): Place {
  const below = (name: string) => join(chain.at(-1)?.path ?? '', name);
  return {
    async enter(name) {
      if (name === '.') return checkedDirectory(chain);
      const seen = await look(below(name));
      if (isLink(seen)) return seen;
      if (!seen.stats.isDirectory()) throw fault('ENOTDIR');
      return checkedDirectory([...chain, seen]);
    },
    async openFile(name, flags = O_RDONLY) {
      const seen = await look(below(name));
      if (isLink(seen)) return seen;
      if (seen.stats.isDirectory()) throw fault('EISDIR');
      if (!seen.stats.isFile()) throw fault('EFTYPE');
      return openSeen(seen, chain, flags);
    },
    async createFile(name, mode) {
      await refuseChange(chain);
      const handle = await open(below(name), O_RDWR | O_CREAT | O_EXCL | NO_LINKS, mode);
      await refuseChange(chain).catch(async (error: unknown) => {
        await takeBack(below(name), handle);
        throw error;
      });
      return handle;
    },
    async at(name, call) {
      await refuseChange(chain);
      const result = await call(below(name));
      await refuseChange(chain);
      return result;
    },
    entries: () =>
      entriesOf(async () => {
        const directory = await opendir(below('.'), { bufferSize: BATCH });
        await refuseChange(chain).catch(async (error: unknown) => {
          await directory.close();
          throw error;
        });
        return directory;
      }),
    async allEntries() {
      const entries = await readdir(below('.'), { withFileTypes: true });
      await refuseChange(chain);
      return entries.map(entryOf);
    },
    isLarge: async () => (chain.at(-1)?.stats.size ?? 0n) > LARGE_BYTES,
    [Symbol.dispose]() {},
  };
}

async function look(path: string): Promise<Seen | Link> {
  const stats = await lstat(path, { bigint: true });
  if (!stats.isSymbolicLink()) return { path, stats };
  const link = await linkAt(path);
  if (link === undefined) throw fault('ECHANGED');
  return link;
}

/** Removes a file that was created in a directory which is another by now, if the path still leads to it. */
async function takeBack(path: string, handle: FileHandle): Promise<void> {
  try {
    const created = await handle.stat({ bigint: true });
    if (same(created, await lstat(path, { bigint: true }))) await unlink(path);
  } catch {
    // It stays where it is, empty.
  } finally {
    await handle.close();
  }
}

async function openSeen(seen: Seen, chain: readonly Seen[], flags: number): Promise<OpenedFile> {
  const handle = await open(seen.path, flags | NO_LINKS | O_NONBLOCK | O_NOCTTY);
  try {
    if (!same(seen.stats, await handle.stat({ bigint: true }))) throw fault('ECHANGED');
    await refuseChange([...chain, seen]);
    return { handle, stats: await handle.stat() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function refuseChange(chain: readonly Seen[]): Promise<void> {
  const now = await Promise.all(chain.map(({ path }) => lstat(path, { bigint: true })));
  if (!chain.every(({ stats }, index) => same(stats, now[index]))) throw fault('ECHANGED');
}

function same(before: BigIntStats, after: BigIntStats | undefined): boolean {
  return before.dev === after?.dev && before.ino === after.ino && before.isFile() === after.isFile();
}
