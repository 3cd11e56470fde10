import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, GENERATIONS, type Generation, type Target, type Visitor } from './clients.ts';
import { packAndInstall, startHttp } from './install.ts';
import { type Step, visit, work } from './visit.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..');
const SOURCE = join(REPOSITORY, 'packages', 'filesystem');
const COMMAND = 'touchstone-filesystem';

const scratch = await mkdtemp(join(await realpath(tmpdir()), 'touchstone-playground-'));
try {
  await play();
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function play(): Promise<void> {
  heading('Pack the filesystem server and install it into an empty folder with npm');
  const installed = await packAndInstall(SOURCE, COMMAND, scratch);
  console.log(
    `  ${kilobytes(installed.tarballBytes)} tarball, ${installed.packages} package(s) installed in ${installed.seconds.toFixed(1)} s`,
  );

  const log: string[] = [];
  const stdio: Target = { kind: 'stdio', command: installed.command, args: [REPOSITORY], onLog: (line) => log.push(line) };
  const [first, ...others] = Object.keys(GENERATIONS) as [Generation, ...Generation[]];
  heading(`Over stdio, ${GENERATIONS[first]}`);
  tell(await visitOnce(first, stdio));

  heading('The same with --write, in a directory of its own');
  const workshop = join(scratch, 'workshop');
  await mkdir(workshop);
  tell(await visitOnce(first, { ...stdio, args: ['--write', workshop] }, work));

  const timings = new Map<string, Step[]>();
  for (const generation of others) timings.set(`stdio, ${GENERATIONS[generation]}`, await visitOnce(generation, stdio));

  const token = randomBytes(32).toString('base64url');
  {
    await using server = await startHttp(installed.command, REPOSITORY, token);
    const refused = await fetch(server.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    assert.equal(refused.status, 401);
    for (const generation of [first, ...others]) {
      timings.set(`HTTP, ${GENERATIONS[generation]}`, await visitOnce(generation, { kind: 'http', url: server.url, token }));
    }
    heading('The same visit by every other client and transport, with the same answers');
    table(timings);
    console.log(`\n  HTTP without the token: ${refused.status} ${refused.statusText}. SIGTERM: ended by itself.`);
  }

  const line = log.find((entry) => entry.includes('"denied"'));
  assert.ok(line !== undefined, 'a refused call must leave a line in the log');
  assert.ok(!log.some((entry) => entry.includes(token)));
  heading('What the operator sees of the refused call, on stderr');
  console.log(`  ${line}`);
  configuration();
}

async function visitOnce(generation: Generation, target: Target, act = (visitor: Visitor) => visit(visitor, REPOSITORY)): Promise<Step[]> {
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
function table(timings: ReadonlyMap<string, readonly Step[]>): void {
  const width = Math.max(...[...timings.keys()].map((name) => name.length));
  const [steps = []] = timings.values();
  console.log(`  ${'milliseconds'.padEnd(width)}  ${steps.map(({ asked }, index) => short(asked, index, steps)).join('  ')}`);
  for (const [name, row] of timings) {
    const cells = row.map(({ ms, asked }, index) => ms.toFixed(1).padStart(short(asked, index, row).length));
    console.log(`  ${name.padEnd(width)}  ${cells.join('  ')}`);
  }
}

/** `list`, `read`, and `refuse` for the last two, which are meant to be. */
function short(asked: string, index: number, steps: readonly Step[]): string {
  return index >= steps.length - 2 ? 'refuse' : (asked.split(/[ {]/)[0]?.replace('list_allowed_directories', 'allowed') ?? asked);
}

function configuration(): void {
  heading('Paste this into the configuration of your MCP client (Claude Desktop, Cursor, Windsurf, ...) to try this clone');
  const entry = { command: process.execPath, args: [join(SOURCE, 'dist', 'main.js'), REPOSITORY] };
  console.log(JSON.stringify({ mcpServers: { filesystem: entry } }, undefined, 2));
  console.log(`\nFrom npm it is { "command": "npx", "args": ["-y", "@touchstone-mcp/filesystem", "/a/directory"] }.`);
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1024)} kB`;
}
