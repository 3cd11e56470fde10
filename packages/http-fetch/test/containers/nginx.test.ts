import { connect } from '@touchstone-mcp/core/testing';
import { afterAll, describe, expect, test } from 'vitest';
import type { Network } from '../../src/domain/network.ts';
import { createAuthority } from '../listeners.ts';
import { testNetwork } from '../network.ts';
import { rawServerOn } from '../raw-server.ts';
import { serverOn } from '../site.ts';
import { startNginx } from './nginx.ts';

const authority = createAuthority();
afterAll(() => authority[Symbol.dispose]());

const words = 'A kettle boils water. ';
const nginx = await startNginx(authority.issue('site.example'), {
  'page.html': `<title>Kettles</title><main><h1>Kettles</h1>${`<p>${words.repeat(20)}</p>`.repeat(200)}</main>`,
  'slow.txt': words.repeat(2_000),
});

describe.skipIf(nginx === undefined)('nginx', () => {
  afterAll(() => nginx?.stop());

  const network = (): Network =>
    testNetwork({ 'site.example': ['93.184.216.34'] }, () => 0, {
      route: (_address, port) => ({
        host: nginx?.getHost().replace('localhost', '127.0.0.1') ?? '',
        port: nginx?.getMappedPort(port) ?? 0,
      }),
    });
  const settings = { caFile: authority.file };

  test.each(['http', 'https'])('a page over %s, compressed on the wire', async (scheme) => {
    await using client = await connect(rawServerOn(network()), settings);
    const { wireBytes, size, ...rest } =
      (await client.callTool('raw_fetch', { url: `${scheme}://site.example/page.html` })).structuredContent ?? {};
    expect(rest).toMatchObject({ status: 200, mediaType: 'text/html', truncated: false, etag: expect.any(String) });
    expect(Number(wireBytes)).toBeLessThan(Number(size) / 10);
    await using reader = await connect(serverOn(network()), settings);
    const page = await reader.callTool('fetch', { url: `${scheme}://site.example/old`, max_length: 500 });
    expect(page.structuredContent).toMatchObject({ title: 'Kettles', finalUrl: `${scheme}://site.example/page.html`, truncated: true });
  });

  test('an authority that nobody has named is not trusted', async () => {
    await using client = await connect(serverOn(network()), {});
    const answer = await client.callTool('fetch', { url: 'https://site.example/page.html' });
    expect(answer._meta?.code).toBe('unavailable');
    expect(JSON.stringify(answer.content)).toContain('certificate');
  });

  test.each(['http', 'https'])('connections over %s are used again, in HTTP/1.1', async (scheme) => {
    await using client = await connect(rawServerOn(network()), settings);
    const connections = new Set<string>();
    for (let round = 0; round < 8; round++) {
      const { structuredContent } = await client.callTool('raw_fetch', { url: `${scheme}://site.example/connection` });
      const [connection = '', , protocol] = String(structuredContent?.['start']).split(' ');
      connections.add(connection);
      expect(protocol).toBe('HTTP/1.1');
    }
    // One that has just answered may not be free yet.
    expect(connections.size).toBeLessThanOrEqual(3);
  });

  test('what it has not changed comes from the cache', async () => {
    await using client = await connect(serverOn(network()), settings);
    const url = 'https://site.example/page.html';
    await client.callTool('fetch', { url });
    expect((await client.callTool('fetch', { url })).structuredContent).toMatchObject({ status: 200, fromCache: true, title: 'Kettles' });
  });

  test('what comes too slowly is returned as far as it came', async () => {
    await using client = await connect(serverOn(network()), { ...settings, callTimeoutMs: 4_000 });
    const answer = await client.callTool('fetch', { url: 'http://site.example/slow.txt', max_length: 50_000 });
    expect(answer.structuredContent).toMatchObject({
      status: 200,
      truncated: true,
      content: expect.stringMatching(/^A kettle/),
    });
  });
});
