import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { HEALTH_CHECK_NAMES, HEALTH_CHECKS, type HealthReport } from '../src/domain/health.ts';
import { ask } from './ask.ts';
import { createDatabase, type TestDatabase } from './containers/database.ts';
import { server } from './insights-server.ts';

const SQL = `
  create table orders (id int primary key, customer_id int not null, day date not null, note text not null);
  insert into orders select n, n % 5000, date '2024-01-01' + n % 500, repeat('x', 200) from generate_series(1, 100000) n;
  create index unused on orders (note, day);
  create index customers on orders (customer_id);
  create index customers_again on orders (customer_id);
  create index customers_days on orders (customer_id, day);
  create unique index ids_again on orders (id);
  create index paid on orders (customer_id) where day > '2024-06-01';
  create table "odd
table" (id serial, small smallserial);
  select setval('"odd
table_id_seq"', 2000000000);
  create sequence short as smallint maxvalue 1000; select setval('short', 750);
  create sequence downwards increment -1 minvalue -100 maxvalue -1; select setval('downwards', -95);
  create sequence round cycle maxvalue 10; select setval('round', 10);
  create table locked (id int);
  create table dead (id int, padding text) with (autovacuum_enabled = false);
  insert into dead select n, repeat('x', 400) from generate_series(1, 50000) n;
  create table half (id int, padding text); insert into half select n, repeat('x', 400) from generate_series(1, 50000) n;`;

