import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { server } from '../../src/server.ts';
import { ask } from '../ask.ts';
import { createDatabase, type TestDatabase } from '../containers/database.ts';
import { type ResultRow, resultRows } from './results.ts';

const SHOUTING = [
  ['shout', 'notice', ''],
  ['groan', 'warning', ''],
  ['loud', 'notice', "set client_min_messages = 'debug5'"],
].map(
  ([name, level, setting]) => `create function ${name}(times int) returns text stable language plpgsql ${setting} as
    'begin for i in 1..times loop raise ${level} ''%'', repeat(''!'', 1000); end loop; return ''done''; end';`,
);

/** Bytes that one row may add to the memory of this process, which holds client and server. */
const MAX_GROWTH = 150 * 1024 ** 2;

let database: TestDatabase;
let client: TestClient;
beforeAll(async () => {
  database = await createDatabase(undefined, SHOUTING.join('\n'));
  client = await connect(server, { url: database.owner });
});
afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

test.each(resultRows)('%s %s', async (...row: ResultRow) => {
  const [, sql, expected] = row;
  let most = 0;
  const before = process.memoryUsage().rss;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 10);
  const { code, data, text } = await ask(client, 'query', { sql });
  clearInterval(timer);
  if (typeof expected === 'string') expect(code).toBe(expected);
  else expect(data).toMatchObject(expected);
  expect(text.length).toBeLessThanOrEqual(42_000);
  expect(most - before).toBeLessThan(MAX_GROWTH);
});

test('PG-090 bytes that are no UTF-8 are refused as text, and can be read as bytes', async () => {
  const admin = new pg.Client(database.superuser);
  await admin.connect();
  const name = `${database.name}_ascii`;
  try {
    await admin.query(`create database ${name} template template0 encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C' locale_provider libc`);
    await using ascii = await connect(server, { url: database.superuser.replace(`/${database.name}?`, `/${name}?`) });
    // The server itself refuses to send them as text.
    const text = `convert_from('\\x61ff62'::bytea, 'SQL_ASCII')`;
    const refused = await ask(ascii, 'query', { sql: `select ${text}` });
    expect(refused).toMatchObject({ code: 'invalid_input', text: expect.stringContaining('convert_to') });
    const bytes = await ask(ascii, 'query', { sql: `select convert_to(${text}, 'SQL_ASCII'), 'é'` });
    expect(bytes.data).toMatchObject({ rows: [['\\x61ff62', 'é']] });
  } finally {
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.end();
  }
});
