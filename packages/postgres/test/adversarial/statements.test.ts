import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { FactCache, functionFacts } from '../../src/domain/functions.ts';
import { parseStatement, proveRead, proveWrite } from '../../src/domain/statement.ts';
import { createDatabase, type TestDatabase } from '../containers/database.ts';
import { titled } from './statements.ts';
import { acceptedRows } from './statements-accepted.ts';
import { bypassRows, newerRows } from './statements-bypass.ts';
import { OWNER_SQL, SUPERUSER_SQL } from './statements-fixture.ts';
import { matrixRows } from './statements-matrix.ts';
import { writeRows } from './statements-write.ts';

/** What every transaction begins with. */
const PROLOGUE = `
  select set_config('touchstone.schemas', current_schemas(true)::text, false), set_config('search_path', 'pg_catalog, pg_temp', false)`;

describe.each(inject('servers').map((server) => [`PostgreSQL ${server.version}`, server] as const))(
  'the judge alone on %s',
  (_title, server) => {
    let database: TestDatabase;
    const clients: pg.Client[] = [];

    beforeAll(async () => {
      database = await createDatabase(server, OWNER_SQL);
      for (const url of [database.superuser, database.owner, database.reader]) {
        const client = new pg.Client(url);
        await client.connect();
        clients.push(client);
      }
      await clients[0]?.query(SUPERUSER_SQL);
      for (const client of clients) await client.query(PROLOGUE);
    });

    afterAll(async () => {
      await Promise.all(clients.map((client) => client.end()));
      await database[Symbol.asyncDispose]();
    });

    /** What the judge says, without any other wall: nothing is sent but the question for facts. */
    async function verdict(prove: typeof proveRead, client: pg.Client, sql: string, cache?: FactCache): Promise<string> {
      try {
        const statement = await parseStatement(sql);
        prove(statement, await functionFacts(catalogOf(client), statement.names, [], cache));
        return 'ok';
      } catch (error) {
        // Anything that is not a ToolError would be a bug, and has no such code.
        return (error as { code?: string }).code ?? String(error);
      }
    }

    const rows = [...matrixRows, ...bypassRows, ...acceptedRows, ...(server.version >= 17 ? newerRows : [])];
    test.each(titled(rows))('%s', async (_name, _id, sql, code) => {
      const cache = new FactCache();
      for (const client of clients) {
        expect(await verdict(proveRead, client, sql)).toBe(code);
        expect(await verdict(proveRead, client, sql, cache)).toBe(code);
      }
    });

    test.each(titled(writeRows))('--write: %s', async (_name, _id, sql, code) => {
      for (const client of clients) expect(await verdict(proveWrite, client, sql)).toBe(code);
    });
  },
);

function catalogOf(client: pg.Client) {
  return {
    async rows<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> {
      const { rows } = await client.query(sql, [...values]);
      return rows.map((row) => ({ ...row, id: Number(row.id) }));
    },
  };
}
