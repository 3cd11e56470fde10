import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fixture } from '../../test/fixture/server.ts';
import { assemble } from '../assemble.ts';
import { commonSchema } from '../config/common.ts';
import { MESSAGE_LIMITS } from '../guards/shape.ts';
import { createLog } from '../log.ts';
import { bearerToken } from './auth.ts';
import { type HttpOptions, serveHttp } from './http.ts';

/** How long to wait for what must come: reached by failures only. */
const PATIENT = { timeout: 20_000, interval: 5 };

const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1.0.0' } },
};

afterEach(() => {
  vi.useRealTimers();
});

/** The fixture behind a socket, what it logs, and how to send it anything. */
async function listen(options: Partial<HttpOptions> = {}, settings: object = {}) {
  const log: Record<string, unknown>[] = [];
  const logger = createLog('debug', [], { writableLength: 0, write: (line) => log.push(JSON.parse(line)) });
  const config = commonSchema.extend(fixture.configSchema.shape).parse({ http: true, ...settings });
  const assembly = await assemble(fixture, config, logger);
  const own = { host: '127.0.0.1', port: 0, allowedHosts: [], allowedOrigins: [], authenticate: undefined };
  const serving = await serveHttp(assembly, logger, { ...own, ...options });
  const { port } = new URL(serving.url);
  const post = (body: string | object, headers: Record<string, string> = {}, method = 'POST') =>
    fetch(serving.url, {
      method,
      headers: { ...HEADERS, ...headers },
      ...(method === 'POST' ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
    });
  /** What fetch would not send. */
  const raw = async (more: RequestOptions, body?: string) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path: '/mcp', method: 'POST', agent: false, ...more });
    sent.end(body);
    const [response]: IncomingMessage[] = await once(sent, 'response');
    response?.resume();
    return response;
  };
  const outcomes = () => log.flatMap(({ audit }) => (audit === undefined ? [] : [audit as Record<string, unknown>]));
  return { log, outcomes, serving, port: Number(port), post, raw, [Symbol.asyncDispose]: () => serving.close() };
}

/** The SDK's client, over that socket. */
async function connectTo(url: string, pin?: '2026-07-28', headers: Record<string, string> = {}): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode: pin === undefined ? 'legacy' : { pin } } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return client;
}

describe.each([undefined, '2026-07-28'] as const)('a client of %s', (pin) => {
  test('lists, calls and hears of progress', async () => {
    await using server = await listen();
    const client = await connectTo(server.serving.url, pin);
    expect((await client.listTools()).tools).toHaveLength(9);
    expect(await client.callTool({ name: 'echo_text', arguments: { text: 'grüß dich' } })).toMatchObject({
      structuredContent: { text: 'grüß dich' },
    });
    const steps: number[] = [];
    await client.callTool({ name: 'report_progress', arguments: {} }, { onprogress: ({ progress }) => steps.push(progress) });
    expect(steps).toEqual([1, 2, 3]);
    await client.close();
  });

  test('is known by its address, or by its token', async () => {
    await using open = await listen();
    await (await connectTo(open.serving.url, pin)).callTool({ name: 'read_diary', arguments: {} });
    expect(open.outcomes()).toMatchObject([{ caller: '127.0.0.1', transport: 'http', outcome: 'ok' }]);
    await using guarded = await listen({ authenticate: bearerToken('Zq8xVn3k') });
    const client = await connectTo(guarded.serving.url, pin, { authorization: 'Bearer Zq8xVn3k', 'x-request-id': 'mine-1' });
    await client.callTool({ name: 'read_diary', arguments: {} });
    expect(guarded.outcomes()).toMatchObject([{ caller: 'token', requestId: 'mine-1' }]);
    expect(JSON.stringify(guarded.log)).not.toContain('Zq8xVn3k');
  });

  test('aborts its call by leaving', async () => {
    await using server = await listen();
    const client = await connectTo(server.serving.url, pin);
    const call = client.callTool({ name: 'wait_long', arguments: {} }).catch(() => 'gone');
    const other = await connectTo(server.serving.url, pin);
    const diary = async () => (await other.callTool({ name: 'read_diary', arguments: {} })).structuredContent;
    await vi.waitUntil(async () => JSON.stringify(await diary()) === '{"entries":["started"]}', PATIENT);
    await client.close();
    expect(await call).toBe('gone');
    await vi.waitUntil(() => server.outcomes().some(({ outcome }) => outcome === 'cancelled'), PATIENT);
    expect(await diary()).toEqual({ entries: ['started', 'aborted'] });
  });
});

