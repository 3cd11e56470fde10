import { fileURLToPath } from 'node:url';
import type { Plan, Section } from './figures.ts';
import type { LoadResult } from './load.ts';
import { type Era, httpRequest, MARKER, parseBody, problem, type Work } from './messages.ts';
import { benchServer } from './ours.ts';
import { peerPath } from './peers.ts';
import { cpuMicroseconds, freePort, type Load, listening, type Running, residentMb, start, startLoad } from './processes.ts';
import { notesOf, rowOf, type Sample } from './rounds.ts';

/** Sockets that are kept busy. */
export const CONNECTIONS = 16;

/** What is measured of each contestant under load. */
export const COLUMNS = ['requests/s', 'CPU us/request', 'p50 ms', 'p99 ms', 'peak RSS MB', 'generator busy'];

/** Who serves over HTTP, and what he is asked. */
interface Contestant {
  name: string;
  /** Why he cannot take part. */
  missing: string | undefined;
  args: (port: number) => string[];
  era: Era;
}

/** Names by which the ratios find the rows. */
export const HTTP = { bare: 'bare node:http', v1: 'SDK v1, documented', v2: 'SDK v2, McpServer hoisted', ours: 'Touchstone' } as const;

function contestants(noPeers: string | undefined, noOurs: string | undefined): Contestant[] {
  const peer = (file: string) => (port: number) => [peerPath(file), String(port)];
  // With all that the others list.
  const listed = ['--rate-limit', '0', '--list-output-schemas'];
  const ours = (port: number) => [benchServer, '--http', '--http-port', String(port), ...listed];
  const bare = fileURLToPath(new URL('./contestants/bare.ts', import.meta.url));
  return [
    { name: HTTP.bare, missing: undefined, args: (port) => [bare, String(port)], era: '2026-07-28' },
    { name: HTTP.v1, missing: noPeers, args: peer('v1.mjs'), era: '2025-11-25' },
    { name: HTTP.v2, missing: noPeers, args: peer('v2.mjs'), era: '2026-07-28' },
    { name: HTTP.ours, missing: noOurs, args: ours, era: '2026-07-28' },
    { name: `${HTTP.v2}, 2025 requests`, missing: noPeers, args: peer('v2.mjs'), era: '2025-11-25' },
    { name: `${HTTP.ours}, 2025 requests`, missing: noOurs, args: ours, era: '2025-11-25' },
  ];
}

/** Calls and lists over HTTP: in every round every contestant gets a new process, is warmed up and then measured. */
export async function measureHttp(plan: Plan, noPeers?: string, noOurs?: string): Promise<Section[]> {
  await using load = startLoad();
  const everybody = contestants(noPeers, noOurs);
  const samples = new Map<string, Sample[]>();
  const notes = notesOf(everybody);
  for (let round = 1; round <= plan.rounds; round++) {
    for (const contestant of everybody.filter(({ name }) => !notes.has(name))) {
      console.error(`HTTP ${round}/${plan.rounds}: ${contestant.name}`);
      try {
        for (const [work, sample] of await measureOne(contestant, load, plan)) {
          const key = `${work} ${contestant.name}`;
          samples.set(key, [...(samples.get(key) ?? []), sample]);
        }
      } catch (error) {
        notes.set(contestant.name, `failed: ${(error as Error).message}`);
      }
    }
  }
  return (['tools/call', 'tools/list'] as const).map((work) => ({
    part: 'http',
    id: work,
    title: `HTTP ${work}, 15 tools, ${CONNECTIONS} connections`,
    columns: COLUMNS,
    rows: everybody.map(({ name }) => rowOf(name, notes.get(name), COLUMNS, samples.get(`${work} ${name}`) ?? [])),
  }));
}

async function measureOne({ args, era }: Contestant, load: Load, plan: Plan): Promise<[Work, Sample][]> {
  const port = await freePort();
  await using server = start(args(port), 'ignore');
  await listening(port, server);
  const measured: [Work, Sample][] = [];
  for (const work of ['tools/call', 'tools/list'] as const) {
    const request = httpRequest(work, era, port);
    await check(request, work, port);
    const order = { port, request, marker: MARKER[work], connections: CONNECTIONS };
    await load.run({ ...order, ms: plan.warmUpMs });
    const before = cpuMicroseconds(server.pid);
    const result = await load.run({ ...order, ms: plan.measureMs });
    measured.push([work, sampleOf(result, before, server)]);
  }
  return measured;
}

/** What a time of load has come to. */
export function sampleOf(result: LoadResult, before: number | undefined, { pid }: Running): Sample {
  const after = cpuMicroseconds(pid);
  if (result.failures > 0) throw new Error(`${result.failures} of ${result.requests} answers were wrong`);
  return {
    'requests/s': result.requests / result.seconds,
    'CPU us/request': after === undefined || before === undefined ? undefined : (after - before) / result.requests,
    'p50 ms': result.p50,
    'p99 ms': result.p99,
    'peak RSS MB': residentMb(pid, 'peak'),
    'generator busy': result.busy,
  };
}

/** Looks at one whole answer before any is counted. */
async function check(request: string, work: Work, port: number): Promise<void> {
  const wrong = problem(work, parseBody(await bodyOf(request, port)));
  if (wrong !== undefined) throw new Error(`${work} answered with ${wrong}`);
}

/** The body of the answer to one request. */
export async function bodyOf(request: string, port: number): Promise<string> {
  const [head = '', body = ''] = request.split('\r\n\r\n');
  const headers = head
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(': ') as [string, string]);
  const kept = headers.filter(([name]) => name !== 'host' && name !== 'content-length');
  const answer = await fetch(`http://127.0.0.1:${port}/mcp`, { method: 'POST', headers: kept, body, signal: AbortSignal.timeout(10_000) });
  if (answer.status !== 200) throw new Error(`HTTP status ${answer.status}`);
  return await answer.text();
}
