import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeServer } from '../write-server.ts';

const CALLS = 500;
const SECRET = 'the-secret-outside';

/** Flips `root/d` between a directory and a link to the outside, for as long as it is asked to, or for a minute. */
const SWAPPER = `
  const fs = require('node:fs');
  const [root, deadline] = [process.argv[1], Date.now() + 60_000];
  let swaps = 0;
  process.on('SIGTERM', () => { process.stdout.write(String(swaps)); process.exit(); });
  // A directory that the server has made in the meantime is in the way.
  const move = (from, to) => {
    for (;;) {
      try { return fs.renameSync(root + from, root + to); }
      catch { try { fs.rmSync(root + to, { recursive: true, force: true }); } catch {} }
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

let base: string;
let client: TestClient;
let swapper: ChildProcess;

beforeEach(async () => {
  base = mkdtempSync(join(realpathSync(tmpdir()), 'touchstone-write-race-'));
  for (const directory of ['root', 'root/d', 'root/d/sub', 'out', 'out/sub']) mkdirSync(join(base, directory));
  for (const name of ['file.txt', 'moved.txt', 'sub/file.txt']) writeFileSync(join(base, 'root/d', name), 'inside');
  for (const name of ['file.txt', 'sub/file.txt', 'moved.txt']) writeFileSync(join(base, 'out', name), SECRET);
  symlinkSync(join(base, 'out'), join(base, 'root/link'));
  client = await connect(writeServer, {
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
  rmSync(base, { recursive: true, force: true });
});

/** Makes the calls, four at a time, and counts how they ended. */
async function outcomesOf(tool: string, argsFor: (index: number) => Record<string, unknown>): Promise<Map<string, number>> {
  const outcomes = new Map<string, number>();
  const worker = async (first: number) => {
    for (let index = first; index < CALLS; index += 4) {
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
const racing: readonly (readonly [tool: string, argsFor: (index: number) => Record<string, unknown>, met: 'denied' | 'ok'])[] = [
  ['write_file', () => ({ path: 'd/file.txt', content: 'written' }), 'denied'],
  ['write_file', (index) => ({ path: row(index), content: 'created', mode: 'create' }), 'denied'],
  ['write_file', () => ({ path: 'd/file.txt', content: '+', mode: 'append' }), 'denied'],
  ['edit_file', () => ({ path: 'd/file.txt', edits: [{ oldText: 'i', newText: 'ii' }] }), 'denied'],
  ['create_directory', (index) => ({ path: `${row(index)}/x/y` }), 'denied'],
  ['move_file', (index) => there(index, 'd/moved.txt', 'moved'), 'denied'],
  ['move_file', (index) => there(index, 'd/sub', 'sub'), 'denied'],
  ['copy_path', (index) => ({ source: 'd/file.txt', destination: row(index) }), 'denied'],
  ['copy_path', (index) => ({ source: 'd/sub', destination: `copy${index}` }), 'denied'],
  // The link is copied as the link that it is.
  ['copy_path', (index) => ({ source: 'd', destination: `copy${index}` }), 'ok'],
  ['delete_path', () => ({ path: 'd/file.txt' }), 'denied'],
  ['delete_path', () => ({ path: 'd/sub', recursive: true }), 'denied'],
];

test.runIf(process.platform === 'linux').each(racing)(
  `${CALLS} calls of %s beside a process that swaps the parent for a link: nothing outside`,
  {
    timeout: 90_000,
  },
  async (tool, argsFor, met) => {
    const outcomes = await outcomesOf(tool, argsFor);
    expect(readdirSync(join(base, 'out'), { recursive: true, encoding: 'utf8' }).sort()).toEqual([
      'file.txt',
      'moved.txt',
      'sub',
      'sub/file.txt',
    ]);
    for (const name of ['file.txt', 'sub/file.txt', 'moved.txt']) expect(readFileSync(join(base, 'out', name), 'utf8')).toBe(SECRET);
    // What is inside has never been outside.
    const inside = filesBelow(join(base, 'root'));
    for (const path of inside) expect(readFileSync(path, 'utf8')).not.toContain(SECRET);
    expect([...outcomes.keys()].filter((code) => !['ok', 'denied', 'not_found', 'invalid_input', 'conflict'].includes(code))).toEqual([]);
    expect(outcomes.get(met)).toBeGreaterThan(20);
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
