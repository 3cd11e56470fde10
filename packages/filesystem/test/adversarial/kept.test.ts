import { execFileSync } from 'node:child_process';
import { chmod, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { layFiles, temporaryDirectory } from '../../src/domain/temporary-directory.testing.ts';
import { anyServer, strategies } from '../any-server.ts';
import { keptRows } from './kept.ts';

describe.each(strategies)('%s', (strategy) => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let client: TestClient;
  let file: string;

  beforeEach(async () => {
    temporary = await temporaryDirectory();
    file = join(temporary.path, 'file');
    client = await connect(anyServer, { directories: [temporary.path], strategy });
  });

  afterEach(async () => {
    await client[Symbol.asyncDispose]();
    await temporary[Symbol.asyncDispose]();
  });

  const codeOf = async (tool: string, args: Record<string, unknown>) => (await client.callTool(tool, args))._meta?.code;

  test.each(keptRows.map((row) => [`${row[0]} ${JSON.stringify(row[1])} ${row[2]} ${JSON.stringify(row[3])}: ${row[5]}`, row] as const))(
    '%s',
    async (_title, [, before, tool, args, after]) => {
      await writeFile(file, before);
      await utimes(file, 1, 1);
      const answer = await client.callTool(tool, { path: 'file', ...args });
      expect(answer.isError ? 'refused' : 'done').toBe(after === 'refused' ? 'refused' : 'done');
      expect((await readFile(file)).toString('hex')).toBe(Buffer.from(after === 'refused' ? before : after).toString('hex'));
      if (after === 'refused' || after === before) expect((await stat(file)).mtimeMs).toBe(1_000);
      expect(await readdir(temporary.path)).toEqual(['file']);
    },
  );

  test.each([0o755, 0o600, 0o640, 0o777])('FS-120: mode %o is kept by overwriting, editing and appending', async (mode) => {
    await writeFile(file, 'one');
    await chmod(file, mode);
    if (process.getuid?.() === 0) execFileSync('chown', ['12345:23456', file]);
    const { uid, gid } = await stat(file);
    for (const [tool, args] of [
      ['write_file', { content: 'one two' }],
      ['edit_file', { edits: [{ oldText: 'two', newText: 'three' }] }],
      ['write_file', { content: '!', mode: 'append' }],
    ] as const) {
      expect(await codeOf(tool, { path: 'file', ...args })).toBeUndefined();
      const now = await stat(file);
      expect({ mode: now.mode & 0o7777, uid: now.uid, gid: now.gid }).toEqual({ mode, uid, gid });
    }
    expect(await readFile(file, 'utf8')).toBe('one three!');
  });

  test('FS-121: appending keeps the file itself, overwriting and editing put another in its place', async () => {
    await writeFile(file, 'one');
    const inode = async () => (await stat(file)).ino;
    const first = await inode();
    await codeOf('write_file', { path: 'file', content: ' two', mode: 'append' });
    expect(await inode()).toBe(first);
    await codeOf('edit_file', { path: 'file', edits: [{ oldText: 'one', newText: 'x' }] });
    expect(await inode()).not.toBe(first);
  });

  test('FS-046: what a call makes is as open as the mask of the process lets it be, and no call changes the mode of another file', async () => {
    await layFiles(temporary.path, { 'd/run.sh': 'x', 'd/private': 'x' });
    await chmod(join(temporary.path, 'd/run.sh'), 0o755);
    await chmod(join(temporary.path, 'd/private'), 0o600);
    await codeOf('copy_path', { source: 'd', destination: 'e' });
    await codeOf('write_file', { path: 'new', content: 'x' });
    const modes = await Promise.all(['e/run.sh', 'e/private', 'new', 'd/private'].map((name) => stat(join(temporary.path, name))));
    const mask = ~process.umask();
    expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o755 & mask, 0o600, 0o666 & mask, 0o600]);
  });

  test('FS-143: missing directories are made, each inside', async () => {
    expect(await codeOf('create_directory', { path: 'a/b/c' })).toBeUndefined();
    expect(await codeOf('create_directory', { path: 'a/b/../../../x/y' })).toBe('denied');
    expect((await readdir(temporary.path, { recursive: true })).sort()).toEqual(['a', 'a/b', 'a/b/c']);
  });

  test('FS-139: two texts that have nothing in common are written, and the diff is a sentence', async () => {
    const lines = (word: string) => Array.from({ length: 100_000 }, (_, index) => `${word} ${index * 7}`).join('\n');
    await writeFile(file, lines('a'));
    const answer = await client.callTool('edit_file', { path: 'file', edits: [{ oldText: 'a', newText: 'b', replaceAll: true }] });
    expect(answer.content).toMatchObject([{ text: expect.stringContaining('Too much changed for a diff') }]);
    expect(await readFile(file, 'utf8')).toBe(lines('b'));
  });

  test('FS-130: where a text may have been meant is said within bounds', async () => {
    await writeFile(file, `${`${'needle in the hay '.repeat(200)}\n`.repeat(50)}the end\n`);
    const answer = await client.callTool('edit_file', {
      path: 'file',
      edits: [{ oldText: 'needle in the hey '.repeat(200), newText: '' }],
    });
    const text = answer.content[0]?.type === 'text' ? answer.content[0].text : '';
    expect(answer._meta?.code).toBe('conflict');
    expect(text).toContain('line 1');
    expect(text.length).toBeLessThan(2_000);
  });
});
