import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { layFiles, temporaryDirectory } from '../../src/domain/temporary-directory.testing.ts';
import { anyServer } from '../any-server.ts';
import { SECRET } from './containment.ts';

const CALLS = 500;
/** As often must a call have met the link, or have worked, for the test to prove anything. */
const ENOUGH = 20;

/** Flips `root/d` between a directory and a link to the outside, for as long as it is asked to, or for a minute. */
const SWAPPER = `
  const fs = require('node:fs');
  const [root, deadline] = [process.argv[1], Date.now() + 60_000];
  let swaps = 0;
  process.on('SIGTERM', () => { process.stdout.write(String(swaps)); process.exit(); });
  // A directory that the server has made in the meantime is in the way. To remove it would take longer than to make it again.
  let aside = 0;
  const move = (from, to) => {
    for (;;) {
      try { return fs.renameSync(root + from, root + to); }
      catch { try { fs.renameSync(root + to, root + '/aside' + aside++); } catch {} }
    }
  };
  const swap = () => {
    for (let i = 0; i < 200; i++) {
      move('/d', '/real'); move('/link', '/d'); move('/d', '/link'); move('/real', '/d');
      swaps += 2;
    }
    if (Date.now() < deadline) setImmediate(swap);
  };
  swap();
`;

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let base: string;
let client: TestClient;
let swapper: ChildProcess;

beforeEach(async () => {
  temporary = await temporaryDirectory();
  base = temporary.path;
  for (const name of ['file.txt', 'moved.txt', 'sub/file.txt'])
    await layFiles(base, { [`root/d/${name}`]: 'inside', [`out/${name}`]: SECRET });
  chmodSync(join(base, 'out/file.txt'), 0o604);
  chmodSync(join(base, 'out'), 0o705);
  symlinkSync(join(base, 'out'), join(base, 'root/link'));
  client = await connect(anyServer, {
    confirmation: 'off',
    directories: [join(base, 'root')],
    maxConcurrency: 8,
    logLevel: 'silent',
    strategy: 'descriptor',
  });
  swapper = spawn(process.execPath, ['-e', SWAPPER, join(base, 'root')], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(swapper, 'spawn');
});

afterEach(async () => {
  await client[Symbol.asyncDispose]();
  await temporary[Symbol.asyncDispose]();
});

/** Makes the calls, four at a time, and as many more as it takes to end in one way often enough. Counts how they ended. */
async function outcomesOf(tool: string, argsFor: (index: number) => Record<string, unknown>, met: string): Promise<Map<string, number>> {
  const outcomes = new Map<string, number>();
  // On a busy machine the two processes meet less often.
  const isEnough = (index: number) => index >= CALLS && ((outcomes.get(met) ?? 0) > ENOUGH || index >= 20 * CALLS);
  const worker = async (first: number) => {
    for (let index = first; !isEnough(index); index += 4) {
      const { isError, _meta } = await client.callTool(tool, argsFor(index));
      const outcome = isError ? String(_meta?.code) : 'ok';
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  };
  const swaps = swapper.stdout?.toArray();
  const ended = once(swapper, 'exit');
  try {
    await Promise.all([0, 1, 2, 3].map(worker));
  } finally {
    swapper.kill('SIGTERM');
    await ended;
  }
  // It must have been a race.
  expect(Number((await swaps)?.join(''))).toBeGreaterThan(CALLS / 4);
  return outcomes;
}

const row = (index: number) => `d/n${index}`;

/** There and back again. */
const there = (index: number, near: string, far: string) =>
  index % 2 === 0 ? { source: near, destination: far } : { source: far, destination: near };

/** Tools beside a swapper (GHSA-53mr-w429-c597, GHSA-7m4x-rv66-mxhh): most calls must have worked or met the link. */
const racing: readonly (readonly [id: string, tool: string, argsFor: (index: number) => Record<string, unknown>, met: 'denied' | 'ok'])[] =
  [
    ['FS-041', 'write_file', () => ({ path: 'd/file.txt', content: 'written' }), 'denied'],
    ['FS-041', 'write_file', (index) => ({ path: row(index), content: 'created', mode: 'create' }), 'denied'],
    ['FS-041', 'write_file', () => ({ path: 'd/file.txt', content: '+', mode: 'append' }), 'denied'],
    ['FS-041', 'edit_file', () => ({ path: 'd/file.txt', edits: [{ oldText: 'i', newText: 'ii' }] }), 'denied'],
    ['FS-041', 'create_directory', (index) => ({ path: `${row(index)}/x/y` }), 'denied'],
    ['FS-042', 'move_file', (index) => there(index, 'd/moved.txt', 'moved'), 'denied'],
    ['FS-042', 'move_file', (index) => there(index, 'd/sub', 'sub'), 'denied'],
    ['FS-041', 'copy_path', (index) => ({ source: 'd/file.txt', destination: row(index) }), 'denied'],
    ['FS-041', 'copy_path', (index) => ({ source: 'd/sub', destination: `copy${index}` }), 'denied'],
    // The link is copied as the link that it is.
    ['FS-041', 'copy_path', (index) => ({ source: 'd', destination: `copy${index}` }), 'ok'],
    ['FS-041', 'delete_path', () => ({ path: 'd/file.txt' }), 'denied'],
    ['FS-041', 'delete_path', () => ({ path: 'd/sub', recursive: true }), 'denied'],
  ];

test.runIf(process.platform === 'linux').each(racing)(
  `%s, FS-046: ${CALLS} calls of %s beside a process that swaps the parent for a link: nothing outside`,
  {
    timeout: 90_000,
  },
  async (_id, tool, argsFor, met) => {
    const outcomes = await outcomesOf(tool, argsFor, met);
    expect(readdirSync(join(base, 'out'), { recursive: true, encoding: 'utf8' }).sort()).toEqual([
      'file.txt',
      'moved.txt',
      'sub',
      'sub/file.txt',
    ]);
    for (const name of ['file.txt', 'sub/file.txt', 'moved.txt']) expect(readFileSync(join(base, 'out', name), 'utf8')).toBe(SECRET);
    // Nor has a mode been changed there, by a path that led there for a moment.
    expect(statSync(join(base, 'out/file.txt')).mode & 0o777).toBe(0o604);
    expect(statSync(join(base, 'out')).mode & 0o777).toBe(0o705);
    // What is inside has never been outside.
    const inside = filesBelow(join(base, 'root'));
    for (const path of inside) expect(readFileSync(path, 'utf8')).not.toContain(SECRET);
    expect([...outcomes.keys()].filter((code) => !['ok', 'denied', 'not_found', 'invalid_input', 'conflict'].includes(code))).toEqual([]);
    expect(outcomes.get(met)).toBeGreaterThan(ENOUGH);
    expect(inside.filter((path) => path.includes('.touchstone-'))).toEqual([]);
  },
);

/** The files below a directory; no link is followed. */
function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}
