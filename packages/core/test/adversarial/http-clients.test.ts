import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assemble } from '../../src/assemble.ts';
import { commonSchema } from '../../src/config/common.ts';
import { createLog } from '../../src/log.ts';
import { LIMITS, serveHttp } from '../../src/serve/http.ts';
import { hostile } from '../fixture/hostile.ts';
import { cleanEnvironment, HOSTILE, PATIENT, Running } from '../harness.ts';
import {
  callHttp,
  callMessage,
  endHttp,
  exchange,
  type HttpServer,
  MODERN_HEADERS,
  messagesOf,
  modernCall,
  RawConnection,
  rawRequest,
  startHttp,
} from '../wire.ts';

let server: HttpServer;

beforeAll(async () => {
  server = await startHttp();
});

afterAll(() => endHttp(server));

const post = (message: unknown, headers = {}) => rawRequest(server.port, { body: JSON.stringify(message), headers });

/** What happened to `wait_long` since the test began. */
async function diary(since: number): Promise<string[]> {
  return (await callHttp(server.port, 'read_diary'))?.result.structuredContent.entries.slice(since);
}

/** Asks, again and again, until the diary says what it must. */
async function diaryShows(since: number, entries: string[]): Promise<void> {
  await expect.poll(() => diary(since), PATIENT).toEqual(entries);
}

describe.each(['legacy', 'modern'] as const)('TR-014: two clients with the same ids, %s', (era) => {
  test('each sees only its own answers', async () => {
    await using ann = new RawConnection(server.port);
    await using bob = new RawConnection(server.port);
    const request = (text: string, id: number) =>
      era === 'legacy' ? post(callMessage('echo_text', { text }, id)) : post(modernCall('echo_text', { text }, id), MODERN_HEADERS);
    for (let round = 0; round < 10; round++) {
      const ids = Array.from({ length: 25 }, (_, index) => index);
      for (const id of ids) {
        ann.send(request(`ann ${round} ${id}`, id));
        bob.send(request(`bob ${round} ${id}`, id));
      }
      for (const id of ids) {
        for (const [name, connection] of Object.entries({ ann, bob })) {
          const [answer, ...others] = messagesOf(await connection.answer());
          expect(others).toEqual([]);
          expect(answer).toMatchObject({ id, result: { structuredContent: { text: `${name} ${round} ${id}` } } });
        }
      }
    }
    expect([ann.pending, bob.pending]).toEqual(['', '']);
  });
});

describe('TR-019: clients that leave', () => {
  test.each([
    ['in the middle of a call', () => post(callMessage('wait_long'))],
    ['in the middle of a call of the current era', () => post(modernCall('wait_long'), { ...MODERN_HEADERS, 'mcp-name': 'wait_long' })],
  ])('%s: the signal of its handler aborts', async (_name, request) => {
    const since = (await diary(0)).length;
    await using connection = new RawConnection(server.port);
    connection.send(request());
    await diaryShows(since, ['started']);
    connection.socket.resetAndDestroy();
    await diaryShows(since, ['started', 'aborted']);
  });

  test('with calls queued behind the first on one connection: all of them abort', async () => {
    const since = (await diary(0)).length;
    await using connection = new RawConnection(server.port);
    for (const id of [1, 2, 3]) connection.send(post(callMessage('wait_long', {}, id)));
    await diaryShows(since, ['started', 'started', 'started']);
    connection.socket.destroy();
    await diaryShows(since, ['started', 'started', 'started', 'aborted', 'aborted', 'aborted']);
  });

  test('TR-027: at every byte of a request', async () => {
    const request = post(callMessage('echo_text', { text: 'hello' }));
    for (let length = 0; length < request.length; length += 7) {
      const connection = new RawConnection(server.port);
      connection.socket.write(request.subarray(0, length), () => connection.socket.resetAndDestroy());
      await connection.closed;
    }
    expect((await exchange(server.port, request))?.status).toBe(200);
  });

  test('and one that does not read: what waits for it is bounded, and nothing is lost', async () => {
    await using connection = new RawConnection(server.port);
    connection.socket.pause();
    const calls = 60;
    const sent = server.process.stderr.all.length;
    for (let id = 0; id < calls; id++)
      connection.send(post(callMessage('answer_long', { characters: 30_000, of: '\t', compact: true }, id)));
    const served = () => server.process.stderr.all.slice(sent).filter((line) => line.includes('answer_long')).length;
    await expect.poll(served, PATIENT).toBeGreaterThan(5);
    for (let turn = 0; turn < 20; turn++) await callHttp(server.port, 'echo_text', { text: 'another client is served' });
    connection.socket.resume();
    for (let id = 0; id < calls; id++)
      expect(messagesOf(await connection.answer())[0]).toMatchObject({ id, result: { content: [{ text: 'compact' }] } });
  });
});

test('TR-013: nobody cancels the call of somebody else', async () => {
  const since = (await diary(0)).length;
  await using ann = new RawConnection(server.port);
  ann.send(post(callMessage('wait_long', { ms: 500 }, 'same')));
  await diaryShows(since, ['started']);
  const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'same' } };
  expect((await exchange(server.port, post(cancel)))?.status).toBe(202);
  expect(messagesOf(await ann.answer())[0]).toMatchObject({ id: 'same', result: { structuredContent: { text: 'waited' } } });
});

