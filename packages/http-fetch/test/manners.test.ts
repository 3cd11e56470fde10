import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closedPort, type Listener, listenHttp, listenTcp } from './listeners.ts';
import { testNetwork } from './network.ts';
import { rawServerOn } from './raw-server.ts';

const names = { 'site.example': ['93.184.216.34'], 'other.example': ['93.184.216.35'] };

let respond: (request: IncomingMessage, response: ServerResponse) => void;
const asked: IncomingMessage[] = [];
let site: Listener;

beforeAll(async () => {
  site = await listenHttp((request, response) => {
    asked.push(request);
    respond(request, response);
  });
});

beforeEach(() => {
  asked.length = 0;
});

afterAll(() => site[Symbol.asyncDispose]());

const open = (settings: object = {}, port = () => site.port) =>
  connect(rawServerOn(testNetwork(names, port)), { ignoreRobotsTxt: true, ...settings });

describe('cache', () => {
  const url = 'http://site.example/page';

  test('HF-076: what is fresh is not asked for again, and says so with its age', async () => {
    respond = (_request, response) => response.writeHead(200, { 'cache-control': 'max-age=60', etag: '"1"', age: '7' }).end('one');
    await using client = await open();
    expect((await client.callTool('raw_fetch', { url })).structuredContent).toMatchObject({
      fromCache: false,
      start: 'one',
      age: 7,
      etag: '"1"',
    });
    expect((await client.callTool('raw_fetch', { url })).structuredContent).toMatchObject({ fromCache: true, start: 'one' });
    expect(asked).toHaveLength(1);
  });

  test('what is stale is asked for with its validator, and served again after 304', async () => {
    respond = (request, response) => {
      if (request.headers['if-none-match'] === '"1"') response.writeHead(304, { etag: '"1"' }).end();
      else response.writeHead(200, { 'cache-control': 'no-cache', etag: '"1"' }).end('one');
    };
    await using client = await open();
    await client.callTool('raw_fetch', { url });
    expect((await client.callTool('raw_fetch', { url })).structuredContent).toMatchObject({ fromCache: true, status: 200, start: 'one' });
    expect(asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"']);
    // No header of ours that is none.
    expect(Object.keys(asked[1]?.headers ?? {}).filter((name) => name.includes('('))).toEqual([]);
  });

  test('a 304 with the strong form of a weak validator is of the same page', async () => {
    respond = (request, response) => {
      if (request.headers['if-none-match'] === 'W/"1"') response.writeHead(304, { etag: '"1"' }).end();
      else response.writeHead(200, { 'cache-control': 'no-cache', etag: 'W/"1"' }).end('one');
    };
    await using client = await open();
    await client.callTool('raw_fetch', { url });
    expect((await client.callTool('raw_fetch', { url })).structuredContent).toMatchObject({ fromCache: true, status: 200, start: 'one' });
    expect(asked).toHaveLength(2);
  });

  test('what has changed is served anew', async () => {
    let version = 1;
    respond = (_request, response) => response.writeHead(200, { 'cache-control': 'no-cache', etag: `"${version}"` }).end(`${version++}`);
    await using client = await open();
    await client.callTool('raw_fetch', { url });
    expect((await client.callTool('raw_fetch', { url })).structuredContent).toMatchObject({ fromCache: false, start: '2', etag: '"2"' });
  });

  test.each(['no-store', 'private, no-store', 'max-age=0, no-store'])('HF-076: %s is kept by nobody', async (directives) => {
    respond = (_request, response) => response.writeHead(200, { 'cache-control': directives, etag: '"1"' }).end('one');
    await using client = await open();
    for (let round = 0; round < 2; round++) await client.callTool('raw_fetch', { url });
    expect(asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined]);
  });

  test('HF-076: another Accept, user or method is another request, whatever Vary says', async () => {
    respond = (request, response) =>
      response.writeHead(200, { 'cache-control': 'max-age=60' }).end(`${request.method} ${request.headers.accept}`);
    await using client = await open();
    const calls = [
      {},
      { accept: 'text/plain' },
      { userInitiated: true },
      { method: 'HEAD' },
      {},
      { accept: 'text/plain' },
      { userInitiated: true },
    ];
    for (const call of calls) await client.callTool('raw_fetch', { url, ...call });
    expect(asked).toHaveLength(4);
  });

  test('HF-076: what a credential was given is not given to a request without it', async () => {
    respond = (request, response) => {
      if (request.url === '/jump') return void response.writeHead(302, { location: url }).end();
      response
        .writeHead(200, { 'cache-control': 'max-age=60, public' })
        .end(request.headers['x-api-key'] === undefined ? 'for all' : 'for one');
    };
    await using client = await open({ headers: { 'http://site.example': { 'X-Api-Key': 'hush' } } });
    expect((await client.callTool('raw_fetch', { url })).structuredContent).toMatchObject({ start: 'for one' });
    // Another host's redirect comes without the credential.
    expect((await client.callTool('raw_fetch', { url: 'http://other.example/jump' })).structuredContent).toMatchObject({
      start: 'for all',
    });
    expect((await client.callTool('raw_fetch', { url })).structuredContent).toMatchObject({ start: 'for one', fromCache: true });
  });

  test('a change by another method makes what is kept void', async () => {
    let version = 1;
    respond = (request, response) => {
      if (request.method === 'POST') version += 1;
      response.writeHead(200, { 'cache-control': 'max-age=60' }).end(String(version));
    };
    await using client = await open();
    await client.callTool('raw_fetch', { url });
    await client.callTool('raw_fetch', { url, method: 'POST', body: 'x' });
    expect((await client.callTool('raw_fetch', { url })).structuredContent).toMatchObject({ start: '2', fromCache: false });
  });

  test('HF-076: what was cut is not kept, and nothing is with no room', async () => {
    respond = (_request, response) => response.writeHead(200, { 'cache-control': 'max-age=60' }).end('x'.repeat(2_000_000));
    await using cut = await open({ maxBytes: 1_000 });
    for (let round = 0; round < 2; round++)
      expect((await cut.callTool('raw_fetch', { url })).structuredContent).toMatchObject({ truncated: true, fromCache: false });
    await using none = await open({ maxCacheBytes: 0 });
    for (let round = 0; round < 2; round++)
      expect((await none.callTool('raw_fetch', { url })).structuredContent).toMatchObject({ fromCache: false });
  });

  test('HF-065: what the host broke off is not kept, and says so', async () => {
    respond = (_request, response) => {
      response.writeHead(200, { 'cache-control': 'max-age=60', 'content-length': '100' }).write('half');
      setImmediate(() => response.destroy());
    };
    await using client = await open();
    for (let round = 0; round < 2; round++)
      expect((await client.callTool('raw_fetch', { url })).structuredContent).toMatchObject({
        start: 'half',
        incomplete: true,
        fromCache: false,
      });
    expect(asked).toHaveLength(2);
  });

  test('nothing is asked for in the background', async () => {
    respond = (_request, response) =>
      response.writeHead(200, { 'cache-control': 'max-age=0, stale-while-revalidate=600', etag: '"1"' }).end('one');
    await using client = await open();
    for (let round = 0; round < 3; round++) await client.callTool('raw_fetch', { url });
    expect(asked).toHaveLength(3);
  });

  describe('HF-076: what one caller did is nothing to the next', () => {
    const kept = { 'cache-control': 'max-age=600' };

    test.each([
      ['a condition', { headers: { 'if-none-match': '"1"' } }, 304],
      ['a range', { headers: { range: 'bytes=0-0' } }, 206],
      ['HEAD', { method: 'HEAD' }, 200],
      ['POST', { method: 'POST', body: 'x' }, 200],
      ['a language', { headers: { 'accept-language': 'de' } }, 200],
    ])('%s', async (_title, first, status) => {
      respond = ({ method, headers }, response) => {
        if (headers['if-none-match'] !== undefined) response.writeHead(304, { ...kept, etag: '"1"' }).end();
        else if (headers.range !== undefined) response.writeHead(206, { ...kept, 'content-range': 'bytes 0-0/5' }).end('w');
        else response.writeHead(200, { ...kept, etag: '"1"' }).end(method === 'GET' && !headers['accept-language'] ? 'whole' : 'other');
      };
      await using client = await open();
      for (let round = 0; round < 2; round++)
        expect((await client.callTool('raw_fetch', { url, ...first })).structuredContent).toMatchObject({ status });
      for (const fromCache of [false, true])
        expect((await client.callTool('raw_fetch', { url })).structuredContent).toMatchObject({ status: 200, start: 'whole', fromCache });
    });

    test('the order of a query, an encoding or a case in it makes another page', async () => {
      respond = (request, response) => response.writeHead(200, kept).end(request.url);
      await using client = await open();
      const paths = ['/p?a=1&b=2', '/p?b=2&a=1', '/p?a=1&b=2&', '/P?a=1&b=2', '/%70?a=1&b=2', '/p'];
      for (let round = 0; round < 2; round++)
        for (const path of paths)
          expect((await client.callTool('raw_fetch', { url: `http://site.example${path}` })).structuredContent).toMatchObject({
            start: path,
          });
      expect(asked).toHaveLength(paths.length);
    });

    test('the host is part of it', async () => {
      respond = (request, response) => response.writeHead(200, kept).end(request.headers.host);
      await using client = await open();
      for (const host of ['site.example', 'other.example', 'site.example:8080'])
        expect((await client.callTool('raw_fetch', { url: `http://${host}/page` })).structuredContent).toMatchObject({ start: host });
    });

    test('Vary: * is kept by nobody', async () => {
      respond = (_request, response) => response.writeHead(200, { ...kept, vary: '*' }).end('one');
      await using client = await open();
      for (let round = 0; round < 2; round++) await client.callTool('raw_fetch', { url });
      expect(asked).toHaveLength(2);
    });
  });

  test('HF-032: a redirect that is kept is judged each time', async () => {
    respond = ({ url: path }, response) =>
      path === '/page'
        ? response.writeHead(301, { location: 'http://other.example/', 'cache-control': 'max-age=600' }).end()
        : response.end('there');
    let at = '93.184.216.35';
    const network = testNetwork({}, () => site.port, { resolve: async (name) => [name.startsWith('other') ? at : '93.184.216.34'] });
    await using client = await connect(rawServerOn(network), { ignoreRobotsTxt: true });
    expect((await client.callTool('raw_fetch', { url })).structuredContent).toMatchObject({ start: 'there' });
    at = '169.254.169.254';
    expect((await client.callTool('raw_fetch', { url }))._meta?.code).toBe('denied');
    expect(asked.map((request) => request.url)).toEqual(['/page', '/']);
  });

  test('HF-010: a name that was public is judged again before its page comes from the cache', async () => {
    respond = (_request, response) => response.writeHead(200, { 'cache-control': 'max-age=60' }).end('one');
    let at = '93.184.216.34';
    await using client = await connect(rawServerOn(testNetwork({}, () => site.port, { resolve: async () => [at] })), {
      ignoreRobotsTxt: true,
    });
    await client.callTool('raw_fetch', { url });
    at = '10.0.0.1';
    expect((await client.callTool('raw_fetch', { url }))._meta?.code).toBe('denied');
  });
});

