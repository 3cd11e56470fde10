import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { server as touchstone } from '../../src/server.ts';
import { createDatabase, type TestDatabase } from '../containers/database.ts';
import { titled } from './statements.ts';
import { acceptedRows } from './statements-accepted.ts';
import { bypassRows, newerRows } from './statements-bypass.ts';
import { OWNER_SQL, SUPERUSER_SQL, traces } from './statements-fixture.ts';
import { matrixRows } from './statements-matrix.ts';
import { writeRows } from './statements-write.ts';

const MARKER = '/tmp/touchstone-marker';
const TRACES = traces(MARKER);

/** Statements of others that still run, or connections that hold a transaction. A connection may just be reset. */
const BUSY = `select query from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`;

const servers = inject('servers').map((server) => [`PostgreSQL ${server.version}`, server] as const);

describe.each(servers)('%s', (_title, server) => {
  let database: TestDatabase;
  let witness: pg.Client;

  beforeAll(async () => {
    database = await createDatabase(server, OWNER_SQL);
    witness = new pg.Client(database.superuser);
    await witness.connect();
    await witness.query(SUPERUSER_SQL);
  });

  afterAll(async () => {
    await witness.end();
    await database[Symbol.asyncDispose]();
  });

  describe.each(['superuser', 'owner', 'reader'] as const)('as %s', (role) => {
    let client: TestClient;
    let before: unknown;

    beforeAll(async () => {
      client = await connect(touchstone, { url: database[role], write: true });
      before = (await witness.query(TRACES)).rows;
    });

    afterAll(() => client[Symbol.asyncDispose]());

    // What may be planned is what may be run: the plan of a change is not for who only reads.
    const accepted = acceptedRows.filter(([id]) => id !== 'PG-023' || role !== 'reader');
    const rows = [...matrixRows, ...bypassRows, ...accepted, ...(server.version >= 17 ? newerRows : [])]
      // A message of megabytes is refused as such.
      .filter(([, sql]) => sql.length < 1_000_000);

    test.each(titled(rows))('query: %s', async (_name, id, sql, code) => {
      const answer = await client.callTool('query', { sql: sql.replaceAll('{marker}', MARKER), params: id === 'PG-061' ? ['1'] : [] });
      expect(answer.isError ? answer._meta?.code : 'ok').toBe(code);
      expect((await witness.query(TRACES)).rows).toEqual(before);
    });

    const refusedWrites = writeRows.filter(([, , code]) => code !== 'ok');
    test.each(titled(refusedWrites))('execute: %s', async (_name, _id, sql, code) => {
      const answer = await client.callTool('execute', { sql: sql.replaceAll('{marker}', MARKER) });
      expect(answer.isError ? answer._meta?.code : 'ok').toBe(code);
      expect((await witness.query(TRACES)).rows).toEqual(before);
    });

    test('nothing runs on', async () => {
      await expect.poll(async () => (await witness.query(BUSY)).rows).toEqual([]);
    });
  });
});
