import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleAll, serverFolders } from '../../bundles/src/bundle.ts';
import { ALL_GENERATIONS, connect, GENERATIONS, type Generation, type Target, type Visitor } from './clients.ts';
import type { Step } from './diary.ts';
import { packAndInstall, startHttp, tokenVariable } from './install.ts';
import { proofs } from './proofs/proofs.ts';
import { filesystem } from './shows/filesystem.ts';
import { git } from './shows/git.ts';
import { httpFetch } from './shows/http-fetch.ts';
import { postgres } from './shows/postgres.ts';
import type { Show } from './shows/show.ts';
import { configuration, heading, kilobytes, table, tell } from './transcript.ts';

const PACKAGES = join(import.meta.dirname, '..', '..', '..', 'packages');
const SHOWS: readonly Show[] = [filesystem, postgres, git, httpFetch];

assert.deepEqual(
  SHOWS.map(({ name }) => name).sort(),
  (await serverFolders()).map((folder) => basename(folder)).sort(),
  'every server is shown',
);
const { values, positionals } = parseArgs({ options: { prove: { type: 'boolean', default: false } }, allowPositionals: true });
const shows = positionals.length === 0 ? SHOWS : SHOWS.filter(({ name }) => positionals.includes(name));
if (shows.length < positionals.length) throw new Error(`Name some of ${SHOWS.map(({ name }) => name).join(', ')}, or none for all`);
const scratch = await mkdtemp(join(await realpath(tmpdir()), 'touchstone-playground-'));
try {
  const bundles = await makeBundles(join(scratch, 'bundles'));
  for (const show of shows) await play(show, join(scratch, show.name), bundles);
} finally {
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
}

/** The path of each bundle by the folder of its package; none where nothing is to be proven, since they take a while. */
async function makeBundles(out: string): Promise<Map<string, string>> {
  if (!values.prove) return new Map();
  heading('Make the bundles (.mcpb)');
  await mkdir(out);
  return await bundleAll(out);
}

async function play(show: Show, directory: string, bundles: ReadonlyMap<string, string>): Promise<void> {
  const source = join(PACKAGES, show.name);
  heading(`Pack the ${show.name} server and install it into an empty folder with npm`);
  const installed = await packAndInstall(source, directory, show.name, show.peers);
  console.log(
    `  ${kilobytes(installed.tarballBytes)} tarball, ${installed.packages} package(s) installed in ${installed.seconds.toFixed(1)} s`,
  );
  const workshop = join(directory, 'workshop');
  await mkdir(workshop);
  await show.prepare?.(workshop);
  await visits(show, installed.command, workshop);
  if (values.prove) {
    heading(`Every way to start the packed ${show.name} server`);
    for await (const line of proofs(show, installed, bundles.get(source) ?? '', workshop)) console.log(`  ok  ${line}`);
  }
  configuration(show, source);
}

/** Every client over every transport, and what the operator sees of it. */
async function visits(show: Show, command: string, workshop: string): Promise<void> {
  const args = show.args(workshop);
  const act = (visitor: Visitor) => show.visit(visitor, workshop);
  const log: string[] = [];
  const stdio: Target = { kind: 'stdio', command, args, onLog: (line) => void log.push(line) };
  const [first, ...others] = ALL_GENERATIONS;
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
    await using server = await startHttp(command, args, { variable: tokenVariable(show.name), value: token });
    const refused = await fetch(server.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    assert.equal(refused.status, 401);
    for (const generation of ALL_GENERATIONS) {
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
}

async function visitOnce(generation: Generation, target: Target, act: (visitor: Visitor) => Promise<Step[]>): Promise<Step[]> {
  await using visitor = await connect(generation, target);
  return await act(visitor);
}
