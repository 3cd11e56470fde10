import { isUtf8 } from 'node:buffer';

/** Bounds on one JSON-RPC message, checked before any schema sees it (CVE-2026-111768: a 4 MiB message of tiny elements exhausts the heap). */
export const MESSAGE_LIMITS = {
  /** Bytes of one message: an HTTP body or a line of stdin. */
  bytes: 4 * 1024 * 1024,
  /** Array items and object keys in all. */
  elements: 10_000,
  /** Levels of nesting. */
  depth: 64,
  /** Characters of an id or a method name. */
  name: 256,
} as const;

/** A JSON-RPC error without its id. */
export interface RpcError {
  code: number;
  message: string;
}

/** The JSON-RPC 2.0 codes for what never reaches a tool. */
export const PARSE_ERROR: RpcError = { code: -32700, message: 'Parse error: the message is not valid JSON' };

/** What the bytes say, or undefined where they are not JSON in UTF-8. A byte order mark before it is passed over. */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) return undefined;
  try {
    return JSON.parse(bytes.toString().replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}

/** Says what is wrong with the shape of a parsed message (or of a batch of them), or undefined where the SDK may have it. */
export function shapeError(message: unknown): RpcError | undefined {
  for (const single of Array.isArray(message) ? message : [message]) {
    const problem = envelopeProblem(single);
    if (problem !== undefined) return invalid(problem);
  }
  const problem = sizeProblem(message) ?? (Array.isArray(message) ? batchProblem(message) : undefined);
  return problem === undefined ? undefined : invalid(problem);
}

/** The id to answer with: the message's own where it is a fit one, else null (JSON-RPC 2.0, section 5). */
export function idOf(message: unknown): string | number | null {
  const id = message !== null && typeof message === 'object' && 'id' in message ? message.id : null;
  return isId(id) ? id : null;
}

function isId(id: unknown): id is string | number {
  return typeof id === 'string' ? id.length <= MESSAGE_LIMITS.name : Number.isSafeInteger(id);
}

const MEMBERS = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);

function envelopeProblem(message: unknown): string | undefined {
  if (!isObject(message)) return 'a message must be an object';
  const { jsonrpc, id, method, params } = message;
  if (jsonrpc !== '2.0') return 'jsonrpc must be "2.0"';
  // With another member the SDK would drop the message in silence, and its sender wait for ever.
  if (!Object.keys(message).every((key) => MEMBERS.has(key)))
    return 'a message has no other members than jsonrpc, id, method, params, result and error';
  if (id !== undefined && !isId(id)) return 'id must be an integer or a string of at most 256 characters';
  const answers = 'result' in message || 'error' in message;
  if (method === undefined) return answers ? undefined : 'method is missing';
  if (answers) return 'a message with a method has neither result nor error';
  if (typeof method !== 'string' || method.length > MESSAGE_LIMITS.name) return 'method must be a string of at most 256 characters';
  if (params !== undefined && !isObject(params)) return 'params must be an object';
  return undefined;
}

/** An object that is no array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Two answers with one id could not be told apart, and the SDK ends the stream after the first. */
function batchProblem(batch: readonly { id?: unknown; method?: unknown }[]): string | undefined {
  const ids = batch.filter(({ id, method }) => id !== undefined && method !== undefined).map(({ id }) => id);
  return new Set(ids).size === ids.length ? undefined : 'two requests of a batch have the same id';
}

/** Walks without recursion, level by level: the depth is an attacker's. */
function sizeProblem(message: unknown): string | undefined {
  let elements = 0;
  let level = [message];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MESSAGE_LIMITS.depth) return `nested deeper than ${MESSAGE_LIMITS.depth} levels`;
    const members: unknown[] = [];
    for (const container of level) {
      // No argument has this name. Whoever copies it by assignment changes a prototype, and the SDK drops it in silence.
      if (Object.hasOwn(container as object, '__proto__')) return 'no member may be called __proto__';
      const own = Object.values(container as object);
      elements += own.length;
      if (elements > MESSAGE_LIMITS.elements) return `more than ${MESSAGE_LIMITS.elements} elements`;
      members.push(...own);
    }
    level = members.filter((member) => member !== null && typeof member === 'object');
  }
  return undefined;
}

function invalid(problem: string): RpcError {
  return { code: -32600, message: `Invalid request: ${problem}` };
}
