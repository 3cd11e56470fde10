import { existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { type CountedServer, connectCounting, type Exchange } from './counting-client.ts';
import { figure, type Plan, type Section } from './figures.ts';
import { type FileWork, fileWorks, type Way } from './file-works.ts';
import { filesystemServer } from './ours.ts';
import { peerPath } from './peers.ts';
import { residentMb } from './processes.ts';
import { findRipgrep, runRipgrep } from './ripgrep.ts';
import { notesOf, rounds, type Sample, sectionOf } from './rounds.ts';
import { buildFiles } from './tree.ts';

const COLUMNS = ['ms', 'first call ms', 'calls', 'reply kB', 'largest reply kB', 'RSS growth MB'];

/** Who can be called upon. */
interface Cast {
  missing: (way: Way) => string | undefined;
  connect: (server: 'ours' | 'official') => Promise<CountedServer>;
  ripgrep: string;
}

/** Work on many and on large files, interleaved, a new process for every kind of work and every round. */
export async function measureFiles(plan: Plan, noPeers?: string): Promise<Section[]> {
  console.error('files: writing 50,000 files, and a large one');
  using files = buildFiles();
  const cast = await castOf(files.folder, noPeers);
  const sections: Section[] = [];
  for (const work of fileWorks(files, await ourTools(cast))) sections.push(await measureWork(work, cast, plan));
  return sections;
}

async function castOf(folder: string, noPeers: string | undefined): Promise<Cast> {
  // Its compile cache is filled in round 0.
  const cache = mkdtempSync(join(folder, '.cache-'));
  const environment = { XDG_CACHE_HOME: cache };
  const ripgrep = await findRipgrep();
  const notBuilt = existsSync(filesystemServer) ? undefined : 'not built';
  const official = peerPath('node_modules/@modelcontextprotocol/server-filesystem/dist/index.js');
  return {
    missing(way) {
      if ('rg' in way) return ripgrep === undefined ? 'not installed' : undefined;
      return way.server === 'ours' ? notBuilt : noPeers;
    },
    connect: (server) =>
      server === 'ours'
        ? connectCounting([filesystemServer, folder, '--rate-limit', '0'], environment)
        : connectCounting([official, folder]),
    ripgrep: ripgrep ?? 'rg',
  };
}

async function ourTools({ connect }: Cast): Promise<readonly string[]> {
  if (!existsSync(filesystemServer)) return [];
  await using server = await connect('ours');
  return server.tools;
}

async function measureWork({ id, title, ways }: FileWork, cast: Cast, { rounds: count, calls }: Plan): Promise<Section> {
  const notes = notesOf(ways.map((way) => ({ name: way.name, missing: cast.missing(way) })));
  const samples = await rounds(`files, ${title}:`, count, ways, notes, (way) => measureWay(way, cast, calls));
  return sectionOf({ part: 'files', id, title: `Files: ${title}`, columns: COLUMNS }, ways, samples, notes);
}

async function measureWay(way: Way, { connect, ripgrep }: Cast, calls: number): Promise<Sample> {
  if ('rg' in way) {
    return await repeat(calls, async () => {
      const exchange = await runRipgrep(ripgrep, way.rg);
      const lines = exchange.replies[0]?.start.toString().split('\n').length;
      if (lines !== way.lines + 1) throw new Error(`rg has written ${lines} lines`);
      return [exchange];
    });
  }
  await using server = await connect(way.server);
  const before = residentMb(server.pid, 'now');
  const sample = await repeat(calls, () => way.run(server));
  const peak = residentMb(server.pid, 'peak');
  return { ...sample, 'RSS growth MB': peak === undefined || before === undefined ? undefined : peak - before };
}

/** Once as a user's first call, and then again for the figure. */
async function repeat(calls: number, run: () => Promise<Exchange[]>): Promise<Sample> {
  const first = sum((await run()).map(({ ms }) => ms));
  const later: number[] = [];
  let last: Exchange[] = [];
  for (let call = 0; call < calls; call++) {
    last = await run();
    later.push(sum(last.map(({ ms }) => ms)));
  }
  const sizes = last.flatMap(({ replies }) => replies.map(({ bytes }) => bytes));
  return {
    ms: figure(later)?.median,
    'first call ms': first,
    calls: sizes.length,
    'reply kB': sum(sizes) / 1000,
    'largest reply kB': Math.max(...sizes) / 1000,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
