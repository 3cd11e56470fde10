import type { IncomingHttpHeaders } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createConnection } from 'node:net';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import dns2 from 'dns2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { resolveByDns } from '../../src/domain/network.ts';
import { type Authority, createAuthority, type Listener, listen, listenHttp, listenHttps, listenTcp } from '../listeners.ts';
import { type TestNetwork, testNetwork } from '../network.ts';
import { rawServerOn } from '../raw-server.ts';
import { type Answer, redirectRows } from './redirects.ts';

const names = {
  'site.example': ['93.184.216.34'],
  'other.example': ['93.184.216.35'],
  'denied.example': ['93.184.216.35'],
  'inside.example': ['10.0.0.1'],
  'mixed.example': ['93.184.216.34', '10.0.0.1'],
  'own.example': ['93.184.216.99'],
};

/** The answers of the site by path, and what it was asked. */
let answers: Readonly<Record<string, Answer>> = {};
const asked: { host: string; url: string; method: string; headers: IncomingHttpHeaders; body: string }[] = [];
let authority: Authority;
let site: Listener;
let secure: Listener;
let trap: Listener;
let network: TestNetwork;

const onRequest: Parameters<typeof listenHttp>[0] = async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const { url = '', method = '', headers } = request;
  if (url !== '/robots.txt') asked.push({ host: headers.host ?? '', url, method, headers, body });
  const [status, sent, text] = answers[`${headers.host}${url}`] ?? answers[url] ?? [404, {}];
  response.writeHead(status, sent).end(text);
};

