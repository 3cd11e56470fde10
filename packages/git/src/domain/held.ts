import { type BigIntStats, closeSync, constants, fstat, open } from 'node:fs';
import { readlink, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const openDescriptor = promisify(open);
const statDescriptor = promisify(fstat);

const { O_DIRECTORY } = constants;
/** Names a directory without opening it. The number is Linux's, the same on all of Node's architectures. */
const O_PATH = 0o10000000;

/**
 * A directory that stays the same one, whatever its path leads to by now. On Linux a descriptor holds it, and a child can be given that;
 * elsewhere `isUnchanged` tells afterwards whether the path still leads to it.
 */
export class HeldDirectory implements Disposable {
  /** Where it really is, links resolved, when it was opened. */
  readonly path: string;
  readonly stats: BigIntStats;
  #descriptor: number | undefined;

  constructor(path: string, stats: BigIntStats, descriptor: number | undefined) {
    this.path = path;
    this.stats = stats;
    this.#descriptor = descriptor;
  }

  /** The descriptor to hand to a child, where there is one. */
  get descriptor(): number | undefined {
    return this.#descriptor;
  }

  /** A path by which this process reaches what lies below it. */
  below(name: string): string {
    return join(this.#descriptor === undefined ? this.path : `/proc/self/fd/${this.#descriptor}`, name);
  }

  /** Whether it is still the directory that its path leads to. A held one needs no asking. */
  async isUnchanged(): Promise<boolean> {
    if (this.#descriptor !== undefined) return true;
    const now = await stat(this.path, { bigint: true }).catch(() => undefined);
    return now?.ino === this.stats.ino && now.dev === this.stats.dev;
  }

  [Symbol.dispose](): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    // The number will be another file's soon.
    this.#descriptor = undefined;
  }
}

/** Holds a directory by any of its names. Rejects as the system call does (ENOENT, ENOTDIR, ...). */
export async function holdDirectory(path: string): Promise<HeldDirectory> {
  if (!(await canHold())) {
    const real = await realpath(path);
    const stats = await stat(real, { bigint: true });
    if (!stats.isDirectory()) throw Object.assign(new Error('ENOTDIR'), { code: 'ENOTDIR' });
    return new HeldDirectory(real, stats, undefined);
  }
  const descriptor = await openDescriptor(path, O_PATH | O_DIRECTORY);
  try {
    // Asked of the descriptor, so that what is judged is what is held: between a realpath and an open, a link may be put in the way.
    return new HeldDirectory(await readlink(`/proc/self/fd/${descriptor}`), await statDescriptor(descriptor, { bigint: true }), descriptor);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

let holds: Promise<boolean> | undefined;

/** Whether directories can be held here: this is Linux, and /proc is mounted. */
export function canHold(): Promise<boolean> {
  holds ??=
    process.platform === 'linux'
      ? readlink('/proc/self/fd/1').then(
          () => true,
          () => false,
        )
      : Promise.resolve(false);
  return holds;
}
