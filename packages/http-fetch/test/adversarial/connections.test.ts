import { createSecureServer } from 'node:http2';
import { createConnection } from 'node:net';
import { connect } from '@touchstone-mcp/core/testing';
import dns2 from 'dns2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { resolveByDns } from '../../src/domain/network.ts';
import { listen, listenHttp, listenHttps, listenTcp } from '../listeners.ts';
import { testNetwork } from '../network.ts';
import { rawServerOn } from '../raw-server.ts';
import { type Hosts, names, startHosts } from './hosts.ts';

let hosts: Hosts;

beforeAll(async () => {
  hosts = await startHosts();
});

beforeEach(() => {
  hosts.asked.length = 0;
});

afterAll(() => hosts[Symbol.asyncDispose]());

describe('TLS', () => {
  test('HF-033: a redirect from https to http is refused', async () => {
    await using client = await connect(rawServerOn(hosts.network), { caFile: hosts.authority.file });
    hosts.answers = {
      '/down': [302, { location: 'http://site.example/plain' }],
      '/across': [302, { location: '/end' }],
      '/end': [200, {}, 'done'],
      '/plain': [200, {}],
    };
    expect((await client.callTool('raw_fetch', { url: 'https://site.example/down' }))._meta?.code).toBe('denied');
    expect(hosts.asked.map(({ url }) => url)).toEqual(['/down']);
    expect((await client.callTool('raw_fetch', { url: 'https://site.example/across' })).structuredContent).toMatchObject({ start: 'done' });
  });

  test.each([
    ['an unknown authority', 'site.example', undefined, 2, 'unknown authority'],
    ['another host', 'other.example', 'ours', 2, 'another host'],
    ['an expired certificate', 'site.example', 'ours', -1, 'expired'],
  ] as const)('HF-041: %s', async (_title, host, ca, days, words) => {
    await using listener = await listenHttps(hosts.authority.issue(host, days), hosts.onRequest);
    const there = testNetwork(names, () => listener.port);
    await using client = await connect(rawServerOn(there), ca === undefined ? {} : { caFile: hosts.authority.file });
    const { content, _meta } = await client.callTool('raw_fetch', { url: 'https://site.example/' });
    expect(_meta?.code).toBe('unavailable');
    expect(JSON.stringify(content)).toContain(words);
    expect(hosts.asked).toEqual([]);
  });

  test('HF-063: a handshake that never ends', async () => {
    await using silent = await listenTcp(() => {});
    await using client = await connect(rawServerOn(testNetwork(names, () => silent.port)), { callTimeoutMs: 2_000, ignoreRobotsTxt: true });
    expect((await client.callTool('raw_fetch', { url: 'https://site.example/' }))._meta?.code).toBe('timeout');
  });

  test('HF-040: HTTP/2 is not spoken, so no connection is ever shared by names', async () => {
    const versions: string[] = [];
    const options = { ...hosts.authority.issue('site.example'), allowHTTP1: true };
    await using both = await listen(
      createSecureServer(options, (request, response) => {
        versions.push(request.httpVersion);
        response.end('done');
      }),
    );
    await using client = await connect(rawServerOn(testNetwork(names, () => both.port)), {
      caFile: hosts.authority.file,
      ignoreRobotsTxt: true,
    });
    expect((await client.callTool('raw_fetch', { url: 'https://site.example/' })).structuredContent).toMatchObject({ start: 'done' });
    expect(versions).toEqual(['1.1']);
  });

  test('HF-041: a server that speaks no TLS', async () => {
    const there = testNetwork(names, () => hosts.site.port);
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
    const rebinding = testNetwork(names, (address) => (address === '93.184.216.34' ? hosts.site.port : hosts.trap.port), {
      resolve: (name) => resolveByDns(name, servers),
    });
    hosts.answers = { '/': [200, {}, 'done'] };
    await using client = await connect(rawServerOn(rebinding), { ignoreRobotsTxt: true, maxCacheBytes: 0 });
    expect((await client.callTool('raw_fetch', { url: 'http://site.example/' })).structuredContent).toMatchObject({ start: 'done' });
    expect(count).toBe(1);
    expect((await client.callTool('raw_fetch', { url: 'http://site.example/' }))._meta?.code).toBe('denied');
    expect(rebinding.dialled).toEqual(['93.184.216.34:80']);
    expect(hosts.trap.connections()).toBe(0);
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
    const failing = testNetwork({}, () => hosts.trap.port, { resolve: (name) => resolveByDns(name, [`127.0.0.1:${udp?.port}`]) });
    await using client = await connect(rawServerOn(failing), {});
    expect((await client.callTool('raw_fetch', { url: 'http://site.example/' }))._meta?.code).toBe(code);
    await dns.close();
  });

  test('HF-030: whoever answers must be who was dialled', async () => {
    // A dialler that is led elsewhere: what the second wall is for.
    const led = { ...hosts.network, route: () => ({ host: 'localhost', port: hosts.trap.port }) };
    const before = hosts.trap.connections();
    await using client = await connect(rawServerOn(led), { ignoreRobotsTxt: true });
    const { _meta, content } = await client.callTool('raw_fetch', { url: 'http://site.example/' });
    expect(_meta?.code).toBe('denied');
    expect(JSON.stringify(content)).not.toContain('reached');
    expect(hosts.trap.connections()).toBe(before + 1);
  });

  test('HF-030: an address that this machine has been given since it was judged', async () => {
    const asked = hosts.asked.length;
    // Nothing but this machine answers from the address that it was called from.
    const moved = testNetwork(names, () => hosts.site.port, { ownAddresses: () => new Set() });
    await using client = await connect(rawServerOn(moved), { ignoreRobotsTxt: true });
    expect((await client.callTool('raw_fetch', { url: 'http://site.example/' }))._meta?.code).toBe('denied');
    expect(hosts.asked).toHaveLength(asked);
  });

  test('HF-030: a name that changes between a page and where it sends on', async () => {
    const found = [['93.184.216.34'], ['10.0.0.1']];
    const rebinding = testNetwork(names, () => hosts.site.port, { resolve: async () => found.shift() ?? ['127.0.0.1'] });
    hosts.answers = { '/': [302, { location: '/next' }], '/next': [200, {}, 'inside'] };
    await using client = await connect(rawServerOn(rebinding), { ignoreRobotsTxt: true });
    expect((await client.callTool('raw_fetch', { url: 'http://site.example/' }))._meta?.code).toBe('denied');
    expect(hosts.asked.map(({ url }) => url)).toEqual(['/']);
  });

  test('HF-030: a name that changes between robots.txt and its page', async () => {
    const found = [['93.184.216.34'], ['93.184.216.34'], ['10.0.0.1']];
    const rebinding = testNetwork(names, () => hosts.site.port, { resolve: async () => found.shift() ?? ['127.0.0.1'] });
    hosts.answers = { '/': [200, {}, 'done'] };
    await using client = await connect(rawServerOn(rebinding), { maxCacheBytes: 0 });
    // What was judged for the call is dialled, whatever the name means by now.
    expect((await client.callTool('raw_fetch', { url: 'http://site.example/' })).structuredContent).toMatchObject({ start: 'done' });
    expect((await client.callTool('raw_fetch', { url: 'http://site.example/' }))._meta?.code).toBe('denied');
    expect(new Set(rebinding.dialled)).toEqual(new Set(['93.184.216.34:80']));
  });

  test('HF-030: a name that changes between two tries is not asked for again', async () => {
    const found = [['93.184.216.34']];
    const rebinding = testNetwork(names, () => hosts.site.port, { resolve: async () => found.shift() ?? ['10.0.0.1'] });
    hosts.answers = { '/': [503, { connection: 'close' }, 'later'] };
    await using client = await connect(rawServerOn(rebinding), { ignoreRobotsTxt: true });
    expect((await client.callTool('raw_fetch', { url: 'http://site.example/' })).structuredContent).toMatchObject({ status: 503 });
    expect(hosts.asked).toHaveLength(3);
    expect(new Set(rebinding.dialled)).toEqual(new Set(['93.184.216.34:80']));
  });

  test('HF-039: a connection that is kept is not used for a name judged otherwise', async () => {
    let at = '93.184.216.34';
    const moving = testNetwork(names, () => hosts.site.port, { resolve: async () => [at] });
    await using client = await connect(rawServerOn(moving), { ignoreRobotsTxt: true, maxCacheBytes: 0 });
    hosts.answers = { '/': [200, {}, 'done'] };
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
    const two = testNetwork({ 'site.example': ['2606:2800::1', '93.184.216.34'] }, (address) =>
      address.includes(':') ? 1 : hosts.site.port,
    );
    await using client = await connect(rawServerOn(two), { ignoreRobotsTxt: true });
    hosts.answers = { '/': [200, {}, 'done'] };
    expect((await client.callTool('raw_fetch', { url: 'http://site.example/' })).structuredContent).toMatchObject({ start: 'done' });
    expect(two.dialled).toEqual(['2606:2800::1:80', '93.184.216.34:80']);
  });
});

