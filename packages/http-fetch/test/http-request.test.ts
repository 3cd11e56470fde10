import type { CommonConfig } from '@touchstone-mcp/core';
import { type ConnectOptions, connect, GENERATIONS, type Generation, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Config } from '../src/config.ts';
import { closedPort } from './listeners.ts';
import { testNetwork } from './network.ts';
import { type Site, serverOn, startSite } from './site.ts';

let site: Site;
let client: TestClient;

beforeAll(async () => {
  site = await startSite();
});

beforeEach(() => {
  site.asked.length = 0;
});

afterAll(() => site[Symbol.asyncDispose]());

const settings = {
  toolsets: ['api' as const],
  apiHosts: { 'api.example': ['GET', 'HEAD', 'POST', 'DELETE'], 'other.example': ['GET'] } satisfies Config['apiHosts'],
  headers: { 'http://api.example': { Authorization: 'Bearer hush' } },
  maxCacheBytes: 0,
};
const open = (generation: Generation = 'modern', more: Partial<Config & CommonConfig> = {}, options: ConnectOptions = {}) =>
  connect(site.server, { ...settings, ...more }, generation, options);

const url = 'http://api.example/things';
const json = (value: unknown) =>
  [
    200,
    { 'content-type': 'application/json', etag: '"1"', 'x-ratelimit-remaining': '7', 'set-cookie': 'a=b' },
    JSON.stringify(value),
  ] as const;
const things = {
  items: [
    { id: 10, name: 'one' },
    { id: 2, name: 'two' },
  ],
  total: 2,
};

