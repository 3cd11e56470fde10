import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { temporaryDirectory } from '../src/domain/temporary-directory.testing.ts';
import { server } from '../src/server.ts';

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeAll(async () => {
  temporary = await temporaryDirectory();
  mkdirSync(join(temporary.path, 'many'));
  for (let index = 0; index < 200; index += 1) writeFileSync(join(temporary.path, 'many', `${index}.txt`), 'text');
});

afterAll(() => temporary[Symbol.asyncDispose]());

test.each([
  ['search_files', { path: '.', pattern: '*.md' }, 'names seen'],
  ['search_content', { path: '.', pattern: 'no such text' }, 'names seen'],
  ['directory_tree', { path: '.' }, 'names seen'],
  ['list_directory', { path: 'many' }, 'names seen'],
  ['copy_path', { source: 'many', destination: 'copied' }, 'entries copied'],
  ['delete_path', { path: 'copied', recursive: true }, 'entries deleted'],
])('%s tells how far it is, and never less than before', async (tool, args, message) => {
  const settings = { directories: [temporary.path], write: true, destructive: true, confirmation: 'off' as const };
  await using client = await connect(server, settings);
  const told: { progress: number; message?: string | undefined }[] = [];
  // Each look at the clock is a second after the one before.
  let now = performance.now();
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 1_000));
  const result = await client.callTool(tool, args, { onprogress: (step) => told.push(step) });
  clock.mockRestore();
  expect(result.isError).toBeUndefined();
  expect(told.length).toBeGreaterThan(0);
  expect(told.map(({ progress }) => progress)).toEqual([...new Set(told.map(({ progress }) => progress))].sort((a, b) => a - b));
  expect(new Set(told.map((step) => step.message))).toEqual(new Set([message]));
});