describe('proxies', () => {
  test('HF-036: those of the environment mean nothing', async () => {
    const proxied = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'all_proxy'];
    for (const name of proxied) process.env[name] = `http://127.0.0.1:${hosts.trap.port}`;
    const before = hosts.trap.connections();
    try {
      await using client = await connect(rawServerOn(hosts.network), {});
      hosts.answers = { '/': [200, {}, 'done'] };
      expect((await client.callTool('raw_fetch', { url: 'http://site.example/' })).structuredContent).toMatchObject({ start: 'done' });
    } finally {
      for (const name of proxied) delete process.env[name];
    }
    expect(hosts.trap.connections()).toBe(before);
  });

  test('HF-035: a proxy needs a list of hosts', async () => {
    await expect(connect(rawServerOn(hosts.network), { proxyUrl: 'http://127.0.0.1:3128' })).rejects.toThrow(/allowHosts/);
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
    const nothing = testNetwork({}, () => hosts.trap.port);
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
        socket.pipe(createConnection(hosts.secure.port, '127.0.0.1')).pipe(socket);
      });
    });
    const settings = { proxyUrl: `http://127.0.0.1:${proxy.port}`, allowHosts: ['*'], ignoreRobotsTxt: true };
    hosts.answers = { '/': [200, {}, 'done'] };
    await using client = await connect(rawServerOn(testNetwork({}, () => hosts.trap.port)), { ...settings, caFile: hosts.authority.file });
    expect((await client.callTool('raw_fetch', { url: 'https://site.example/' })).structuredContent).toMatchObject({ start: 'done' });
    expect((await client.callTool('raw_fetch', { url: 'https://other.example/' })).content).toMatchObject([
      { text: expect.stringContaining('another host') },
    ]);
    expect(lines.slice(0, 2)).toEqual(['CONNECT site.example:443 HTTP/1.1', 'CONNECT other.example:443 HTTP/1.1']);
    await using stranger = await connect(rawServerOn(testNetwork({}, () => hosts.trap.port)), settings);
    expect((await stranger.callTool('raw_fetch', { url: 'https://site.example/' })).content).toMatchObject([
      { text: expect.stringContaining('authority') },
    ]);
  });

  test.each([403, 407, 502])('HF-035: a proxy that refuses with %i is told of', async (status) => {
    await using proxy = await listenHttp((_request, response) => response.writeHead(status).end('hush'));
    const settings = { proxyUrl: `http://127.0.0.1:${proxy.port}`, allowHosts: ['*'], ignoreRobotsTxt: true };
    await using client = await connect(rawServerOn(testNetwork({}, () => hosts.trap.port)), settings);
    expect((await client.callTool('raw_fetch', { url: 'https://site.example/' }))._meta?.code).toBe('unavailable');
    const plain = await client.callTool('raw_fetch', { url: 'http://site.example/' });
    // By plain http the proxy answers in the host's place, but for its own 407.
    if (status === 407) expect(plain._meta?.code).toBe('unavailable');
    else expect(plain.structuredContent).toMatchObject({ status });
  });

  test('HF-035: a call cannot name one', async () => {
    await using client = await connect(rawServerOn(hosts.network), {});
    const { _meta } = await client.callTool('raw_fetch', { url: 'http://site.example/', proxy: 'http://127.0.0.1:8080' });
    expect(_meta?.code).toBe('invalid_input');
  });
});
