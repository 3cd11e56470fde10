import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemo } from '../../../packages/postgres/src/domain/demo.ts';
import type { Plan, Section } from './figures.ts';
import { bodyOf, COLUMNS, CONNECTIONS, sampleOf } from './http.ts';
import { type Era, parseBody, postRequest } from './messages.ts';
import { postgresServer } from './ours.ts';
import { peerPath } from './peers.ts';
import { cpuMicroseconds, freePort, type Load, listening, residentMb, start, startLoad } from './processes.ts';
import { notesOf, rounds, type Sample, sectionOf } from './rounds.ts';
import { medianTrip } from './stdio.ts';
import { connectStdio } from './stdio-client.ts';

/** Names by which the ratios find the rows. */
export const POSTGRES = { ours: 'Touchstone postgres', dbhub: '@bytebase/dbhub', toolbox: '@toolbox-sdk/server' } as const;

/** What everybody is asked, and what stands in every right answer to it. */
const WORKS = {
  point: { title: 'a row by its primary key', sql: 'select id, customer_id, status from orders where id = 4711', marker: '4711' },
  report: {
    title: 'totals over a join',
    sql: `select c.country, count(distinct o.id) as orders, sum(i.quantity * i.unit_price) as total
      from customers c join orders o on o.customer_id = c.id join order_items i on i.order_id = o.id
      where o.ordered_at >= '2025-01-01' group by c.country order by total desc`,
    marker: 'FR',
  },
  scan: { title: '10,000 rows', sql: 'select id from orders order by id limit 10000', marker: '9999' },
} as const;

type Work = keyof typeof WORKS;

/** Rows that fit under our caps, which the others do not have. */
const CAPS = ['--max-rows', '10000', '--max-result-chars', '200000'];

const TRIPS = ['a row p50 us', '10,000 rows p50 us', 'RSS MB', 'list bytes', 'list tokens'];

interface Contestant {
  name: string;
  missing: string | undefined;
  /** Instead of Node. */
  program?: string;
  args: (port?: number) => string[];
  env?: NodeJS.ProcessEnv;
  era: Era;
  call: (sql: string) => { name: string; arguments: object };
}

/** One query after the other over stdio, and many at once over HTTP, on a database with sample data that is started for it. */
export async function measurePostgres(plan: Plan, noPeers?: string): Promise<Section[]> {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-bench-'));
  try {
    await using database = await startDemo();
    await using load = startLoad();
    const everybody = contestants(database.url('demo_reader'), folder, noPeers);
    const notes = notesOf(everybody);
    const sections: Section[] = [];
    for (const work of ['point', 'report', 'scan'] as const) {
      const title = `PostgreSQL over HTTP, ${WORKS[work].title}, ${CONNECTIONS} connections`;
      const samples = await rounds(title, plan.rounds, everybody, notes, (contestant) => measureLoad(contestant, work, load, plan));
      sections.push(sectionOf({ part: 'postgres', id: work, title, columns: COLUMNS }, everybody, samples, notes));
    }
    const title = 'PostgreSQL over stdio, one call after the other';
    const samples = await rounds(title, plan.rounds, everybody, notes, (contestant) => measureTrips(contestant, plan));
    return [...sections, sectionOf({ part: 'postgres', id: 'trips', title, columns: TRIPS }, everybody, samples, notes)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function contestants(url: string, folder: string, noPeers: string | undefined): Contestant[] {
  const dbhub = peerPath('node_modules/@bytebase/dbhub/dist/index.js');
  // What its launcher would start: the figures are this process's.
  const toolbox = peerPath(`node_modules/@toolbox-sdk/server-${process.platform}-${process.arch}/bin/toolbox`);
  const noToolbox = noPeers ?? (existsSync(toolbox) ? undefined : 'not for this system');
  if (noToolbox === undefined) chmodSync(toolbox, 0o755);
  const config = join(folder, 'tools.yaml');
  writeFileSync(config, toolboxConfig(new URL(url)));
  return [
    {
      name: POSTGRES.ours,
      missing: existsSync(postgresServer) ? undefined : 'not built',
      args: (port) => [
        postgresServer,
        ...CAPS,
        '--rate-limit',
        '0',
        ...(port === undefined ? [] : ['--http', '--http-port', String(port)]),
      ],
      env: { DATABASE_URL: url },
      era: '2026-07-28',
      call: (sql) => ({ name: 'query', arguments: { sql, maxRows: 10_000 } }),
    },
    {
      name: POSTGRES.dbhub,
      missing: noPeers,
      args: (port) => [dbhub, '--dsn', url, '--transport', ...(port === undefined ? ['stdio'] : ['http', '--port', String(port)])],
      era: '2025-11-25',
      call: (sql) => ({ name: 'execute_sql', arguments: { sql } }),
    },
    {
      name: POSTGRES.toolbox,
      missing: noToolbox,
      program: toolbox,
      args: (port) => ['--config', config, '--disable-version-check', ...(port === undefined ? ['--stdio'] : ['--port', String(port)])],
      era: '2025-11-25',
      call: (sql) => ({ name: 'execute_sql', arguments: { sql } }),
    },
  ];
}

/** One tool that takes any SQL, as ours does. */
function toolboxConfig({ hostname, port, pathname, username, password }: URL): string {
  return `kind: source
name: demo
type: postgres
host: ${hostname}
port: ${port}
database: ${pathname.slice(1)}
user: ${username}
password: ${password}
---
kind: tool
name: execute_sql
type: postgres-execute-sql
source: demo
description: Runs one SQL statement.
`;
}

async function measureLoad({ program, args, env, era, call }: Contestant, work: Work, load: Load, plan: Plan): Promise<Sample> {
  const { sql, marker } = WORKS[work];
  const port = await freePort();
  await using server = start(args(port), 'ignore', env, program);
  await listening(port, server);
  const request = postRequest('tools/call', call(sql), era, port);
  const body = await bodyOf(request, port);
  const { result } = parseBody(body);
  if (result === undefined || result.isError === true || !body.includes(marker)) throw new Error(`a wrong answer to ${sql}`);
  const order = { port, request, marker, connections: CONNECTIONS };
  await load.run({ ...order, ms: plan.warmUpMs });
  const before = cpuMicroseconds(server.pid);
  return sampleOf(await load.run({ ...order, ms: plan.measureMs }), before, server);
}

async function measureTrips({ program, args, env, call }: Contestant, { trips }: Plan): Promise<Sample> {
  await using server = await connectStdio(args(), env, program);
  const list = Buffer.byteLength(JSON.stringify(await server.request('tools/list', {})));
  return {
    'a row p50 us': await medianTrip(server, call(WORKS.point.sql), WORKS.point.marker, trips),
    '10,000 rows p50 us': await medianTrip(server, call(WORKS.scan.sql), WORKS.scan.marker, Math.ceil(trips / 20)),
    'RSS MB': residentMb(server.pid, 'peak'),
    'list bytes': list,
    'list tokens': list / 4,
  };
}
