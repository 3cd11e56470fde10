import { abortable } from '@touchstone-mcp/core/abortable';
import { ToolError } from '@touchstone-mcp/core/errors';
import { BrokenCircuitError, ConsecutiveBreaker, circuitBreaker, ExponentialBackoff, handleAll, handleWhen, retry } from 'cockatiel';
import { Client, type ClientConfig, Pool, type PoolClient, type PoolConfig } from 'pg';
import passwordOf from 'pgpass';
import type { ConnectionSettings } from './connection.ts';
import { isPassing, toDatabaseError } from './errors.ts';
import type { Trimmer } from './trimmer.ts';
import { requestCancel, TrimmedConnection, type WireOptions } from './wire.ts';

/** A connection that is ours until it is given back. */
export interface Lease {
  client: PoolClient;
  /** Cuts what is too long while it arrives. */
  trimmer: Trimmer;
  /** Stops what the server is doing for it, and breaks it off: whatever waits for it fails. Once is enough. */
  cancel(): Promise<void>;
  /** To the pool, for the next one. */
  release(): void;
  /** Closes it. */
  destroy(): void;
}

/** The connections to one database: few, made when needed, and not tried again and again where the database is gone. */
export interface Connections extends AsyncDisposable {
  /** Waits for a free one. Throws what pg throws, ToolError `unavailable` while the database is given a rest, and the signal's reason. */
  acquire(signal: AbortSignal): Promise<Lease>;
}

/** Milliseconds. */
const CONNECT_TIMEOUT = 10_000;
const CANCEL_PATIENCE = 2_000;
const IDLE = 60_000;

/** A few tries a call, closer than a person's patience; after that many failed connections in a row, a rest. */
const RETRIES = { maxAttempts: 3, backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 1_000 }) };
const FAILURES = 5;
const REST = 5_000;

/** Who hears of connections. */
export interface Listeners {
  /** An idle one that the server has closed. */
  onLost(error: Error): void;
  onMade(): void;
}

/** Opens none yet. */
export function openConnections(settings: ConnectionSettings, max: number, { onLost, onMade }: Listeners): Connections {
  const breaker = createBreaker();
  const wire: WireOptions = { ssl: settings.tls.ssl, sslNegotiation: settings.sslNegotiation, keepAlive: true };

  class GuardedClient extends Client {
    constructor(config: ClientConfig) {
      // The pool hides the password from enumeration. A connection that is made already pg takes, though its types do not know.
      super({
        ...config,
        password: config.password,
        connection: new TrimmedConnection(wire),
        connectionTimeoutMillis: CONNECT_TIMEOUT,
      } as ClientConfig);
      // Its failure reaches whoever waits for an answer; nobody else must be told, or the process would end.
      this.on('error', () => {});
    }

    override connect(done?: unknown): Promise<Client> {
      const connected = breaker(() => super.connect());
      // The pool's callback is `(error?) => void`.
      const callback = done as ((error?: Error) => void) | undefined;
      if (callback !== undefined) connected.then(() => callback(), callback);
      return connected;
    }
  }

  const { host, port, user, password, database, options, channelBinding } = settings;
  const pool = new Pool({
    ...withoutUndefined({ user, database, options }),
    password: password ?? passwordFromFile,
    host,
    port,
    ssl: wire.ssl,
    max,
    idleTimeoutMillis: IDLE,
    application_name: 'touchstone-postgres',
    enableChannelBinding: channelBinding,
    Client: GuardedClient,
  } as unknown as PoolConfig);
  pool.on('error', onLost);
  pool.on('connect', onMade);

  const retries = retry(handleWhen(isPassing), RETRIES);

  function connect(signal: AbortSignal): Promise<PoolClient> {
    return retries.execute(async () => {
      try {
        return await pool.connect();
      } catch (error) {
        if (!settings.tls.optional || !/does not support SSL/.test(String(error))) throw error;
        // sslmode=prefer: the server has none.
        wire.ssl = false;
        pool.options.ssl = false;
        return await pool.connect();
      }
    }, signal);
  }

  function lease(client: PoolClient): Lease {
    // They are what GuardedClient has made; processID and secretKey are pg's, but not in its types.
    const { connection, processID, secretKey } = client as unknown as {
      connection: TrimmedConnection;
      processID: number;
      secretKey: number;
    };
    let released = false;
    let cancelled: Promise<void> | undefined;
    const end = (destroy: boolean) => {
      if (!released) client.release(destroy);
      released = true;
    };
    return {
      client,
      trimmer: connection.trimmer,
      cancel() {
        cancelled ??= requestCancel({ host, port, processID, secretKey }, wire, CANCEL_PATIENCE).then(
          () => void connection.stream.destroy(),
        );
        return cancelled;
      },
      release: () => end(false),
      destroy: () => end(true),
    };
  }

  return {
    async acquire(signal) {
      signal.throwIfAborted();
      const connecting = connect(signal);
      try {
        return lease(await abortable(connecting, signal));
      } catch (error) {
        // What comes too late goes back to the pool.
        connecting.then(
          (client) => client.release(),
          () => {},
        );
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/** pg would look there by itself, and says on stderr that it will not for long. */
function passwordFromFile(connection: Parameters<typeof passwordOf>[0]): Promise<string | undefined> {
  return new Promise((resolve) => passwordOf(connection, resolve));
}

/** Lets `FAILURES` in a row pass, and then answers by itself for a while. */
function createBreaker(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const policy = circuitBreaker(handleAll, { breaker: new ConsecutiveBreaker(FAILURES), halfOpenAfter: REST });
  let until = 0;
  policy.onBreak(() => {
    until = Date.now() + REST;
  });
  return async (work) => {
    try {
      return await policy.execute(work);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      const { lastFailure } = policy;
      const { code, message, hint = 'Tell the user.' } = toDatabaseError(lastFailure && 'error' in lastFailure ? lastFailure.error : error);
      const seconds = Math.max(1, Math.ceil((until - Date.now()) / 1_000));
      throw new ToolError(code, message, { hint: `It is tried again in ${seconds} s. ${hint}` });
    }
  };
}

function withoutUndefined(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
