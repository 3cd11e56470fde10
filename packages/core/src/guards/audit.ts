import type { ErrorCode } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Deprecated } from './deprecation.ts';
import { makeVisible } from './sanitize.ts';

/** What the log keeps of one request: who asked for what, how it ended, what it cost. Never a result, arguments only where the literal names them. */
export interface AuditRecord extends Deprecated {
  /** Where it is not `tools/call`. */
  method?: string;
  tool?: string;
  /** The name of the resource's literal. */
  resource?: string;
  prompt?: string;
  /** `asked` where the call will come again with a person's answer. */
  outcome: 'ok' | 'asked' | 'cancelled' | ErrorCode;
  /** Of a call that needs one. */
  confirmation?: 'confirmed' | 'declined' | 'not_asked';
  ms: number;
  /** Characters of text in the answer. */
  chars: number;
  caller: string;
  transport: 'stdio' | 'http';
  era: 'legacy' | 'modern';
  requestId: string;
  traceId?: string | undefined;
  arguments?: Record<string, unknown>;
}

/** Longest argument that is kept. */
const MAX_ARGUMENT = 500;

/** Entries of a list that are kept, and how much of each. */
const MAX_ENTRIES = 5;
const MAX_ENTRY = 200;

/** The part of the arguments that a literal allows into the log, abridged. */
export function auditedArguments(args: unknown, keys: readonly string[] = []): Pick<AuditRecord, 'arguments'> {
  if (keys.length === 0 || args === null || typeof args !== 'object') return {};
  const kept = new Map(
    Object.entries(args)
      .filter(([key]) => keys.includes(key))
      .map(([key, value]) => [key, abridge(value)]),
  );
  return { arguments: Object.fromEntries(kept) };
}

/** Writes one call to the log, refused ones too. */
export function audit(log: Logger, record: AuditRecord, cause: unknown): void {
  const line = { audit: record, ...(cause === undefined ? {} : { err: cause }) };
  if (record.outcome === 'internal') log.error(line, 'call failed');
  else log.info(line, 'call');
}

function abridge(value: unknown): unknown {
  if (!Array.isArray(value)) return abridgeOne(value, MAX_ARGUMENT);
  const kept = value.slice(0, MAX_ENTRIES).map((entry) => abridgeOne(entry, MAX_ENTRY));
  return value.length > MAX_ENTRIES ? [...kept, `(${value.length - MAX_ENTRIES} more)`] : kept;
}

function abridgeOne(value: unknown, maxChars: number): unknown {
  if (typeof value === 'string') return makeVisible(withoutQuery(value).slice(0, maxChars));
  return typeof value === 'number' || typeof value === 'boolean' ? value : `(${Array.isArray(value) ? 'list' : typeof value})`;
}

/** A query is where URLs carry keys, and what a model sends out: the log says that there is one and how long it is. */
function withoutQuery(text: string): string {
  const [, place = text, rest] = /^(\s*[a-z][a-z0-9+.-]*:\/\/[^?#]*)([?#].*)$/is.exec(text) ?? [];
  return rest === undefined ? text : `${place}${rest[0]}(${rest.length - 1} characters)`;
}
