import { ToolError } from '@touchstone-mcp/core/errors';
import type { ConnectionSettings } from './connection.ts';
import { type Lease, openConnections } from './connections.ts';
import type { Database, Session, TransactionOptions } from './database.ts';
import { toDatabaseError } from './errors.ts';
import { exchange, type Step } from './exchange.ts';
import { FactCache } from './functions.ts';
import { AFTER_READ, CALLERS_PATH, type Learnt, Transaction } from './session.ts';

/** How to open a database. */
export interface DatabaseOptions {
  name: string;
  connection: ConnectionSettings;
  /** Connections at most. */
  poolSize: number;
  /** Milliseconds for a transaction that names no time of its own. */
  timeoutMs: number;
  /** Hears, in words for an operator, what went wrong where nobody waits for it. */
  warn: (message: string, cause: unknown) => void;
  /** Hears of each connection that is made. */
  onConnection?: () => void;
}

/** The server has this many milliseconds to keep the time by itself, which leaves the connection whole, before we cancel. */
const GRACE = 500;

/** Milliseconds for what takes the server one. */
const RESET_PATIENCE = 5_000;

/** A function that may write may leave anything in the session, of which a rollback does not undo all. */
const AFTER_WRITE: readonly Step[] = [{ sql: 'ROLLBACK' }, { sql: 'DISCARD ALL' }];

/** Opens a database; connections are made when they are needed. */
export function openDatabase({
  name,
  connection,
  poolSize,
  timeoutMs: defaultMs,
  warn,
  onConnection = () => {},
}: DatabaseOptions): Database {
  const connections = openConnections(connection, poolSize, {
    onLost: (error) => warn('an idle connection was lost', toDatabaseError(error)),
    onMade: onConnection,
  });
  const learnt: Learnt = { facts: new FactCache(), typeNames: new Map() };
  const endings = new Set<Promise<void>>();

  /** The caller has its answer already; nobody gets the connection before it is as it was. */
  function inBackground(ending: Promise<void>): void {
    endings.add(ending);
    void ending.finally(() => endings.delete(ending));
  }

  function giveBack(lease: Lease, { left, reset }: Transaction, interrupted: boolean, steps: readonly Step[]): void {
    if (left || interrupted) inBackground(lease.cancel().then(lease.destroy));
    else if (reset) lease.release();
    else inBackground(resetAndGiveBack(lease, steps));
  }

  async function resetAndGiveBack(lease: Lease, steps: readonly Step[]): Promise<void> {
    const timer = setTimeout(() => void lease.cancel(), RESET_PATIENCE);
    try {
      await exchange(lease.client, steps);
      lease.release();
    } catch (error) {
      lease.destroy();
      warn('a connection could not be reset, and was closed', toDatabaseError(error));
    } finally {
      clearTimeout(timer);
    }
  }

  async function transaction<Result>(
    mode: 'read' | 'write',
    work: (session: Session) => Promise<Result>,
    { signal, timeoutMs = defaultMs, dryRun = mode === 'read' }: TransactionOptions & { dryRun?: boolean | undefined },
  ): Promise<Result> {
    const lease = await acquire(signal);
    const session = new Transaction(lease, mode, timeoutMs, learnt);
    const interruption = interruptible(lease, signal, timeoutMs);
    try {
      // Whose network is cut gets no answer to a cancel request either, and need not wait for it.
      const result = await Promise.race([work(session), interruption.happened]);
      if (!dryRun) await commit(lease);
      return result;
    } catch (error) {
      throw error instanceof Unsure ? error : (interruption.reason ?? toDatabaseError(error));
    } finally {
      interruption.end();
      giveBack(lease, session, interruption.reason !== undefined, mode === 'read' ? AFTER_READ : AFTER_WRITE);
    }
  }

  async function acquire(signal: AbortSignal): Promise<Lease> {
    try {
      return await connections.acquire(signal);
    } catch (error) {
      throw signal.aborted ? signal.reason : toDatabaseError(error);
    }
  }

  return {
    name,
    read: (work, options) => transaction('read', work, options),
    write: (work, { dryRun = false, ...options }) => transaction('write', work, { ...options, dryRun }),
    async [Symbol.asyncDispose]() {
      await Promise.all(endings);
      await connections[Symbol.asyncDispose]();
    },
  };
}

/** Why a transaction was ended from outside, if it was. */
interface Interruption {
  reason: unknown;
  /** Rejects when there is one. */
  happened: Promise<never>;
  end(): void;
}

/** Cancels the statement on the server, and with it the connection, on abort or when the server has not kept the time. */
function interruptible(lease: Lease, signal: AbortSignal, timeoutMs: number): Interruption {
  const { promise: happened, reject } = Promise.withResolvers<never>();
  // Nobody may be waiting any more.
  happened.catch(() => {});
  const interrupt = (reason: unknown) => {
    interruption.reason ??= reason;
    reject(reason);
    void lease.cancel();
  };
  const onAbort = () => interrupt(signal.reason);
  const timer = setTimeout(() => interrupt(new ToolError('timeout', `The statement took longer than ${timeoutMs} ms.`)), timeoutMs + GRACE);
  signal.addEventListener('abort', onAbort, { once: true });
  const interruption: Interruption = {
    reason: undefined,
    happened,
    end() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
  if (signal.aborted) onAbort();
  return interruption;
}

/** What was done may or may not be there: only the server knows. */
class Unsure extends ToolError {}

async function commit(lease: Lease): Promise<void> {
  try {
    // What is deferred until now runs as if the caller had called it.
    const [, { tag } = { tag: '' }] = await exchange(lease.client, [CALLERS_PATH, { sql: 'COMMIT' }]);
    if (tag !== 'COMMIT') throw new ToolError('conflict', 'The transaction had failed before, and was rolled back.');
  } catch (error) {
    const known = toDatabaseError(error);
    if (known instanceof ToolError && known.code !== 'unavailable') throw known;
    throw new Unsure('unavailable', 'The connection was lost while the change was being committed.', {
      hint: 'It may or may not be there: look before you try again.',
      cause: error,
    });
  }
}