beforeAll(async () => {
  authority = createAuthority();
  site = await listenHttp(onRequest);
  secure = await listenHttps(authority.issue('site.example'), onRequest);
  trap = await listenTcp((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nreached'));
  network = testNetwork(names, (address, port) =>
    /^93\.184\.216\.3[45]$/.test(address) ? (port === 443 ? secure : site).port : trap.port,
  );
});

beforeEach(() => {
  asked.length = 0;
});

afterAll(async () => {
  for (const listener of [site, secure, trap]) await listener[Symbol.asyncDispose]();
  authority[Symbol.dispose]();
});

describe('redirects', () => {
  let client: TestClient;
  beforeAll(async () => {
    client = await connect(rawServerOn(network), { denyHosts: ['denied.example'], maxCacheBytes: 0 });
  });
  afterAll(() => client[Symbol.asyncDispose]());

  test.each(redirectRows.map((row) => [`${row[0]} ${row[4]}`, ...row] as const))('%s', async (_title, _id, path, given, outcome) => {
    answers = given;
    const { isError, _meta, structuredContent, content } = await client.callTool('raw_fetch', { url: `http://site.example${path}` });
    expect(trap.connections()).toBe(0);
    if (outcome === 'denied') {
      expect(isError && _meta?.code).toBe('denied');
      expect(JSON.stringify(content)).not.toMatch(/127|169|10\.0|localhost|internal|passwd/);
    } else {
      const { url, redirects, status = 200 } = outcome;
      expect(structuredContent).toMatchObject({ url, status });
      expect(structuredContent?.['redirects']).toHaveLength(redirects);
    }
  });

  test('HF-037: nothing but the page and its robots.txt is asked for', async () => {
    const body =
      '<link rel="icon" href="/icon"><link rel=canonical href="/c"><img src="/i"><iframe src="/f"></iframe><script src="/s"></script>';
    answers = { '/page': [200, { 'content-type': 'text/html', link: '</style.css>; rel=preload' }, body] };
    await client.callTool('raw_fetch', { url: 'http://site.example/page' });
    expect(asked.map(({ url }) => url)).toEqual(['/page']);
  });

  test('HF-040: Alt-Svc is not followed', async () => {
    answers = { '/alt': [200, { 'alt-svc': 'h2="127.0.0.1:8443", h3=":8443"' }, 'done'] };
    for (let round = 0; round < 2; round++) await client.callTool('raw_fetch', { url: 'http://site.example/alt' });
    expect(asked.map(({ url }) => url)).toEqual(['/alt', '/alt']);
    expect(trap.connections()).toBe(0);
  });

  test('HF-075: a cookie is never sent back', async () => {
    answers = { '/in': [302, { location: '/after', 'set-cookie': 'session=1' }], '/after': [200, { 'set-cookie': 'session=2' }, 'done'] };
    for (let round = 0; round < 2; round++) await client.callTool('raw_fetch', { url: 'http://site.example/in' });
    expect(asked.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('what an operator sends to a host', () => {
  const headers = { 'http://site.example': { Authorization: 'Bearer hush', 'X-Api-Key': 'hush' } };
  const sent = () => asked.map(({ host, url, headers }) => [host, url, headers.authorization, headers['x-api-key']]);

  test('HF-034: goes there, and nowhere else', async () => {
    await using client = await connect(rawServerOn(network), { headers });
    answers = {
      'site.example/start': [302, { location: '/next' }],
      'site.example/next': [302, { location: 'http://other.example/end' }],
      'other.example/end': [302, { location: 'http://site.example/back' }],
      'site.example/back': [200, {}, 'done'],
    };
    await client.callTool('raw_fetch', { url: 'http://site.example/start' });
    expect(sent()).toEqual([
      ['site.example', '/start', 'Bearer hush', 'hush'],
      ['site.example', '/next', 'Bearer hush', 'hush'],
      ['other.example', '/end', undefined, undefined],
      // Another's page has sent us here: it must not act in the operator's name.
      ['site.example', '/back', undefined, undefined],
    ]);
    expect(JSON.stringify(client.log)).not.toContain('hush');
  });

  test('HF-034: goes to no host below it, and to no other port by redirect', async () => {
    await using client = await connect(rawServerOn(network), { headers });
    answers = { 'site.example/start': [302, { location: 'http://site.example:8080/x' }], '/x': [200, {}, 'done'] };
    await client.callTool('raw_fetch', { url: 'http://site.example/start' });
    await client.callTool('raw_fetch', { url: 'http://other.example/x' });
    expect(
      sent()
        .slice(1)
        .map(([, , ...secrets]) => secrets),
    ).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  test('HF-034: goes over https only, unless the whole origin is named', async () => {
    await using client = await connect(rawServerOn(network), {
      headers: { 'site.example': { 'X-Api-Key': 'hush' } },
      caFile: authority.file,
    });
    answers = { '/x': [200, {}, 'done'] };
    await client.callTool('raw_fetch', { url: 'http://site.example/x' });
    await client.callTool('raw_fetch', { url: 'https://site.example/x' });
    expect(asked.map(({ headers }) => headers['x-api-key'])).toEqual([undefined, 'hush']);
  });

  test.each(['site.example/path', 'user@site.example', 'ftp://site.example', '', 'site example'])(
    'HF-034: %j is no place for headers',
    async (place) => {
      await expect(connect(rawServerOn(network), { headers: { [place]: { a: 'b' } } })).rejects.toThrow();
    },
  );

  test('HF-034: a body is not sent on', async () => {
    await using client = await connect(rawServerOn(network), { headers });
    answers = { '/post': [307, { location: 'http://other.example/end' }], '/end': [200, {}, 'done'] };
    const { structuredContent } = await client.callTool('raw_fetch', { url: 'http://site.example/post', method: 'POST', body: 'mine' });
    expect(structuredContent).toMatchObject({ status: 307, url: 'http://site.example/post' });
    expect(asked.map(({ url, body }) => [url, body])).toEqual([['/post', 'mine']]);
  });

  test.each([{ 'x y': 'v' }, { x: 'a\r\nY: b' }, { x: ' v' }])('HF-073: %o stops the start', async (bad) => {
    await expect(connect(rawServerOn(network), { headers: { 'site.example': bad } })).rejects.toThrow(/cannot be a header/);
  });
});

test('HF-073: a User-Agent of two lines stops the start', async () => {
  await expect(connect(rawServerOn(network), { userAgent: 'a\r\nX: b' })).rejects.toThrow(/cannot be a header/);
});

describe('headers and methods of a model', () => {
  test.each([
    ...['Host', 'Content-Length', 'Transfer-Encoding', 'Connection', 'Proxy-Authorization', 'X-Forwarded-For', 'Metadata-Flavor', 'Cookie'],
    ...[
      'X-aws-ec2-metadata-token',
      'Authorization',
      'Expect',
      'Upgrade',
      'TE',
      'Via',
      'User-Agent',
      'Accept-Encoding',
      'x y',
      'Accept\r\nX',
      '',
    ],
  ])('HF-073: %j may not be set', async (name) => {
    await using client = await connect(rawServerOn(network), {});
    const { _meta } = await client.callTool('raw_fetch', { url: 'http://site.example/', headers: { [name]: 'v' } });
    expect(_meta?.code).toBe('denied');
    expect(asked).toEqual([]);
  });

  test.each(['a\r\nX: y', 'a\nb', 'a\0b', ' a', 'snow ☃'])('HF-073: %j is no value', async (value) => {
    await using client = await connect(rawServerOn(network), {});
    const { _meta } = await client.callTool('raw_fetch', { url: 'http://site.example/', headers: { accept: value } });
    expect(_meta?.code).toBe('invalid_input');
    expect(asked).toEqual([]);
  });

  test('HF-074: CONNECT and TRACE cannot be said', async () => {
    await using client = await connect(rawServerOn(network), {});
    for (const method of ['CONNECT', 'TRACE', 'get', 'GET / HTTP/1.1\r\n']) {
      expect((await client.callTool('raw_fetch', { url: 'http://site.example/', method }))._meta?.code).toBe('invalid_input');
    }
    expect(asked).toEqual([]);
  });
});

describe('TLS', () => {
  test('HF-033: a redirect from https to http is refused', async () => {
    await using client = await connect(rawServerOn(network), { caFile: authority.file });
    answers = {
      '/down': [302, { location: 'http://site.example/plain' }],
      '/across': [302, { location: '/end' }],
      '/end': [200, {}, 'done'],
      '/plain': [200, {}],
    };
    expect((await client.callTool('raw_fetch', { url: 'https://site.example/down' }))._meta?.code).toBe('denied');
    expect(asked.map(({ url }) => url)).toEqual(['/down']);
    expect((await client.callTool('raw_fetch', { url: 'https://site.example/across' })).structuredContent).toMatchObject({ start: 'done' });
  });

  test.each([
    ['an unknown authority', 'site.example', undefined, 2, 'unknown authority'],
    ['another host', 'other.example', 'ours', 2, 'another host'],
    ['an expired certificate', 'site.example', 'ours', -1, 'expired'],
  ] as const)('HF-041: %s', async (_title, host, ca, days, words) => {
    await using listener = await listenHttps(authority.issue(host, days), onRequest);
    const there = testNetwork(names, () => listener.port);
    await using client = await connect(rawServerOn(there), ca === undefined ? {} : { caFile: authority.file });
    const { content, _meta } = await client.callTool('raw_fetch', { url: 'https://site.example/' });
    expect(_meta?.code).toBe('unavailable');
    expect(JSON.stringify(content)).toContain(words);
    expect(asked).toEqual([]);
  });

  test('HF-063: a handshake that never ends', async () => {
    await using silent = await listenTcp(() => {});
    await using client = await connect(rawServerOn(testNetwork(names, () => silent.port)), { callTimeoutMs: 2_000, ignoreRobotsTxt: true });
    expect((await client.callTool('raw_fetch', { url: 'https://site.example/' }))._meta?.code).toBe('timeout');
  });

  test('HF-040: HTTP/2 is not spoken, so no connection is ever shared by names', async () => {
    const versions: string[] = [];
    const options = { ...authority.issue('site.example'), allowHTTP1: true };
    await using both = await listen(
      createSecureServer(options, (request, response) => {
        versions.push(request.httpVersion);
        response.end('done');
      }),
    );
    await using client = await connect(rawServerOn(testNetwork(names, () => both.port)), { caFile: authority.file, ignoreRobotsTxt: true });
    expect((await client.callTool('raw_fetch', { url: 'https://site.example/' })).structuredContent).toMatchObject({ start: 'done' });
    expect(versions).toEqual(['1.1']);
  });

  test('HF-041: a server that speaks no TLS', async () => {
    const there = testNetwork(names, () => site.port);
    await using client = await connect(rawServerOn(there), {});
    const { content } = await client.callTool('raw_fetch', { url: 'https://site.example/' });
    expect(JSON.stringify(content)).toContain('TLS');
  });
});

describe('names that change', () => {
  test('HF-030: a DNS server that rebinds gets one answer judged, and that one is used', async () => {
    let count = 0;
    const dns = dns2.createServer({
      udp: true,
      handle(request, send) {
        const response = dns2.Packet.createResponseFromRequest(request);
        const [question] = request.questions;
        // Public to who judges, loopback to who would ask again to connect.
        if (question?.type === dns2.Packet.TYPE.A) {
          const address = count++ === 0 ? '93.184.216.34' : '127.0.0.1';
          response.answers.push(dns2.Packet.createResourceFromQuestion(question, { ttl: 0, address }));
        }
        send(response);
      },
    });
    const { udp } = await dns.listen({ udp: { port: 0, address: '127.0.0.1' } });
    const servers = [`127.0.0.1:${udp?.port}`];
    const rebinding = testNetwork(names, (address) => (address === '93.184.216.34' ? site.port : trap.port), {
      resolve: (name) => resolveByDns(name, servers),
    });
    answers = { '/': [200, {}, 'done'] };
    await using client = await connect(rawServerOn(rebinding), { ignoreRobotsTxt: true, maxCacheBytes: 0 });
    expect((await client.callTool('raw_fetch', { url: 'http://site.example/' })).structuredContent).toMatchObject({ start: 'done' });
    expect(count).toBe(1);
    expect((await client.callTool('raw_fetch', { url: 'http://site.example/' }))._meta?.code).toBe('denied');
    expect(rebinding.dialled).toEqual(['93.184.216.34:80']);
    expect(trap.connections()).toBe(0);
    await dns.close();
  });

  test.each([
    ['a name server that refuses', dns2.Packet.RCODE.REFUSED, 'unavailable'],
    ['one that fails', dns2.Packet.RCODE.SERVFAIL, 'unavailable'],
    ['a name that is none', dns2.Packet.RCODE.NXDOMAIN, 'not_found'],
    ['a name without an address', dns2.Packet.RCODE.NOERROR, 'not_found'],
  ])('HF-010: %s', async (_title, rcode, code) => {
    const dns = dns2.createServer({
      udp: true,
      handle(request, send) {
        const response = dns2.Packet.createResponseFromRequest(request);
        response.header.rcode = rcode;
        send(response);
      },
    });
    const { udp } = await dns.listen({ udp: { port: 0, address: '127.0.0.1' } });
    const failing = testNetwork({}, () => trap.port, { resolve: (name) => resolveByDns(name, [`127.0.0.1:${udp?.port}`]) });
    await using client = await connect(rawServerOn(failing), {});
    expect((await client.callTool('raw_fetch', { url: 'http://site.example/' }))._meta?.code).toBe(code);
    await dns.close();
  });

  test('HF-030: whoever answers must be who was dialled', async () => {
    // A dialler that is led elsewhere: what the second wall is for.
    const led = { ...network, route: () => ({ host: 'localhost', port: trap.port }) };
    const before = trap.connections();
    await using client = await connect(rawServerOn(led), { ignoreRobotsTxt: true });
    const { _meta, content } = await client.callTool('raw_fetch', { url: 'http://site.example/' });
    expect(_meta?.code).toBe('denied');
    expect(JSON.stringify(content)).not.toContain('reached');
    expect(trap.connections()).toBe(before + 1);
  });

  test('HF-039: a connection that is kept is not used for a name judged otherwise', async () => {
    let at = '93.184.216.34';
    const moving = testNetwork(names, () => site.port, { resolve: async () => [at] });
    await using client = await connect(rawServerOn(moving), { ignoreRobotsTxt: true, maxCacheBytes: 0 });
    answers = { '/': [200, {}, 'done'] };
    const fetchIt = () => client.callTool('raw_fetch', { url: 'http://site.example/' });
    for (let round = 0; round < 3; round++) await fetchIt();
    expect(new Set(moving.dialled)).toEqual(new Set(['93.184.216.34:80']));
    // Not each has opened its own.
    expect(moving.dialled.length).toBeLessThan(3);
    at = '93.184.216.35';
    await fetchIt();
    expect(moving.dialled.at(-1)).toBe('93.184.216.35:80');
    at = '10.0.0.1';
    expect((await fetchIt())._meta?.code).toBe('denied');
  });

  test('the next address is dialled where the first does not answer', async () => {
    const two = testNetwork({ 'site.example': ['2606:2800::1', '93.184.216.34'] }, (address) => (address.includes(':') ? 1 : site.port));
    await using client = await connect(rawServerOn(two), { ignoreRobotsTxt: true });
    answers = { '/': [200, {}, 'done'] };
    expect((await client.callTool('raw_fetch', { url: 'http://site.example/' })).structuredContent).toMatchObject({ start: 'done' });
    expect(two.dialled).toEqual(['2606:2800::1:80', '93.184.216.34:80']);
  });
});

describe('proxies', () => {
  test('HF-036: those of the environment mean nothing', async () => {
    const proxied = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'all_proxy'];
    for (const name of proxied) process.env[name] = `http://127.0.0.1:${trap.port}`;
    const before = trap.connections();
    try {
      await using client = await connect(rawServerOn(network), {});
      answers = { '/': [200, {}, 'done'] };
      expect((await client.callTool('raw_fetch', { url: 'http://site.example/' })).structuredContent).toMatchObject({ start: 'done' });
    } finally {
      for (const name of proxied) delete process.env[name];
    }
    expect(trap.connections()).toBe(before);
  });

  test('HF-035: a proxy needs a list of hosts', async () => {
    await expect(connect(rawServerOn(network), { proxyUrl: 'http://127.0.0.1:3128' })).rejects.toThrow(/allowHosts/);
  });

  test('HF-035: it is asked for listed hosts only, resolves their names, and never gets an address from inside', async () => {
    const lines: string[] = [];
    await using proxy = await listenHttp((request, response) => {
      lines.push(`${request.method} ${request.url}`);
      response.writeHead(request.url?.endsWith('robots.txt') ? 404 : 200).end('by proxy');
    });
    const settings = {
      proxyUrl: `http://127.0.0.1:${proxy.port}`,
      allowHosts: ['site.example', 'localtest.me', '169.254.169.254', '10.0.0.1'],
    };
    const nothing = testNetwork({}, () => trap.port);
    await using client = await connect(rawServerOn(nothing), settings);
    expect((await client.callTool('raw_fetch', { url: 'http://site.example/a' })).structuredContent).toMatchObject({ start: 'by proxy' });
    expect(lines).toEqual(['GET http://site.example/robots.txt', 'GET http://site.example/a']);
    for (const url of [
      'http://other.example/',
      'http://169.254.169.254/',
      'http://10.0.0.1/',
      'http://localhost/',
      'http://site.example:22/',
    ])
      expect([url, (await client.callTool('raw_fetch', { url }))._meta?.code]).toEqual([url, 'denied']);
    expect(lines).toHaveLength(2);
    expect(nothing.dialled).toEqual([]);
    expect(nothing.resolved).toEqual([]);
  });

  test('HF-035: https goes through a tunnel, and the certificate is the host’s', async () => {
    const lines: string[] = [];
    await using proxy = await listenTcp((socket) => {
      socket.once('data', (data) => {
        lines.push(data.toString().split('\r\n', 1).join());
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(createConnection(secure.port, '127.0.0.1')).pipe(socket);
      });
    });
    const settings = { proxyUrl: `http://127.0.0.1:${proxy.port}`, allowHosts: ['*'], ignoreRobotsTxt: true };
    answers = { '/': [200, {}, 'done'] };
    await using client = await connect(rawServerOn(testNetwork({}, () => trap.port)), { ...settings, caFile: authority.file });
    expect((await client.callTool('raw_fetch', { url: 'https://site.example/' })).structuredContent).toMatchObject({ start: 'done' });
    expect((await client.callTool('raw_fetch', { url: 'https://other.example/' })).content).toMatchObject([
      { text: expect.stringContaining('another host') },
    ]);
    expect(lines.slice(0, 2)).toEqual(['CONNECT site.example:443 HTTP/1.1', 'CONNECT other.example:443 HTTP/1.1']);
    await using stranger = await connect(rawServerOn(testNetwork({}, () => trap.port)), settings);
    expect((await stranger.callTool('raw_fetch', { url: 'https://site.example/' })).content).toMatchObject([
      { text: expect.stringContaining('authority') },
    ]);
  });

  test.each([403, 407, 502])('HF-035: a proxy that refuses with %i is told of', async (status) => {
    await using proxy = await listenHttp((_request, response) => response.writeHead(status).end('hush'));
    const settings = { proxyUrl: `http://127.0.0.1:${proxy.port}`, allowHosts: ['*'], ignoreRobotsTxt: true };
    await using client = await connect(rawServerOn(testNetwork({}, () => trap.port)), settings);
    expect((await client.callTool('raw_fetch', { url: 'https://site.example/' }))._meta?.code).toBe('unavailable');
    const plain = await client.callTool('raw_fetch', { url: 'http://site.example/' });
    // By plain http the proxy answers in the host's place, but for its own 407.
    if (status === 407) expect(plain._meta?.code).toBe('unavailable');
    else expect(plain.structuredContent).toMatchObject({ status });
  });

  test('HF-035: a call cannot name one', async () => {
    await using client = await connect(rawServerOn(network), {});
    const { _meta } = await client.callTool('raw_fetch', { url: 'http://site.example/', proxy: 'http://127.0.0.1:8080' });
    expect(_meta?.code).toBe('invalid_input');
  });
});
