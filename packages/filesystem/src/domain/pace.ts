import { setImmediate } from 'node:timers/promises';

const LONGEST_STRETCH_MS = 15;
const PROGRESS_EVERY_MS = 500;

/** What a long piece of work listens to and reports to. */
export interface Companions {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((done: number, total?: number, message?: string) => void) | undefined;
}

/** Keeps long work interruptible: others get their turn, a cancel is heard, and the client is told how far it is. */
export class Pace {
  /** What was done so far, of whatever is counted: whoever does it adds to this one number, since what a client is told may only grow. */
  done = 0;
  readonly #companions: Companions;
  #turnStarted = performance.now();
  #reported = performance.now();
  #told = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(companions: Companions) {
    this.#companions = companions;
  }

  /** Whether `step` would do anything, for loops in which awaiting it every time would cost more than their work. */
  isDue(): boolean {
    return this.#companions.signal?.aborted === true || performance.now() - this.#turnStarted >= LONGEST_STRETCH_MS;
  }

  /** To be awaited after each small piece of work. Rejects once the signal has fired. */
  async step(message: string): Promise<void> {
    const { signal, progress } = this.#companions;
    signal?.throwIfAborted();
    const now = performance.now();
    if (now - this.#reported > PROGRESS_EVERY_MS && this.done > this.#told) {
      [this.#reported, this.#told] = [now, this.done];
      progress?.(this.done, undefined, message);
    }
    if (now - this.#turnStarted < LONGEST_STRETCH_MS) return;
    // Of several parts of the work that wait, each gets a turn of its own.
    this.#turn = this.#turn.then(() => setImmediate());
    await this.#turn;
    this.#turnStarted = performance.now();
    signal?.throwIfAborted();
  }
}
