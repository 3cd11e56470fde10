import { setTimeout as wait } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from './containers/database.ts';
import { residentBytes, startServer } from './started.ts';

/** Bytes that any call may add to the memory of the server. */
const MAX_GROWTH = 64 * 1024 ** 2;

const INITIALIZE = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
const query = (sql: string, timeoutMs?: number) => ({
  name: 'query',
  arguments: { sql, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
});

let database: TestDatabase;
let admin: pg.Client;
beforeAll(async () => {
  database = await createDatabase();
  admin = new pg.Client(database.superuser);
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await database[Symbol.asyncDispose]();
});

/** Backends of our servers. */
async function backends(condition = 'true'): Promise<number> {
  const { rows } = await admin.query(
    `select count(*)::int as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and ${condition}`,
  );
  return rows[0].n;
}

async function startOverStdio(args: readonly string[] = []) {
  const server = startServer(database.reader, args);
  server.send('initialize', INITIALIZE);
  await server.answer();
  return server;
}

describe.runIf(process.platform === 'linux')('PG-080 memory stays flat', () => {
  test.each([
    ['one value of a gigabyte', `select repeat('x', 1000000000)`],
    ['many values of a megabyte', `select ${Array.from({ length: 400 }, (_, i) => `repeat('x', 1000000) as c${i}`).join(', ')}`],
    ['long rows without end', `select repeat('x', 1000000) from (select generate_series(1, 1000000000)) g`],
    ['short rows without end', `select generate_series(1, 1000000000)`],
  ])('%s', { timeout: 120_000 }, async (_, sql) => {
    await using server = await startOverStdio(['--call-timeout-ms', '100000']);
    const call = async (statement: string) => {
      server.send('tools/call', query(statement));
      return await server.answer();
    };
    // All that is loaded with the first call.
    await call(`select repeat('x', 200000), 1`);
    const before = residentBytes(server.child.pid ?? 0, 'VmRSS');
    const { result } = await call(sql);
    expect(result.isError).toBeUndefined();
    expect(residentBytes(server.child.pid ?? 0, 'VmHWM') - before).toBeLessThan(MAX_GROWTH);
  });
});

test('PG-093 two hundred clients, one after the other, share a few connections', async () => {
  await using server = startServer(database.reader, ['--http', '--http-port', '0', '--pool-size', '3', '--rate-limit', '0']);
  const address = () => server.log.map((line) => /http:\/\/127\.0\.0\.1:\d+\/mcp/.exec(line)?.[0]).find((url) => url !== undefined);
  await expect.poll(address, { timeout: 10_000 }).toBeDefined();
  let most = 0;
  for (let number = 0; number < 200; number += 1) {
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StreamableHTTPClientTransport(new URL(address() ?? '')));
    const { structuredContent } = await client.callTool(query(`select ${number}`));
    expect(structuredContent).toMatchObject({ rows: [[number]] });
    await client.close();
    if (number % 20 === 0) most = Math.max(most, await backends());
  }
  expect(Math.max(most, await backends())).toBeLessThanOrEqual(3);
});

const SLEEP = `select pg_sleep(600)`;
const sleeping = () => backends(`query = '${SLEEP}' and state = 'active'`);

test.each([
  ['its input ends', (server: Awaited<ReturnType<typeof startOverStdio>>) => server.child.stdin.end()],
  ['it is told to end', (server: Awaited<ReturnType<typeof startOverStdio>>) => server.child.kill('SIGTERM')],
])('a server takes its statements with it when %s', async (_, end) => {
  await using server = await startOverStdio();
  server.send('tools/call', query(SLEEP));
  await expect.poll(sleeping, { timeout: 10_000 }).toBe(1);
  end(server);
  await expect.poll(sleeping, { timeout: 10_000 }).toBe(0);
  await Promise.race([server.exited, wait(10_000, undefined, { ref: false }).then(() => Promise.reject(new Error('still there')))]);
  await expect.poll(() => backends()).toBe(0);
});

test('the statement of a server that was killed ends with its time', async () => {
  await using server = await startOverStdio();
  server.send('tools/call', query(SLEEP, 2_000));
  await expect.poll(sleeping, { timeout: 10_000 }).toBe(1);
  server.child.kill('SIGKILL');
  await expect.poll(() => backends(), { timeout: 10_000 }).toBe(0);
});
