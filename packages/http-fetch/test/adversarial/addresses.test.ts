import { hostname, networkInterfaces } from 'node:os';
import { connect, GENERATIONS, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parseHost } from '../../src/domain/hosts.ts';
import { systemNetwork } from '../../src/domain/network.ts';
import { type Listener, listenHttp, listenTcp } from '../listeners.ts';
import { type TestNetwork, testNetwork } from '../network.ts';
import { rawServerOn } from '../raw-server.ts';
import { type AddressRow, allowedRows, alwaysRefusedRows, names, refusedRows } from './addresses.ts';

/** Where every packet of the test's network arrives, to whichever address it was sent. */
let trap: Listener;
let network: TestNetwork;

beforeAll(async () => {
  trap = await listenHttp((request, response) => response.writeHead(request.url === '/robots.txt' ? 404 : 200).end('reached'));
  network = testNetwork(names, () => trap.port);
});

afterAll(() => trap[Symbol.asyncDispose]());

const titled = (rows: readonly AddressRow[]) =>
  rows.map((row) => [`${row[0]} ${JSON.stringify(row[1]).slice(0, 80)}: ${row[3]}`, ...row] as const);

async function expectRefused(client: TestClient, url: string, code: string) {
  const before = { dialled: network.dialled.length, connections: trap.connections() };
  const answer = await client.callTool('raw_fetch', { url });
  expect(answer.isError ? answer._meta?.code : 'ok').toBe(code);
  expect(network.dialled.slice(before.dialled)).toEqual([]);
  expect(trap.connections()).toBe(before.connections);
  return answer;
}

async function expectReached(client: TestClient, url: string) {
  const before = network.dialled.length;
  const answer = await client.callTool('raw_fetch', { url });
  expect(answer.structuredContent).toMatchObject({ start: 'reached' });
  expect(network.dialled.length).toBeGreaterThan(before);
  return answer;
}

describe.each(GENERATIONS)('%s client', (generation) => {
  let client: TestClient;
  beforeAll(async () => {
    client = await connect(rawServerOn(network), {}, generation);
  });
  afterAll(() => client[Symbol.asyncDispose]());

  test.each(titled(refusedRows))('%s', async (_title, _id, url, code) => {
    const { content } = await expectRefused(client, url, code);
    // What was found inside is not told.
    const text = JSON.stringify(content);
    for (const inside of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '168.63.129.16', '::1', 'secret']) {
      if (!url.includes(inside)) expect(text).not.toContain(inside);
    }
  });
});

describe('what is public', () => {
  // One connection for each row, so that each is seen to be dialled.
  let client: TestClient;
  afterEach(() => client[Symbol.asyncDispose]());

  test.each(titled(allowedRows))('%s', async (_title, _id, url) => {
    client = await connect(rawServerOn(network), {});
    const { structuredContent } = await expectReached(client, url);
    // HF-015: the host is shown as it is asked for.
    expect(structuredContent?.['url']).toMatch(/^http:\/\/[\x21-\x7e]+$/);
  });
});

describe('with everything private allowed', () => {
  const everything = { allowPrivate: ['0.0.0.0/0', '::/0', 'wiki', 'metadata', 'metadata.google.internal', 'azure.example'] };
  let client: TestClient;
  beforeAll(async () => {
    client = await connect(rawServerOn(network), { ...everything, http: true, httpPort: 8443 });
  });
  afterAll(() => client[Symbol.asyncDispose]());

  test.each(titled(alwaysRefusedRows))('%s', async (_title, _id, url, code) => {
    await expectRefused(client, url, code);
  });

  test.each([
    'http://10.0.0.1/',
    'http://127.0.0.1:8080/',
    'http://[::1]:8080/',
    'http://[64:ff9b::10.0.0.2]/',
    'http://wiki/',
    'http://intranet.example/',
  ])('HF-009: %s is reached', async (url) => {
    await expectReached(client, url);
  });
});

describe('with one network or name allowed', () => {
  test.each<[string, string[], string, boolean]>([
    ['its network', ['10.0.0.0/8'], 'http://10.1.2.3/', true],
    ['its address', ['10.1.2.3'], 'http://10.1.2.3/', true],
    ['its neighbour', ['10.1.2.4'], 'http://10.1.2.3/', false],
    ['another network', ['192.168.0.0/16'], 'http://10.1.2.3/', false],
    ['a name in an allowed network', ['10.0.0.0/8'], 'http://intranet.example/', true],
    ['an inner name in an allowed network', ['10.0.0.0/8'], 'http://wiki/', false],
    ['that name', ['wiki'], 'http://wiki/', true],
    ['the address of an allowed name', ['wiki'], 'http://10.1.2.3/', false],
    ['a name below an allowed name', ['example'], 'http://intranet.example/', false],
    ['own addresses', ['127.0.0.0/8'], 'http://own.example/', false],
    ['own addresses by name', ['own.example'], 'http://own.example/', true],
    ['one of two addresses', ['127.0.0.0/8'], 'http://mixed.example/', false],
  ])('HF-009: %s', async (_title, allowPrivate, url, reached) => {
    await using client = await connect(rawServerOn(network), { allowPrivate });
    await (reached ? expectReached(client, url) : expectRefused(client, url, 'denied'));
  });

  test('HF-016: only a name that may be private goes through search domains', async () => {
    await using client = await connect(rawServerOn(network), { allowPrivate: ['wiki'] });
    network.resolved.length = 0;
    await expectReached(client, 'http://wiki/');
    await expectReached(client, 'http://site.example/');
    expect([...new Set(network.resolved)]).toEqual(['wiki', 'site.example.']);
  });
});

