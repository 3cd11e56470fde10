import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { server } from '../../src/server.ts';
import { ask } from '../ask.ts';
import { createDatabase, type TestDatabase } from '../containers/database.ts';
import { type EndlessRow, endlessRows } from './endless.ts';

const SCHEMA = `create table t as select i as id, repeat('x', 40) as name from generate_series(1, 3000) i`;

let database: TestDatabase;
let admin: pg.Client;
let client: TestClient;
beforeAll(async () => {
  database = await createDatabase(undefined, SCHEMA);
  admin = new pg.Client(database.superuser);
  await admin.connect();
  client = await connect(server, { url: database.reader });
});
afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await admin.end();
  await database[Symbol.asyncDispose]();
});

/** Backends of ours that work. */
async function working(): Promise<number> {
  const { rows } = await admin.query(
    `select count(*)::int as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state = 'active'`,
  );
  return rows[0].n;
}

describe.each(endlessRows)('%s %s: %s', (...row: EndlessRow) => {
  const [, sql] = row;

  test('ends with its time', async () => {
    expect(await ask(client, 'query', { sql, timeoutMs: 300 })).toMatchObject({ code: 'timeout' });
    await expect.poll(working).toBe(0);
  });

  test('PG-097: ends within a second of the client leaving', async () => {
    const controller = new AbortController();
    const left = ask(client, 'query', { sql }, controller.signal).catch(() => 'left');
    await expect.poll(working, { timeout: 5_000 }).toBe(1);
    controller.abort();
    expect(await left).toBe('left');
    await expect.poll(working, { timeout: 1_000 }).toBe(0);
  });
});

test('PG-094 what comes after them finds whole connections', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(client, 'query', { sql: `select ${i}` })));
  expect(answers.map(({ data }) => data['rows'])).toEqual(answers.map((_, i) => [[i]]));
});
