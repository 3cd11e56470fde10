import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FETCH_WORKS, type FetchWork, type Read, type Reader } from './fetch-works.ts';
import { figure, type Plan, quantile, type Section } from './figures.ts';
import { fetchServer } from './ours.ts';
import { peerPath } from './peers.ts';
import { cpuMicroseconds, residentMb } from './processes.ts';
import { notesOf, rounds, type Sample, sectionOf } from './rounds.ts';
import { measureStart, START } from './stdio.ts';
import { connectStdio, type StdioServer } from './stdio-client.ts';

/** Names by which the ratios find the rows. */
export const FETCH = {
  ours: 'Touchstone http-fetch',
  proxied: 'Touchstone http-fetch, by a proxy',
  readable: 'mcp-fetch-server, fetch_readable, by a proxy',
  markdown: 'mcp-fetch-server, fetch_markdown, by a proxy',
} as const;

const COLUMNS = [
  'ms',
  'CPU ms',
  'first time ms',
  'calls',
  'characters',
  'facts',
  'facts per 1,000 characters',
  'ping p50 ms',
  'ping p99 ms',
  'ping max ms',
  'idle ping max ms',
  'RSS growth MB',
];

const PING_EVERY_MS = 10;
const IDLE_MS = 300;

/** The peer refuses addresses that it knows for private ones, and has no switch: this one is kept for documentation, and led to us by a proxy. */
const PUBLIC_HOST = '[3fff::1]';

/** Pages of a site that is ours, read beside pings of the same server, interleaved, a new process for every kind of work and every round. */
export async function measureFetch(plan: Plan, noPeers?: string): Promise<Section[]> {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-bench-'));
  const site = fork(new URL('./site.ts', import.meta.url));
  try {
    const [port] = (await once(site, 'message')) as [number];
    const readers = readersOf(port, folder, noPeers);
    const sections = [await measureStarts(readers, plan)];
    for (const work of FETCH_WORKS) sections.push(await measureWork(work, readers, plan));
    return sections;
  } finally {
    if (site.connected) site.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
}

function readersOf(port: number, folder: string, noPeers: string | undefined): Reader[] {
  const notBuilt = existsSync(fetchServer) ? undefined : 'not built';
  const caching = { XDG_CACHE_HOME: folder };
  const proxy = `http://127.0.0.1:${port}`;
  const direct = ['--allow-private', '127.0.0.1/32', '--allow-ports', String(port)];
  const proxied = ['--proxy-url', proxy, '--allow-hosts', '*', '--allow-private', '3fff::/20'];
  const ours = (name: string, settings: readonly string[], host: string): Reader => ({
    name,
    missing: notBuilt,
    connect: () => connectStdio([fetchServer, ...settings, '--rate-limit', '0'], caching),
    call: (path, more) => ({ name: 'fetch', arguments: { url: `http://${host}${path}`, ...more } }),
    outlines: true,
  });
  const peer = (name: string, tool: string): Reader => ({
    name,
    missing: noPeers,
    // Node's own switch, as any operator behind a proxy would set it.
    connect: () =>
      connectStdio([peerPath('node_modules/mcp-fetch-server/dist/index.js')], { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy, NO_PROXY: '' }),
    call: (path, more) => ({ name: tool, arguments: { url: `http://${PUBLIC_HOST}${path}`, ...more } }),
    outlines: false,
  });
  return [
    ours(FETCH.ours, direct, `127.0.0.1:${port}`),
    ours(FETCH.proxied, proxied, PUBLIC_HOST),
    peer(FETCH.readable, 'fetch_readable'),
    peer(FETCH.markdown, 'fetch_markdown'),
  ];
}

async function measureStarts(readers: readonly Reader[], { starts }: Plan): Promise<Section> {
  const everybody = readers.filter(({ name }) => name === FETCH.ours || name === FETCH.readable);
  const notes = notesOf(everybody);
  const samples = await rounds('fetch, starts:', starts, everybody, notes, ({ connect }) => measureStart(connect));
  return sectionOf({ part: 'fetch', id: 'start', title: 'Fetch: spawn to tools/list', columns: START }, everybody, samples, notes);
}

async function measureWork(work: FetchWork, readers: readonly Reader[], { rounds: count, calls }: Plan): Promise<Section> {
  const { id, title } = work;
  const notes = notesOf(readers);
  const refusals = new Map<string, string>();
  const samples = await rounds(`fetch, ${title}:`, count, readers, notes, async (reader) => {
    const { sample, refused } = await measureReader(work, reader, calls);
    if (refused !== undefined) refusals.set(reader.name, refused);
    return sample;
  });
  const head = { part: 'fetch', id, title: `Fetch: ${title}`, columns: COLUMNS } as const;
  return sectionOf(head, readers, samples, new Map([...refusals, ...notes]));
}

async function measureReader(work: FetchWork, reader: Reader, calls: number): Promise<{ sample: Sample; refused: string | undefined }> {
  await using server = await reader.connect();
  const idle = await pinging(server, () => sleep(IDLE_MS));
  const before = residentMb(server.pid, 'now');
  const times: number[] = [];
  const used = cpuMicroseconds(server.pid);
  let read: Read = { calls: 0, characters: 0, facts: 0 };
  const pings = await pinging(server, async () => {
    for (let time = 0; time <= calls; time++) {
      const sent = performance.now();
      read = await work.run(reader, server);
      times.push(performance.now() - sent);
    }
  });
  const [usedNow, peak] = [cpuMicroseconds(server.pid), residentMb(server.pid, 'peak')];
  const sample = {
    ms: figure(times.slice(1))?.median,
    // Of each time, the first one and the pings included.
    'CPU ms': used === undefined || usedNow === undefined ? undefined : (usedNow - used) / 1000 / times.length,
    'first time ms': times[0],
    calls: read.calls,
    characters: read.characters,
    facts: read.facts,
    'facts per 1,000 characters': read.characters === 0 ? 0 : (1_000 * read.facts) / read.characters,
    'ping p50 ms': quantile(pings, 0.5),
    'ping p99 ms': quantile(pings, 0.99),
    'ping max ms': pings.at(-1),
    'idle ping max ms': idle.at(-1),
    'RSS growth MB': peak === undefined || before === undefined ? undefined : peak - before,
  };
  return { sample, refused: read.refused };
}

/** Milliseconds, sorted, that another call waits while some work is done: one is sent every so often, whether the last was answered or not. */
async function pinging(server: StdioServer, work: () => Promise<void>): Promise<number[]> {
  const pings: Promise<number>[] = [];
  const ping = async () => {
    const sent = performance.now();
    await server.request('ping', {});
    return performance.now() - sent;
  };
  const timer = setInterval(() => {
    const answered = ping();
    // Looked at in the end; by then somebody must have.
    answered.catch(() => {});
    pings.push(answered);
  }, PING_EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return (await Promise.all(pings)).sort((a, b) => a - b);
}
