import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, GENERATIONS } from '@touchstone-mcp/core/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { layFiles, temporaryDirectory } from '../../src/domain/temporary-directory.testing.ts';
import { server } from '../../src/server.ts';

const WRITING: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  write_file: { path: 'f', content: 'x' },
  edit_file: { path: 'f', edits: [{ oldText: 'kept', newText: 'x' }] },
  create_directory: { path: 'new' },
  move_file: { source: 'f', destination: 'new' },
  copy_path: { source: 'f', destination: 'new' },
};
const DELETING = { delete_path: { path: 'f' } };

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeEach(async () => {
  temporary = await temporaryDirectory();
  await layFiles(temporary.path, { f: 'kept' });
});

afterEach(async () => {
  expect(await readdir(temporary.path)).toEqual(['f']);
  expect(await readFile(join(temporary.path, 'f'), 'utf8')).toBe('kept');
  await temporary[Symbol.asyncDispose]();
});

describe.each(GENERATIONS)('%s client', (generation) => {
  test.each([
    ['nothing', {}, { ...WRITING, ...DELETING }],
    ['destructive without write', { destructive: true }, { ...WRITING, ...DELETING }],
    ['write without destructive', { write: true }, DELETING],
  ])('FS-141: with %s allowed, tools that need more are neither listed nor can they be called', async (_name, settings, missing) => {
    await using client = await connect(server, { directories: [temporary.path], confirmation: 'off', ...settings }, generation);
    const listed = (await client.listTools()).map(({ name }) => name);
    for (const [tool, args] of Object.entries(missing)) {
      expect(listed).not.toContain(tool);
      const answer = await client.callTool(tool, args).catch((error: Error) => error);
      expect(answer instanceof Error ? answer.message : answer).toMatch(/not found|unknown tool/i);
    }
  });
});

test('FS-142: where everything may only be read, every change is refused', async () => {
  const directories = [temporary.path];
  const settings = { directories, readOnlyDir: directories, write: true, destructive: true };
  await using client = await connect(server, { ...settings, confirmation: 'off' });
  for (const [tool, args] of Object.entries({ ...WRITING, ...DELETING }))
    expect([tool, (await client.callTool(tool, args))._meta?.code]).toEqual([tool, 'denied']);
});

test('FS-028: no directory is no permission', async () => {
  for (const directories of [[], ['/nowhere-at-all'], [join(temporary.path, 'f')]])
    await expect(connect(server, { directories })).rejects.toThrow(/directory/);
});

test('FS-075: no tool unpacks archives', async () => {
  await using client = await connect(server, { directories: [temporary.path], write: true, destructive: true });
  const names = (await client.listTools()).map(({ name }) => name);
  expect(names.filter((name) => /zip|tar|archive|extract|pack/.test(name))).toEqual([]);
});