describe.each(GENERATIONS)('%s client', (generation) => {
  beforeAll(async () => {
    client = await open(generation);
  });
  afterAll(() => client[Symbol.asyncDispose]());

  test('reads JSON, with the headers that tell of it', async () => {
    site.replies = { '/things': json(things) };
    const answer = await client.callTool('http_request', { url });
    expect(answer.structuredContent).toMatchObject({
      status: 200,
      mediaType: 'application/json',
      headers: { etag: '"1"', 'x-ratelimit-remaining': '7' },
      truncated: false,
    });
    expect(answer.structuredContent?.['headers']).not.toHaveProperty('set-cookie');
    const [block] = answer.content;
    expect(block?.type === 'text' && block.text.replaceAll(/untrusted-[0-9a-f]{12}/g, 'untrusted-*')).toMatch(
      /^Answer of http:\/\/api\.example\/things:\n<untrusted-\*>\netag: "1"\nx-ratelimit-remaining: 7\n\n{"items":.*\n<\/untrusted-\*>$/,
    );
    expect(site.asked).toMatchObject([{ method: 'GET', headers: { authorization: 'Bearer hush', accept: 'application/json, */*;q=0.1' } }]);
  });

  test.each([
    ['$.items[*].name', '["one","two"]'],
    ['$.items[?@.id < 9].name', '["two"]'],
    ['$.total', '2'],
    ['$.nothing', ''],
    ['$..nothing', '[]'],
  ])('select %s', async (select, content) => {
    site.replies = { '/things': json(things) };
    expect((await client.callTool('http_request', { url, select })).structuredContent).toMatchObject({ content });
  });

  test('sends JSON, or a string as it is', async () => {
    site.replies = { '/things': [201, { location: '/things/3' }] };
    const answer = await client.callTool('http_request', { url, method: 'POST', body: { name: 'three' } });
    expect(answer.structuredContent).toMatchObject({ status: 201, headers: { location: '/things/3' }, notes: ['Status 201 Created.'] });
    await client.callTool('http_request', {
      url,
      method: 'POST',
      body: 'a=1',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    expect(site.asked.map(({ headers, body }) => [headers['content-type'], body])).toEqual([
      ['application/json', '{"name":"three"}'],
      ['application/x-www-form-urlencoded', 'a=1'],
    ]);
  });

  test.each<[why: string, args: object, code: string]>([
    ['HF-074 a method that the host is not listed with', { url: 'http://other.example/', method: 'POST' }, 'denied'],
    ['HF-074 TRACE', { url, method: 'TRACE' }, 'invalid_input'],
    ['HF-074 a method that no host is listed with', { url, method: 'PUT' }, 'invalid_input'],
    ['a host that is not listed', { url: 'http://site.example/' }, 'denied'],
    ['a host below one that is', { url: 'http://a.api.example/' }, 'denied'],
    ['an inner address', { url: 'http://169.254.169.254/' }, 'denied'],
    ['no URL', { url: 'things' }, 'invalid_input'],
    ['HF-073 a header that is not on the list', { url, headers: { Host: 'site.example' } }, 'denied'],
    ['HF-073 the operator’s header', { url, headers: { Authorization: 'Bearer mine' } }, 'denied'],
    ['HF-073 a line end in a header', { url, headers: { Prefer: 'a\r\nX: y' } }, 'invalid_input'],
    ['a body of GET', { url, body: {} }, 'invalid_input'],
    ['a path that is none', { url, select: '$.items[' }, 'invalid_input'],
  ])('%s', async (_why, args, code) => {
    const answer = await client.callTool('http_request', args as Record<string, unknown>);
    expect(answer.isError ? answer._meta?.code : 'ok').toBe(code);
    expect(site.asked).toEqual([]);
  });

  test('HF-032 a redirect leads to listed hosts only, and without the operator’s headers', async () => {
    site.replies = {
      '/in': [302, { location: 'http://other.example/end' }],
      '/out': [302, { location: 'http://site.example/end' }],
      '/end': json({}),
    };
    expect((await client.callTool('http_request', { url: 'http://api.example/in' })).structuredContent).toMatchObject({ status: 200 });
    const out = await client.callTool('http_request', { url: 'http://api.example/out' });
    expect(out._meta?.code).toBe('denied');
    expect(JSON.stringify(out.content)).not.toContain('site.example');
    expect(site.asked.map(({ url, headers }) => [url, headers.host, headers.authorization])).toEqual([
      ['/in', 'api.example', 'Bearer hush'],
      ['/end', 'other.example', undefined],
      ['/out', 'api.example', 'Bearer hush'],
    ]);
  });

  test('HF-032 what changes something follows no redirect', async () => {
    site.replies = { '/things': [307, { location: 'http://api.example/end' }] };
    const answer = await client.callTool('http_request', { url, method: 'POST', body: {} });
    expect(answer.structuredContent).toMatchObject({ status: 307, headers: { location: 'http://api.example/end' } });
    expect(site.asked).toHaveLength(1);
  });
});

describe('confirmation', () => {
  test.each([
    ['accept', 1],
    ['decline', 0],
  ] as const)('a DELETE that a person is asked about: %s', async (reply, sent) => {
    site.replies = { '/things/1': [204, {}] };
    const questions: unknown[] = [];
    const elicit = (question: unknown) => {
      questions.push(question);
      return reply;
    };
    await using client = await open('modern', {}, { over: 'stdio', elicit });
    await client.callTool('http_request', { url: `${url}/1`, method: 'DELETE' });
    expect(JSON.stringify(questions)).toContain('Send DELETE to');
    expect(site.asked).toHaveLength(sent);
  });
});

describe('answers', () => {
  beforeAll(async () => {
    client = await open();
  });
  afterAll(() => client[Symbol.asyncDispose]());

  test('integers beyond what a number holds keep their digits', async () => {
    site.replies = { '/things': [200, { 'content-type': 'application/json' }, '{"id":12345678901234567890,"n":1.5}'] };
    expect((await client.callTool('http_request', { url })).structuredContent).toMatchObject({
      content: '{"id":12345678901234567890,"n":1.5}',
    });
    expect((await client.callTool('http_request', { url, select: '$.id' })).structuredContent).toMatchObject({
      content: '"12345678901234567890"',
    });
  });

  test('one that is not JSON is shown whole, and says that nothing was selected', async () => {
    site.replies = { '/things': [502, { 'content-type': 'text/html' }, '<h1>Bad gateway</h1>'] };
    const answer = await client.callTool('http_request', { url, method: 'POST', body: {}, select: '$.a' });
    expect(answer.structuredContent).toMatchObject({
      status: 502,
      content: 'Bad gateway',
      notes: expect.arrayContaining(['Nothing was selected: The answer is no JSON.']),
    });
  });

  test('one that is no text is told by type and size', async () => {
    site.replies = { '/things': [200, { 'content-type': 'application/zip' }, Buffer.from('PK\x03\x04\0\0')] };
    const answer = await client.callTool('http_request', { url, method: 'POST', body: {} });
    expect(answer.structuredContent).toMatchObject({
      content: '',
      notes: ['The answer is no text: application/zip, 6 bytes.'],
      truncated: true,
    });
  });

  test('a long one is cut, and says how to go on', async () => {
    site.replies = { '/things': json(Array.from({ length: 9_000 }, (_, id) => ({ id }))) };
    const answer = await client.callTool('http_request', { url });
    expect(answer.structuredContent).toMatchObject({
      truncated: true,
      notes: [expect.stringMatching(/^These are \d+ of \d+ characters: .* select\.$/)],
    });
  });

  test('a path that never ends is ended, and nobody waits for it', async () => {
    site.replies = { '/things': json({ text: `${'a'.repeat(40)}!`, deep: Array.from({ length: 30 }, () => `${'a'.repeat(40)}!`) }) };
    await using quick = await open('modern', { callTimeoutMs: 6_000 });
    const slow = quick.callTool('http_request', { url, select: '$.deep[?search(@, "^(a+)+$")]' });
    site.replies = { ...site.replies, '/other': json({ quick: true }) };
    const other = await quick.callTool('http_request', { url: 'http://api.example/other' });
    expect(other.structuredContent).toMatchObject({ content: '{"quick":true}' });
    expect((await slow).structuredContent).toMatchObject({ notes: [expect.stringMatching(/^Nothing was selected: /)] });
  });

  test('a host that does not answer has perhaps done it', async () => {
    const port = await closedPort();
    await using client = await connect(serverOn(testNetwork({ 'api.example': ['93.184.216.36'] }, () => port)), {
      toolsets: ['api'],
      apiHosts: { 'api.example': ['POST'] },
    });
    const answer = await client.callTool('http_request', { url, method: 'POST', body: {} });
    expect(answer._meta?.code).toBe('unavailable');
    expect(JSON.stringify(answer.content)).toContain('look before you send it again');
  });
});

describe('settings', () => {
  test.each<[string, Config['apiHosts'], string]>([
    ['no hosts', {}, 'The toolset api needs apiHosts'],
    ['what is no host', { 'https://api.example/': ['GET'] }, 'is not a host name'],
  ])('%s', async (_title, apiHosts, message) => {
    await expect(open('modern', { apiHosts })).rejects.toThrow(message);
  });

  test('without the toolset there is no such tool', async () => {
    await using client = await open('modern', { toolsets: [] });
    expect((await client.listTools()).map(({ name }) => name)).toEqual(['fetch']);
  });
});
