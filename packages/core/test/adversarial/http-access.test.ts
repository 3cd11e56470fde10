import { describe, expect, test } from 'vitest';
import { PATIENT } from '../harness.ts';
import { callMessage, exchange, type HttpServer, messagesOf, type RawAnswer, rawRequest, startHttp } from '../wire.ts';

const TOKEN = 'Zk3"9\\x~hN.not-a-word';
const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };

function call(
  server: HttpServer,
  headers: Record<string, string> = {},
  name = 'echo_text',
  args: unknown = { text: 'x' },
): Promise<RawAnswer | undefined> {
  return exchange(server.port, rawRequest(server.port, { headers, body: JSON.stringify(callMessage(name, args)) }));
}

describe('TR-021: one token for everybody', () => {
  test('only the whole token, as a bearer, gets in; and nobody is told it', async () => {
    await using server = await startHttp(['--log-level', 'debug'], { env: { TOUCHSTONE_FIXTURE_HTTP_TOKEN: TOKEN } });
    const wrong: Record<string, string>[] = [
      {},
      { authorization: TOKEN },
      { authorization: '' },
      { authorization: 'Bearer' },
      { authorization: 'Bearer ' },
      { authorization: `Basic ${TOKEN}` },
      { authorization: `Bearer ${TOKEN.slice(0, -1)}` },
      { authorization: `Bearer ${TOKEN}x` },
      { authorization: `Bearer ${TOKEN} x` },
      { authorization: `Bearer x ${TOKEN}` },
      { authorization: `Bearer x, Bearer ${TOKEN}` },
      { authorization: `Bearer ${TOKEN.toUpperCase()}` },
      { authorization: `Bearer ${'x'.repeat(10_000)}` },
      { authorization: 'Bearer __proto__' },
      { 'x-authorization': `Bearer ${TOKEN}` },
      { 'proxy-authorization': `Bearer ${TOKEN}` },
      { cookie: `authorization=Bearer ${TOKEN}; token=${TOKEN}` },
    ];
    for (const headers of wrong) {
      const answer = await call(server, headers);
      expect(answer?.status, JSON.stringify(headers)).toBe(401);
      expect(answer?.headers['www-authenticate']).toMatch(/^Bearer realm="mcp"/);
      expect(JSON.stringify(answer)).not.toContain('not-a-word');
    }
    expect((await call(server, AUTHORIZED))?.status).toBe(200);
    expect((await call(server, { authorization: `bearer  ${TOKEN}` }))?.status).toBe(200);

    const shown = messagesOf(await call(server, AUTHORIZED, 'show_context', {}))[0]?.result;
    expect(shown.structuredContent.keys).toEqual(['attach', 'diary', 'progress', 'signal']);
    expect(JSON.stringify(shown)).not.toMatch(/not-a-word|authorization|bearer/i);
    await call(server, AUTHORIZED, 'fail_with', { text: `upstream said: ${TOKEN}`, where: 'cause' });
    await call(server, AUTHORIZED, 'fail_with', { text: 'x', where: 'environment' });
    await expect.poll(() => server.process.stderr.text, PATIENT).toContain('"caller":"token"');
    expect(server.process.stderr.text).not.toContain('not-a-word');
  });

  test('a refusal comes before the body is read, the tool is known, or the rate is counted', async () => {
    await using server = await startHttp(['--rate-limit', '1', '--rate-burst', '0'], { env: { TOUCHSTONE_FIXTURE_HTTP_TOKEN: TOKEN } });
    const large = rawRequest(server.port, { headers: { 'content-length': '100000000' }, body: '' });
    expect((await exchange(server.port, large))?.status).toBe(401);
    // And it is read by a client that is still sending, in place of a reset.
    const piece = new Uint8Array(1 << 18).fill(32);
    for (let index = 0; index < 10; index++) {
      const headers = { 'content-type': 'application/json', authorization: 'Bearer wrong' };
      const body = ReadableStream.from(Array.from({ length: 40 }, () => piece));
      expect((await fetch(`http://127.0.0.1:${server.port}/mcp`, { method: 'POST', headers, body, duplex: 'half' })).status).toBe(401);
    }
    for (let index = 0; index < 5; index++) expect((await call(server, {}, 'no_such_tool'))?.status).toBe(401);
    expect(messagesOf(await call(server, AUTHORIZED))[0]?.result.isError).toBeUndefined();
    expect(messagesOf(await call(server, AUTHORIZED))[0]?.result._meta.code).toBe('rate_limited');
  });
});

