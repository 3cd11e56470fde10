import { type BigIntStats, closeSync, constants, fstat, open } from 'node:fs';
import { type FileHandle, opendir, open as openHandle, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { BATCH, type Entry, entriesOf, entryOf, LARGE_BYTES } from './entry.ts';
import { errnoOf, fault } from './errno.ts';
import { isLink, type Link, linkAt } from './link.ts';
import type { OpenedFile, Place } from './walk.ts';

// Node has no openat, and `/proc/self/fd/<fd>/<name>` has its effect: the kernel jumps to the directory that the descriptor holds,
// wherever it is by now, and looks up one name there. All descriptors are close-on-exec; libuv sees to that.
const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;
/** Names a file without opening it: no driver, lease or pipe notices. The number is Linux's, the same on all of Node's architectures. */
const O_PATH = 0o10000000;
const HOLD = O_PATH | O_DIRECTORY | O_NOFOLLOW;

const openDescriptor = promisify(open);
const statDescriptor = promisify(fstat);

/** Whether this system can hold directories: it is Linux and /proc is mounted. */
export async function canHoldDirectories(): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  try {
    using root = new HeldDirectory(await openDescriptor('/', HOLD));
    const again = await root.enter('.');
    if (isLink(again)) return false;
    again[Symbol.dispose]();
    return true;
  } catch {
    return false;
  }
}

/** Holds a directory whose path is trusted, and says which one it is. A path that ends in a link or a file is refused. */
export async function holdDirectory(path: string): Promise<{ place: Place; stats: BigIntStats }> {
  const descriptor = await openDescriptor(path, HOLD);
  try {
    return { place: new HeldDirectory(descriptor), stats: await statDescriptor(descriptor, { bigint: true }) };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

class HeldDirectory implements Place {
  #descriptor: number | undefined;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  async enter(name: string): Promise<Place | Link> {
    const path = this.#below(name);
    try {
      return new HeldDirectory(await openDescriptor(path, HOLD));
    } catch (error) {
      const errno = errnoOf(error);
      // Looking the name up again is harmless: if it is another file by now, that one's text is walked, or none.
      const link = errno === 'ENOTDIR' || errno === 'ELOOP' ? await linkAt(path) : undefined;
      if (link === undefined) throw error;
      return link;
    }
  }

  async openFile(name: string, flags = O_RDONLY): Promise<OpenedFile | Link> {
    const path = this.#below(name);
    const descriptor = await openDescriptor(path, O_PATH | O_NOFOLLOW);
    try {
      const stats = await statDescriptor(descriptor);
      if (stats.isSymbolicLink()) return (await linkAt(path)) ?? changed();
      if (stats.isDirectory()) throw fault('EISDIR');
      if (!stats.isFile()) throw fault('EFTYPE');
      // Only now, its type proven, is the very same file opened: a pipe would wait for a writer and a device might act.
      return { handle: await openHandle(`/proc/self/fd/${descriptor}`, flags | O_NONBLOCK | O_NOCTTY), stats };
    } finally {
      closeSync(descriptor);
    }
  }

  async createFile(name: string, mode: number): Promise<FileHandle> {
    return await openHandle(this.#below(name), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  }

  /** The last name is looked up in the directory that is held, so that no swap of a parent leads the call elsewhere. */
  async at<Result>(name: string, call: (path: string) => Promise<Result>): Promise<Result> {
    return await call(this.#below(name));
  }

  entries(): AsyncIterable<Entry> {
    return entriesOf(() => opendir(this.#below('.'), { bufferSize: BATCH }));
  }

  async allEntries(): Promise<readonly Entry[]> {
    return (await readdir(this.#below('.'), { withFileTypes: true })).map(entryOf);
  }

  async isLarge(): Promise<boolean> {
    const descriptor = this.#descriptor;
    return descriptor !== undefined && (await statDescriptor(descriptor)).size > LARGE_BYTES;
  }

  /** Synchronous on purpose: the kernel calls no file system to close an O_PATH descriptor, so there is nothing to wait for. */
  [Symbol.dispose](): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    // The number will be another file's soon.
    this.#descriptor = undefined;
  }

  #below(name: string): string {
    if (this.#descriptor === undefined) throw new Error('This directory has been closed');
    return `/proc/self/fd/${this.#descriptor}/${name}`;
  }
}

function changed(): never {
  throw fault('ECHANGED');
}
