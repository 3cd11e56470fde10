import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, GENERATIONS, type Generation, type Target, type Visitor } from './clients.ts';
import type { Step } from './diary.ts';
import { packAndInstall, startHttp } from './install.ts';
import { filesystem } from './shows/filesystem.ts';
import { git } from './shows/git.ts';
import { httpFetch } from './shows/http-fetch.ts';
import { postgres } from './shows/postgres.ts';
import type { Show } from './shows/show.ts';

const PACKAGES = join(import.meta.dirname, '..', '..', '..', 'packages');
const SHOWS: readonly Show[] = [filesystem, postgres, git, httpFetch];

const scratch = await mkdtemp(join(await realpath(tmpdir()), 'touchstone-playground-'));
try {
  for (const show of SHOWS) await play(show, join(scratch, show.name));
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function play(show: Show, directory: string): Promise<void> {
  const source = join(PACKAGES, show.name);
  heading(`Pack the ${show.name} server and install it into an empty folder with npm`);
  const { command, ...installed } = await packAndInstall(source, `touchstone-${show.name}`, directory, show.peers);
  console.log(
    `  ${kilobytes(installed.tarballBytes)} tarball, ${installed.packages} package(s) installed in ${installed.seconds.toFixed(1)} s`,
  );

  const workshop = join(directory, 'workshop');
  await mkdir(workshop);
  await show.prepare?.(workshop);
  const args = show.args(workshop);
  const act = (visitor: Visitor) => show.visit(visitor, workshop);

  const log: string[] = [];
  const onLog = (line: string) => void log.push(line);
  const stdio: Target = { kind: 'stdio', command, args, onLog };
  const [first, ...others] = Object.keys(GENERATIONS) as [Generation, ...Generation[]];
  heading(`Over stdio, ${GENERATIONS[first]}`);
  tell(await visitOnce(first, stdio, act));
  const { further } = show;
  if (further !== undefined) {
    heading(further.title);
    await further.prepare?.(workshop);
    tell(await visitOnce(first, { ...stdio, args: further.args(workshop) }, (visitor) => further.visit(visitor, workshop)));
  }

  const timings = new Map<string, Step[]>();
  for (const generation of others) timings.set(`stdio, ${GENERATIONS[generation]}`, await visitOnce(generation, stdio, act));
  const token = randomBytes(32).toString('base64url');
  {
    const variable = `TOUCHSTONE_${show.name.toUpperCase().replace('-', '_')}_HTTP_TOKEN`;
    await using server = await startHttp(command, args, { variable, value: token });
    const refused = await fetch(server.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    assert.equal(refused.status, 401);
    for (const generation of [first, ...others]) {
      const target: Target = { kind: 'http', url: server.url, token };
      timings.set(`HTTP, ${GENERATIONS[generation]}`, await visitOnce(generation, target, act));
    }
    heading('The same visit by every other client and transport, with the same answers');
    table(timings, show.refused);
    console.log(`\n  HTTP without the token: ${refused.status} ${refused.statusText}. SIGTERM: ended by itself.`);
  }

  const line = log.find((entry) => entry.includes('"denied"'));
  assert.ok(line !== undefined, 'a refused call must leave a line in the log');
  assert.ok(!log.some((entry) => entry.includes(token)));
  heading('What the operator sees of the refused call, on stderr');
  console.log(`  ${line}`);
  configuration(show, source);
}

async function visitOnce(generation: Generation, target: Target, act: (visitor: Visitor) => Promise<Step[]>): Promise<Step[]> {
  const visitor = await connect(generation, target);
  try {
    return await act(visitor);
  } finally {
    await visitor.close();
  }
}

function heading(text: string): void {
  console.log(`\n── ${text}`);
}

function tell(steps: readonly Step[]): void {
  for (const [index, { asked, told, ms }] of steps.entries()) {
    console.log(`\n  > ${asked}  (${ms.toFixed(1)} ms${index === 0 ? ', the start of the process included' : ''})`);
    for (const line of told.split('\n')) console.log(`    ${line}`);
  }
}

/** Milliseconds of each step, a row a client. */
function table(timings: ReadonlyMap<string, readonly Step[]>, refused: number): void {
  const width = Math.max(...[...timings.keys()].map((name) => name.length));
  const [steps = []] = timings.values();
  const heads = steps.map(({ asked }, index) => (index >= steps.length - refused ? 'refuse' : (asked.split(/[ {]/)[0] ?? asked)));
  console.log(`  ${'milliseconds'.padEnd(width)}  ${heads.join('  ')}`);
  for (const [name, row] of timings) {
    const cells = row.map(({ ms }, index) => ms.toFixed(1).padStart(heads[index]?.length ?? 0));
    console.log(`  ${name.padEnd(width)}  ${cells.join('  ')}`);
  }
}

function configuration({ name, example }: Show, source: string): void {
  heading('Paste this into the configuration of your MCP client (Claude Desktop, Cursor, Windsurf, ...) to try this clone');
  const entry = { command: process.execPath, args: [join(source, 'dist', 'main.js'), ...example.clone] };
  console.log(JSON.stringify({ mcpServers: { [name]: entry } }, undefined, 2));
  const fromNpm = { command: 'npx', args: ['-y', `@touchstone-mcp/${name}`, ...example.npm] };
  console.log(`\nFrom npm it is ${JSON.stringify(fromNpm)}.`);
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1024)} kB`;
}
