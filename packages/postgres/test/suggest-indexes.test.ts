import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Advice } from '../src/domain/suggest.ts';
import { ask } from './ask.ts';
import { createDatabase, type TestDatabase } from './containers/database.ts';
import { server } from './insights-server.ts';

const SQL = `
  create table "Orders" (id int primary key, customer_id int not null, "Day" date not null, kind text);
  insert into "Orders" select n, n % 5000, date '2024-01-01' + n % 500, 'kind ' || n % 100 from generate_series(1, 100000) n;
  create index kinds on "Orders" (kind); create index kinds_again on "Orders" (kind);
  create table items (order_id int not null, product int not null);
  insert into items select n / 3, n % 1000 from generate_series(1, 100000) n;
  create table tiny (id int, name text); insert into tiny select n, n from generate_series(1, 50) n;
  create table parted (id int, part int) partition by list (part);
  create table parted_1 partition of parted for values in (1);
  insert into parted select n, 1 from generate_series(1, 50000) n;
  analyze;`;

describe.each(inject('servers'))('suggest_indexes on PostgreSQL $version ($kind)', (postgres) => {
  const hasHypopg = postgres.extensions.includes('hypopg');
  let database: TestDatabase;
  let admin: pg.Client;
  let client: TestClient;

  beforeAll(async () => {
    database = await createDatabase(postgres, SQL);
    admin = new pg.Client(database.superuser);
    await admin.connect();
    client = await connect(server, { url: database.reader });
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await admin.end();
    await database[Symbol.asyncDispose]();
  });

  async function advice(args: Record<string, unknown>, who = client): Promise<Advice & { text: string }> {
    const { data, code, text } = await ask(who, 'suggest_indexes', args);
    expect(code, text).toBeUndefined();
    return { ...(data as unknown as Advice), text };
  }

  const RARE = `select * from "Orders" where customer_id = $1 and "Day" > $2`;

  test('without hypopg: candidates by the shape of the statement, and said to be so', async () => {
    const { costed, suggestions, redundant, text } = await advice({ sql: RARE });
    expect(costed).toBe(false);
    expect(suggestions.map(({ sql }) => sql)).toEqual([
      'CREATE INDEX CONCURRENTLY ON public."Orders" (customer_id);',
      'CREATE INDEX CONCURRENTLY ON public."Orders" ("Day");',
      'CREATE INDEX CONCURRENTLY ON public."Orders" (customer_id, "Day");',
    ]);
    expect(suggestions[0]).toEqual({ sql: expect.any(String), reason: 'equality on customer_id; range on Day', helps: [{ query: RARE }] });
    expect(redundant).toEqual([
      expect.stringMatching(
        /^public\.kinds_again: On public\."Orders", a duplicate of public\.kinds .* DROP INDEX CONCURRENTLY public\.kinds_again;$/,
      ),
    ]);
    expect(text).toContain('CREATE EXTENSION hypopg');
  });

  test.each([
    ['an index is there', `select * from "Orders" where kind = 'kind 1'`],
    ['the table is tiny', "select * from tiny where name = '7'"],
    ['a system table', "select * from pg_class where relname = 'tiny'"],
    ['nothing is asked for', 'select count(*) from items'],
  ])('none where %s', async (_why, sql) => {
    const { suggestions, text } = await advice({ sql });
    expect(suggestions).toEqual([]);
    expect(text).toContain('No index would help the 1 statements that were looked at.');
  });

  test('a huge statement is no burden', async () => {
    const columns = ['id', 'customer_id', '"Day"', 'kind'];
    const wide = Array.from({ length: 300 }, (_, index) => `"Orders" o${index}`).join(', ');
    const deep = Array.from({ length: 800 }, (_, index) => `(o1.${columns[index % 4]} is null or o1.id = ${index}) and (`).join('');
    const { code } = await ask(client, 'suggest_indexes', { sql: `select 1 from ${wide} where ${deep}true${')'.repeat(800)} and false` });
    expect(code).toBeUndefined();
  });

  test('what may not be planned is refused', async () => {
    const codeOf = async (sql: string) => (await ask(client, 'suggest_indexes', { sql })).code;
    expect(await codeOf('drop table items')).toBe('denied');
    expect(await codeOf("select pg_read_file('/etc/passwd')")).toBe('denied');
    expect(await codeOf('select 1; drop table items')).toBe('denied');
    expect(await codeOf('select * from missing')).toBe('not_found');
  });

  describe.skipIf(!hasHypopg)('with hypopg', () => {
    test('one statement: the one index that the planner would take, its gain and its size', async () => {
      await admin.query('create extension hypopg');
      const { costed, suggestions, text } = await advice({ sql: RARE, params: [7, '2025-04-01'] });
      expect(costed).toBe(true);
      expect(suggestions).toEqual([
        {
          sql: expect.stringMatching(/^CREATE INDEX CONCURRENTLY ON public\."Orders" \(customer_id(, "Day")?\);$/),
          reason: 'equality on customer_id; range on Day',
          gain: expect.any(Number),
          bytes: expect.any(Number),
          helps: [{ query: RARE, costBefore: expect.any(Number), costAfter: expect.any(Number) }],
        },
      ]);
      const [{ gain = 0, bytes = 0, helps: [helped] = [] } = {}] = suggestions;
      expect(gain).toBeGreaterThan(90);
      expect(bytes).toBeGreaterThan(1_000_000);
      expect(helped?.costAfter).toBeLessThan((helped?.costBefore ?? 0) / 10);
      expect(text).toMatch(/saves \d+(\.\d)? %, takes [\d.]+ MB\n {2}helps \(cost [\d.]+ -> [\d.]+\): select \* from "Orders"/);
    });

    test('it is really taken when it is made', async () => {
      const sql = 'select * from items where product = 7 order by order_id limit 10';
      const { suggestions } = await advice({ sql });
      expect(suggestions).toHaveLength(1);
      const [made] = suggestions;
      await admin.query(String(made?.sql));
      await admin.query('analyze items');
      const { data } = await ask(client, 'explain_query', { sql });
      expect(data['cost']).toBeLessThan(2 * (made?.helps[0]?.costAfter ?? 0));
      expect((await advice({ sql })).suggestions).toEqual([]);
      await admin.query('drop index items_product_order_id_idx').catch(() => admin.query('drop index items_product_idx'));
    });

    test('a join, a statement that changes rows, and a partitioned table', async () => {
      const join = await advice({ sql: `select * from "Orders" o join items i on i.order_id = o.id where o.customer_id = 7` });
      expect(join.suggestions.map(({ sql }) => sql).toSorted()).toEqual([
        expect.stringContaining('"Orders" (customer_id'),
        expect.stringContaining('items (order_id'),
      ]);
      await using owner = await connect(server, { url: database.owner });
      expect((await advice({ sql: 'delete from items where product = $1' }, owner)).suggestions).toHaveLength(1);
      const { suggestions } = await advice({ sql: 'select * from parted where id = 7' });
      expect(suggestions[0]?.sql).toMatch(/^CREATE INDEX ON public\.parted \(id\); -- locks/);
    });

    test('nothing stays behind', async () => {
      await using alone = await connect(server, { url: database.reader, poolSize: 1 });
      await advice({ sql: RARE }, alone);
      expect((await ask(alone, 'explain_query', { sql: RARE })).text).toContain('Seq Scan');
    });
  });

  test('the workload: those that take most of the time, progress, and what cannot be planned', async () => {
    await admin.query('create extension pg_stat_statements');
    await using superuser = await connect(server, { url: database.superuser });
    for (let n = 0; n < 5; n += 1) {
      await admin.query(`select * from "Orders" where customer_id = ${n} -- a comment\n and id > 0`);
      await admin.query(`select * from items where product = ${n}`);
      await admin.query(`select date '2024-01-01' + product from items`);
    }
    const progress: string[] = [];
    const { structuredContent } = await superuser.callTool(
      'suggest_indexes',
      {},
      { onprogress: ({ message = '' }) => progress.push(message) },
    );
    const { costed, suggestions, skipped, statements } = structuredContent as unknown as Advice;
    expect(costed).toBe(hasHypopg);
    expect(statements).toBeGreaterThan(1);
    expect(suggestions.map(({ sql }) => sql)).toEqual(
      expect.arrayContaining([expect.stringContaining('"Orders" (customer_id'), expect.stringContaining('items (product)')]),
    );
    expect(suggestions.flatMap(({ helps }) => helps.map(({ query }) => query))).toContainEqual(
      expect.stringContaining('-- a comment and id > $2'),
    );
    expect(progress).toContain('planning the workload');
    // Nothing of what this server asks by itself is spoken of.
    expect(skipped).toContainEqual({ query: 'select date $1 + product from items', why: expect.stringContaining('syntax error') });
  });

  test('the workload of others is hidden from a role with few rights: then there is none to look at', async () => {
    const { suggestions, statements } = await advice({});
    expect([suggestions, statements]).toEqual([[], expect.any(Number)]);
  });
});
