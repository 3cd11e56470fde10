import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Catalog, FactCache, functionFacts } from '../src/domain/functions.ts';
import { parseStatement } from '../src/domain/statement.ts';
import { createDatabase, type TestDatabase } from './containers/database.ts';

/** What every transaction begins with. */
const PROLOGUE = `
  select set_config('touchstone.schemas', current_schemas(true)::text, false), set_config('search_path', 'pg_catalog, pg_temp', false)`;

describe.each(inject('servers').map((server) => [server.version, server] as const))('facts of PostgreSQL %i', (_version, server) => {
  let database: TestDatabase;
  let client: pg.Client;
  let queries = 0;

  const catalog: Catalog = {
    async rows<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> {
      queries++;
      const { rows } = await client.query(sql, [...values]);
      return rows.map((row) => ({ ...row, id: Number(row.id) }));
    },
  };

  beforeAll(async () => {
    database = await createDatabase(
      server,
      `create table t (id int);
       create view v as select id from t where id > 0;
       create view w as select abs(id) from v;`,
    );
    client = new pg.Client(database.owner);
    await client.connect();
    await client.query(PROLOGUE);
  });

  afterAll(async () => {
    await client.end();
    await database[Symbol.asyncDispose]();
  });

  /** How many queries it takes to know all about a statement. */
  async function cost(sql: string, cache: FactCache): Promise<number> {
    queries = 0;
    await functionFacts(catalog, (await parseStatement(sql)).names, [], cache);
    return queries;
  }

  test('are asked for once, level by level, and known for a while', async () => {
    let now = 0;
    const cache = new FactCache(() => now);
    expect(await cost('select 1', cache)).toBe(0);
    expect(await cost('select id from t where id = $1', cache)).toBe(1);
    expect(await cost('select id from t where id = $1', cache)).toBe(0);
    expect(await cost('select * from w', cache)).toBe(3);
    expect(await cost('select * from w join t using (id)', cache)).toBe(0);
    now = 10_000;
    expect(await cost('select id from t where id = $1', cache)).toBe(1);
    cache.clear();
    expect(await cost('select id from t where id = $1', cache)).toBe(1);
  });

  test('of what is not there are not kept, but for fields', async () => {
    const cache = new FactCache();
    const name = { kind: 'function', schema: null, name: 'made_later' } as const;
    expect((await functionFacts(catalog, [name], [], cache)).of(name).found).toBe(false);
    await client.query('create function public.made_later() returns int language sql as $$ select 1 $$');
    const [called] = (await functionFacts(catalog, [name], [], cache)).of(name).functions;
    expect(called).toEqual({ schema: 'public', name: 'made_later', volatile: true, builtIn: false, extension: null });
    expect([await cost('select t.id from t', cache), await cost('select t.id from t', cache)]).toEqual([1, 0]);
    expect([await cost('select from absent', cache), await cost('select from absent', cache)]).toEqual([1, 1]);
  });

  test('stay in bounds', async () => {
    const cache = new FactCache();
    const names = Array.from({ length: 5_001 }, (_, index) => ({ kind: 'field', schema: null, name: `f${index}` }) as const);
    queries = 0;
    await expect(functionFacts(catalog, names, [], cache)).rejects.toMatchObject({ code: 'denied' });
    expect(queries).toBe(0);
    await functionFacts(catalog, names.slice(1), [], cache);
    await cost('select id from t where id = $1', cache);
    // The cache has been emptied to make room.
    expect(await cost('select t.f1 from t', cache)).toBe(1);
  });
});
