import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { ask } from '../ask.ts';
import { createDatabase, type TestDatabase } from '../containers/database.ts';
import { server } from '../insights-server.ts';
import { indexRows, type PlanRow, planRows } from './plans.ts';
import { OWNER_SQL, SUPERUSER_SQL } from './statements-fixture.ts';

const MARKER = join(tmpdir(), 'touchstone-plan-marker');

const titled = (rows: readonly PlanRow[]) =>
  rows.map((row) => [`${row[0]} ${row[2]}: ${JSON.stringify(row[1])} (${row[3]})`, ...row] as const);

/** All that a statement could have changed. */
const STATE = `
  select (select json_agg(t order by id) from t) as rows, (select last_value from s) as sequence,
    (select count(*) from pg_class where relname in ('u', 'm', 'real')) as made, (select count(*) from pg_prepared_statements) as prepared`;

describe.each(inject('servers'))('explain_query on PostgreSQL $version ($kind)', (postgres) => {
  let database: TestDatabase;
  let admin: pg.Client;
  let clients: TestClient[];

  beforeAll(async () => {
    database = await createDatabase(postgres, OWNER_SQL);
    admin = new pg.Client(database.superuser);
    await admin.connect();
    await admin.query(SUPERUSER_SQL);
    if (postgres.extensions.includes('hypopg')) await admin.query('create extension hypopg');
    clients = await Promise.all([database.superuser, database.owner, database.reader].map((url) => connect(server, { url, poolSize: 1 })));
  });

  afterAll(async () => {
    await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
    await admin.end();
    await database[Symbol.asyncDispose]();
  });

  async function check(args: PlanRow[1], code: string): Promise<void> {
    const before = (await admin.query(STATE)).rows;
    const sent = JSON.parse(JSON.stringify(args).replaceAll('{marker}', MARKER));
    for (const client of clients) {
      const answer = await ask(client, 'explain_query', sent);
      // Who has no right to write has none to plan it either.
      const refusedByServer = code === 'ok' && client === clients[2] && /^(delete|insert)/.test(String(args['sql']));
      expect(answer.code ?? 'ok', answer.text).toBe(refusedByServer ? 'denied' : code);
    }
    expect((await admin.query(STATE)).rows).toEqual(before);
    expect(existsSync(MARKER)).toBe(false);
  }

  test.each(titled(planRows))('%s', (_title, _id, args, code) => check(args, code));

  test.skipIf(!postgres.extensions.includes('hypopg')).each(titled(indexRows))('%s', (_title, _id, args, code) => check(args, code));

  test('nothing stays behind on the connection: no prepared statement, no hypothetical index', async () => {
    const [client] = clients as [TestClient];
    await ask(client, 'explain_query', { sql: 'select * from t where a = $1' });
    await ask(client, 'explain_query', { sql: 'select * from t where a = $1 and b = $1' });
    if (postgres.extensions.includes('hypopg')) {
      await ask(client, 'explain_query', { sql: 'select * from t', hypotheticalIndexes: ['t (a)', 'missing (a)'] });
    }
    const plan = await ask(client, 'explain_query', { sql: 'select * from pg_prepared_statements', analyze: true });
    expect(plan.text).toMatch(/rows=0(\.00)? loops=1/);
    if (!postgres.extensions.includes('hypopg')) return;
    const indexes = await ask(client, 'explain_query', { sql: 'select * from hypopg_list_indexes', analyze: true });
    expect(indexes.text).toMatch(/rows=0(\.00)? loops=1/);
  });
});
