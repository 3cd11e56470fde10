import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rawServerOn } from '../raw-server.ts';
import { type Hosts, startHosts } from './hosts.ts';
import { redirectRows } from './redirects.ts';

let hosts: Hosts;

beforeAll(async () => {
  hosts = await startHosts();
});

beforeEach(() => {
  hosts.asked.length = 0;
});

afterAll(() => hosts[Symbol.asyncDispose]());

describe('redirects', () => {
  let client: TestClient;
  beforeAll(async () => {
    client = await connect(rawServerOn(hosts.network), { denyHosts: ['denied.example'], maxCacheBytes: 0 });
  });
  afterAll(() => client[Symbol.asyncDispose]());

  test.each(redirectRows.map((row) => [`${row[0]} ${row[4]}`, ...row] as const))('%s', async (_title, _id, path, given, outcome) => {
    hosts.answers = given;
    const { isError, _meta, structuredContent, content } = await client.callTool('raw_fetch', { url: `http://site.example${path}` });
    expect(hosts.trap.connections()).toBe(0);
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
    hosts.answers = { '/page': [200, { 'content-type': 'text/html', link: '</style.css>; rel=preload' }, body] };
    await client.callTool('raw_fetch', { url: 'http://site.example/page' });
    expect(hosts.asked.map(({ url }) => url)).toEqual(['/page']);
  });

  test('HF-040: Alt-Svc is not followed', async () => {
    hosts.answers = { '/alt': [200, { 'alt-svc': 'h2="127.0.0.1:8443", h3=":8443"' }, 'done'] };
    for (let round = 0; round < 2; round++) await client.callTool('raw_fetch', { url: 'http://site.example/alt' });
    expect(hosts.asked.map(({ url }) => url)).toEqual(['/alt', '/alt']);
    expect(hosts.trap.connections()).toBe(0);
  });

  test('HF-075: a cookie is never sent back', async () => {
    hosts.answers = {
      '/in': [302, { location: '/after', 'set-cookie': 'session=1' }],
      '/after': [200, { 'set-cookie': 'session=2' }, 'done'],
    };
    for (let round = 0; round < 2; round++) await client.callTool('raw_fetch', { url: 'http://site.example/in' });
    expect(hosts.asked.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('what an operator sends to a host', () => {
  const headers = { 'http://site.example': { Authorization: 'Bearer hush', 'X-Api-Key': 'hush' } };
  const sent = () => hosts.asked.map(({ host, url, headers }) => [host, url, headers.authorization, headers['x-api-key']]);

  test('HF-034: goes there, and nowhere else', async () => {
    await using client = await connect(rawServerOn(hosts.network), { headers });
    hosts.answers = {
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
    await using client = await connect(rawServerOn(hosts.network), { headers });
    hosts.answers = { 'site.example/start': [302, { location: 'http://site.example:8080/x' }], '/x': [200, {}, 'done'] };
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
    await using client = await connect(rawServerOn(hosts.network), {
      headers: { 'site.example': { 'X-Api-Key': 'hush' } },
      caFile: hosts.authority.file,
    });
    hosts.answers = { '/x': [200, {}, 'done'] };
    await client.callTool('raw_fetch', { url: 'http://site.example/x' });
    await client.callTool('raw_fetch', { url: 'https://site.example/x' });
    expect(hosts.asked.map(({ headers }) => headers['x-api-key'])).toEqual([undefined, 'hush']);
  });

  test('HF-034: a host may be written as people write it', async () => {
    await using client = await connect(rawServerOn(hosts.network), { headers: { 'http://SITE.example.': { 'X-API-Key': 'hush' } } });
    hosts.answers = { '/x': [200, {}, 'done'] };
    for (const host of ['site.example', 'SITE.EXAMPLE.', 'site.example:80'])
      await client.callTool('raw_fetch', { url: `http://${host}/x` });
    expect(hosts.asked.map(({ headers }) => headers['x-api-key'])).toEqual(['hush', 'hush', 'hush']);
  });

  test('HF-034: a name of every object is a header like any other', async () => {
    const odd = JSON.parse('{"http://site.example":{"__proto__":"own","constructor":"own"}}');
    await using client = await connect(rawServerOn(hosts.network), { headers: odd });
    hosts.answers = { '/x': [200, {}, 'done'] };
    for (const host of ['site.example', 'other.example']) await client.callTool('raw_fetch', { url: `http://${host}/x` });
    expect(hosts.asked.map(({ headers }) => String(headers['constructor']) === 'own')).toEqual([true, false]);
  });

  test('HF-034: those of the operator cannot be replaced by a model’s', async () => {
    await using client = await connect(rawServerOn(hosts.network), { headers: { 'http://site.example': { Accept: 'text/csv' } } });
    hosts.answers = { '/x': [200, {}, 'done'] };
    await client.callTool('raw_fetch', { url: 'http://site.example/x', accept: 'text/html', headers: { ACCEPT: 'text/html' } });
    expect(hosts.asked.map(({ headers }) => headers.accept)).toEqual(['text/csv']);
  });

  test.each(['site.example/path', 'user@site.example', 'ftp://site.example', '', 'site example'])(
    'HF-034: %j is no place for headers',
    async (place) => {
      await expect(connect(rawServerOn(hosts.network), { headers: { [place]: { a: 'b' } } })).rejects.toThrow();
    },
  );

  test('HF-034: a body is not sent on', async () => {
    await using client = await connect(rawServerOn(hosts.network), { headers });
    hosts.answers = { '/post': [307, { location: 'http://other.example/end' }], '/end': [200, {}, 'done'] };
    const { structuredContent } = await client.callTool('raw_fetch', { url: 'http://site.example/post', method: 'POST', body: 'mine' });
    expect(structuredContent).toMatchObject({ status: 307, url: 'http://site.example/post' });
    expect(hosts.asked.map(({ url, body }) => [url, body])).toEqual([['/post', 'mine']]);
  });

  test.each([{ 'x y': 'v' }, { x: 'a\r\nY: b' }, { x: ' v' }])('HF-073: %o stops the start', async (bad) => {
    await expect(connect(rawServerOn(hosts.network), { headers: { 'site.example': bad } })).rejects.toThrow(/cannot be a header/);
  });
});

test('HF-073: a User-Agent of two lines stops the start', async () => {
  await expect(connect(rawServerOn(hosts.network), { userAgent: 'a\r\nX: b' })).rejects.toThrow(/cannot be a header/);
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
    await using client = await connect(rawServerOn(hosts.network), {});
    const { _meta } = await client.callTool('raw_fetch', { url: 'http://site.example/', headers: { [name]: 'v' } });
    expect(_meta?.code).toBe('denied');
    expect(hosts.asked).toEqual([]);
  });

  test.each(['a\r\nX: y', 'a\nb', 'a\0b', ' a', 'snow ☃'])('HF-073: %j is no value', async (value) => {
    await using client = await connect(rawServerOn(hosts.network), {});
    const { _meta } = await client.callTool('raw_fetch', { url: 'http://site.example/', headers: { accept: value } });
    expect(_meta?.code).toBe('invalid_input');
    expect(hosts.asked).toEqual([]);
  });

  test('HF-074: CONNECT and TRACE cannot be said', async () => {
    await using client = await connect(rawServerOn(hosts.network), {});
    for (const method of ['CONNECT', 'TRACE', 'get', 'GET / HTTP/1.1\r\n']) {
      expect((await client.callTool('raw_fetch', { url: 'http://site.example/', method }))._meta?.code).toBe('invalid_input');
    }
    expect(hosts.asked).toEqual([]);
  });
});
