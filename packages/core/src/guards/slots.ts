import { ToolError } from '../errors.ts';

/** Gives back a slot. Calling it again does nothing. */
export type Release = () => void;

/** Waiting calls for each slot; beyond them a call is refused at once. */
const WAITING_PER_SLOT = 16;

/** A fixed number of calls that run at the same time; further ones wait in order. */
export class Slots {
  #free: number;
  readonly #maxWaiting: number;
  readonly #waiting = new Set<() => void>();

  constructor(size: number) {
    this.#free = size;
    this.#maxWaiting = size * WAITING_PER_SLOT;
  }

  /** Waits for a slot. Throws `rate_limited` when too many wait already, and the signal's reason when it aborts first. */
  async acquire(signal: AbortSignal): Promise<Release> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    let held = true;
    return () => {
      if (held) this.#release();
      held = false;
    };
  }

  #turn(signal: AbortSignal): Promise<void> {
    if (this.#waiting.size >= this.#maxWaiting) {
      throw new ToolError('rate_limited', 'The server is busy with other calls.', { hint: 'Wait a few seconds, then retry.' });
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(enter);
        reject(signal.reason);
      };
      const enter = () => {
        this.#waiting.delete(enter);
        signal.removeEventListener('abort', leave);
        resolve();
      };
      this.#waiting.add(enter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  #release(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free++;
    else next();
  }
}
