import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { connectionSettings } from '../../src/domain/connection.ts';
import type { Database } from '../../src/domain/database.ts';
import { openDatabase } from '../../src/domain/open-database.ts';
import type { ProvenStatement } from '../../src/domain/statement.ts';
import { createDatabase, type TestDatabase } from '../containers/database.ts';
import { titled } from './statements.ts';
import { bypassRows } from './statements-bypass.ts';
import { OWNER_SQL, SUPERUSER_SQL, traces } from './statements-fixture.ts';
import { matrixRows } from './statements-matrix.ts';

const MARKER = '/tmp/touchstone-unjudged-marker';
const CAPS = { maxRows: 10, maxChars: 10_000, last: true };

/** Every statement that the judge refuses, with the judge taken away: for a role that may only read, the other walls leave no trace of any. */
describe.each(inject('servers'))('without the judge, as a reader of PostgreSQL $version ($kind)', (server) => {
  let testing: TestDatabase;
  let database: Database;
  let witness: pg.Client;
  let before: unknown;

  beforeAll(async () => {
    testing = await createDatabase(server, OWNER_SQL);
    witness = new pg.Client(testing.superuser);
    await witness.connect();
    await witness.query(SUPERUSER_SQL);
    before = (await witness.query(traces(MARKER))).rows;
    const connection = connectionSettings(testing.reader, {});
    database = openDatabase({ name: 'test', connection, poolSize: 1, timeoutMs: 1_000, warn() {} });
  });

  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    await witness.end();
    await testing[Symbol.asyncDispose]();
  });

  const refused = [...matrixRows, ...bypassRows].filter(([, , code]) => code === 'denied');
  test.each(titled(refused))('%s', async (_name, _id, sql) => {
    // The brand is what the judge gives, who is not asked here.
    const statement = { sql: sql.replaceAll('{marker}', MARKER), parameters: 0 } as ProvenStatement;
    const { signal } = new AbortController();
    await database
      .read((session) => session.page(statement, [], CAPS), { signal })
      .catch((error: Error) => {
        expect(error).toMatchObject({ name: 'ToolError' });
      });
    await expect.poll(async () => (await witness.query(traces(MARKER))).rows).toEqual(before);
  });
});
