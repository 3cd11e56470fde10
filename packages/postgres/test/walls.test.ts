import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { connectionSettings } from '../src/domain/connection.ts';
import type { Database, Page } from '../src/domain/database.ts';
import { openDatabase } from '../src/domain/open-database.ts';
import type { ProvenStatement } from '../src/domain/statement.ts';
import { createDatabase, type TestDatabase } from './containers/database.ts';

/**
 * The walls behind the judge, with the judge taken away: statements that it refuses are branded as proven here, and run as a superuser.
 */
const unjudged = (sql: string) => ({ sql, parameters: 0 }) as ProvenStatement;

const CAPS = { maxRows: 10, maxChars: 10_000 };
const { signal } = new AbortController();

const SCHEMA = `
  create table t (id int);
  insert into t values (1);
  create sequence s;
  create function writes() returns int language plpgsql as 'begin insert into t values (2); return 1; end';
  create procedure commits() language plpgsql as 'begin commit; insert into t values (2); end';
`;

/** Each is stopped by something else than the judge. */
const STOPPED: readonly [string, string][] = [
  ['COMMIT; INSERT INTO t VALUES (2)', 'the extended protocol takes one statement'],
  ['SELECT 1; SELECT 2', 'the extended protocol takes one statement'],
  ['INSERT INTO t VALUES (2)', 'READ ONLY'],
  ['WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d', 'READ ONLY'],
  ['EXPLAIN ANALYZE DELETE FROM t', 'READ ONLY'],
  ['SELECT writes()', 'READ ONLY'],
  ['CALL commits()', 'a transaction that the procedure has not begun'],
  ["DO 'begin commit; insert into t values (2); end'", 'a transaction that the block has not begun'],
  ["SELECT nextval('s')", 'READ ONLY'],
  ['CREATE TABLE u ()', 'READ ONLY'],
  ['CREATE TEMP TABLE u AS SELECT 1', 'READ ONLY'],
  ['SELECT * INTO u FROM t', 'READ ONLY'],
  ['SELECT * FROM t FOR UPDATE', 'READ ONLY'],
  ['COPY t FROM STDIN', 'READ ONLY'],
  ['SET TRANSACTION READ WRITE', 'a snapshot that is there already'],
  ["SELECT set_config('transaction_read_only', 'off', false)", 'a snapshot that is there already'],
  ['BEGIN READ WRITE', 'a transaction that is there already'],
  ['VACUUM t', 'a transaction that is there already'],
  ['ALTER SYSTEM SET work_mem = 65', 'a transaction that is there already'],
  ['COMMIT', 'the session notices'],
  ['ROLLBACK', 'the session notices'],
  ['COMMIT AND CHAIN', 'the same rights in the next transaction, rolled back'],
  ['COPY (SELECT 1) TO STDOUT', 'nothing: it is read and thrown away'],
];

const EVERYWHERE = inject('servers').flatMap((postgres) => [
  { ...postgres, last: false, ending: 'apart' },
  { ...postgres, last: true, ending: 'in the same message' },
]);