describe.each(inject('servers'))('check_health on PostgreSQL $version ($kind)', (postgres) => {
  let database: TestDatabase;
  let admin: pg.Client;
  let client: TestClient;
  let reader: TestClient;

  beforeAll(async () => {
    database = await createDatabase(postgres, SQL);
    admin = new pg.Client(database.superuser);
    await admin.connect();
    await admin.query('create index half_ids on half (id)');
    await admin.query('delete from half where id % 5 > 0');
    // Or it would be counted after the vacuum.
    await admin.query('select pg_stat_force_next_flush()');
    await admin.query('vacuum analyze half');
    await admin.query('vacuum analyze orders');
    await admin.query('analyze dead');
    await admin.query('delete from dead where id > 100');
    // It fails, and leaves its index behind.
    await admin.query('create unique index concurrently broken on orders (customer_id)').catch(() => {});
    // What was counted by this connection is told now.
    await admin.query('select pg_stat_force_next_flush()');
    client = await connect(server, { url: database.superuser });
    reader = await connect(server, { url: database.reader });
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await reader[Symbol.asyncDispose]();
    await admin.end();
    await database[Symbol.asyncDispose]();
  });

  async function report(check: string, who = client): Promise<HealthReport> {
    const { data, code, text } = await ask(who, 'check_health', { checks: [check] });
    expect(code, text).toBeUndefined();
    const [found] = (data as { checks: HealthReport[] }).checks;
    if (found === undefined) throw new Error('No report');
    return found;
  }

  test('all checks, in their order, for a superuser and for a role with few rights', async () => {
    for (const who of [client, reader]) {
      const { data, text } = await ask(who, 'check_health', {});
      const { checks } = data as { checks: HealthReport[] };
      expect(checks.map(({ check }) => check)).toEqual(HEALTH_CHECK_NAMES);
      expect(checks.filter(({ status }) => status === 'unknown')).toEqual([]);
      for (const { check, status, summary } of checks) expect(text).toContain(`${check}: ${status}. ${summary}`);
    }
  });

  test('connections: how many of how many', async () => {
    expect(await report('connections')).toMatchObject({ summary: expect.stringMatching(/^\d+ of \d+ connections are in use\.$/) });
  });

  test('connections: whoever idles in a transaction, seen by those who may', async () => {
    const idle = new pg.Client(database.owner);
    await idle.connect();
    try {
      await idle.query("begin; select 'its last statement'");
      const { rows } = await admin.query(HEALTH_CHECKS.connections.sql.replaceAll("interval '5 minutes'", "interval '0'"));
      const found = rows.find(({ detail }) => detail.includes('its last statement'));
      expect(found).toMatchObject({
        level: 'warn',
        object: expect.stringContaining(`of ${database.name}_owner`),
        fix: expect.stringContaining('SELECT pg_terminate_backend('),
      });
      const hidden = await report('connections', reader);
      expect(hidden.rows).toContainEqual(expect.objectContaining({ level: 'unseen', fix: `GRANT pg_monitor TO ${database.name}_reader;` }));
    } finally {
      await idle.end();
    }
  });

  async function waiting(): Promise<unknown> {
    const sql =
      'select count(*)::int as n from pg_locks join pg_database d on d.oid = database where not granted and datname = current_database()';
    return (await admin.query(sql)).rows[0].n;
  }

  test('locks: who waits for whom, and whom to end', async () => {
    expect(await report('locks')).toEqual({ check: 'locks', status: 'ok', summary: 'No session waits for a lock.', rows: [] });
    const [holder, waiter, second] = [new pg.Client(database.owner), new pg.Client(database.owner), new pg.Client(database.owner)];
    await Promise.all([holder.connect(), waiter.connect(), second.connect()]);
    try {
      await holder.query('begin');
      await holder.query('lock table locked');
      const { pid } = (await holder.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0] ?? {};
      const waits = [waiter.query("select count(*), 'the waiting one' from locked")];
      await expect.poll(() => waiting()).toBe(1);
      waits.push(second.query('alter table locked add column more int'));
      await expect.poll(() => waiting()).toBe(2);
      const found = await report('locks');
      expect(found).toMatchObject({ status: 'warn', summary: expect.stringMatching(/^\d waits for locks\.$/) });
      const first = found.rows.find(({ detail }) => detail.includes('the waiting one'));
      expect(first?.detail).toMatch(
        new RegExp(
          `^Waits .*AccessShareLock on public\\.locked, held by pid ${pid} of ${database.name}_owner \\(idle in transaction, in its transaction for `,
        ),
      );
      expect(first?.fix).toBe(`SELECT pg_terminate_backend(${pid});`);
      const few = await report('locks', reader);
      expect(few.rows.some(({ detail }) => detail.includes(`held by pid ${pid}`))).toBe(true);
      expect(few.rows.at(-1)?.level).toBe('unseen');
      await holder.query('rollback');
      await Promise.all(waits);
    } finally {
      await Promise.all([holder.end(), waiter.end(), second.end()]);
    }
  });

  test('bloat: an estimate, and called one', async () => {
    const { rows, status } = await report('bloat');
    expect(status).toBe('warn');
    const table = rows.find(({ object }) => object === 'public.half');
    const percent = Number(/^An estimated [\d.]+ \w+ of [\d.]+ \w+ \((\d+) %\) are empty\.$/.exec(table?.detail ?? '')?.[1]);
    expect(percent).toBeGreaterThan(70);
    expect(percent).toBeLessThan(90);
    expect(table?.fix).toContain('VACUUM (FULL, ANALYZE) public.half;');
    expect(rows.some(({ object }) => object === 'public.orders')).toBe(false);
  });

  test('bloat: tables that the role may not read are spoken of', async () => {
    await admin.query(`revoke select on half from ${database.name}_reader`);
    expect((await report('bloat', reader)).rows).toEqual([
      {
        level: 'unseen',
        detail: 'The statistics of 1 tables are hidden from this role.',
        fix: `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${database.name}_reader;`,
      },
    ]);
  });

  test('bloat: B-trees, too', async () => {
    const { rows } = await admin.query(HEALTH_CHECKS.bloat.sql.replaceAll('>= 1 << 20', '>= 1'));
    const index = rows.find(({ object }) => object === 'public.half_ids');
    expect(index).toMatchObject({ fix: 'REINDEX INDEX CONCURRENTLY public.half_ids;' });
    expect(Number(/\((\d+) %\)/.exec(index.detail)?.[1])).toBeGreaterThan(60);
    expect(rows.some(({ object }) => object === 'public.orders_pkey')).toBe(false);
  });

  test('vacuum: dead rows past the threshold, and who has switched it off', async () => {
    const { rows, status } = await report('vacuum');
    expect(status).toBe('warn');
    expect(rows).toEqual([
      {
        level: 'warn',
        object: 'public.dead',
        detail: expect.stringMatching(
          /^49900 dead rows beside \d+ live ones, past the threshold of 10050\. Last vacuum: never\. Autovacuum is switched off for it\.$/,
        ),
        fix: 'VACUUM (ANALYZE) public.dead;',
      },
    ]);
  });

  test('wraparound: how far it is', async () => {
    const { status, rows } = await report('wraparound');
    expect(status).toBe('ok');
    expect(rows[0]?.detail).toMatch(/^Its oldest transaction is \d+ transactions old, 0\.\d % of what is possible\.$/);
  });

  test('indexes: invalid, duplicate, covered and unused ones, and never the one that a constraint needs', async () => {
    const { rows, summary } = await report('indexes');
    const said = Object.fromEntries(
      rows.map(({ object, detail, fix }) => [
        object,
        `${detail} ${fix}`.replaceAll(/\(\d+ \w+\)/g, '(n)').replace(/since .* \(n\)/, 'since then (n)'),
      ]),
    );
    expect(said).toEqual({
      'public.broken':
        'On public.orders, invalid: it is kept up to date (n) but answers no query. DROP INDEX CONCURRENTLY public.broken; -- or REINDEX INDEX CONCURRENTLY',
      'public.customers': 'On public.orders, covered by public.customers_days (n). DROP INDEX CONCURRENTLY public.customers;',
      'public.customers_again': 'On public.orders, a duplicate of public.customers (n). DROP INDEX CONCURRENTLY public.customers_again;',
      'public.half_ids':
        'On public.half, never used since then (n). Standbys count for themselves. DROP INDEX CONCURRENTLY public.half_ids;',
      'public.ids_again': 'On public.orders, a duplicate of public.orders_pkey (n). DROP INDEX CONCURRENTLY public.ids_again;',
      'public.unused': 'On public.orders, never used since then (n). Standbys count for themselves. DROP INDEX CONCURRENTLY public.unused;',
    });
    expect(summary).toBe('6 indexes that cost more than they give.');
  });

  test('cache and settings', async () => {
    expect((await report('cache')).summary).toMatch(/^[\d.]+ % of blocks came from shared_buffers \(\d+MB\), \d+ were read since .+\.$/);
    const { rows, status } = await report('settings');
    const off = (await admin.query<{ fsync: string }>('show fsync')).rows[0]?.fsync === 'off';
    expect(status).toBe(off ? 'critical' : 'ok');
    expect(rows.filter(({ object }) => object === 'fsync')).toHaveLength(off ? 1 : 0);
  });

  test('operators that another extension has put into public change nothing', async () => {
    await admin.query('create extension intarray');
    const { code, text } = await ask(client, 'check_health', {});
    expect(code, text).toBeUndefined();
    await admin.query('drop extension intarray');
  });

  test('sequences: near their own end, and near the end of their column', async () => {
    const { rows, status } = await report('sequences');
    expect(status).toBe('critical');
    expect(rows).toEqual(
      [
        {
          level: 'critical',
          object: 'public.downwards',
          detail: '94.9 % used: it stands at -95, down to -100.',
        },
        {
          level: 'critical',
          object: 'public.U&"odd\\000atable_id_seq"',
          detail: expect.stringMatching(/^93\.1 % used: it stands at 2000000000 of 2147483647\.$/),
          fix: expect.stringMatching(
            /^ALTER SEQUENCE public\.U&"odd\\000atable_id_seq" AS bigint MAXVALUE 9223372036854775807; ALTER TABLE public\.U&"odd\\000atable" ALTER COLUMN id TYPE bigint;/,
          ),
        },
        {
          level: 'warn',
          object: 'public.short',
          detail: '74.9 % used: it stands at 750 of 1000.',
          fix: 'ALTER SEQUENCE public.short AS bigint MAXVALUE 9223372036854775807;',
        },
      ].sort((one, other) => Number(other.level === 'critical') - Number(one.level === 'critical')),
    );
    const hidden = await report('sequences', reader);
    expect(hidden).toMatchObject({
      status: 'ok',
      rows: [{ level: 'unseen', detail: 'The values of 5 sequences are hidden from this role.' }],
    });
  });

  test('replication: a slot that nobody reads', async () => {
    const slot = `${database.name}_slot`;
    await admin.query('select pg_create_physical_replication_slot($1, true)', [slot]);
    try {
      const { rows, status } = await report('replication', reader);
      expect(status).toBe('warn');
      expect(rows).toContainEqual({
        level: 'warn',
        object: `slot ${slot} (physical)`,
        detail: expect.stringMatching(/^Nobody reads it, keeps \d+ \w+ of WAL\.$/),
        fix: `SELECT pg_drop_replication_slot('${slot}'); -- if its reader will not come back`,
      });
    } finally {
      await admin.query('select pg_drop_replication_slot($1)', [slot]);
    }
  });

  test('a role that may not even look is told so', async () => {
    await admin.query('revoke select on pg_replication_slots from public');
    const { status, summary } = await report('replication', reader);
    expect([status, summary]).toEqual(['unknown', 'Could not be seen: permission denied for view pg_replication_slots']);
    await admin.query('grant select on pg_replication_slots to public');
  });
});
