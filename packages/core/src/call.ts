import * as z from 'zod';
import type { MediaContent, Tool } from './define.ts';
import { ToolError, toToolError } from './errors.ts';
import { type AuditRecord, audit, auditedArguments } from './guards/audit.ts';
import type { RateLimit } from './guards/rate-limit.ts';
import { makeVisible, sanitizeData } from './guards/sanitize.ts';
import type { Slots } from './guards/slots.ts';
import type { Telemetry } from './guards/telemetry.ts';
import type { Logger } from './log.ts';

/** What a process has one of, and every call uses. */
export interface CallEnvironment {
  dependencies: object;
  log: Logger;
  rateLimit: RateLimit;
  slots: Slots;
  telemetry: Telemetry;
  callTimeoutMs: number;
  maxResultChars: number;
}

/** One `tools/call`, its arguments still unparsed. */
export interface CallRequest {
  arguments: unknown;
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
}

/** The specification's CallToolResult. */
export interface CallResult {
  content: ({ type: 'text'; text: string } | MediaContent)[];
  structuredContent?: Record<string, unknown>;
  isError?: true;
  _meta?: { code: string; retryable: boolean };
  [key: string]: unknown;
}

/** Structured content may be this many times the text: field names and numbers weigh something, but a reply stays below 256 kB. */
const STRUCTURE_FACTOR = 5;

/** Longest message or hint that a model gets to read. */
const MAX_ERROR_CHARS = 2_000;

/** One tools/call from top to bottom. Never throws: every failure is a result that the model can read, and a line in the log. */
// biome-ignore lint/suspicious/noExplicitAny: the dependencies are the server's own; core only hands them on
export async function callTool(tool: Tool<any>, request: CallRequest, env: CallEnvironment): Promise<CallResult> {
  const started = performance.now();
  const span = env.telemetry({ tool: tool.name, ...request });
  const deadline = startDeadline(env.callTimeoutMs, request.signal);
  let result: CallResult;
  let outcome: AuditRecord['outcome'] = 'ok';
  let cause: unknown;
  let answered = false;
  // A handler that goes on after the deadline must not report on a call that is over.
  const progress: CallRequest['progress'] = (...step) => {
    if (!answered) request.progress(...step);
  };
  try {
    await env.rateLimit(request.caller);
    const release = await env.slots.acquire(deadline.signal);
    const work = run(tool, { ...request, progress }, env, deadline.signal);
    // The slot is taken until the work has really ended, even where the deadline has answered the client before.
    work.then(release, release);
    result = answer(tool, await Promise.race([work, deadline.passed]), env.maxResultChars);
  } catch (thrown) {
    const error = toToolError(thrown);
    outcome = request.signal.aborted ? 'cancelled' : error.code;
    cause = error.cause;
    result = refusal(error);
  } finally {
    answered = true;
    deadline.end();
  }
  span.end(outcome === 'ok' ? undefined : 'tool_error');
  const kept = auditedArguments(request.arguments, tool.audit);
  audit(
    env.log,
    {
      tool: tool.name,
      outcome,
      ms: Math.round((performance.now() - started) * 100) / 100,
      chars: charactersOf(result),
      caller: request.caller,
      transport: request.transport,
      era: request.era,
      requestId: request.requestId,
      traceId: span.traceId,
      ...kept,
    },
    cause,
  );
  return result;
}

// biome-ignore lint/suspicious/noExplicitAny: as above
async function run(tool: Tool<any>, request: CallRequest, env: CallEnvironment, signal: AbortSignal): Promise<unknown> {
  const input = tool.inputSchema.safeParse(request.arguments ?? {});
  if (!input.success) throw new ToolError('invalid_input', z.prettifyError(input.error), { hint: 'Fix the arguments and call again.' });
  // Cancelled while it waited for its turn: a handler that begins to listen now would never hear of it.
  signal.throwIfAborted();
  // The schemas of a literal fit its handler: defineTool has seen to it.
  return await tool.handler(input.data as never, { ...env.dependencies, signal, progress: request.progress });
}

// biome-ignore lint/suspicious/noExplicitAny: as above
function answer(tool: Tool<any>, output: unknown, maxChars: number): CallResult {
  const checked = tool.outputSchema.safeParse(output);
  if (!checked.success) throw new Error(`The answer of ${tool.name} does not fit its outputSchema`, { cause: checked.error });
  const { value, characters, added } = sanitizeData(checked.data, maxChars * STRUCTURE_FACTOR);
  // Before any text is made of it: a string may be too long for V8 to write as JSON.
  if (characters > maxChars * STRUCTURE_FACTOR) throw tooLarge(characters, maxChars);
  const raw = tool.text?.(value as never) ?? JSON.stringify(value);
  // A coloured log is longer than the tool could know when it kept to its budget: what was added may double it.
  if (raw.length > maxChars + Math.min(added, maxChars)) throw tooLarge(raw.length, maxChars);
  const text = makeVisible(raw);
  if (text.length > maxChars * 2) throw tooLarge(text.length, maxChars);
  return { content: [{ type: 'text', text }, ...(tool.content?.(value as never) ?? [])], structuredContent: value };
}

function tooLarge(characters: number, maxChars: number): ToolError {
  return new ToolError('too_large', `The answer has ${characters} characters; the limit is ${maxChars}.`, {
    hint: 'Ask for less: a smaller range, a lower limit, or a narrower filter.',
  });
}

function refusal(error: ToolError): CallResult {
  const text = [error.message, error.hint].filter((part) => part !== undefined).map((part) => makeVisible(part.slice(0, MAX_ERROR_CHARS)));
  return {
    isError: true,
    content: [{ type: 'text', text: `${error.code}: ${text.join('\n')}` }],
    _meta: { code: error.code, retryable: error.retryable },
  };
}

/** The deadline answers the client (`passed` rejects); the signal, which the client may abort as well, stops the work. */
function startDeadline(ms: number, client: AbortSignal) {
  const controller = new AbortController();
  const { promise: passed, reject } = Promise.withResolvers<never>();
  // Nobody waits for it while the output is being checked, nor after a refusal.
  passed.catch(() => {});
  const stop = (reason: unknown) => {
    controller.abort(reason);
    reject(reason);
  };
  const onCancel = () => stop(new ToolError('timeout', 'The call was cancelled.'));
  const timer = setTimeout(
    () =>
      stop(
        new ToolError('timeout', `The call took longer than ${ms} ms.`, { hint: 'Ask for less, or tell the user to raise callTimeoutMs.' }),
      ),
    ms,
  );
  if (client.aborted) onCancel();
  else client.addEventListener('abort', onCancel, { once: true });
  return {
    signal: controller.signal,
    passed,
    end() {
      clearTimeout(timer);
      client.removeEventListener('abort', onCancel);
    },
  };
}

function charactersOf(result: CallResult): number {
  return result.content.reduce((sum, block) => sum + (block.type === 'text' ? block.text.length : 0), 0);
}