describe('lists of hosts', () => {
  test.each<[string, { allowHosts?: string[]; denyHosts?: string[] }, string, boolean]>([
    ['on the list', { allowHosts: ['site.example'] }, 'http://site.example/', true],
    ['below one on it', { allowHosts: ['example'] }, 'http://site.example/', true],
    ['not on it', { allowHosts: ['other.example'] }, 'http://site.example/', false],
    ['only ends alike', { allowHosts: ['te.example'] }, 'http://site.example/', false],
    ['any', { allowHosts: ['*'] }, 'http://site.example/', true],
    ['listed in capitals with a dot', { allowHosts: ['SITE.Example.'] }, 'http://site.example/', true],
    ['its address is not it', { allowHosts: ['site.example'] }, 'http://93.184.216.34/', false],
    ['denied', { denyHosts: ['site.example'] }, 'http://site.example/', false],
    ['denied, with a dot', { denyHosts: ['site.example'] }, 'http://site.example./', false],
    ['denied above', { denyHosts: ['example'] }, 'http://site.example/', false],
    ['denied beats allowed', { allowHosts: ['*'], denyHosts: ['example'] }, 'http://site.example/', false],
    ['allowed is not public', { allowHosts: ['localtest.me'] }, 'http://localtest.me/', false],
  ])('HF-098: %s', async (_title, settings, url, reached) => {
    await using client = await connect(rawServerOn(network), settings);
    await (reached ? expectReached(client, url) : expectRefused(client, url, 'denied'));
  });
});

describe('this machine, by its own resolver and routes', () => {
  const own = Object.values(networkInterfaces())
    .flat()
    .flatMap((each) =>
      each === undefined || each.address.startsWith('fe80') ? [] : each.family === 'IPv6' ? `[${each.address}]` : each.address,
    );
  const hosts = [...new Set(['127.0.0.1', '127.1.2.3', '0.0.0.0', 'localhost', 'localhost.', hostname(), ...own])];

  test.each(hosts)('HF-016: nothing reaches %s', async (host) => {
    await using everywhere = await listenTcp((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nreached'), '0.0.0.0');
    await using client = await connect(rawServerOn(systemNetwork), { allowPorts: [everywhere.port], ignoreRobotsTxt: true });
    const { isError } = await client.callTool('raw_fetch', { url: `http://${host}:${everywhere.port}/` });
    expect(isError).toBe(true);
    expect(everywhere.connections()).toBe(0);
  });

  test.each([
    ['127.0.0.1', '127.0.0.0/8'],
    ['localhost', 'localhost'],
  ])('HF-009: %s is reached where %s is allowed', async (host, allowed) => {
    await using here = await listenTcp((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nreached'));
    await using client = await connect(rawServerOn(systemNetwork), {
      allowPorts: [here.port],
      allowPrivate: [allowed],
      ignoreRobotsTxt: true,
    });
    const { structuredContent } = await client.callTool('raw_fetch', { url: `http://${host}:${here.port}/` });
    expect(structuredContent).toMatchObject({ start: 'reached' });
  });
});

test.each([
  { denyHosts: ['https://site.example'] },
  { denyHosts: ['*.example'] },
  { denyHosts: ['site.example:80'] },
  { denyHosts: ['site.example/path'] },
  { denyHosts: [' '] },
  { allowHosts: ['user@site.example'] },
  { allowPrivate: ['10.0.0.0/33'] },
  { allowPrivate: ['*'] },
  { caFile: import.meta.filename },
  { caFile: '/nowhere.pem' },
])('%o stops the start', async (settings) => {
  await expect(connect(rawServerOn(network), settings)).rejects.toThrow(/is not a host name|cannot be read/);
});

test.each([
  ['bücher.example', 'xn--bcher-kva.example'],
  ['SITE.Example.', 'site.example'],
  ['[::1]', '[::1]'],
  ['0x7f.1', '127.0.0.1'],
])('a list has %s as %s', (text, host) => {
  expect(parseHost(text)).toBe(host);
});