describe('probes', () => {
  test('know neither Host nor token', async () => {
    await using server = await listen({ authenticate: bearerToken('Zq8xVn3k') });
    for (const [path, text] of [
      ['/healthz', 'ok'],
      ['/readyz', 'ready'],
    ]) {
      const response = await fetch(new URL(path ?? '', server.serving.url));
      expect([response.status, await response.json()]).toEqual([200, { status: text }]);
      expect((await server.raw({ path, method: 'GET', headers: { host: 'probe' } }))?.statusCode).toBe(200);
    }
    expect(server.log).toEqual([]);
  });
});

describe('refusals', () => {
  const batch = [{ jsonrpc: '2.0', id: 1, method: 'ping' }];
  const CASES: [string, number, number, string | object, Record<string, string>, string?][] = [
    ['an origin that is not allowed', 403, -32600, initialize, { origin: 'https://evil.example.com' }],
    ['no token', 401, -32600, initialize, { authorization: '' }],
    ['a wrong token', 401, -32600, initialize, { authorization: 'Bearer wrong' }],
    ['GET', 405, -32600, '', {}, 'GET'],
    ['DELETE', 405, -32600, '', {}, 'DELETE'],
    ['another content type', 415, -32600, initialize, { 'content-type': 'text/plain' }],
    ['a content type that only begins so', 415, -32600, initialize, { 'content-type': 'application/jsonp' }],
    ['compression', 415, -32600, initialize, { 'content-encoding': 'gzip' }],
    ['no JSON', 400, -32700, '{', {}],
    ['nothing', 400, -32700, '', {}],
    ['no JSON-RPC', 400, -32600, { id: 7 }, {}],
    ['a batch, in a revision without', 400, -32600, batch, { 'mcp-protocol-version': '2025-11-25' }],
    ['a large body', 413, -32600, { ...initialize, params: { text: 'x'.repeat(MESSAGE_LIMITS.bytes) } }, {}],
  ];

  test.each(CASES)('%s', async (_name, status, code, body, headers, method) => {
    await using server = await listen({ authenticate: bearerToken('Zq8xVn3k') });
    const response = await server.post(body, { authorization: 'Bearer Zq8xVn3k', 'x-request-id': 'r-1', ...headers }, method);
    expect(response.status).toBe(status);
    expect(response.headers.get('x-request-id')).toBe('r-1');
    expect(await response.json()).toEqual({
      jsonrpc: '2.0',
      id: (body as { id?: number }).id === 7 ? 7 : null,
      error: { code, message: expect.any(String) },
    });
    await vi.waitUntil(() => server.log.some(({ msg }) => msg === 'refused'), PATIENT);
    const level = status === 405 ? 'debug' : 'warn';
    expect(server.log).toMatchObject([{ level, requestId: 'r-1', status, reason: expect.any(String) }]);
    expect(JSON.stringify(server.log)).not.toContain('Zq8xVn3k');
  });

  test('a large body that does not say so beforehand', async () => {
    await using server = await listen();
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(1 << 20).fill(0x20));
      },
    });
    const response = await fetch(server.serving.url, { method: 'POST', headers: HEADERS, body, duplex: 'half' });
    expect(response.status).toBe(413);
    await body.cancel().catch(() => {});
  });

  test('another Host, two, none', async () => {
    await using server = await listen();
    const host = `localhost:${server.port}`;
    for (const headers of [{ host: 'evil.example.com' }, ['host', host, 'host', host], []]) {
      const response = await server.raw({ headers, setHost: false });
      expect(response?.statusCode).toBe(403);
    }
    expect((await server.raw({ headers: { host, ...HEADERS } }, JSON.stringify(initialize)))?.statusCode).toBe(200);
  });

  test('another path', async () => {
    await using server = await listen();
    expect((await fetch(new URL('/', server.serving.url))).status).toBe(404);
    expect((await fetch(`${server.serving.url}?session=1`)).status).toBe(404);
  });

  test('an upgrade', async () => {
    await using server = await listen();
    const headers = { host: `localhost:${server.port}`, connection: 'upgrade', upgrade: 'websocket' };
    expect((await server.raw({ headers, method: 'GET' }))?.statusCode).toBe(400);
  });

  test('Expect: 100-continue', async () => {
    await using server = await listen();
    const headers = { host: `localhost:${server.port}`, expect: '100-continue', ...HEADERS };
    expect((await server.raw({ headers }))?.statusCode).toBe(417);
  });

  test('tell how to come in, and what is served', async () => {
    await using server = await listen({ authenticate: bearerToken('Zq8xVn3k') });
    expect((await server.post(initialize)).headers.get('www-authenticate')).toBe('Bearer realm="mcp"');
    expect((await server.post('', {}, 'GET')).headers.get('allow')).toBe('POST');
  });

  test('a fault of ours is told without its words', async () => {
    const authenticate = () => Promise.reject(new Error('ldap://10.0.0.7 is down'));
    await using server = await listen({ authenticate });
    const response = await server.post(initialize);
    expect([response.status, await response.json()]).toEqual([
      500,
      { jsonrpc: '2.0', id: null, error: { code: -32603, message: 'Internal server error' } },
    ]);
    await vi.waitUntil(() => server.log.length === 1, PATIENT);
    expect(server.log).toMatchObject([{ level: 'error', err: { message: 'ldap://10.0.0.7 is down' } }]);
  });
});

