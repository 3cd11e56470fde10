import { readFileSync } from 'node:fs';
import { errnoOf } from './errors.ts';

/** How often a process is looked at: a git that takes hundreds of megabytes a second is a rare one. */
const EVERY_MS = 100;

/** Generations of children that are counted: fetch, its transport, and what unpacks. */
const MAX_DEPTH = 4;

const PAGE = 4_096;

/**
 * Calls `exceeded` once when a process and its children have taken more memory of their own than `maxBytes`; pages of files, which the system takes
 * back as it likes, do not count. Linux only: elsewhere nothing is asked. Ends when disposed of.
 */
export function watchMemory(pid: number, maxBytes: number, exceeded: () => void): Disposable {
  if (process.platform !== 'linux') return { [Symbol.dispose]() {} };
  const timer = setInterval(() => {
    if (ownMemory(pid) <= maxBytes) return;
    clearInterval(timer);
    exceeded();
  }, EVERY_MS);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Bytes in memory of a process and of those that it has started, without what they share with files. 0 for one that has ended. */
export function ownMemory(pid: number, depth = 0): number {
  const [, resident = '0', shared = '0'] = read(`/proc/${pid}/statm`).split(' ');
  const children = depth === MAX_DEPTH ? [] : read(`/proc/${pid}/task/${pid}/children`).split(' ');
  const own = (Number(resident) - Number(shared)) * PAGE;
  return children.reduce((sum, child) => sum + (child === '' ? 0 : ownMemory(Number(child), depth + 1)), own);
}

/** Without waiting: the system makes these files up, of a line each. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // It has ended, or this kernel does not tell.
    if (errnoOf(error) === undefined) throw error;
    return '';
  }
}
