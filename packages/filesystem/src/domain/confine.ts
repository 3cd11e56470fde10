import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readFile } from 'node:fs/promises';
import { fault } from './errno.ts';
import { isLink } from './link.ts';
import type { Place } from './walk.ts';

/** What is out of reach inside the roots as well, where the operator says so. */
export interface Confinement {
  /** Whether nothing is entered or opened that lies on another file system than its root. */
  readonly oneFilesystem?: boolean | undefined;
  /** Whether no regular file with several names is read. (None is ever written.) */
  readonly denyHardlinks?: boolean | undefined;
}

interface Rules {
  /** What everything must lie on, if that counts. */
  readonly volume: string | undefined;
  readonly denyHardlinks: boolean;
}

/** File systems of the kernel, with the secrets of every process. Whoever allows `/` means the files. */
const KERNEL: ReadonlySet<string> = new Set(['dev', 'proc', 'sys']);
const NONE: ReadonlySet<string> = new Set();

/** A root with its confinement, which holds for everything below it. `real` is its path. It costs nothing where nothing is confined. */
export async function confine(root: Place, real: string, { oneFilesystem = false, denyHardlinks = false }: Confinement): Promise<Place> {
  const closed = real === '/' ? KERNEL : NONE;
  const volume = oneFilesystem ? await volumeOf(root) : undefined;
  return confined(root, { volume, denyHardlinks }, closed);
}

function confined(place: Place, rules: Rules, closed: ReadonlySet<string>): Place {
  if (rules.volume === undefined && !rules.denyHardlinks && closed.size === 0) return place;
  return {
    async enter(name) {
      if (closed.has(name)) throw fault('EKERNEL');
      const found = await place.enter(name);
      if (isLink(found)) return found;
      try {
        if (rules.volume !== undefined && (await volumeOf(found)) !== rules.volume) throw fault('EMOUNT');
      } catch (error) {
        found[Symbol.dispose]();
        throw error;
      }
      return confined(found, rules, name === '.' ? closed : NONE);
    },
    async openFile(name, flags) {
      if (closed.has(name)) throw fault('EKERNEL');
      const found = await place.openFile(name, flags);
      if (isLink(found)) return found;
      try {
        if (rules.denyHardlinks && isReading(flags) && found.stats.nlink > 1) throw fault('EHARDLINK');
        if (rules.volume !== undefined && (await volumeOfFile(found.handle)) !== rules.volume) throw fault('EMOUNT');
      } catch (error) {
        await found.handle.close();
        throw error;
      }
      return found;
    },
    createFile: (name, mode) => place.createFile(name, mode),
    at: (name, call) => place.at(name, call),
    entries: () => place.entries(),
    allEntries: () => place.allEntries(),
    isLarge: () => place.isLarge(),
    [Symbol.dispose]: () => place[Symbol.dispose](),
  };
}

/** Before a file is written, `withExisting` looks at its names, and clears away the one that a killed call has left. */
function isReading(flags: number = constants.O_RDONLY): boolean {
  return (flags & (constants.O_WRONLY | constants.O_RDWR)) === 0;
}

/** The number is Linux's: the descriptor names a directory without opening it. */
const O_PATH = 0o10000000;

async function volumeOf(directory: Place): Promise<string> {
  return await directory.at('.', async (path) => {
    if (process.platform !== 'linux') return String((await lstat(path, { bigint: true })).dev);
    const handle = await open(path, O_PATH | constants.O_NOFOLLOW);
    try {
      return await volumeOfFile(handle);
    } finally {
      await handle.close();
    }
  });
}

/** The device and, on Linux, the mount: a bind mount can be on the very same device. */
async function volumeOfFile(handle: FileHandle): Promise<string> {
  const { dev } = await handle.stat({ bigint: true });
  const facts = process.platform === 'linux' ? await readFile(`/proc/self/fdinfo/${handle.fd}`, 'latin1').catch(() => '') : '';
  return `${dev} ${/^mnt_id:\s*(\d+)$/m.exec(facts)?.[1] ?? ''}`;
}
