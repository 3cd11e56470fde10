import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createMcpHandler } from '@modelcontextprotocol/server';
import type { Served } from '../assemble.ts';
import type { Logger } from '../log.ts';
import type { Authenticate } from './auth.ts';
import { HttpRefusal, serveMcp } from './exchange.ts';
import { listenOverHttp } from './listen.ts';
import { headerPolicy, headerProblem } from './origin.ts';
import { createPlain } from './plain.ts';
import type { Serving } from './stdio.ts';

/** How to listen. `authenticate` is undefined on a loopback address only: main.ts sees to it. */
export interface HttpOptions {
  host: string;
  port: number;
  allowedHosts: readonly string[];
  allowedOrigins: readonly string[];
  authenticate: Authenticate | undefined;
  /** In place of the usual ones. */
  limits?: Partial<typeof LIMITS>;
}

/** Limits of Node's own parser; a body that dribbles in is cut off with 408. Our own answer to a missing Host comes with the others. */
export const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // Node looks at the two above only so often, by default every 30 seconds.
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 65_000,
  requireHostHeader: false,
};

/** Beyond them the system's own queue holds clients back. */
const MAX_CONNECTIONS = 1024;

/** Requests that one connection may have waiting for their answers: their answers are memory, and no client needs more. */
const MAX_PIPELINED = 16;

/** How long a client that has been refused may go on sending. */
const LINGER_MS = 2_000;

/** How long calls in flight may go on once the server has been told to stop. */
const DRAIN_MS = 7_000;

/** Serves Streamable HTTP at `url`. Throws the system's error when the address cannot be had. */
export async function serveHttp(served: Served, log: Logger, options: HttpOptions): Promise<Serving & { url: string }> {
  const onerror = (error: Error) => log.debug({ err: error }, 'http');
  const handler = createMcpHandler(served.factory, { onerror });
  const listening = listenOverHttp(served, onerror);
  const sdk = { handler, listening, plain: createPlain(served) };
  const inFlight = new Set<Promise<void>>();
  const pipelined = new WeakMap<Socket, number>();
  let stopping = false;

  const server = createServer({ ...LIMITS, ...options.limits });
  server.on('checkContinue', (_request, response: ServerResponse) => response.writeHead(417, { connection: 'close' }).end());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  server.maxConnections = MAX_CONNECTIONS;
  // A client may send requests without waiting for answers; each of them watches the connection.
  server.on('connection', (socket) => socket.setMaxListeners(0));
  // Such as too many open files: the next connection may be had again.
  server.on('error', (error) => log.warn({ err: error }, 'connection lost'));
  const { port } = server.address() as AddressInfo;
  const policy = headerPolicy(options.host, port, options.allowedHosts, options.allowedOrigins);

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const requestId = requestIdOf(request);
    response.setHeader('x-request-id', requestId);
    try {
      const problem = headerProblem(request, policy);
      if (problem !== undefined) throw new HttpRefusal(403, problem);
      if (stopping) throw new HttpRefusal(503, 'The server is stopping', { code: -32603, headers: { 'retry-after': '1' } });
      await serveMcp(sdk, options.authenticate, requestId, request, response);
    } catch (error) {
      report(log, requestId, request, error);
      await refuse(request, response, error);
    }
  };
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    // Probes come from a supervisor that knows neither our Host names nor our token, and learn nothing but this.
    if (request.url === '/healthz') return status(response, 200, 'ok');
    if (request.url === '/readyz') return stopping ? status(response, 503, 'stopping') : status(response, 200, 'ready');
    const waiting = pipelined.get(request.socket) ?? 0;
    if (waiting >= MAX_PIPELINED) return request.socket.destroy();
    pipelined.set(request.socket, waiting + 1);
    const exchange = serve(request, response);
    inFlight.add(exchange);
    void exchange.finally(() => {
      inFlight.delete(exchange);
      pipelined.set(request.socket, (pipelined.get(request.socket) ?? 1) - 1);
    });
  });

  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}/mcp`,
    ended: new Promise(() => {}),
    async close() {
      stopping = true;
      server.close();
      // Aborts what still runs after the time. The SDK's handler keeps no track of calls of 2025: they end with their connections.
      const abort = () => handler.close().finally(() => server.closeAllConnections());
      const timer = setTimeout(abort, inFlight.size === 0 ? 0 : DRAIN_MS);
      // Streams would never end by themselves.
      await Promise.allSettled([listening.close(), ...inFlight]);
      clearTimeout(timer);
      await handler.close();
      server.closeAllConnections();
    },
  };
}

/** The client's own id where it is fit for a log, else a new one. */
function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

function status(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(`{"status":"${text}"}`);
}

function report(log: Logger, requestId: string, { socket }: IncomingMessage, error: unknown): void {
  if (error instanceof HttpRefusal) {
    const line = { requestId, status: error.status, reason: error.message };
    // Clients of 2025 ask for a standing stream once, by GET, and go on without.
    log[error.status === 405 ? 'debug' : 'warn'](line, 'refused');
    // A request is destroyed as soon as it has been read; that its client has gone, only the connection knows.
  } else if (!socket.destroyed) log.error({ requestId, err: error }, 'http exchange failed');
}

async function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void> {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const {
    status: code,
    rpc,
    id,
    headers,
  } = error instanceof HttpRefusal ? error : new HttpRefusal(500, 'Internal server error', { code: -32603 });
  const body = JSON.stringify({ jsonrpc: '2.0', error: rpc, id });
  response.writeHead(code, {
    ...headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  if (request.method !== 'HEAD') response.write(body);
  await discardRest(request);
  response.end();
}

/** Takes what is left of a body and keeps nothing: a connection that ends under a sender gives it a reset in place of the answer. */
function discardRest(request: IncomingMessage): Promise<void> | void {
  if (request.complete || request.destroyed) return;
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LINGER_MS);
    request.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    request.resume();
  });
}
