import {
  type AuthInfo,
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  classifyInboundRequest,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type McpServerFactory,
  type MessageExtraInfo,
  PerRequestHTTPServerTransport,
  PROTOCOL_VERSION_META_KEY,
  ProtocolErrorCode,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server';
import type { Served } from '../assemble.ts';
import { isObject } from '../guards/shape.ts';
import { MODERN_REVISION } from '../mcp.ts';
import type { RequestFacts } from '../request.ts';
import type { Sender } from './facts.ts';

/** One HTTP request that has passed all guards, its body parsed. */
export interface PlainRequest {
  message: unknown;
  /** What the SDK reads of a web Request. */
  request: Request;
  authInfo: AuthInfo;
}

/** The text of an answer with status 200, a response that the SDK made, or undefined where the case is not plain. */
export type ServePlain = (request: PlainRequest) => Promise<string | Response | undefined>;

const METHODS = new Set(['tools/call', 'tools/list']);

/**
 * Serves what nearly all requests are, tools/call and tools/list with one message as their answer, at a fraction of the cost: a call of a
 * known tool that asks nobody is made directly; what else is plain gets a server of the SDK on a transport that hands over the message,
 * where createMcpHandler makes a web Response of it; and the unchanging answer to tools/list is kept as the text that the SDK made of it
 * the first time. Whatever is unusual in any way (headers that do not agree with the body, an envelope that does not fit, progress, other
 * methods) is left to createMcpHandler. plain.test.ts sends every kind of request both ways, and the answers must be the same.
 */
export function createPlain({ factory, callDirectly }: Pick<Served, 'factory' | 'callDirectly'>): ServePlain {
  const lists = new Map<string, string>();
  const throughServer = async (route: Route, plain: PlainRequest) => {
    const answer = await exchange(factory, route, plain);
    if (answer === undefined || answer instanceof Response) return answer;
    if (!('result' in answer)) return Response.json(answer, { status: statusOf(answer) });
    if (route.cacheable) lists.set(route.era, JSON.stringify(answer.result));
    return JSON.stringify(answer);
  };
  return async (plain) => {
    const route = routeOf(plain.message, plain.request);
    if (route === undefined) return undefined;
    const known = route.cacheable ? lists.get(route.era) : undefined;
    if (known !== undefined) return `{"jsonrpc":"2.0","id":${JSON.stringify(route.message.id)},"result":${known}}`;
    const call = route.call && callDirectly(route.call.name, route.call.arguments, factsOf(route, plain));
    if (call === undefined) return await throughServer(route, plain);
    const result = await call;
    return plain.request.signal.aborted ? gone() : JSON.stringify({ jsonrpc: '2.0', id: route.message.id, result });
  };
}

/** An error that a handler gave is an answer like any other, but for a missing capability (2026-07-28, Streamable HTTP). */
function statusOf(answer: JSONRPCMessage): number {
  return 'error' in answer && answer.error.code === ProtocolErrorCode.MissingRequiredClientCapability ? 400 : 200;
}

interface Route {
  era: 'modern' | 'legacy';
  message: JSONRPCRequest;
  /** Whether the answer depends on nothing in the request but its id. */
  cacheable: boolean;
  /** A call with nothing beside a name and arguments, held against the SDK's own rules. */
  call: { name: string; arguments: unknown } | undefined;
}

/** As createMcpHandler says that the client has gone. */
function gone(): Response {
  return new Response(null, { status: 499 });
}

interface Body {
  id?: unknown;
  method?: string;
  params?: { name?: unknown; arguments?: unknown; _meta?: Record<string, unknown> };
}

/** Takes only what is beyond doubt: a disagreement of any kind is no route. */
function routeOf(message: unknown, { headers }: Request): Route | undefined {
  const body = message as Body;
  if (body.method === undefined || !METHODS.has(body.method) || body.id === undefined) return undefined;
  const era = headers.get('mcp-protocol-version') === MODERN_REVISION ? 'modern' : 'legacy';
  if (!(era === 'modern' ? isPlain(body, headers) : isPlainOlder(body, headers))) return undefined;
  const cacheable = body.method === 'tools/list' && Object.keys(body.params ?? {}).every((key) => key === '_meta');
  // What the SDK does not get to see is held against its rules here.
  const valid = era === 'legacy' || isUsualEnvelope(body.params?._meta) || isValidEnvelope(body);
  if (cacheable && !valid) return undefined;
  // It has a method and an id, and shapeError has seen to the rest.
  return { era, message: body as JSONRPCRequest, cacheable, call: valid ? simpleCall(body) : undefined };
}

/** By the SDK's own judgement. */
function isValidEnvelope(body: Body): boolean {
  return classifyInboundRequest({ httpMethod: 'POST', body, protocolVersionHeader: MODERN_REVISION }).kind === 'modern';
}

const ENVELOPE = new Set([PROTOCOL_VERSION_META_KEY, CLIENT_INFO_META_KEY, CLIENT_CAPABILITIES_META_KEY]);

/** What nearly all clients send: a name, a version, capabilities without details. Where there is more, the SDK is asked. */
function isUsualEnvelope(meta: Record<string, unknown> = {}): boolean {
  const { name, version, ...more } = meta[CLIENT_INFO_META_KEY] as Record<string, unknown>;
  const capabilities = Object.values(meta[CLIENT_CAPABILITIES_META_KEY] as object);
  const usual =
    typeof name === 'string' && typeof version === 'string' && Object.keys(more).length === 0 && capabilities.every(isEmptyObject);
  return usual && Object.keys(meta).every((key) => ENVELOPE.has(key));
}

const CALL_PARAMS = new Set(['name', 'arguments', '_meta']);

function simpleCall({ method, params }: Body): Route['call'] {
  if (method !== 'tools/call' || params === undefined || !Object.keys(params).every((key) => CALL_PARAMS.has(key))) return undefined;
  const { name, arguments: args } = params;
  return typeof name === 'string' && (args === undefined || isObject(args)) ? { name, arguments: args } : undefined;
}

function factsOf({ era, message }: Route, { request, authInfo }: PlainRequest): RequestFacts {
  return {
    era,
    signal: request.signal,
    progress() {},
    caller: authInfo.clientId,
    transport: 'http',
    protocolVersion: request.headers.get('mcp-protocol-version') ?? undefined,
    requestId: (authInfo.extra as Sender | undefined)?.requestId ?? String(message.id),
    rpcId: String(message.id),
    meta: message.params?._meta,
  };
}

/** Headers and envelope of a modern request are complete and agree, and its answer is one message. */
function isPlain({ method, params }: Body, headers: Headers): boolean {
  const meta = params?._meta;
  return (
    meta?.[PROTOCOL_VERSION_META_KEY] === MODERN_REVISION &&
    isObject(meta[CLIENT_INFO_META_KEY]) &&
    isObject(meta[CLIENT_CAPABILITIES_META_KEY]) &&
    meta['progressToken'] === undefined &&
    headers.get('mcp-method') === method &&
    (method === 'tools/list' || headers.get('mcp-name') === params?.name)
  );
}

/** Requests of 2025 may be answered by JSON or by a stream (2025-03-26, Streamable HTTP); without `_meta` nothing needs a stream. */
function isPlainOlder({ params }: Body, headers: Headers): boolean {
  const version = headers.get('mcp-protocol-version');
  const accept = headers.get('accept') ?? '';
  const spoken = version === null || SUPPORTED_PROTOCOL_VERSIONS.includes(version);
  return spoken && params?._meta === undefined && accept.includes('application/json') && accept.includes('text/event-stream');
}

function isEmptyObject(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

async function exchange(factory: McpServerFactory, route: Route, plain: PlainRequest): Promise<JSONRPCMessage | Response | undefined> {
  const { request, authInfo } = plain;
  const server = await factory({ era: route.era, authInfo, requestInfo: request });
  const classification = route.era === 'modern' ? { era: route.era, revision: MODERN_REVISION } : undefined;
  const transport = new MessageTransport({ classification: classification ?? { era: 'legacy' } });
  await server.connect(transport);
  try {
    request.signal.throwIfAborted();
    return await transport.exchange(route.message, { request, authInfo, ...(classification === undefined ? {} : { classification }) });
  } catch (error) {
    if (request.signal.aborted) return gone();
    throw error;
  }
}

/**
 * One message in, one message out. It is the SDK's own transport for one exchange in name, because connecting to that binds a server to
 * the revision of the request, and replaces all that would make a web Response of the answer.
 */
class MessageTransport extends PerRequestHTTPServerTransport {
  readonly #answer = Promise.withResolvers<JSONRPCMessage | undefined>();
  #delivering = false;

  /** The answer, or undefined where the SDK refused the message before any handler saw it: its status is createMcpHandler's affair. */
  async exchange(message: JSONRPCRequest, extra: MessageExtraInfo): Promise<JSONRPCMessage | undefined> {
    extra.request?.signal.addEventListener('abort', () => void this.close(), { once: true });
    this.#delivering = true;
    this.onmessage?.(message, extra);
    this.#delivering = false;
    return await this.#answer.promise;
  }

  override async send(message: JSONRPCMessage): Promise<void> {
    if (!('method' in message)) this.#answer.resolve(this.#delivering ? undefined : message);
  }

  override async close(): Promise<void> {
    this.onclose?.();
    this.#answer.reject(new Error('Closed before there was an answer'));
  }
}