test('TR-025 and CO-011: forwarding headers make nobody somebody else', async () => {
  await using server = await startHttp(['--rate-limit', '5', '--rate-burst', '0']);
  const codes: string[] = [];
  for (let index = 0; index < 8; index++) {
    const address = `203.0.113.${index}`;
    const spoofed = {
      'x-forwarded-for': address,
      'x-real-ip': address,
      forwarded: `for=${address};host=evil.com`,
      'x-forwarded-host': 'evil.com',
      'x-forwarded-proto': 'https',
      'x-original-url': '/admin',
      'x-http-method-override': 'DELETE',
      'mcp-session-id': address,
    };
    const [answer] = messagesOf(await call(server, spoofed));
    codes.push(answer?.result._meta?.code ?? 'ok');
  }
  expect(codes).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'rate_limited', 'rate_limited', 'rate_limited']);
  const logged = () => server.process.stderr.all.filter((line) => line.includes('"audit"'));
  await expect.poll(logged, PATIENT).toHaveLength(8);
  for (const line of logged()) expect(JSON.parse(line).audit.caller).toBe('127.0.0.1');
  // A Host that only a proxy vouches for is not let in by it.
  expect((await call(server, { host: 'evil.com', 'x-forwarded-host': `localhost:${server.port}` }))?.status).toBe(403);
});

test('CO-001: a request id of the client stays one field of one line', async () => {
  await using server = await startHttp();
  const ids: [string, boolean][] = [
    ['abc-1.2:3_4', true],
    ['x'.repeat(128), true],
    ['x'.repeat(129), false],
    ['"}, {"level":"fatal"', false],
    ['a b', false],
    ['a;\tb', false],
    ['', false],
  ];
  for (const [id, kept] of ids) {
    const answer = await call(server, { 'x-request-id': id });
    if (kept) expect(answer?.headers['x-request-id']).toBe(id);
    else expect(answer?.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  }
  await expect.poll(() => server.process.stderr.all.filter((line) => line.includes('"audit"')), PATIENT).toHaveLength(ids.length);
  for (const line of server.process.stderr.all) expect(JSON.parse(line).level).toBe('info');
});

test('TR-001 and TR-002: what the operator allows is taken by the letter', async () => {
  const args = ['--http-allowed-hosts', 'mcp.example.com', '--http-allowed-hosts', '203.0.113.7:8080'];
  const origins = ['--http-allowed-origins', 'https://app.example.com/page', '--http-allowed-origins', 'chrome-extension://abcdef'];
  await using server = await startHttp([...args, ...origins]);
  const status = async (headers: Record<string, string>) => (await call(server, headers))?.status;
  expect(await status({ host: 'MCP.example.com' })).toBe(200);
  expect(await status({ host: '203.0.113.7:8080' })).toBe(200);
  for (const host of ['mcp.example.com:443', 'x.mcp.example.com', 'mcp.example.com.', '203.0.113.7', '203.0.113.7:80801', 'example.com'])
    expect(await status({ host }), host).toBe(403);
  expect(await status({ origin: 'https://app.example.com' })).toBe(200);
  expect(await status({ origin: 'chrome-extension://abcdef' })).toBe(200);
  // `new URL('chrome-extension://abcdef').origin` is "null", and that is what every sandboxed page sends.
  for (const origin of [
    'null',
    'http://app.example.com',
    'https://app.example.com:444',
    'https://x.app.example.com',
    'chrome-extension://abcdeg',
  ])
    expect(await status({ origin }), origin).toBe(403);
});