test('TR-026: answers come in the order of their requests, probes among them', async () => {
  await using connection = new RawConnection(server.port);
  connection.send(Buffer.concat([post(callMessage('wait_long', { ms: 100 }, 1)), post(callMessage('echo_text', { text: 'x' }, 2))]));
  connection.send(rawRequest(server.port, { method: 'GET', target: '/readyz' }));
  expect(messagesOf(await connection.answer())[0]?.id).toBe(1);
  expect(messagesOf(await connection.answer())[0]?.id).toBe(2);
  expect(JSON.parse((await connection.answer())?.body ?? '')).toEqual({ status: 'ready' });
});

test.each([
  ['Content-Length and Transfer-Encoding', { 'transfer-encoding': 'chunked' }, '0\r\n\r\n'],
  ['a body longer than its length', { 'content-length': '2' }, '{}'],
])('TR-026: no request is smuggled behind %s', async (_name, headers, body) => {
  await using connection = new RawConnection(server.port);
  const smuggled = post(callMessage('echo_text', { text: 'smuggled' }));
  connection.send(rawRequest(server.port, { headers, body: Buffer.concat([Buffer.from(body), smuggled]) }));
  expect((await connection.answer())?.status).toBe(400);
  await connection.closed;
  expect(connection.pending).not.toContain('smuggled');
});

test('TR-017: thousands of initialize requests leave nothing behind', async () => {
  const message = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
  };
  await using connection = new RawConnection(server.port);
  for (let round = 0; round < 40; round++) {
    for (let index = 0; index < 25; index++) connection.send(post(message, { 'mcp-session-id': `session-${round}-${index}` }));
    for (let index = 0; index < 25; index++) {
      const answer = await connection.answer();
      expect(answer?.status).toBe(200);
      expect(answer?.headers['mcp-session-id']).toBeUndefined();
    }
  }
});

describe('refused while it is still sending', () => {
  test.each([5, 30])('TR-008: a client with %i MB reads the answer, not a reset', async (megabytes) => {
    const body = Buffer.alloc(megabytes << 20, ' ');
    const response = await fetch(`http://127.0.0.1:${server.port}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32600 } });
  });

  test('TR-008: and so does one that names no length', async () => {
    const megabyte = new Uint8Array(1 << 20).fill(32);
    const body = ReadableStream.from(Array.from({ length: 30 }, () => megabyte));
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`http://127.0.0.1:${server.port}/mcp`, { method: 'POST', headers, body, duplex: 'half' });
    expect(response.status).toBe(413);
  });
});

describe('TR-008: slow clients', () => {
  /** The same server in this process, with less patience. */
  async function impatient() {
    const config = commonSchema.extend(hostile.configSchema.shape).parse({ http: true, rateLimit: 0 });
    const log = createLog('silent', [], { writableLength: 0, write: () => true });
    const assembly = await assemble(hostile, config, log);
    const limits = { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 20 };
    const options = { host: '127.0.0.1', port: 0, allowedHosts: [], allowedOrigins: [], authenticate: undefined, limits };
    const serving = await serveHttp(assembly, log, options);
    return {
      port: Number(new URL(serving.url).port),
      async [Symbol.asyncDispose]() {
        await serving.close();
        await assembly[Symbol.asyncDispose]();
      },
    };
  }

  test.each([
    ['a head that never ends', (port: number) => rawRequest(port).subarray(0, 60)],
    ['a body that never ends', (port: number) => rawRequest(port, { headers: { 'content-length': '100' }, body: '{' })],
    [
      'chunks that never end',
      (port: number) => rawRequest(port, { headers: { 'transfer-encoding': 'chunked', 'content-length': null }, body: '1\r\n{\r\n' }),
    ],
  ])('%s is cut off with 408', async (_name, request) => {
    await using slow = await impatient();
    await using connection = new RawConnection(slow.port);
    expect((await connection.send(request(slow.port)).answer())?.status).toBe(408);
    await connection.closed;
    expect((await callHttp(slow.port, 'echo_text', { text: 'x' }))?.result.structuredContent).toEqual({ text: 'x' });
  });

  test('production has limits too, and looks at them often enough', () => {
    expect(LIMITS.headersTimeout).toBeLessThanOrEqual(10_000);
    expect(LIMITS.requestTimeout).toBeLessThanOrEqual(30_000);
    expect(LIMITS.connectionsCheckingInterval).toBeLessThanOrEqual(LIMITS.headersTimeout);
  });
});

test('TR-027: more connections than files may be open: the process survives', async () => {
  const script = 'ulimit -n 48 && exec "$0" "$1" --http --http-port 0 --rate-limit 0';
  await using running = new Running(spawn('sh', ['-c', script, process.execPath, HOSTILE], { env: cleanEnvironment({}), stdio: 'pipe' }));
  const port = Number(new URL(String((await running.logged('listening'))['url'])).port);
  const crowd = Array.from({ length: 150 }, () => new RawConnection(port));
  await Promise.all(crowd.map(({ socket, closed }) => Promise.race([once(socket, 'connect').catch(() => {}), closed])));
  for (const connection of crowd) connection.socket.destroy();
  await Promise.all(crowd.map((connection) => connection.closed));
  await expect.poll(() => callHttp(port, 'echo_text', { text: 'x' }), PATIENT).toMatchObject({ result: {} });
  expect(running.stderr.text).not.toContain('"level":"fatal"');
});
