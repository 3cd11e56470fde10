import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AuthInfo, McpHttpHandler } from '@modelcontextprotocol/server';
import { idOf, MESSAGE_LIMITS, PARSE_ERROR, parseJson, type RpcError, shapeError } from '../guards/shape.ts';
import type { Authenticate, Identity } from './auth.ts';
import type { Sender } from './facts.ts';
import type { Listening } from './listen.ts';
import type { ServePlain } from './plain.ts';

const PATH = '/mcp';

/** What a browser may send from an allowed origin. */
const CORS = {
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'authorization, content-type, mcp-protocol-version, mcp-method, mcp-name, x-request-id',
  'access-control-expose-headers': 'x-request-id, www-authenticate',
  'access-control-max-age': '600',
};

/** A refusal before the SDK: an HTTP status and the JSON-RPC error in its body. */
export class HttpRefusal extends Error {
  readonly status: number;
  readonly rpc: RpcError;
  readonly id: string | number | null;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    message: string,
    { code = -32600, id = null as string | number | null, headers = {} as Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.rpc = { code, message };
    this.id = id;
    this.headers = headers;
  }
}

/** The three ways into the SDK. */
export interface SdkHandlers {
  plain: ServePlain;
  listening: Listening;
  handler: McpHttpHandler;
}

/** Serves one request that has passed the Host and Origin check: method, bearer, body, then the SDK. Throws HttpRefusal. */
export async function serveMcp(
  { handler, listening, plain }: SdkHandlers,
  authenticate: Authenticate | undefined,
  requestId: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.url !== PATH) throw new HttpRefusal(404, `Nothing here: MCP is served at ${PATH}`);
  if (request.headers.upgrade !== undefined) throw new HttpRefusal(400, 'Upgrade is not supported');
  if (request.headers.origin !== undefined) allowOrigin(response, request.headers.origin);
  if (request.method === 'OPTIONS') {
    response.writeHead(204, CORS).end();
    return;
  }
  if (request.method !== 'POST') throw new HttpRefusal(405, 'Only POST is served: there are no sessions', { headers: { allow: 'POST' } });
  const identity = await identify(request, authenticate);
  const parsedBody = await readMessage(request);
  const { left, over } = watch(request, response);
  const sdkRequest = { request: webRequest(request, left), authInfo: authInfo(identity, requestId), message: parsedBody };
  const answer =
    (await plain(sdkRequest)) ??
    (await listening.serve(sdkRequest)) ??
    (await handler.fetch(sdkRequest.request, { ...sdkRequest, parsedBody }));
  if (left.aborted) return;
  await write(answer, response, left);
  await over;
}

/**
 * `left` aborts when the client goes before it has its answer; `over` resolves then, or once the answer has left this process. Asks the
 * connection: a response that is queued behind another's, for a pipelined request, would never tell.
 */
function watch({ socket }: IncomingMessage, response: ServerResponse): { left: AbortSignal; over: Promise<void> } {
  const controller = new AbortController();
  const over = new Promise<void>((resolve) => {
    const leave = () => {
      controller.abort();
      resolve();
    };
    socket.once('close', leave);
    response.once('finish', () => {
      socket.off('close', leave);
      resolve();
    });
  });
  return { left: controller.signal, over };
}

function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('vary', 'origin');
}

async function identify(request: IncomingMessage, authenticate: Authenticate | undefined): Promise<Identity> {
  // Forwarding headers are anybody's to write, and are not read.
  if (authenticate === undefined) return { caller: request.socket.remoteAddress ?? 'unknown', scopes: [] };
  const identity = await authenticate(request.headers.authorization);
  if ('caller' in identity) return identity;
  throw new HttpRefusal(identity.status, 'The bearer token is missing or wrong', { headers: { 'www-authenticate': identity.challenge } });
}

/** The body, parsed once and judged before any schema sees it. */
async function readMessage(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    throw new HttpRefusal(415, 'Content-Type must be application/json');
  if (request.headers['content-encoding'] !== undefined) throw new HttpRefusal(415, 'Content-Encoding is not supported');
  if (Number(request.headers['content-length'] ?? 0) > MESSAGE_LIMITS.bytes) throw tooLarge();
  const message = parseJson(await readBody(request));
  if (message === undefined) throw new HttpRefusal(400, PARSE_ERROR.message, PARSE_ERROR);
  // Batches left the protocol with 2025-06-18, the revision that brought this header.
  if (Array.isArray(message) && request.headers['mcp-protocol-version'] !== undefined) {
    throw new HttpRefusal(400, 'Invalid request: no batches in this protocol revision');
  }
  const error = shapeError(message);
  if (error !== undefined) throw new HttpRefusal(400, error.message, { code: error.code, id: idOf(message) });
  return message;
}

/** Reads by events: leaving an async iteration early would destroy the socket before the refusal is sent. */
function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MESSAGE_LIMITS.bytes) return chunks.push(chunk);
      request.off('data', take).pause();
      return reject(tooLarge());
    };
    // Its client may have gone while the token was being judged, and then there is nothing to wait for.
    if (request.destroyed) return reject(new Error('The client has left'));
    request.on('data', take);
    request.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.once('error', reject);
  });
}

function tooLarge(): HttpRefusal {
  return new HttpRefusal(413, `The body must not exceed ${MESSAGE_LIMITS.bytes} bytes`);
}

/** The four members that the SDK reads of a Request whose body is parsed already. Building a real one costs more than the whole call. */
function webRequest({ method, url, headers }: IncomingMessage, signal: AbortSignal): Request {
  const get = (name: string) => headers[name.toLowerCase()]?.toString() ?? null;
  return {
    method,
    url: `http://localhost${url}`,
    headers: { get, has: (name: string) => get(name) !== null },
    signal,
  } as unknown as Request;
}

/** How an identity travels through the SDK to mcp.ts. The token stays here: no tool can forward it. */
function authInfo({ caller, scopes }: Identity, requestId: string): AuthInfo {
  const sender: Sender = { requestId };
  return { token: '', clientId: caller, scopes, extra: { ...sender } };
}

async function write(answer: Response | string, response: ServerResponse, signal: AbortSignal): Promise<void> {
  if (typeof answer === 'string') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) }).end(answer);
    return;
  }
  const headers = Object.fromEntries(answer.headers);
  if (answer.body !== null && headers['content-type']?.startsWith('text/event-stream')) {
    response.writeHead(answer.status, headers);
    // A client that leaves in the middle of a stream is no error.
    await pipeline(Readable.fromWeb(answer.body), response, { signal }).catch(() => {});
    return;
  }
  const body = await answer.text();
  response.writeHead(answer.status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}
