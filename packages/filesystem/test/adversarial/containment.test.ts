import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { server } from '../../src/server.ts';
import { fileRows, layOut, listenAt, type Row, rows, SECRET } from './containment.ts';

let base: string;
let places: { root: string; outside: string };
let socket: AsyncDisposable;
let client: TestClient;

beforeAll(async () => {
  base = await mkdtemp(join(await realpath(tmpdir()), 'touchstone-adversarial-'));
  places = layOut(base);
  socket = await listenAt(join(places.root, 'socket'));
  client = await connect(server, { directories: [places.root] });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await socket[Symbol.asyncDispose]();
  await rm(base, { recursive: true, force: true });
});

describe.each(['read_text_file', 'list_directory'])('%s', (tool) => {
  test.each(rows)('%s %j -> %s: %s', (...row) => judge(tool, row));
});

test.each(fileRows)('%s %j -> %s: %s', (...row) => judge('read_text_file', row));

test('the server is as well as before', async () => {
  expect((await client.callTool('read_text_file', { path: 'ok.txt' })).structuredContent).toMatchObject({ content: 'fine' });
  expect(JSON.stringify(client.log)).not.toContain(SECRET);
});

async function judge(tool: string, [, path, code]: Row): Promise<void> {
  const requested = path.replaceAll('{root}', places.root).replaceAll('{base}', base);
  const answer = await client.callTool(tool, { path: requested });
  expect(answer.isError ? answer._meta?.code : 'ok').toBe(code);
  const text = JSON.stringify(answer);
  expect(text).not.toContain(SECRET);
  // A refusal speaks of what was asked for and of the roots, never of what is behind them.
  if (!requested.includes('out')) expect(text).not.toContain(places.outside);
  if (answer.isError)
    expect(answer.content.flatMap((block) => (block.type === 'text' ? block.text.split('\n') : [])).length).toBeLessThanOrEqual(2);
}
