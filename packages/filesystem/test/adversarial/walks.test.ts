import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryDirectory } from '../../src/domain/temporary-directory.testing.ts';
import { server } from '../../src/server.ts';
import { layOut, listenAt, SECRET } from './containment.ts';
import { type WalkRow, walkRows } from './walks.ts';

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let places: { root: string; outside: string };
let socket: AsyncDisposable;
let client: TestClient;

beforeAll(async () => {
  temporary = await temporaryDirectory();
  places = layOut(temporary.path);
  socket = await listenAt(join(places.root, 'socket'));
  client = await connect(server, { directories: [places.root] });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await socket[Symbol.asyncDispose]();
  await temporary[Symbol.asyncDispose]();
});

test.each(walkRows.map((row) => [`${row[0]} ${row[1]} ${JSON.stringify(row[2]).slice(0, 100)} -> ${row[3]}: ${row[4]}`, row] as const))(
  '%s',
  (_title, row: WalkRow) => judge(row[1], row[2], row[3]),
);

test('the log has nothing from outside', () => {
  expect(JSON.stringify(client.log)).not.toContain(SECRET);
});

async function judge(tool: string, args: Readonly<Record<string, unknown>>, code: string): Promise<void> {
  const requested = String(args['path']).replaceAll('{root}', places.root).replaceAll('{base}', temporary.path);
  const answer = await client.callTool(tool, { ...args, path: requested });
  expect(answer.isError ? answer._meta?.code : 'ok').toBe(code);
  const text = JSON.stringify(answer);
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain('root:x:0');
  // The name of what links lead to may not be in an answer either, but where it was asked for.
  if (!JSON.stringify(args).includes('out')) expect(text).not.toContain(places.outside);
}