describe('retries', () => {
  const url = 'http://site.example/';
  const failing = (times: number, status: number, headers = {}) => {
    let left = times;
    respond = (_request, response) => (left-- > 0 ? response.writeHead(status, headers).end('later') : response.end('done'));
  };

  test.each([502, 503, 504])('HF-077: %i is asked twice more', async (status) => {
    failing(2, status);
    await using client = await open();
    expect((await client.callTool('raw_fetch', { url })).structuredContent).toMatchObject({ status: 200, start: 'done' });
    expect(asked).toHaveLength(3);
  });

  test('HF-077: and no more: then it is the answer', async () => {
    failing(9, 503);
    await using client = await open();
    expect((await client.callTool('raw_fetch', { url })).structuredContent).toMatchObject({ status: 503, start: 'later' });
    expect(asked).toHaveLength(3);
  });

  test.each([400, 403, 404, 429, 500, 501])('HF-077: %i is an answer', async (status) => {
    failing(9, status);
    await using client = await open();
    expect((await client.callTool('raw_fetch', { url })).structuredContent).toMatchObject({ status });
    expect(asked).toHaveLength(1);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('HF-077: %s is sent once', async (method) => {
    failing(9, 503);
    await using client = await open();
    expect((await client.callTool('raw_fetch', { url, method })).structuredContent).toMatchObject({ status: 503 });
    expect(asked).toHaveLength(1);
  });

  test('HF-077: a short Retry-After is waited for', async () => {
    failing(1, 503, { 'retry-after': '1' });
    await using client = await open();
    const started = performance.now();
    expect((await client.callTool('raw_fetch', { url })).structuredContent).toMatchObject({ start: 'done' });
    // A lower bound: a machine under load is late, never early. 20 ms for its clocks.
    expect(performance.now() - started).toBeGreaterThan(980);
  });

  test.each([
    [503, '3600'],
    [429, '60'],
    [429, new Date(Date.now() + 3_600_000).toUTCString()],
    [503, '99999999'],
  ])('HF-077: after %i with Retry-After %s the host is left alone', async (status, after) => {
    failing(9, status, { 'retry-after': after });
    await using client = await open();
    expect((await client.callTool('raw_fetch', { url })).structuredContent).toMatchObject({ status });
    const { _meta, content } = await client.callTool('raw_fetch', { url });
    expect(_meta?.code).toBe('rate_limited');
    expect(JSON.stringify(content)).toMatch(/Try again in \d{1,3} seconds/);
    expect(asked).toHaveLength(1);
    respond = (_request, response) => response.end('other');
    expect((await client.callTool('raw_fetch', { url: 'http://other.example/' })).structuredContent).toMatchObject({ start: 'other' });
  });

  test('a call that is cancelled while it waits to try again ends nothing but itself', async () => {
    failing(9, 503);
    await using client = await open();
    const abort = new AbortController();
    const cancelled = client.callTool('raw_fetch', { url }, { signal: abort.signal });
    await expect.poll(() => asked.length).toBe(1);
    abort.abort();
    await expect(cancelled).rejects.toThrow();
    // Longer than its wait would have been. Whatever nobody hears of by now fails the run of these tests.
    const after = 'http://other.example/';
    failing(2, 503);
    expect((await client.callTool('raw_fetch', { url: after })).structuredContent).toMatchObject({ start: 'done' });
  });

  test('large answers of a gateway that failed keep no room from each other', async () => {
    respond = (_request, response) => response.writeHead(503, { 'retry-after': '0' }).end('x'.repeat(1_000_000));
    await using client = await open({ maxCacheBytes: 0 });
    const calls = Array.from({ length: 12 }, () => client.callTool('raw_fetch', { url }));
    for (const { structuredContent } of await Promise.all(calls)) expect(structuredContent).toMatchObject({ status: 503, truncated: true });
  });

  test('a connection that breaks is tried again', async () => {
    let left = 1;
    await using flaky = await listenTcp((socket) => {
      socket.once('data', () => (left-- > 0 ? socket.resetAndDestroy() : socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone')));
    });
    await using client = await open({}, () => flaky.port);
    expect((await client.callTool('raw_fetch', { url })).structuredContent).toMatchObject({ start: 'done' });
  });

  test('a host that cannot be reached is left alone after three calls of three tries, and others are not', async () => {
    const closed = await closedPort();
    respond = (_request, response) => response.end('done');
    const network = testNetwork(names, (address) => (address === '93.184.216.34' ? closed : site.port));
    await using client = await connect(rawServerOn(network), { ignoreRobotsTxt: true });
    for (let call = 0; call < 3; call++) expect((await client.callTool('raw_fetch', { url }))._meta?.code).toBe('unavailable');
    const tried = network.dialled.length;
    const { content } = await client.callTool('raw_fetch', { url });
    expect(JSON.stringify(content)).toContain('left alone');
    expect(network.dialled).toHaveLength(tried);
    expect((await client.callTool('raw_fetch', { url: 'http://other.example/' })).structuredContent).toMatchObject({ start: 'done' });
  });
});

describe('crowds', () => {
  test('HF-079: a thousand calls are four at a time to a host, sixteen in all', async () => {
    const many = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`host${n}.example`, [`93.184.217.${n}`]]));
    const [now, most] = [new Map<string, number>(), new Map<string, number>()];
    respond = ({ headers: { host = '' } }, response) => {
      for (const key of [host, 'all']) {
        now.set(key, (now.get(key) ?? 0) + 1);
        most.set(key, Math.max(most.get(key) ?? 0, now.get(key) ?? 0));
      }
      setImmediate(() => {
        for (const key of [host, 'all']) now.set(key, (now.get(key) ?? 0) - 1);
        response.end('done');
      });
    };
    await using client = await connect(rawServerOn(testNetwork(many, () => site.port)), {
      ignoreRobotsTxt: true,
      maxConcurrency: 1_000,
      maxCacheBytes: 0,
    });
    const calls = Array.from({ length: 1_000 }, (_, n) => client.callTool('raw_fetch', { url: `http://host${n % 10}.example/${n}` }));
    for (const call of await Promise.all(calls)) expect(call.structuredContent).toMatchObject({ start: 'done' });
    expect(most.get('all')).toBeLessThanOrEqual(16);
    expect(Math.max(...[...most].flatMap(([key, count]) => (key === 'all' ? [] : count)))).toBeLessThanOrEqual(4);
  });

  test('a call that is cancelled while it waits is answered at once, and asks for nothing', async () => {
    respond = () => {};
    await using client = await open();
    const waiting = Array.from({ length: 4 }, (_, n) =>
      client.callTool('raw_fetch', { url: `http://site.example/${n}` }).catch(() => 'gone'),
    );
    await expect.poll(() => asked.length).toBe(4);
    const abort = new AbortController();
    const fifth = client.callTool('raw_fetch', { url: 'http://site.example/5' }, { signal: abort.signal });
    abort.abort();
    await expect(fifth).rejects.toThrow();
    respond = (_request, response) => response.end('done');
    await site[Symbol.asyncDispose]();
    await Promise.all(waiting);
    expect(asked.some(({ url }) => url === '/5')).toBe(false);
  });
});
