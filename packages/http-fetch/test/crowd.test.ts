import { defineServer } from '@touchstone-mcp/core';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDependencies } from '../src/open.ts';
import { type Dependencies, server } from '../src/server.ts';
import { BEHAVIOURS, type Behaviour, ROBOTS } from './crowd.ts';
import { type Listener, listenHttp } from './listeners.ts';
import { testNetwork } from './network.ts';

const HOSTS = Object.keys(ROBOTS);
const NAMES = Object.fromEntries(HOSTS.map((host, index) => [host, [`93.184.216.${index + 10}`]]));
const WELL = ['a.example', 'b.example', 'c.example', 'd.example'];

let meet: Behaviour | undefined;
/** Requests that are being answered. */
let open = 0;
let site: Listener;
let client: TestClient;
/** What the tools of that client use. */
let dependencies: Dependencies;

beforeAll(async () => {
  site = await listenHttp((request, response) => {
    open += 1;
    response.once('close', () => {
      open -= 1;
    });
    const { url = '', headers } = request;
    const path = url.replace(/^\/|\?.*/g, '');
    const behaviour = path === 'robots.txt' ? ROBOTS[headers.host ?? ''] : (meet ?? BEHAVIOURS[path]);
    if (behaviour === undefined) response.writeHead(404).end();
    else behaviour(request, response);
  });
  const network = testNetwork(NAMES, () => site.port);
  const observed = defineServer({
    ...server,
    async open(config) {
      const opened = await openDependencies(config, server.version, network);
      dependencies = opened;
      return opened;
    },
  });
  client = await connect(observed, { callTimeoutMs: 8_000, maxConcurrency: 64 });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

/** Numbers from 0 to 1, the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Waits until so many requests have come, and answers all of them then. */
function gate(count: number): Behaviour {
  const waiting: (() => void)[] = [];
  return (_request, response) => {
    waiting.push(() => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>together</p>'));
    if (waiting.length === count) for (const answer of waiting) answer();
  };
}

describe('hundreds of calls to hosts that do everything, some cancelled at any time', () => {
  test.each([1, 2])('leave nothing behind (%i)', { timeout: 60_000 }, async (seed) => {
    const next = numbers(seed);
    const calls = Array.from({ length: 150 }, async (_, index) => {
      const kind = Object.keys(BEHAVIOURS)[Math.floor(next() * Object.keys(BEHAVIOURS).length)];
      const host = HOSTS[Math.floor(next() * HOSTS.length)];
      const limit = next() < 0.8 ? { signal: AbortSignal.timeout(Math.floor(next() * 1_500)) } : {};
      const fresh = next() < 0.3 ? `?${index}` : '';
      return await client.callTool('fetch', { url: `http://${host}/${kind}${fresh}`, raw: next() < 0.2 }, limit);
    });
    await Promise.allSettled(calls);
    // Who is cancelled is answered at once; a robots.txt that others may wait for is given up later.
    await expect.poll(() => open, { timeout: 20_000 }).toBe(0);

    // No place of a request is taken: as many as may run at the same time do.
    meet = gate(16);
    const { signal } = new AbortController();
    const all = Array.from({ length: 16 }, (_, index) => dependencies.client.get(`http://${WELL[index % 4]}/${seed}-${index}`, { signal }));
    for (const answer of await Promise.all(all)) {
      using together = answer;
      expect(together.body.toString()).toBe('<p>together</p>');
    }
    meet = undefined;

    // No room is taken: two large bodies have theirs at the same time.
    using one = await dependencies.client.get('http://a.example/large', { signal });
    using other = await dependencies.client.get('http://a.example/large', { signal });
    expect([one.body.length, other.body.length]).toEqual([one.wireBytes, one.wireBytes]);

    // And pages are read.
    expect((await client.callTool('fetch', { url: 'http://a.example/small' })).structuredContent).toMatchObject({ content: 'small' });
  });
});
