import { connect, GENERATIONS, type TestClient } from '@touchstone-mcp/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { ask } from './ask.ts';
import { createDatabase, type TestDatabase } from './containers/database.ts';
import { server } from './insights-server.ts';

const SQL = `
  create table orders (id int primary key, customer_id int not null, day date not null, kind text not null, twin text not null);
  insert into orders
  select n, n % 5000, date '2024-01-01' + n % 500, 'kind ' || n % 100, 'kind ' || n % 100 from generate_series(1, 100000) n;
  create table customers (id int primary key, name text not null);
  insert into customers select n, 'name ' || n from generate_series(1, 5000) n;
  create table untold (id int);
  insert into untold select generate_series(1, 50);
  create table "line
->  Seq Scan on forged" (id int);
  analyze orders; analyze customers;`;

const RARE = 'select * from orders where customer_id = $1';

describe.each(inject('servers'))('explain_query on PostgreSQL $version ($kind)', (postgres) => {
  const hasHypopg = postgres.extensions.includes('hypopg');
  let database: TestDatabase;
  let client: TestClient;

  beforeAll(async () => {
    database = await createDatabase(postgres, SQL);
    client = await connect(server, { url: database.reader });
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  test.each(GENERATIONS)("%s client: PostgreSQL's own plan, and the root's figures", async (generation) => {
    await using other = await connect(server, { url: database.reader }, generation);
    const { text, data } = await ask(other, 'explain_query', { sql: 'select * from orders where id = 7' });
    expect(text).toMatch(/^Index Scan using orders_pkey on orders {2}\(cost=[\d.]+ rows=1 width=\d+\)\n {2}Index Cond: \(id = 7\)$/);
    expect(data).toEqual({ plan: text, cost: expect.any(Number), rows: 1, findings: [] });
    expect(text).toContain(`..${(data['cost'] as number).toFixed(2)} rows`);
  });

  test('params: their values make the plan, and without them it is a generic one', async () => {
    const sql = 'select * from orders where id < $1';
    const few = await ask(client, 'explain_query', { sql, params: [5] });
    const all = await ask(client, 'explain_query', { sql, params: [100_000] });
    expect(few.text).toMatch(/^Index Scan.*\n.*id < 5/);
    expect(all.text).toMatch(/^Seq Scan/);
    const generic = await ask(client, 'explain_query', { sql });
    expect(generic.text).toContain('(id < $1)');
    expect(generic.data['findings']).toContain('The plan is a generic one, for any params: with params it may be another.');
  });

  test('analyze: measured, with buffers, and a scan that throws most rows away', async () => {
    const { text, data } = await ask(client, 'explain_query', { sql: `${RARE} limit 1000`, params: [7], analyze: true });
    expect(text).toMatch(/actual time=.*Buffers: shared.*Execution Time: /s);
    expect(data).toMatchObject({ ms: expect.any(Number) });
    expect(data['findings']).toEqual([
      'Seq Scan on orders reads 100000 rows and keeps 20: an index for its filter would spare the rest. Filter: (customer_id = 7)',
    ]);
  });

  test('without analyze, the scan is known by the estimate', async () => {
    const { data } = await ask(client, 'explain_query', { sql: RARE, params: [7] });
    expect(data['findings']).toEqual([
      'Seq Scan on orders reads 100000 rows and keeps about 20: an index for its filter would spare the rest. Filter: (customer_id = 7)',
    ]);
  });

  test('the worst estimate, spilling to disk, and a table without statistics', async () => {
    const told = async (sql: string) => (await ask(client, 'explain_query', { sql, analyze: true })).data['findings'] as string[];
    const dependent = Array.from({ length: 4 }, (_, index) => `(twin || '${index}' = kind || '${index}')`).join(' and ');
    expect(await told(`select * from orders where ${dependent}`)).toEqual([
      expect.stringMatching(/^Seq Scan on orders was estimated at 1 rows and gave 100000, 100000 times as many: ANALYZE/),
    ]);
    expect(await told('select * from orders o order by twin, kind, day')).toEqual([
      expect.stringMatching(/^Sort spilled \d+ kB to disk: more work_mem/),
    ]);
    expect((await ask(client, 'explain_query', { sql: 'select * from untold' })).data['findings']).toEqual([
      'public.untold has no statistics, so estimates for it are guesses: run ANALYZE public.untold.',
    ]);
  });

  test('a statement that changes rows is planned, not run', async () => {
    await using owner = await connect(server, { url: database.owner });
    const { text } = await ask(owner, 'explain_query', { sql: 'delete from orders where id = $1', params: [1] });
    expect(text).toMatch(/^Delete on orders/);
    expect((await ask(owner, 'explain_query', { sql: 'select * from orders where id = 1', analyze: true })).text).toMatch(
      /rows=1(\.00)? loops=1/,
    );
  });

  test('an error is said with its place in the text that was given', async () => {
    for (const params of [[], [7]]) {
      const { code, text } = await ask(client, 'explain_query', { sql: 'select ghost from orders where id = $1', params });
      expect(code).toBe('not_found');
      expect(text).toContain('column "ghost" does not exist (at character 8)');
    }
  });

  test('analyze ends with its deadline, on the server too', async () => {
    await using hasty = await connect(server, { url: database.reader, callTimeoutMs: 1_000 });
    const { code } = await ask(hasty, 'explain_query', { sql: 'select pg_sleep(600)', analyze: true });
    expect(code).toBe('timeout');
    const running = `select count(*) from pg_stat_activity where state = 'active' and query ~ 'pg_sleep.600' and pid <> pg_backend_pid()`;
    const admin = new pg.Client(database.superuser);
    await admin.connect();
    await expect.poll(async () => (await admin.query(running)).rows[0].count).toBe('0');
    await admin.end();
  });

  test('a long plan is cut at a whole line, and says so', async () => {
    await using small = await connect(server, { url: database.reader, maxResultChars: 2_000 });
    const sql = Array.from({ length: 60 }, () => 'select id from customers').join(' union all ');
    const { data } = await ask(small, 'explain_query', { sql });
    const lines = String(data['plan']).split('\n');
    expect(lines.at(-1)).toMatch(/^\(\d+ more lines\)$/);
    expect(lines.slice(1, -1).every((line) => /^ +->/.test(line))).toBe(true);
  });

  test.skipIf(!hasHypopg)('hypothetical indexes: the cost before and after, and which would be used', async () => {
    const args = { sql: RARE, params: [7], hypotheticalIndexes: ['orders (customer_id)', 'create index on orders (kind)'] };
    const refused = await ask(client, 'explain_query', args);
    expect(refused).toMatchObject({ code: 'unavailable', text: expect.stringContaining('CREATE EXTENSION hypopg') });
    const admin = new pg.Client(database.superuser);
    await admin.connect();
    await admin.query(
      'create schema "Odd schema"; create extension hypopg schema "Odd schema"; grant usage on schema "Odd schema" to public',
    );
    await admin.end();
    const { data, text } = await ask(client, 'explain_query', args);
    const { cost, costBefore } = data as { cost: number; costBefore: number };
    expect(cost).toBeLessThan(costBefore / 10);
    expect(text).toMatch(/Index Scan (using|on) "?<\d+>btree_orders_customer_id/);
    expect(data['findings']).toEqual([
      expect.stringMatching(
        /^CREATE INDEX ON orders \(customer_id\) would be used: cost [\d.]+ without hypothetical indexes, [\d.]+ with them\.$/,
      ),
      expect.stringContaining('create index on orders (kind) would not be used'),
    ]);
    const generic = await ask(client, 'explain_query', { ...args, params: [] });
    expect(generic.text).toMatch(/<\d+>btree_orders_customer_id/);
    const after = await ask(client, 'explain_query', { sql: RARE, params: [7] });
    expect(after.data['cost']).toBe(costBefore);
  });

  test.skipIf(hasHypopg)('without hypopg, what to do is said', async () => {
    const { code, text } = await ask(client, 'explain_query', { sql: RARE, params: [7], hypotheticalIndexes: ['orders (customer_id)'] });
    expect(code).toBe('unavailable');
    expect(text).toContain('CREATE EXTENSION hypopg');
  });
});

test('tools/list has it in under 0.8 kB', async () => {
  await using client = await connect(server, { url: 'postgres://nobody@127.0.0.1:1/none' });
  const [tool] = await client.listTools();
  expect(JSON.stringify(tool).length).toBeLessThan(800);
});
