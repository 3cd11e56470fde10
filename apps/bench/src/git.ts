import { existsSync, mkdtempSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Plan, quantile, type Section } from './figures.ts';
import { GIT, type GitAnswer, type GitWay, type GitWork, gitWorks, ranBy } from './git-works.ts';
import { gitServer } from './ours.ts';
import { peerPath } from './peers.ts';
import { cpuTimes, residentMb } from './processes.ts';
import { type GitCommand, type Recorder, recorderIn, runGit } from './recorded-git.ts';
import { type BuiltRepository, buildRepository } from './repository.ts';
import { notesOf, rounds, type Sample, sectionOf } from './rounds.ts';
import { measureStart, START } from './stdio.ts';
import { connectStdio, type StdioServer } from './stdio-client.ts';

const COLUMNS = ['ms', 'p95 ms', 'CPU ms', 'first call ms', 'calls', 'items', 'reply kB', 'text kB', 'RSS growth MB'];

/** A way that takes long is repeated less often: so many times at least, and no more after so long. */
const LEAST_REPEATS = 2;
const ENOUGH_MS = 2_000;

/** Who can be asked, and where git is told what it needs no server for. */
interface Cast {
  path: string;
  missing: (way: GitWay) => string | undefined;
  connect: (server: 'ours' | 'peer', gitPath?: string) => Promise<StdioServer>;
}

/** Questions about a large repository, interleaved with the bare git commands, a new server for every kind of work and every round. */
export async function measureGit(plan: Plan, noPeers?: string): Promise<Section[]> {
  console.error('git: making a repository');
  using repository = await buildRepository(plan.scale);
  const cast = castOf(repository, noPeers);
  const recorder = recorderOf(repository);
  const sections = [await measureStarts(cast, plan, noPeers)];
  for (const work of gitWorks(repository)) sections.push(await measureWork(await withRecorded(work, cast, recorder), cast, plan));
  return sections;
}

function castOf({ folder, path }: BuiltRepository, noPeers: string | undefined): Cast {
  // Its compile cache is filled in round 0.
  const cache = mkdtempSync(join(folder, '.cache-'));
  const caching = { XDG_CACHE_HOME: cache };
  const peer = peerPath('node_modules/@cyanheads/git-mcp-server/dist/index.js');
  const peerEnvironment = { MCP_TRANSPORT_TYPE: 'stdio', MCP_LOG_LEVEL: 'error', GIT_BASE_DIR: folder, GIT_SIGN_COMMITS: 'false' };
  return {
    path,
    missing: (way) => ('git' in way ? undefined : way.server === 'ours' ? notBuilt() : noPeers),
    connect: (server, gitPath) =>
      server === 'ours'
        ? connectStdio(
            [gitServer, path, '--accept-old-git', '--rate-limit', '0', ...(gitPath === undefined ? [] : ['--git-path', gitPath])],
            caching,
          )
        : connectStdio([peer], peerEnvironment),
  };
}

function notBuilt(): string | undefined {
  return existsSync(gitServer) ? undefined : 'not built';
}

/** Undefined where there is no shell for its script. */
function recorderOf({ folder }: BuiltRepository): Recorder | undefined {
  if (process.platform === 'win32') return undefined;
  const places = (process.env['PATH'] ?? '').split(delimiter).map((place) => join(place, 'git'));
  const git = places.find((place) => existsSync(place));
  return git === undefined ? undefined : recorderIn(folder, git);
}

async function measureStarts({ connect }: Cast, { starts }: Plan, noPeers: string | undefined): Promise<Section> {
  const everybody = [
    { name: GIT.ours, missing: notBuilt(), server: 'ours' },
    { name: GIT.peer, missing: noPeers, server: 'peer' },
  ] as const;
  const notes = notesOf(everybody);
  const samples = await rounds('git, starts:', starts, everybody, notes, ({ server }) => measureStart(() => connect(server)));
  return sectionOf({ part: 'git', id: 'start', title: 'Git: spawn to tools/list', columns: START }, everybody, samples, notes);
}

