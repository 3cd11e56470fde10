import { abortable } from '@touchstone-mcp/core/abortable';
import type { Repository } from './repository.ts';

const tails = new Map<string, Promise<void>>();

/** Waits until no other call of this process writes to the repository (linked work trees are the same one), and keeps others out until disposed of. */
export async function lockForWriting({ commonDir: { stats } }: Repository, signal: AbortSignal): Promise<Disposable> {
  const key = `${stats.dev}:${stats.ino}`;
  const before = tails.get(key) ?? Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const tail = before.then(() => promise);
  tails.set(key, tail);
  void tail.then(() => {
    if (tails.get(key) === tail) tails.delete(key);
  });
  try {
    await abortable(before, signal);
  } catch (error) {
    resolve();
    throw error;
  }
  return { [Symbol.dispose]: resolve };
}
