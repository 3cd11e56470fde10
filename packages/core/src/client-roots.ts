import { ToolError, toToolError } from './errors.ts';
import type { Logger } from './log.ts';
import type { Borrow } from './request.ts';

/** How long a client may take to say which roots it has. */
export const ROOTS_TIMEOUT_MS = 5_000;

/** Where the roots come from, what is made of them, and who is told that it has been made anew. */
export interface ClientRootsSource {
  ask: () => Promise<readonly string[]>;
  narrow: (roots: readonly string[]) => Promise<AsyncDisposable>;
  onReplaced: () => void;
  log: Logger;
}

/** What a connection may use, how many requests use it, and whether there will be more. */
interface Narrowed {
  readonly dependencies: AsyncDisposable;
  users: number;
  retired: boolean;
}

/** One time of asking. It is stale where the client has said in the meantime that its roots have changed. */
interface Asked {
  stale: boolean;
  outcome: Narrowed | ToolError | undefined;
  settled: Promise<void>;
}

/**
 * The dependencies of a connection of 2025, narrowed to the roots that its client names. Requests wait for the client's answer, and keep
 * what they got until they have ended, also where the client names other roots meanwhile. No answer is no permission: a client that
 * declares roots has a user who meant to share less than the operator allows, so its requests fail until it has said what.
 */
export class ClientRoots {
  readonly #source: ClientRootsSource;
  #asked: Asked | undefined;
  #closed = false;

  constructor(source: ClientRootsSource) {
    this.#source = source;
  }

  /** Runs work with the narrowed dependencies. Throws ToolError where there are none. */
  readonly borrow: Borrow = async (work) => {
    const last = this.#asked?.outcome;
    // The client may answer this time. What is denied stays denied until the roots change.
    if (last instanceof ToolError && last.retryable) this.#asked = undefined;
    const narrowed = await this.#current();
    try {
      return await work(narrowed.dependencies);
    } finally {
      narrowed.users--;
      this.#dropUnused(narrowed);
    }
  };

  /** Asks the client, again if it has been asked before. */
  renew(): void {
    const before = this.#asked;
    // Whoever says so a thousand times is asked once more when the answer is there.
    if (before !== undefined && before.outcome === undefined) before.stale = true;
    else {
      this.#asked = this.#ask();
      if (before !== undefined) void this.#asked.settled.then(this.#source.onReplaced);
      this.#retire(before?.outcome);
    }
  }

  /** Gives back what is held, once nobody uses it. */
  close(): void {
    this.#closed = true;
    this.#retire(this.#asked?.outcome);
  }

  /** Counted as used in the turn in which it is found to be the latest. */
  async #current(): Promise<Narrowed> {
    for (;;) {
      if (this.#closed) throw new ToolError('unavailable', 'The connection has ended.');
      this.#asked ??= this.#ask();
      const asked = this.#asked;
      await asked.settled;
      if (this.#closed || asked !== this.#asked || asked.outcome === undefined) continue;
      if (asked.outcome instanceof ToolError) throw asked.outcome;
      asked.outcome.users++;
      return asked.outcome;
    }
  }

  #ask(): Asked {
    const asked: Asked = { stale: false, outcome: undefined, settled: Promise.resolve() };
    asked.settled = this.#settle(asked);
    return asked;
  }

  async #settle(asked: Asked): Promise<void> {
    let outcome: Narrowed | ToolError;
    do {
      asked.stale = false;
      outcome = await this.#narrowed().catch(toToolError);
      if (asked.stale || this.#closed) this.#retire(outcome);
    } while (asked.stale && !this.#closed);
    asked.outcome = outcome;
  }

  async #narrowed(): Promise<Narrowed> {
    const roots = await this.#source.ask().catch((cause) => {
      throw new ToolError('unavailable', 'The client has not said which roots it has, so nothing is shared with it.', {
        hint: 'Retry once. Then tell the user: the client declares roots, but does not answer roots/list.',
        cause,
      });
    });
    return { dependencies: await this.#source.narrow(roots), users: 0, retired: false };
  }

  #retire(outcome: Narrowed | ToolError | undefined): void {
    if (outcome === undefined || outcome instanceof ToolError) return;
    outcome.retired = true;
    this.#dropUnused(outcome);
  }

  #dropUnused({ dependencies, users, retired }: Narrowed): void {
    if (!retired || users > 0) return;
    Promise.resolve(dependencies[Symbol.asyncDispose]()).catch((error: unknown) => this.#source.log.error({ err: error }, 'not released'));
  }
}