/** Before each of our ways, the very commands that it runs. */
async function withRecorded(work: GitWork, { connect }: Cast, recorder: Recorder | undefined): Promise<GitWork> {
  const ways: GitWay[] = [];
  for (const way of work.ways) {
    if ('server' in way && way.server === 'ours' && recorder !== undefined && notBuilt() === undefined) {
      try {
        await using server = await connect('ours', recorder.program);
        ways.push({ name: ranBy(way.name), git: await recorded(recorder, () => way.run(server)) });
      } catch (error) {
        // Measured below, it fails once more, and has its note.
        console.error(`${way.name}: ${(error as Error).message}`);
      }
    }
    ways.push(way);
  }
  return { ...work, ways };
}

/** Of a second time: the first one may have more to find out. */
async function recorded(recorder: Recorder, run: () => Promise<unknown>): Promise<GitCommand[]> {
  await run();
  recorder.take();
  await run();
  return recorder.take();
}

/** How often which command is run, without the settings and switches that stand before it. */
function namesOf(commands: readonly GitCommand[]): string {
  const names = commands.map(({ args }) => args.find((arg, index) => !arg.startsWith('-') && args[index - 1] !== '-c') ?? '');
  return Array.from(
    Map.groupBy(names, (name) => name),
    ([name, all]) => (all.length === 1 ? name : `${all.length} ${name}`),
  ).join(', ');
}

async function measureWork({ id, title, ways }: GitWork, cast: Cast, plan: Plan): Promise<Section> {
  const notes = notesOf(ways.map((way) => ({ name: way.name, missing: cast.missing(way) })));
  const samples = await rounds(`git, ${title}:`, plan.rounds, ways, notes, (way) => measureWay(way, cast, plan.repeats));
  const ran = ways.flatMap((way): [string, string][] => ('git' in way ? [[way.name, namesOf(way.git)]] : []));
  return sectionOf({ part: 'git', id, title: `Git: ${title}`, columns: COLUMNS }, ways, samples, new Map([...ran, ...notes]));
}

async function measureWay(way: GitWay, { path, connect }: Cast, repeats: number): Promise<Sample> {
  if ('git' in way) return await repeat(repeats, childrenCpu, () => bare(path, way.git));
  await using server = await connect(way.server);
  const before = residentMb(server.pid, 'now');
  const sample = await repeat(
    repeats,
    () => familyCpu(server.pid),
    () => way.run(server),
  );
  const peak = residentMb(server.pid, 'peak');
  return { ...sample, 'RSS growth MB': peak === undefined || before === undefined ? undefined : peak - before };
}

async function bare(path: string, commands: readonly GitCommand[]): Promise<Partial<GitAnswer>[]> {
  const ran = await runGit(path, commands);
  // One sum for all; each command counts as a call.
  return [ran, ...commands.slice(1).map(() => ({}))];
}

/** Of a server and the git that it has run: other load on the machine moves this less than the time. */
function familyCpu(pid: number): number | undefined {
  const times = cpuTimes(pid);
  return times === undefined ? undefined : times.own + times.children;
}

/** Of the git that was run from here. */
function childrenCpu(): number | undefined {
  return cpuTimes(process.pid)?.children;
}

/** Once as a user's first call, and then again for the figures. */
async function repeat(repeats: number, cpu: () => number | undefined, run: () => Promise<Partial<GitAnswer>[]>): Promise<Sample> {
  const first = sumOf(await run(), 'ms');
  const times: number[] = [];
  let last: Partial<GitAnswer>[] = [];
  const [began, used] = [performance.now(), cpu()];
  while (times.length < repeats && (times.length < LEAST_REPEATS || performance.now() - began < ENOUGH_MS)) {
    last = await run();
    times.push(sumOf(last, 'ms') ?? Number.NaN);
  }
  const usedNow = cpu();
  times.sort((a, b) => a - b);
  return {
    ms: quantile(times, 0.5),
    'p95 ms': quantile(times, 0.95),
    'CPU ms': used === undefined || usedNow === undefined ? undefined : (usedNow - used) / 1000 / times.length,
    'first call ms': first,
    ...sizesOf(last),
  };
}

function sizesOf(answers: readonly Partial<GitAnswer>[]): Sample {
  const [bytes, text] = [sumOf(answers, 'bytes'), sumOf(answers, 'text')];
  return {
    calls: answers.length,
    items: sumOf(answers, 'items'),
    'reply kB': bytes === undefined ? undefined : bytes / 1000,
    'text kB': text === undefined ? undefined : text / 1000,
  };
}

function sumOf(answers: readonly Partial<GitAnswer>[], key: keyof GitAnswer): number | undefined {
  const values = answers.flatMap((answer) => answer[key] ?? []);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}
