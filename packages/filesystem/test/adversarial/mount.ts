import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';

/** Mounts at a path until it is disposed of, at a new directory where nothing is; undefined where this user may not. The arguments are those of mount(8). */
export function mount(directory: string, ...args: readonly string[]): Disposable | undefined {
  if (!existsSync(directory)) mkdirSync(directory);
  try {
    execFileSync('mount', [...args, directory], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return { [Symbol.dispose]: () => execFileSync('umount', [directory]) };
}

/** A file system in memory of a size such as `64k`. */
export function mountMemory(directory: string, size: string): Disposable | undefined {
  return mount(directory, '-t', 'tmpfs', '-o', `size=${size}`, 'none');
}

/** Why a test that mounts is left out. */
export const MAY_NOT_MOUNT = 'this user may not mount';
