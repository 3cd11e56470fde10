import { once } from 'node:events';
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Plan, quantile, type Section } from './figures.ts';
import { benchServer, filesystemServer } from './ours.ts';
import { peerPath } from './peers.ts';
import { residentMb, start } from './processes.ts';
import { notesOf, rounds, type Sample, sectionOf } from './rounds.ts';
import { connectStdio, type StdioServer } from './stdio-client.ts';
import { tokensIn } from './tokens.ts';

const SETTLE_MS = 100;

/** What is measured of a start. */
export const START = ['spawn to tools/list ms', 'RSS MB', 'list bytes', 'list tokens'];

const TRIPS = ['list_allowed_directories p50 us', 'read_text_file 1 KB p50 us'];

/** Names by which the ratios find the rows. */
export const STDIO = { ours: 'Touchstone filesystem, warm compile cache', official: '@modelcontextprotocol/server-filesystem' } as const;

interface Contestant {
  name: string;
  missing: string | undefined;
  /** Takes a server's place for one start. */
  measure: () => Promise<Sample>;
  /** The command of a server that has the two tools. */
  trips?: () => Promise<StdioServer>;
}

/** Starts and round trips over stdio, interleaved, a new process for every start. */
export async function measureStdio(plan: Plan, noPeers?: string, noOurs?: string): Promise<Section[]> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'touchstone-bench-')));
  try {
    writeFileSync(join(folder, 'one-kilobyte.txt'), `${'0123456789abcde\n'.repeat(64)}`);
    const everybody = contestants(folder, noPeers, noOurs);
    const notes = notesOf(everybody);
    const starts = await rounds('stdio', plan.starts, everybody, notes, ({ measure }) => measure());
    const travellers = everybody.filter(({ trips }) => trips !== undefined);
    const trips = await rounds('stdio', plan.rounds, travellers, notes, ({ trips }) => measureTrips(trips, folder, plan.trips));
    const head = { part: 'stdio', id: 'start', title: 'stdio, spawn to tools/list', columns: START } as const;
    const tripHead = { part: 'stdio', id: 'trips', title: 'stdio, round trips, one at a time', columns: TRIPS } as const;
    return [sectionOf(head, everybody, starts, notes), sectionOf(tripHead, travellers, trips, notes)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function contestants(folder: string, noPeers?: string, noOurs?: string): Contestant[] {
  const warm = mkdtempSync(join(folder, '.cache-'));
  // Ours alone looks there.
  const caching = (cache: string) => ({ XDG_CACHE_HOME: cache });
  const cold = () => caching(mkdtempSync(join(folder, '.cache-')));
  const filesystem = [filesystemServer, folder, '--rate-limit', '0'];
  const official = [peerPath('node_modules/@modelcontextprotocol/server-filesystem/dist/index.js'), folder];
  const notBuilt = existsSync(filesystemServer) ? undefined : 'not built';
  const ours = () => connectStdio(filesystem, caching(warm));
  const peer = () => connectStdio(official);
  return [
    { name: 'node -e 0', missing: undefined, measure: measureNode },
    { name: STDIO.ours, missing: notBuilt, measure: () => measureStart(ours), trips: ours },
    { name: 'Touchstone filesystem, cold', missing: notBuilt, measure: () => measureStart(() => connectStdio(filesystem, cold())) },
    { name: STDIO.official, missing: noPeers, measure: () => measureStart(peer), trips: peer },
    {
      name: 'Touchstone, the 15 tools, warm',
      missing: noOurs,
      measure: () => measureStart(() => connectStdio([benchServer], caching(warm))),
    },
  ];
}

async function measureNode(): Promise<Sample> {
  const started = performance.now();
  await using node = start(['-e', '0'], 'ignore');
  await once(node.child, 'exit');
  return { [START[0] as string]: performance.now() - started };
}

/** A start up to the list of tools, whose tokens are those of o200k_base. */
export async function measureStart(connect: () => Promise<StdioServer>): Promise<Sample> {
  const started = performance.now();
  await using server = await connect();
  const list = await server.request('tools/list', {});
  const ms = performance.now() - started;
  if (!Array.isArray(list['tools']) || list['tools'].length === 0) throw new Error('tools/list is empty');
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const memory = residentMb(server.pid, 'now');
  const text = JSON.stringify(list);
  return { 'spawn to tools/list ms': ms, 'RSS MB': memory, 'list bytes': Buffer.byteLength(text), 'list tokens': tokensIn(text) };
}

async function measureTrips(connect: Contestant['trips'], folder: string, count: number): Promise<Sample> {
  if (connect === undefined) return {};
  await using server = await connect();
  const file = join(folder, 'one-kilobyte.txt');
  return {
    'list_allowed_directories p50 us': await medianTrip(server, { name: 'list_allowed_directories', arguments: {} }, folder, count),
    'read_text_file 1 KB p50 us': await medianTrip(server, { name: 'read_text_file', arguments: { path: file } }, '0123456789abcde', count),
  };
}

/** Microseconds of one call after the other; the first half warms up. */
export async function medianTrip(
  server: StdioServer,
  params: { name: string; arguments: object },
  expected: string,
  count: number,
): Promise<number> {
  const times: number[] = [];
  for (let trip = 0; trip < 2 * count; trip++) {
    const sent = performance.now();
    const result = await server.request('tools/call', params);
    times.push(performance.now() - sent);
    if (trip === 0 && !JSON.stringify(result).includes(expected)) throw new Error(`a wrong result of ${params.name}`);
  }
  return (
    quantile(
      times.slice(count).sort((a, b) => a - b),
      0.5,
    ) * 1000
  );
}
