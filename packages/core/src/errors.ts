/**
 * The nine ways in which a call can fail, each telling the model what to do next.
 *
 * | code          | meaning                            | the model should     |
 * | ------------- | ---------------------------------- | -------------------- |
 * | invalid_input | the arguments do not fit           | fix them, retry      |
 * | not_found     | they name something absent         | look it up, retry    |
 * | denied        | policy says no                     | stop, tell the user  |
 * | conflict      | state changed, or is ambiguous     | re-read, retry       |
 * | too_large     | over a cap                         | ask for less         |
 * | timeout       | over the deadline                  | ask for less         |
 * | rate_limited  | too many calls                     | wait                 |
 * | unavailable   | something upstream is down         | tell the user        |
 * | internal      | a bug of ours                      | tell the user        |
 */
export type ErrorCode =
  | 'invalid_input'
  | 'not_found'
  | 'denied'
  | 'conflict'
  | 'too_large'
  | 'timeout'
  | 'rate_limited'
  | 'unavailable'
  | 'internal';

/** Codes after which the same call may succeed later without a change of its arguments. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set(['conflict', 'timeout', 'rate_limited', 'unavailable']);

/** What a ToolError may carry beside its message. */
export interface ToolErrorOptions {
  /** What the model should do next, in one sentence. */
  hint?: string;
  /** What really happened. For the operator's log only: it never reaches a client. */
  cause?: unknown;
}

/** The only error whose words reach the model. Its message speaks in terms of the caller's own arguments. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, { hint, cause }: ToolErrorOptions = {}) {
    super(message, { cause });
    this.code = code;
    this.hint = hint;
  }

  /** Whether the same call, unchanged, may succeed later. */
  get retryable(): boolean {
    return RETRYABLE.has(this.code);
  }
}

/** Turns whatever was thrown into a ToolError. Anything unknown becomes `internal` with a fixed sentence, so no driver's text can leak. */
export function toToolError(thrown: unknown): ToolError {
  if (thrown instanceof ToolError) return thrown;
  return new ToolError('internal', 'The server failed to answer this call.', {
    hint: 'This is a fault of the server, not of the arguments. Tell the user; the log has the details.',
    cause: thrown,
  });
}
