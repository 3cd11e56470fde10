import { ToolError } from '@touchstone-mcp/core/errors';
import { DelegateBackoff, handleWhen, retry } from 'cockatiel';
import { codeOf } from './failures.ts';
import type { Fetched } from './fetched.ts';

/** How often one more time, and how long before the first of them. */
const RETRIES = 2;
const FIRST_WAIT_MS = 250;

/** A gateway's word that what stands behind it did not answer, and a host's that it has too much to do. */
const PASSING = new Set([502, 503, 504]);

/** Whether a status is one after which it is asked again. */
export function isPassing(status: number): boolean {
  return PASSING.has(status);
}

/** Codes of connections that did not come about, or broke before an answer. */
const CONNECTING = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL'],
  ...['UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT'],
]);

/** Whether an error says that a host could not be reached, and might be the next time. */
function isRetryable(error: unknown): boolean {
  return CONNECTING.has(wireCode(error) ?? '');
}

/** Whether an error counts against a host: it could not be reached, or took a request and said nothing. */
export function isHostDown(error: unknown): boolean {
  return isRetryable(error) || wireCode(error) === 'UND_ERR_HEADERS_TIMEOUT';
}

/** The code below our own error. */
function wireCode(error: unknown): string | undefined {
  return codeOf(error instanceof ToolError ? error.cause : error);
}

type Answer = Pick<Fetched, 'status' | 'headers'>;

/** What to do about a host that says when to come again. */
export interface Patience {
  /** Milliseconds that are waited within a call. */
  readonly maxWaitMs: number;
  /** Hears of a longer wait, in milliseconds. */
  readonly onHold: (ms: number) => void;
}

/**
 * Asks again, twice at most, where a host could not be reached or says 502 to 504. A short Retry-After is waited for; with a long one, and with
 * 429, the answer is returned as it is.
 */
export async function retrying<Result extends Answer>(
  ask: () => Promise<Result>,
  signal: AbortSignal,
  { maxWaitMs, onHold }: Patience,
): Promise<Result> {
  const isWaitedFor = (answer: Answer) => isPassing(answer.status) && (retryAfterMs(answer) ?? 0) <= maxWaitMs;
  const policy = retry(
    // Of what is asked, nothing else can be the result.
    handleWhen(isRetryable).orWhenResult((result) => isWaitedFor(result as Answer)),
    {
      maxAttempts: RETRIES,
      backoff: new DelegateBackoff(({ attempt, result }) => waitMs(attempt, 'value' in result ? (result.value as Answer) : undefined)),
    },
  );
  const answer = await policy.execute(ask, signal);
  const after = retryAfterMs(answer);
  if (after !== undefined && (answer.status === 429 || answer.status === 503)) onHold(after);
  return answer;
}

/** As the host says, or else twice as long each time, spread so that not all who wait come at once. */
function waitMs(attempt: number, answer: Answer | undefined): number {
  const asked = answer && retryAfterMs(answer);
  return asked ?? FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + Math.random());
}

/** Retry-After in milliseconds from now: it has seconds or a date (RFC 9110, 10.2.3). */
export function retryAfterMs({ headers }: Pick<Answer, 'headers'>): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