describe('what comes through', () => {
  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=utf-8'])('%s', async (type) => {
    await using server = await listen();
    expect((await server.post(initialize, { 'content-type': type })).status).toBe(200);
  });

  test('a body in many pieces', async () => {
    await using server = await listen();
    const bytes = new TextEncoder().encode(JSON.stringify({ ...initialize, id: 'é😀' }));
    const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
    const response = await fetch(server.serving.url, {
      method: 'POST',
      headers: HEADERS,
      body: ReadableStream.from(pieces),
      duplex: 'half',
    });
    expect(await response.text()).toContain('é😀');
  });

  test('a batch of a client of old', async () => {
    await using server = await listen();
    const response = await server.post([{ jsonrpc: '2.0', id: 1, method: 'ping' }]);
    expect(response.status).toBe(200);
  });

  test.each([
    ['mine', 'mine'],
    ['a:b.c-d_1', 'a:b.c-d_1'],
  ])('the request id %s', async (given, kept) => {
    await using server = await listen();
    expect((await server.post(initialize, { 'x-request-id': given })).headers.get('x-request-id')).toBe(kept);
  });

  test.each(['with spaces', 'x'.repeat(129), '{"level":"fatal"}'])('but not the request id %s', async (given) => {
    await using server = await listen();
    expect((await server.post(initialize, { 'x-request-id': given })).headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  });

  test('a page of an allowed origin', async () => {
    const origin = 'https://app.example.com';
    await using server = await listen({ allowedOrigins: [origin], authenticate: bearerToken('Zq8xVn3k') });
    const preflight = await server.post('', { origin }, 'OPTIONS');
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('POST');
    expect(preflight.headers.get('vary')).toBe('origin');
    const response = await server.post(initialize, { origin, authorization: 'Bearer Zq8xVn3k' });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
  });
});

describe('the end', () => {
  test('waits for the calls in flight, and takes no new ones', async () => {
    const server = await listen({}, { callTimeoutMs: 300 });
    const client = await connectTo(server.serving.url);
    const call = client.callTool({ name: 'wait_long', arguments: {} });
    const other = await connectTo(server.serving.url);
    const diary = async () => (await other.callTool({ name: 'read_diary', arguments: {} })).structuredContent;
    await vi.waitUntil(async () => JSON.stringify(await diary()).includes('started'), PATIENT);
    const closing = server.serving.close();
    expect(await call).toMatchObject({ isError: true, _meta: { code: 'timeout' } });
    await closing;
    await expect(fetch(server.serving.url)).rejects.toThrow();
  });

  test('does not wait for ever', async () => {
    const server = await listen();
    const client = await connectTo(server.serving.url);
    const call = client.callTool({ name: 'wait_long', arguments: {} }).catch(() => 'gone');
    const other = await connectTo(server.serving.url);
    const diary = async () => (await other.callTool({ name: 'read_diary', arguments: {} })).structuredContent;
    await vi.waitUntil(async () => JSON.stringify(await diary()).includes('started'), PATIENT);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const closing = server.serving.close();
    vi.advanceTimersByTime(7_000);
    await closing;
    vi.useRealTimers();
    expect(server.outcomes().at(-1)).toMatchObject({ tool: 'wait_long', outcome: 'cancelled' });
    await client.close();
    expect(await call).toBeDefined();
  });

  test('the port is free again, and a taken one is an error', async () => {
    const server = await listen();
    await expect(listen({ port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await server.serving.close();
    await using again = await listen({ port: server.port });
    expect(again.port).toBe(server.port);
  });
});
