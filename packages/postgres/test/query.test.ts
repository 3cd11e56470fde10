import { connect, GENERATIONS, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { server } from '../src/server.ts';
import { ask } from './ask.ts';
import { createDatabase, type TestDatabase } from './containers/database.ts';

const SCHEMA = `
  create table orders (id int primary key, customer text not null, total numeric(10, 2), note text);
  insert into orders select i, 'customer ' || i % 7, i * 1.1, null from generate_series(1, 1200) i;
`;

describe.each(inject('servers'))('PostgreSQL $version', (postgres) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase(postgres, SCHEMA);
  });
  afterAll(() => database[Symbol.asyncDispose]());

  describe.each(GENERATIONS)('%s client', (generation) => {
    let client: TestClient;
    beforeAll(async () => {
      client = await connect(server, { url: database.reader }, generation);
    });
    afterAll(() => client[Symbol.asyncDispose]());

    test('rows come as arrays beside their columns, and as JSON objects in the text', async () => {
      const { text, data } = await ask(client, 'query', { sql: 'select id, customer, total, note from orders order by id limit 2' });
      expect(data).toEqual({
        columns: [
          { name: 'id', type: 'integer' },
          { name: 'customer', type: 'text' },
          { name: 'total', type: 'numeric' },
          { name: 'note', type: 'text' },
        ],
        rows: [
          [1, 'customer 1', '1.10', null],
          [2, 'customer 2', '2.20', null],
        ],
        rowCount: 2,
        truncated: false,
        truncatedCells: 0,
        format: 'json',
      });
      expect(JSON.parse(text)).toEqual([
        { id: 1, customer: 'customer 1', total: '1.10', note: null },
        { id: 2, customer: 'customer 2', total: '2.20', note: null },
      ]);
    });

    test('values are bound, not inserted', async () => {
      const params = ["'; drop table orders; --", 7, true, null];
      const { data } = await ask(client, 'query', { sql: 'select $1::text, $2::int, $3::bool, $4::text, $1 = $1', params });
      expect(data).toMatchObject({ rows: [["'; drop table orders; --", 7, true, null, true]] });
    });

    test.each([
      [999, false],
      [1000, false],
      [1001, true],
    ])('of %i rows, truncated is %s', async (rows, truncated) => {
      const { text, data } = await ask(client, 'query', { sql: 'select id from orders order by id limit $1', params: [rows] });
      expect(data).toMatchObject({ rowCount: Math.min(rows, 1000), truncated });
      if (truncated) expect(text).toContain('[Only the first 1000 rows: narrow the WHERE, or go on with ORDER BY, LIMIT and OFFSET 1000.]');
      else expect(JSON.parse(text)).toHaveLength(rows);
    });
  });

  describe('one client', () => {
    let client: TestClient;
    beforeAll(async () => {
      client = await connect(server, { url: database.reader });
    });
    afterAll(() => client[Symbol.asyncDispose]());

    test('maxRows asks for fewer, never for more than the setting', async () => {
      expect((await ask(client, 'query', { sql: 'table orders', maxRows: 3 })).data).toMatchObject({ rowCount: 3, truncated: true });
      expect((await ask(client, 'query', { sql: 'table orders limit 3', maxRows: 3 })).data).toMatchObject({
        rowCount: 3,
        truncated: false,
      });
      await using small = await connect(server, { url: database.reader, maxRows: 5 });
      expect((await ask(small, 'query', { sql: 'table orders', maxRows: 50 })).data).toMatchObject({ rowCount: 5, truncated: true });
    });

    test('the text is csv or a table on request', async () => {
      const sql = `select 1 as a, 'x "y", z' as "b,c", null as d, '' as e, 'p|q' as f`;
      expect((await ask(client, 'query', { sql, format: 'csv' })).text).toBe('a,"b,c",d,e,f\n1,"x ""y"", z",,"",p|q');
      expect((await ask(client, 'query', { sql, format: 'table' })).text).toBe(
        '| a | b,c | d | e | f |\n| --- | --- | --- | --- | --- |\n| 1 | x "y", z | NULL |  | p\\|q |',
      );
    });

    test('json stands in the text as the server wrote it', async () => {
      const { text } = await ask(client, 'query', { sql: `select '{"n": 12345678901234567890}'::json as j, 1 as a, 2 as a` });
      expect(text).toBe('[\n{"j":{"n": 12345678901234567890},"a":1,"a_2":2}\n]');
    });

    test('an answer without rows, and one without columns, are answers', async () => {
      expect(await ask(client, 'query', { sql: 'select id from orders where false' })).toMatchObject({ text: '[]', data: { rowCount: 0 } });
      expect(await ask(client, 'query', { sql: 'select' })).toMatchObject({ data: { columns: [], rows: [[]] } });
    });

    test.each(['json', 'csv', 'table'])('a long answer is cut at a row that fits, as %s', async (format) => {
      const sql = `select id, repeat(chr(20320), 200) as wide, '"' || id as quoted, null as nothing from orders`;
      const { text, data } = await ask(client, 'query', { sql, format });
      expect(data).toMatchObject({ truncated: true, truncatedCells: 0 });
      expect(text.length).toBeLessThanOrEqual(40_000);
      expect(text.length).toBeGreaterThan(30_000);
    });

    test('a long value is cut alone, and says how long it is', async () => {
      const { text, data } = await ask(client, 'query', { sql: `select 1 as a, repeat('é', 1000000) as b, 'end' as c` });
      const [[a, b, c] = []] = data['rows'] as unknown[][];
      expect([a, c]).toEqual([1, 'end']);
      expect(b).toMatch(/^é{4000,}…\(2000000 bytes\)$/);
      expect(data).toMatchObject({ truncated: false, truncatedCells: 1 });
      expect(text).toContain('[1 values were cut: select a part of them');
    });

    test('what the database refuses is said in its words, without values of rows', async () => {
      expect(await ask(client, 'query', { sql: 'select nme from orders' })).toEqual({
        code: 'not_found',
        data: {},
        text: 'not_found: column "nme" does not exist (at character 8)\nLook at the columns with describe_table.',
      });
      expect(await ask(client, 'query', { sql: 'select * from order' })).toMatchObject({ code: 'invalid_input' });
      expect(await ask(client, 'query', { sql: 'select orders.custmer from orders' })).toMatchObject({
        code: 'not_found',
        text: expect.stringContaining('Perhaps you meant to reference the column "orders.customer".'),
      });
      expect(await ask(client, 'query', { sql: 'select $1::int', params: ['x'] })).toMatchObject({ code: 'invalid_input' });
      expect(await ask(client, 'query', { sql: 'select $1', params: [] })).toMatchObject({ code: 'invalid_input' });
      expect(await ask(client, 'query', { sql: 'select 1 / 0' })).toMatchObject({
        code: 'invalid_input',
        text: 'invalid_input: division by zero',
      });
    });

    test('a statement that takes too long ends on the server, too', async () => {
      const { code } = await ask(client, 'query', { sql: 'select pg_sleep(600)', timeoutMs: 100 });
      expect(code).toBe('timeout');
      await expect.poll(() => running(client)).toEqual([]);
    });
  });

  test('with several databases, every tool lets one choose', async () => {
    await using other = await createDatabase(postgres, 'create table elsewhere ()');
    await using client = await connect(server, { url: database.reader, databases: { archive: other.reader } });
    const tools = await client.listTools();
    expect(tools.map(({ inputSchema }) => inputSchema['properties'])).toEqual(
      tools.map(() => expect.objectContaining({ database: expect.objectContaining({ enum: ['default', 'archive'] }) })),
    );
    const sql = 'select current_database() as name';
    expect((await ask(client, 'query', { sql })).data).toMatchObject({ rows: [[database.name]] });
    expect((await ask(client, 'query', { sql, database: 'archive' })).data).toMatchObject({ rows: [[other.name]] });
    expect(await ask(client, 'query', { sql, database: 'nope' })).toMatchObject({ code: 'invalid_input' });
  });

  test('a query of the operator is a tool with named arguments', async () => {
    const orders_of = {
      description: 'Orders of one customer',
      sql: 'select id from orders where customer = $1 and id <= $2 order by id',
      params: {
        customer: { type: 'string' as const, description: 'Name' },
        highest: { type: 'number' as const, description: 'Highest id' },
      },
    };
    await using client = await connect(server, { url: database.reader, queries: { orders_of } });
    expect((await client.listTools()).find(({ name }) => name === 'orders_of')).toMatchObject({
      title: 'Orders of',
      description: 'Orders of one customer.',
      inputSchema: { required: ['customer', 'highest'], additionalProperties: false },
      annotations: { readOnlyHint: true },
    });
    expect((await ask(client, 'orders_of', { highest: 16, customer: 'customer 2' })).data).toMatchObject({ rows: [[2], [9], [16]] });
    expect(await ask(client, 'orders_of', { customer: 'customer 2' })).toMatchObject({ code: 'invalid_input' });
  });

  test.each([
    ['query', { description: 'x', sql: 'select 1' }, /has the name of a tool/],
    ['broken_one', { description: 'x', sql: 'select from where' }, /The query broken_one cannot be used/],
    ['short_one', { description: 'x', sql: 'select $1::int' }, /placeholders/],
    ['lost_one', { description: 'x', sql: 'select 1', database: 'nowhere' }, /names the database nowhere/],
  ])('a query of the operator that cannot be a tool stops the start: %s', async (name, literal, message) => {
    await expect(connect(server, { url: database.reader, queries: { [name]: literal } })).rejects.toThrow(message);
  });

  test('a query of the operator that would write is refused, and the log says so at once', async () => {
    const queries = { clear_orders: { description: 'x', sql: 'delete from orders' } };
    await using client = await connect(server, { url: database.owner, queries });
    expect(await ask(client, 'clear_orders', {})).toMatchObject({ code: 'denied' });
    await expect.poll(() => JSON.stringify(client.log)).toContain('The query clear_orders cannot be used.');
  });

  test('a role that may do too much is warned about once, with what to do instead', async () => {
    await using owner = await connect(server, { url: database.owner });
    await expect.poll(() => JSON.stringify(owner.log)).toMatch(/owns 1 tables or views.*GRANT SELECT ON ALL TABLES/);
    await using superuser = await connect(server, { url: database.superuser });
    await expect.poll(() => JSON.stringify(superuser.log)).toContain('is a superuser');
    await using reader = await connect(server, { url: database.reader });
    await ask(reader, 'query', { sql: 'select 1' });
    expect(reader.log.filter(({ level }) => level === 'warn')).toEqual([]);
  });
});

/** Queries of this server that the database is busy with, besides the one that asks. */
async function running(client: TestClient): Promise<unknown> {
  const sql = `select query from pg_stat_activity where application_name = 'touchstone-postgres' and state = 'active' and pid <> pg_backend_pid()`;
  return (await ask(client, 'query', { sql })).data['rows'];
}
