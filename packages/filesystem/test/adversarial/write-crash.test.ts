import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@touchstone-mcp/core/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDirectory } from '../../src/domain/temporary-directory.testing.ts';
import { anyServer } from '../any-server.ts';
import { MAY_NOT_MOUNT, mountMemory } from './mount.ts';
import { spawnedClient } from './spawned.ts';

const KILLS = 25;
const SIZE = 2_000_000;

/** Writes one file over and over, all of one letter each time, and edits and creates others, until it is killed. */
const WRITER = `
  const [domain, root] = process.argv.slice(1);
  const { openWritableRoots } = await import(domain + 'writable.ts');
  const { writeFile } = await import(domain + 'write.ts');
  const { editFile } = await import(domain + 'edit.ts');
  const { writable } = await openWritableRoots({ directories: [root], readOnlyDir: [], denyWrite: [] });
  const id = process.pid;
  console.log('ready');
  for (let index = 0; ; index++) {
    const content = 'ab'[index % 2].repeat(${SIZE});
    await writeFile(writable, { path: 'file', content, mode: 'overwrite' });
    await editFile(writable, { path: 'edited', edits: [{ oldText: '<', newText: '<<' }, { oldText: '<<', newText: '<' }], dryRun: false }, 1000).catch(() => {});
    await writeFile(writable, { path: 'new-' + id + '-' + index, content, mode: 'create' });
  }
`;

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let base: string;

beforeEach(async () => {
  temporary = await temporaryDirectory();
  base = temporary.path;
});

afterEach(() => temporary[Symbol.asyncDispose]());

test(`${KILLS} times killed in the middle of writing: every file is whole, and what was left is cleared away (FS-122)`, {
  timeout: 120_000,
}, async () => {
  writeFileSync(join(base, 'file'), 'a'.repeat(SIZE));
  writeFileSync(join(base, 'edited'), `<${'e'.repeat(SIZE)}`);
  const domain = new URL('../../src/domain/', import.meta.url).href;
  let left = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const writer = spawn(process.execPath, ['--input-type=module', '-e', WRITER, domain, base], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(writer, 'exit');
    await once(writer.stdout, 'data');
    await sleep(Math.random() * 60);
    // Every other time at the worst moment: while a temporary file is there.
    const deadline = Date.now() + 5_000;
    while (kill % 2 === 0 && !temporaryIn(base) && Date.now() < deadline) await sleep(1);
    writer.kill('SIGKILL');
    await exited;
    const names = readdirSync(base);
    if (temporaryIn(base)) left += 1;
    for (const name of names.filter((each) => each === 'file' || each.startsWith('new-'))) {
      const content = readFileSync(join(base, name), 'utf8');
      expect([name, content.length, new Set(content).size]).toEqual([name, SIZE, 1]);
      if (name !== 'file') rmSync(join(base, name));
    }
    for (const name of names.filter((each) => each.startsWith('.touchstone-') && kill < KILLS - 6)) rmSync(join(base, name));
    expect(readFileSync(join(base, 'edited'), 'utf8')).toBe(`<${'e'.repeat(SIZE)}`);
  }
  // Else it was never killed at the right moment.
  expect(left).toBeGreaterThan(0);
  for (const name of readdirSync(base)) utimesSync(join(base, name), 0, 0);
  await using client = await connect(anyServer, { confirmation: 'off', directories: [base] });
  expect((await client.callTool('write_file', { path: 'file', content: 'whole' })).isError).toBeFalsy();
  expect(readdirSync(base).sort()).toEqual(['edited', 'file']);
});

function temporaryIn(directory: string): boolean {
  return readdirSync(directory).some((name) => name.startsWith('.touchstone-'));
}

test('a disk that is full leaves everything as it was (FS-122)', async ({ skip }) => {
  const small = join(base, 'small');
  using mounted = mountMemory(small, '64k');
  if (mounted === undefined) return skip(MAY_NOT_MOUNT);
  writeFileSync(join(small, 'file'), 'old');
  mkdirSync(join(base, 'large/d'), { recursive: true });
  const content = 'x'.repeat(100_000);
  for (const name of ['large/file', 'large/d/file']) writeFileSync(join(base, name), content);
  await using client = await connect(anyServer, { confirmation: 'off', directories: [small, join(base, 'large')] });
  for (const [tool, args] of [
    ['write_file', { path: 'file', content }],
    ['write_file', { path: 'new', content }],
    ['write_file', { path: 'file', content, mode: 'append' }],
    ['edit_file', { path: 'file', edits: [{ oldText: 'old', newText: content }] }],
    ['copy_path', { source: join(base, 'large/file'), destination: 'copy' }],
    ['copy_path', { source: join(base, 'large/d'), destination: 'copy' }],
    ['move_file', { source: join(base, 'large/file'), destination: 'moved' }],
  ] as const) {
    const answer = await client.callTool(tool, args);
    expect([answer._meta?.code, answer.content]).toEqual([
      'unavailable',
      [{ type: 'text', text: expect.stringContaining('disk is full') }],
    ]);
    expect(readdirSync(small)).toEqual(['file']);
    expect(readFileSync(join(small, 'file'), 'utf8')).toBe('old');
    expect(readFileSync(join(base, 'large/file'), 'utf8')).toBe(content);
  }
});

test('FS-122: a file that would be larger than this process may write leaves everything as it was', async ({ skip }) => {
  writeFileSync(join(base, 'file'), 'old');
  await using client = await spawnedClient(['prlimit', '--fsize=65536'], base);
  if (client === undefined) return skip('there is no prlimit here');
  const content = 'x'.repeat(100_000);
  for (const [tool, args] of [
    ['write_file', { path: 'file', content }],
    ['write_file', { path: 'new', content }],
    ['write_file', { path: 'file', content, mode: 'append' }],
    ['edit_file', { path: 'file', edits: [{ oldText: 'old', newText: content }] }],
  ] as const) {
    expect((await client.ask(tool, args)).code).toBe('too_large');
    expect(readdirSync(base)).toEqual(['file']);
    expect(readFileSync(join(base, 'file'), 'utf8')).toBe('old');
  }
});

test('moving to another file system copies files whole and refuses directories (FS-126)', async ({ skip }) => {
  const small = join(base, 'small');
  using mounted = mountMemory(small, '64k');
  if (mounted === undefined) return skip(MAY_NOT_MOUNT);
  const root = join(base, 'root');
  mkdirSync(join(root, 'd'), { recursive: true });
  writeFileSync(join(root, 'run.sh'), 'content', { mode: 0o755 });
  writeFileSync(join(root, 'large'), 'x'.repeat(100_000));
  writeFileSync(join(small, 'taken'), 'taken');
  await using client = await connect(anyServer, { confirmation: 'off', directories: [root, small] });
  const move = async (source: string, destination: string) =>
    (await client.callTool('move_file', { source, destination: join(small, destination) }))._meta?.code;
  expect(await move('run.sh', 'taken')).toBe('conflict');
  expect(await move('large', 'large')).toBe('unavailable');
  expect(await move('d', 'd')).toBe('invalid_input');
  expect(await move('run.sh', 'moved.sh')).toBeUndefined();
  expect([readdirSync(root).sort(), readdirSync(small).sort()]).toEqual([
    ['d', 'large'],
    ['moved.sh', 'taken'],
  ]);
  expect([readFileSync(join(small, 'moved.sh'), 'utf8'), statSync(join(small, 'moved.sh')).mode & 0o777]).toEqual(['content', 0o755]);
  expect((await client.callTool('copy_path', { source: 'd', destination: join(small, 'd') })).isError).toBeFalsy();
});