describe.each(EVERYWHERE)('PostgreSQL $version, without the judge, reset $ending', ({ last, ...postgres }) => {
  let testing: TestDatabase;
  let database: Database;
  let admin: pg.Client;
  const warnings: string[] = [];
  beforeAll(async () => {
    testing = await createDatabase(postgres, SCHEMA);
    // One connection: what one transaction leaves behind, the next would find.
    const connection = connectionSettings(testing.superuser, {});
    database = openDatabase({ name: 'test', connection, poolSize: 1, timeoutMs: 10_000, warn: (message) => warnings.push(message) });
    admin = new pg.Client(testing.superuser);
    await admin.connect();
  });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    await admin.end();
    await testing[Symbol.asyncDispose]();
  });

  const read = (sql: string, timeoutMs?: number): Promise<Page> =>
    database.read((session) => session.page(unjudged(sql), [], { ...CAPS, last }), { signal, timeoutMs });
  const value = async (sql: string) => (await read(sql)).rows[0]?.[0];

  test.each(STOPPED)('%s is stopped by %s', async (sql) => {
    await read(sql).catch((error: Error) => expect(error).toMatchObject({ name: 'ToolError' }));
    const { rows } = await admin.query(`select (select count(*)::int from t) as rows, to_regclass('u') as u, is_called as called from s`);
    expect(rows).toEqual([{ rows: 1, u: null, called: false }]);
    expect(await value('show transaction_read_only')).toBe('on');
    expect(await value('show work_mem')).toBe('4MB');
  });

  describe('PG-096 a session is as it was', () => {
    let before: unknown;
    beforeEach(async () => {
      before = await value('select pg_backend_pid()');
    });

    test('after settings, for the transaction and for the session', async () => {
      const was = await value("select current_setting('search_path') || current_setting('statement_timeout')");
      await read(
        "select set_config('search_path', 'evil', false), set_config('statement_timeout', '0', false), set_config('role', 'pg_monitor', false)",
      );
      expect(await value("select current_setting('search_path') || current_setting('statement_timeout')")).toBe(was);
      expect(await value('select current_user::text')).toBe('postgres');
      expect(await value('select pg_backend_pid()')).toBe(before);
    });

    test('after advisory locks, of statements that succeed and that fail', async () => {
      await read('select pg_advisory_lock(1), pg_advisory_lock_shared(2)');
      await read('select pg_advisory_lock(3), 1 / 0').catch(() => {});
      expect(
        await value(
          "select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
        ),
      ).toBe('0');
      expect(await value('select pg_backend_pid()')).toBe(before);
    });

    test('after statements that end the transaction, which are refused', async () => {
      for (const sql of ['commit', 'rollback', 'commit and chain']) {
        const ending = database.read(
          async (session) => {
            await session.page(unjudged("select set_config('role', 'pg_monitor', false)"), [], CAPS);
            return await session.page(unjudged(sql), [], { ...CAPS, last });
          },
          { signal },
        );
        await expect(ending).rejects.toMatchObject({ code: 'denied' });
        expect(await value('select current_user::text')).toBe('postgres');
      }
    });

    test('after LISTEN and cursors', async () => {
      await read('listen channel');
      await read('declare c cursor with hold for select 1');
      expect(await value('select count(*) from pg_listening_channels()')).toBe('0');
      expect(await value("select count(*) from pg_cursors where name <> ''")).toBe('0');
    });

    test('after a COPY that waits for data, which ends the connection and answers nobody else', async () => {
      await database.write((session) => session.page(unjudged('create table copied (id int)'), [], CAPS), { signal });
      const copying = database.write((session) => session.page(unjudged('copy copied from stdin'), [], CAPS), { signal });
      await expect(copying).rejects.toMatchObject({ code: 'denied', message: 'COPY FROM STDIN is not possible here.' });
      for (const answer of ['1', '2', '3']) expect(await value(`select '${answer}'`)).toBe(answer);
      expect(await value('select pg_backend_pid()')).not.toBe(before);
      expect(warnings.splice(0)).toEqual(['a connection could not be reset, and was closed']);
    });

    test('after a write, which may have left more', async () => {
      const sql = "select set_config('search_path', 'evil', false), pg_advisory_lock(4)";
      await database.write((session) => session.page(unjudged(sql), [], CAPS), { signal });
      await database.write((session) => session.page(unjudged('create temp table leftover ()'), [], CAPS), { signal });
      expect(await value("select current_setting('search_path')")).not.toContain('evil');
      expect(await value("select to_regclass('leftover')")).toBe(null);
    });
  });

  describe('time', () => {
    const elsewhere = async () =>
      (
        await admin.query(
          `select pid from pg_stat_activity where datname = current_database() and application_name = 'touchstone-postgres' and state <> 'idle'`,
        )
      ).rows;

    test('the server keeps it, and the connection stays', async () => {
      const before = await value('select pg_backend_pid()');
      await expect(read('select pg_sleep(600)', 100)).rejects.toMatchObject({ code: 'timeout' });
      expect(await value('select pg_backend_pid()')).toBe(before);
    });

    test('where the server does not, we do, and the connection goes', async () => {
      const before = await value('select pg_backend_pid()');
      const slow = database.read(
        async (session) => {
          await session.page(unjudged("select set_config('statement_timeout', '0', true)"), [], CAPS);
          return await session.page(unjudged('select pg_sleep(600)'), [], CAPS);
        },
        { signal, timeoutMs: 100 },
      );
      await expect(slow).rejects.toMatchObject({ code: 'timeout' });
      await expect.poll(elsewhere).toEqual([]);
      expect(await value('select pg_backend_pid()')).not.toBe(before);
    });

    test('a client that leaves takes its statement with it', async () => {
      const controller = new AbortController();
      const left = database.read((session) => session.page(unjudged('select pg_sleep(600)'), [], CAPS), { signal: controller.signal });
      const outcome = left.catch((error: unknown) => error);
      await expect.poll(elsewhere).toHaveLength(1);
      controller.abort(new Error('gone'));
      expect(await outcome).toMatchObject({ message: 'gone' });
      await expect.poll(elsewhere).toEqual([]);
    });

    test('who waits for a connection can leave, too', async () => {
      const controller = new AbortController();
      const held = database.read((session) => session.page(unjudged('select pg_sleep(1)'), [], CAPS), { signal });
      const waiting = read('select 1').then(() => 'served');
      const leaving = database.read((session) => session.page(unjudged('select 1'), [], CAPS), { signal: controller.signal });
      controller.abort(new Error('gone'));
      await expect(leaving).rejects.toThrow('gone');
      await held;
      expect(await waiting).toBe('served');
    });
  });

  test('whatever has happened, no connection was lost by itself', () => {
    expect(warnings).toEqual([]);
  });
});
