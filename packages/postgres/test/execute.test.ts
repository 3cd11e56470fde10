import { connect, GENERATIONS, type TestClient } from '@touchstone-mcp/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { server } from '../src/server.ts';
import { ask } from './ask.ts';
import { createDatabase, type TestDatabase } from './containers/database.ts';

const SCHEMA = `
  create table people (id int primary key, email text unique, boss int references people deferrable initially deferred);
  insert into people values (1, 'ada@example.com', null), (2, 'bob@example.com', 1);
`;
const RESTORE = `delete from people where id > 2`;

describe.each(inject('servers'))('PostgreSQL $version', (postgres) => {
  let database: TestDatabase;
  let client: TestClient;
  beforeAll(async () => {
    database = await createDatabase(postgres, SCHEMA);
    client = await connect(server, { url: database.owner, write: true, confirmation: 'off' });
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    expect((await ask(client, 'execute', { sql: RESTORE })).code).toBeUndefined();
  });

  const ids = async () => ((await ask(client, 'query', { sql: 'select id from people order by id' })).data['rows'] as number[][]).flat();

  describe.each(GENERATIONS)('%s client', (generation) => {
    test('a change is committed, and reports what it returns', async () => {
      await using own = await connect(server, { url: database.owner, write: true }, generation);
      const sql = 'insert into people values ($1, $2) returning id, email';
      const { text, data } = await ask(own, 'execute', { sql, params: [3, 'cy@example.com'] });
      expect(data).toMatchObject({ command: 'INSERT', affected: 1, dryRun: false, rows: [[3, 'cy@example.com']], truncated: false });
      expect(text).toBe('INSERT 1\n[\n{"id":3,"email":"cy@example.com"}\n]');
      expect(await ids()).toEqual([1, 2, 3]);
    });
  });

  test('without --write there is no such tool, and the transaction of query is read-only', async () => {
    await using reading = await connect(server, { url: database.owner });
    expect((await reading.listTools()).map(({ name }) => name)).not.toContain('execute');
    expect(await ask(reading, 'query', { sql: 'show transaction_read_only' })).toMatchObject({ data: { rows: [['on']] } });
  });

  test('a dry run counts, shows, and undoes', async () => {
    const sql = 'update people set email = upper(email) where id = 1 returning email';
    const { text, data } = await ask(client, 'execute', { sql, dryRun: true });
    expect(data).toMatchObject({ command: 'UPDATE', affected: 1, dryRun: true, rows: [['ADA@EXAMPLE.COM']] });
    expect(text).toContain('UPDATE 1 (undone: this was a dry run)');
    expect((await ask(client, 'query', { sql: 'select email from people where id = 1' })).data).toMatchObject({
      rows: [['ada@example.com']],
    });
  });

  test('what returns more than an answer holds is done to the end', async () => {
    const sql = 'insert into people select i from generate_series(10, 2009) i returning id';
    expect((await ask(client, 'execute', { sql })).data).toMatchObject({ affected: 2000, rowCount: 1000, truncated: true });
    expect(await ask(client, 'query', { sql: 'select count(*) from people' })).toMatchObject({ data: { rows: [['2002']] } });
  });

  test('tables are made where the role works, not among the system catalogs', async () => {
    const made = await ask(client, 'execute', { sql: 'create table notes (id int)' });
    expect(made).toMatchObject({ text: 'CREATE TABLE', data: { command: 'CREATE TABLE' } });
    const sql = `select schemaname from pg_tables where tablename = 'notes'`;
    expect((await ask(client, 'query', { sql })).data).toMatchObject({ rows: [['public']] });
    expect(await ask(client, 'execute', { sql: 'drop table notes' })).toMatchObject({ text: 'DROP TABLE' });
  });

  test.each([
    ["insert into people values (9, 'ada@example.com')", 'conflict', /unique constraint "people_email_key"/],
    ['insert into people values (null)', 'invalid_input', /null value in column "id"/],
    // Found out by COMMIT only.
    ["insert into people values (9, 'x', 99)", 'conflict', /foreign key constraint/],
    ['commit', 'denied', /not allowed/],
    ['insert into people values (8); delete from people', 'denied', /2 statements/],
  ])('PG-116 %s is %s, and leaves nothing behind', async (sql, code, message) => {
    const answer = await ask(client, 'execute', { sql });
    expect(answer).toMatchObject({ code, text: expect.stringMatching(message) });
    // The detail of a violation quotes the row.
    expect(answer.text).not.toContain('ada@example.com');
    expect(await ids()).toEqual([1, 2]);
    expect(JSON.stringify(client.log)).not.toContain('ada@example.com');
  });

  test('who waits for a lock for too long is told that it was a lock', async () => {
    const holder = new pg.Client(database.owner);
    await holder.connect();
    try {
      await holder.query('begin; lock table people');
      const sql = 'update people set boss = null where id = 2';
      expect(await ask(client, 'execute', { sql, timeoutMs: 400 })).toMatchObject({
        code: 'conflict',
        text: expect.stringContaining('holds a lock'),
      });
    } finally {
      await holder.end();
    }
  });

  describe('what destroys', () => {
    const DESTRUCTIVE = [
      ['drop table people', 'drops what it names'],
      ['truncate people', 'deletes all rows'],
      ['delete from people', 'deletes all rows'],
      ['update people set boss = null', 'changes all rows'],
      ['with gone as (delete from people returning id) select * from gone', 'deletes all rows'],
      ['alter table people drop column email', 'drops a column'],
      ['alter table people alter column email type int using 1', 'replaces all values of a column'],
      ['merge into people p using people q on true when matched then delete', 'deletes all rows that match'],
      ['merge into people p using people q on true when matched then update set boss = null', 'changes all rows that match'],
    ] as const;

    test.each(DESTRUCTIVE)('%s asks first', async (sql, what) => {
      const asked: string[] = [];
      const elicit = (question: string) => {
        asked.push(question);
        return 'decline' as const;
      };
      await using careful = await connect(server, { url: database.owner, write: true }, 'modern', { over: 'stdio', elicit });
      expect(await ask(careful, 'execute', { sql })).toMatchObject({ code: 'denied' });
      expect(asked).toEqual([`This statement ${what}. Run it? ${JSON.stringify(sql)}`]);
      expect(await ids()).toEqual([1, 2]);
    });

    test.each([
      ['delete from people where id = 99', false],
      ['merge into people p using people q on false when matched and p.id = 99 then delete', false],
      ['alter table people alter column email type varchar', true],
      ['delete from people', true],
    ])('%s with dryRun %s asks nobody', async (sql, dryRun) => {
      await using careful = await connect(server, { url: database.owner, write: true });
      expect((await ask(careful, 'execute', { sql, dryRun })).code).toBeUndefined();
      expect(await ids()).toEqual([1, 2]);
    });

    test('with a yes it is done', async () => {
      await using careful = await connect(server, { url: database.owner, write: true }, 'modern', {
        over: 'stdio',
        elicit: () => 'accept',
      });
      await ask(client, 'execute', { sql: 'create table gone ()' });
      expect(await ask(careful, 'execute', { sql: 'drop table gone' })).toMatchObject({ text: 'DROP TABLE' });
    });
  });
});
