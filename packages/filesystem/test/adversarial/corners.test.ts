import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layFiles, temporaryDirectory } from '../../src/domain/temporary-directory.testing.ts';
import { anyServer, strategies } from '../any-server.ts';
import { MAY_NOT_MOUNT, mount, mountMemory } from './mount.ts';
import { spawnedClient } from './spawned.ts';

/** As long as a name may be. */
const LONG = 'n'.repeat(255);
const LEVELS = 20;

/** Files with long names in directories with long names, beyond what a path may have. */
const DIG = `
  const { mkdirSync, writeFileSync } = require('node:fs');
  for (let level = 0; level < ${LEVELS}; level++) {
    for (let file = 100; file < 110; file++) writeFileSync('f'.repeat(252) + file, 'needle');
    mkdirSync('${LONG}');
    process.chdir('${LONG}');
  }
`;

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeAll(async () => {
  temporary = await temporaryDirectory();
  mkdirSync(join(temporary.path, 'long'));
  await once(spawn(process.execPath, ['-e', DIG], { cwd: join(temporary.path, 'long') }), 'close');
});

// Node cannot remove what has a longer path than the system takes.
afterAll(() => once(spawn('rm', ['-rf', temporary.path]), 'close'));

describe.each(strategies)('%s', (strategy) => {
  let client: TestClient;

  beforeAll(async () => {
    client = await connect(anyServer, { directories: [temporary.path], confirmation: 'off', strategy });
  });

  afterAll(() => client[Symbol.asyncDispose]());

  const ask = async (tool: string, args: Readonly<Record<string, unknown>>) => {
    const { content, structuredContent, isError, _meta } = await client.callTool(tool, args);
    const text = content[0]?.type === 'text' ? content[0].text : '';
    return { text, data: structuredContent ?? {}, code: isError ? _meta?.code : undefined };
  };

  test.each([
    ['search_files', { pattern: 'f*' }, 'matches'],
    ['search_files', { pattern: 'f*', limit: 3 }, 'matches'],
    ['search_content', { pattern: 'needle', output: 'files' }, 'files'],
    ['search_content', { pattern: 'needle', limit: 7 }, 'files'],
    ['directory_tree', { limit: 9 }, 'tree'],
    ['directory_tree', {}, 'tree'],
  ] as const)('FS-098: %s %j pages through paths that are nearly as long as an answer, each once', async (tool, args, key) => {
    const seen: string[] = [];
    let cursor: unknown;
    do {
      const { data, text, code } = await ask(tool, { path: 'long', ...args, ...(cursor === undefined ? {} : { cursor }) });
      expect(code).toBeUndefined();
      expect(text.length).toBeLessThanOrEqual(40_000);
      seen.push(...filesIn(data[key] as readonly Found[]));
      cursor = data['nextCursor'];
    } while (cursor !== undefined);
    // The path of what is further down is longer than any tool takes.
    const levels = Math.floor((3_840 - temporary.path.length - '/long'.length) / 256) + 1;
    expect([seen.length, new Set(seen).size]).toEqual([levels * 10, levels * 10]);
  });

  test('FS-097: what is too far down for any path is counted, and its beginning is named', async () => {
    for (const [tool, args] of [
      ['search_files', { pattern: '*100' }],
      ['search_content', { pattern: 'needle', output: 'files' }],
    ] as const) {
      let answer = await ask(tool, { path: 'long', ...args });
      for (let next = answer.data['nextCursor']; next !== undefined; next = answer.data['nextCursor'])
        answer = await ask(tool, { path: 'long', ...args, cursor: next });
      expect(answer.text).toContain('1 directories could not be read.');
    }
    expect((await ask('directory_tree', { path: 'long' })).text).toMatch(/n\/ \.\.\.$|\[More follows/m);
  });

  test('FS-062: a file that grows all the time is read to an end', async () => {
    const path = join(temporary.path, 'growing.txt');
    writeFileSync(path, 'line\n'.repeat(1_000));
    const grow = `const { appendFileSync } = require('node:fs'); for (;;) appendFileSync(process.argv[1], 'line\\n'.repeat(1000));`;
    const growing = spawn(process.execPath, ['-e', grow, path]);
    const ended = once(growing, 'close');
    try {
      while (statSync(path).size < 10_000) await new Promise(setImmediate);
      for (const [tool, args] of [
        ['read_text_file', {}],
        ['read_text_file', { tail: 3 }],
        ['read_text_file', { startLine: 1_500, endLine: 1_600 }],
        ['read_media_file', {}],
        ['search_content', { pattern: 'none' }],
        ['edit_file', { edits: [{ oldText: 'none', newText: 'x' }] }],
        ['get_file_info', {}],
      ] as const)
        expect([undefined, 'conflict', 'too_large']).toContain((await ask(tool, { path: 'growing.txt', ...args })).code);
    } finally {
      growing.kill('SIGKILL');
      await ended;
    }
  });

  test('FS-066: numbers that are none, or too large', async () => {
    for (const limit of [0, -1, 1.5, 1e9, '5', null])
      for (const [tool, args] of [
        ['list_directory', {}],
        ['list_directory_with_sizes', {}],
        ['directory_tree', {}],
        ['search_files', { pattern: '*' }],
        ['search_content', { pattern: 'x' }],
      ] as const)
        expect([tool, limit, (await ask(tool, { path: '.', ...args, limit })).code]).toEqual([tool, limit, 'invalid_input']);
    expect((await ask('directory_tree', { path: '.', maxDepth: 26 })).code).toBe('invalid_input');
    expect((await ask('search_content', { path: '.', pattern: 'x', contextLines: 21 })).code).toBe('invalid_input');
  });

  test('FS-012: the longest name is read, written, edited, copied and moved', async () => {
    const [path, other] = [`${'x'.repeat(250)}.${strategy.slice(0, 4)}`, `${'y'.repeat(250)}.${strategy.slice(0, 4)}`];
    expect((await ask('write_file', { path, content: 'one' })).code).toBeUndefined();
    expect((await ask('edit_file', { path, edits: [{ oldText: 'one', newText: 'two' }] })).code).toBeUndefined();
    expect((await ask('copy_path', { source: path, destination: other })).code).toBeUndefined();
    expect((await ask('delete_path', { path })).code).toBeUndefined();
    expect((await ask('move_file', { source: other, destination: path })).code).toBeUndefined();
    expect((await ask('read_text_file', { path })).data['content']).toBe('two');
    expect(readdirSync(temporary.path).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('FS-062: a file from a year that JavaScript does not know', async ({ skip }) => {
    const memory = join(temporary.path, `memory-${strategy}`);
    using mounted = mountMemory(memory, '64k');
    if (mounted === undefined) return skip(MAY_NOT_MOUNT);
    writeFileSync(join(memory, 'far.txt'), 'x');
    await utimes(join(memory, 'far.txt'), 1, 9e13);
    const { data } = await ask('get_file_info', { path: `memory-${strategy}/far.txt` });
    expect(data).toMatchObject({ accessed: '1970-01-01T00:00:01.000Z', modified: '+275760-09-13T00:00:00.000Z' });
    expect((await ask('list_directory_with_sizes', { path: `memory-${strategy}` })).code).toBeUndefined();
  });

  test('FS-124: a file system that may only be read', async ({ skip }) => {
    const memory = join(temporary.path, `fixed-${strategy}`);
    using mounted = mountMemory(memory, '64k');
    if (mounted === undefined) return skip(MAY_NOT_MOUNT);
    await layFiles(memory, { 'd/f': 'kept' });
    // Mounted anew, not once more.
    mount(memory, '-o', 'remount,ro');
    const path = `fixed-${strategy}/d/f`;
    for (const [tool, args] of [
      ['write_file', { path, content: 'x' }],
      ['write_file', { path, content: 'x', mode: 'append' }],
      ['write_file', { path: `${path}-new`, content: 'x', mode: 'create' }],
      ['edit_file', { path, edits: [{ oldText: 'kept', newText: 'x' }] }],
      ['create_directory', { path: `${path}-new/deep` }],
      ['move_file', { source: path, destination: 'moved' }],
      ['move_file', { source: 'long', destination: `${path}-new` }],
      ['copy_path', { source: 'growing.txt', destination: `${path}-new` }],
      ['delete_path', { path }],
      ['delete_path', { path: `fixed-${strategy}/d`, recursive: true }],
    ] as const)
      expect([tool, ['denied', 'invalid_input'].includes((await ask(tool, args)).code ?? '')]).toEqual([tool, true]);
    expect(readFileSync(join(memory, 'd/f'), 'utf8')).toBe('kept');
    expect(readdirSync(join(memory, 'd'))).toEqual(['f']);
    expect([existsSync(join(temporary.path, 'moved')), existsSync(join(temporary.path, 'long'))]).toEqual([false, true]);
  });
});

/** A file of another user, in a directory where everybody may make files and nobody may take those of others away. */
test('FS-124: a file that may be written, but not replaced, is left as it is', async ({ skip }) => {
  if (process.getuid?.() !== 0) return skip('only root can give files away');
  const directory = join(temporary.path, 'sticky');
  mkdirSync(directory);
  chmodSync(directory, 0o1777);
  chmodSync(temporary.path, 0o755);
  for (const name of ['theirs.txt', 'ours.txt']) {
    writeFileSync(join(directory, name), 'kept');
    chmodSync(join(directory, name), 0o666);
  }
  chownSync(join(directory, 'ours.txt'), 65_534, 65_534);
  await using client = await spawnedClient(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'], directory);
  if (client === undefined) return skip('root cannot start a process as another user here');
  for (const [tool, args] of [
    ['write_file', { path: 'theirs.txt', content: 'x' }],
    ['edit_file', { path: 'theirs.txt', edits: [{ oldText: 'kept', newText: 'x' }] }],
    ['move_file', { source: 'theirs.txt', destination: 'moved.txt' }],
    ['delete_path', { path: 'theirs.txt' }],
  ] as const) {
    expect([tool, (await client.ask(tool, args)).code]).toEqual([tool, 'denied']);
    expect(readdirSync(directory).sort()).toEqual(['ours.txt', 'theirs.txt']);
    expect(readFileSync(join(directory, 'theirs.txt'), 'utf8')).toBe('kept');
  }
  expect((await client.ask('write_file', { path: 'ours.txt', content: 'x' })).code).toBeUndefined();
});

type Found = string | { readonly path: string } | { readonly name: string; readonly type: string; readonly children?: readonly Found[] };

/** The files in an answer by their paths, those of a tree by the names that lead to them. */
function filesIn(found: readonly Found[], above = ''): string[] {
  return found.flatMap((item) => {
    if (typeof item === 'string') return [item];
    if ('path' in item) return [item.path];
    return item.type === 'directory' ? filesIn(item.children ?? [], `${above}/${item.name}`) : [`${above}/${item.name}`];
  });
}
