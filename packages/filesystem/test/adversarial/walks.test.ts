import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { server } from '../walks-server.ts';
import { layOut, listenAt, type Row, rows, SECRET } from './containment.ts';
import { type WalkRow, walkRows } from './walks.ts';

let base: string;
let places: { root: string; outside: string };
let socket: AsyncDisposable;
let client: TestClient;

beforeAll(async () => {
  base = await mkdtemp(join(await realpath(tmpdir()), 'touchstone-adversarial-walks-'));
  places = layOut(base);
  socket = await listenAt(join(places.root, 'socket'));
  client = await connect(server, { directories: [places.root] });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await socket[Symbol.asyncDispose]();
  await rm(base, { recursive: true, force: true });
});

/** What each tool needs beside a path. */
const TOOLS = {
  directory_tree: {},
  search_files: { pattern: '*' },
  search_content: { pattern: '.' },
  list_directory_with_sizes: {},
  get_file_info: {},
};

describe.each(Object.keys(TOOLS))('%s', (tool) => {
  test.each(rows)('%s %j -> %s: %s', (...row: Row) => {
    const [, path, code] = row;
    return judge(tool, { path, ...TOOLS[tool as keyof typeof TOOLS] }, code);
  });
});

test.each(walkRows)('%s %s %j -> %s: %s', (...row: WalkRow) => judge(row[1], row[2], row[3]));

test('the log has nothing from outside', () => {
  expect(JSON.stringify(client.log)).not.toContain(SECRET);
});

async function judge(tool: string, args: Readonly<Record<string, unknown>>, code: string): Promise<void> {
  const requested = String(args['path']).replaceAll('{root}', places.root).replaceAll('{base}', base);
  const started = performance.now();
  const answer = await client.callTool(tool, { ...args, path: requested });
  expect(performance.now() - started).toBeLessThan(3_000);
  expect(answer.isError ? answer._meta?.code : 'ok').toBe(code);
  const text = JSON.stringify(answer);
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain('root:x:0');
  // The name of what links lead to may not be in an answer either, but where it was asked for.
  if (!JSON.stringify(args).includes('out')) expect(text).not.toContain(places.outside);
}
