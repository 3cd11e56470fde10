import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { server } from '../../src/server.ts';
import { ask } from '../ask.ts';
import { createDatabase, type TestDatabase } from '../containers/database.ts';
import { ERROR_SQL, type ErrorRow, errorRows, VALUE } from './errors.ts';

describe.each(inject('servers'))('errors of PostgreSQL $version ($kind)', (postgres) => {
  let database: TestDatabase;
  let client: TestClient;
  beforeAll(async () => {
    database = await createDatabase(postgres, ERROR_SQL);
    client = await connect(server, { url: database.owner, write: true, confirmation: 'off', logLevel: 'debug' });
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  test.each(errorRows)('%s %s %s -> %s: %s', async (...[, tool, sql, expected]: ErrorRow) => {
    const { code, text } = await ask(client, tool, { sql });
    expect(code, text).toBe(expected);
    expect(text).not.toContain(VALUE);
    expect(JSON.stringify(client.log)).not.toContain(VALUE);
  });
});
