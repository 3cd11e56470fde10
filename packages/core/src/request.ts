import type { CallContext } from './define.ts';
import { type ToolError, toToolError } from './errors.ts';
import { type AuditRecord, audit } from './guards/audit.ts';
import type { AskConsent } from './guards/consent.ts';
import { startDeadline } from './guards/deadline.ts';
import type { FindDeprecated } from './guards/deprecation.ts';
import type { RateLimit } from './guards/rate-limit.ts';
import { makeVisible } from './guards/sanitize.ts';
import type { Slots } from './guards/slots.ts';
import type { Telemetry } from './guards/telemetry.ts';
import type { Logger } from './log.ts';

/** What a process has one of, and every request uses. */
export interface Environment {
  dependencies: object;
  /** Makes the dependencies of one connection, where the server and its operator have its client's roots narrow them. */
  narrow?: ((roots: readonly string[]) => Promise<AsyncDisposable>) | undefined;
  log: Logger;
  rateLimit: RateLimit;
  slots: Slots;
  telemetry: Telemetry;
  consent: AskConsent;
  findDeprecated: FindDeprecated;
  callTimeoutMs: number;
  maxResultChars: number;
  /** Whether tools/list tells the schemas of answers. */
  listOutputSchemas: boolean;
}

/** What is known of one request, whatever it asks for. */
export interface RequestFacts {
  signal: AbortSignal;
  progress: (done: number, total?: number, message?: string) => void;
  /** Who is counted and logged: an authenticated client, an address, or `stdio`. */
  caller: string;
  transport: 'stdio' | 'http';
  era: 'legacy' | 'modern';
  protocolVersion: string | undefined;
  /** Correlates log lines with the client's: `X-Request-Id` over HTTP. */
  requestId: string;
  /** The JSON-RPC id. */
  rpcId: string;
  meta: Readonly<Record<string, unknown>> | undefined;
  /** Lends the dependencies of its connection, where they are not the process's. */
  borrow?: Borrow | undefined;
}

/** Runs work with dependencies that are held until it has ended. */
export type Borrow = <Result>(work: (dependencies: object) => Result | Promise<Result>) => Promise<Result>;

/** What is asked for, as far as spans and the log may know it. */
export type Target = Pick<AuditRecord, 'method' | 'tool' | 'resource' | 'prompt' | 'arguments' | 'deprecated'>;

/** What is learnt of a request while it is served, for its line in the log. */
export type Notes = Pick<AuditRecord, 'outcome' | 'chars' | 'confirmation'>;

/** Longest message or hint that a model gets to read. */
const MAX_ERROR_CHARS = 2_000;

/** The words of an error that leave the server. */
export function wordsOf(error: ToolError): string {
  const parts = [error.message, error.hint].filter((part) => part !== undefined).map((part) => makeVisible(part.slice(0, MAX_ERROR_CHARS)));
  return `${error.code}: ${parts.join('\n')}`;
}

/** Serves a request under observation: one span, and one line in the log, however it ends. Throws nothing but ToolError. */
export async function observe<Result>(
  target: Target,
  request: RequestFacts,
  env: Environment,
  serve: (notes: Notes) => Promise<Result>,
): Promise<Result> {
  const started = performance.now();
  const span = env.telemetry({ ...request, ...target });
  const notes: Notes = { outcome: 'ok', chars: 0 };
  let error: ToolError | undefined;
  try {
    return await serve(notes);
  } catch (thrown) {
    error = toToolError(thrown);
    notes.outcome = request.signal.aborted ? 'cancelled' : error.code;
    notes.chars = wordsOf(error).length;
    throw error;
  } finally {
    span.end(error === undefined ? undefined : target.method === undefined ? 'tool_error' : notes.outcome);
    const { caller, transport, era, requestId } = request;
    const ms = Math.round((performance.now() - started) * 100) / 100;
    audit(env.log, { ...target, ...notes, ms, caller, transport, era, requestId, traceId: span.traceId }, error?.cause);
  }
}

/**
 * Runs work with the server's dependencies in a slot and against the deadline, which counts from here. The client is answered in time; the slot
 * is held until the work has really ended.
 */
export async function runBounded<Result>(
  request: Pick<RequestFacts, 'signal' | 'progress' | 'borrow'>,
  env: Environment,
  work: (context: CallContext) => Result | Promise<Result>,
): Promise<Result> {
  const deadline = startDeadline(env.callTimeoutMs, request.signal);
  let answered = false;
  // Work that goes on after the deadline must not report on a request that is over.
  const progress: RequestFacts['progress'] = (...step) => {
    if (!answered) request.progress(...step);
  };
  const begin = async (dependencies: object) => {
    // Cancelled while it waited for its turn: work that begins to listen now would never hear of it.
    deadline.signal.throwIfAborted();
    return await work({ ...dependencies, signal: deadline.signal, progress });
  };
  try {
    const release = await env.slots.acquire(deadline.signal);
    const running = request.borrow === undefined ? begin(env.dependencies) : request.borrow(begin);
    running.then(release, release);
    return await Promise.race([running, deadline.passed]);
  } finally {
    answered = true;
    deadline.end();
  }
}
