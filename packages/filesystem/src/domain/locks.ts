import { abortable } from '@touchstone-mcp/core/abortable';

/** Lets one call at a time have a key; others wait in order. */
export class Locks {
  readonly #tails = new Map<string, Promise<void>>();

  /** Waits until all the keys are free, and has them until it is disposed of. Gives up, holding none, when `signal` aborts. */
  async acquire(keys: readonly string[], signal?: AbortSignal): Promise<Disposable> {
    const held: (() => void)[] = [];
    const free = () => {
      for (const release of held.splice(0)) release();
    };
    try {
      // In one order for all, so that no two calls wait for each other.
      for (const key of [...new Set(keys)].sort()) {
        const { before, release } = this.#queue(key);
        held.push(release);
        await (signal === undefined ? before : abortable(before, signal));
      }
    } catch (error) {
      free();
      throw error;
    }
    return { [Symbol.dispose]: free };
  }

  /** Takes a place in the queue for a key. `release` gives it up, had or not. */
  #queue(key: string): { before: Promise<void>; release: () => void } {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const tail = before.then(() => promise);
    this.#tails.set(key, tail);
    const release = () => {
      resolve();
      if (this.#tails.get(key) === tail) void before.then(() => this.#forget(key, tail));
    };
    return { before, release };
  }

  #forget(key: string, tail: Promise<void>): void {
    if (this.#tails.get(key) === tail) this.#tails.delete(key);
  }
}
