import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { WorkloadQuery } from '../src/domain/workload.ts';
import { ask } from './ask.ts';
import { createDatabase, newestServer, type TestDatabase } from './containers/database.ts';
import { startContainer } from './containers/start.ts';
import { server } from './insights-server.ts';

describe.each(inject('servers'))('top_queries on PostgreSQL $version ($kind)', (postgres) => {
  let database: TestDatabase;
  let admin: pg.Client;
  let client: TestClient;
  let reader: TestClient;

  beforeAll(async () => {
    database = await createDatabase(postgres, 'create table orders (id int); insert into orders select generate_series(1, 20000)');
    admin = new pg.Client(database.superuser);
    await admin.connect();
    client = await connect(server, { url: database.superuser });
    reader = await connect(server, { url: database.reader });
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await reader[Symbol.asyncDispose]();
    await admin.end();
    await database[Symbol.asyncDispose]();
  });

  test('where it is not installed, what to run is said', async () => {
    const { code, text } = await ask(client, 'top_queries', {});
    expect(code).toBe('unavailable');
    expect(text).toContain('CREATE EXTENSION pg_stat_statements');
    expect(text).toContain('shared_preload_libraries');
  });

  test('where it is in a schema of its own, what to grant is said', async () => {
    await admin.query('create schema "Odd schema"; create extension pg_stat_statements schema "Odd schema"');
    const { code, text } = await ask(reader, 'top_queries', {});
    expect(code).toBe('unavailable');
    expect(text).toContain(`GRANT USAGE ON SCHEMA "Odd schema" TO ${database.name}_reader`);
    await admin.query(`grant usage on schema "Odd schema" to ${database.name}_reader`);
    expect((await ask(reader, 'top_queries', {})).code).toBeUndefined();
  });

  describe('what was done is counted', () => {
    test('by total time, with shares, and constants left out', async () => {
      for (let n = 0; n < 30; n += 1) await admin.query(`select * from orders where id = ${n} /* many calls */`);
      const found = await queries({ limit: 100 });
      expect(found.map(({ totalMs }) => totalMs)).toEqual(found.map(({ totalMs }) => totalMs).toSorted((one, other) => other - one));
      expect(found.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(100, -1);
      const many = found.find(({ query }) => query.includes('many calls'));
      expect(many).toMatchObject({
        query: 'select * from orders where id = $1 /* many calls */',
        calls: 30,
        cacheHit: expect.any(Number),
        id: expect.stringMatching(/^-?\d+$/),
      });
      expect(many?.rowsPerCall).toBeCloseTo(29 / 30, 2);
    });

    test('by calls, by mean time, by temporary bytes, and a few of them', async () => {
      const byCalls = await queries({ orderBy: 'calls', limit: 3 });
      expect(byCalls).toHaveLength(3);
      expect(byCalls.some(({ query }) => query.includes('many calls'))).toBe(true);
      await admin.query("select count(*) from orders a, orders b where a.id < 400 and 'slow' <> ''");
      expect((await queries({ orderBy: 'mean' })).some(({ query }) => query.includes('from orders a, orders b'))).toBe(true);
      await admin.query("set work_mem = '64kB'");
      await admin.query("select id, 'sorted' from orders order by -id, id offset 19999");
      const [sorted] = await queries({ orderBy: 'temp' });
      expect(sorted?.query).toContain('order by -id, id');
      expect(sorted?.tempBytes).toBeGreaterThan(100_000);
      const { text } = await ask(client, 'top_queries', { orderBy: 'temp', limit: 1 });
      expect(text).toMatch(/^1\. [\d.]+ % of the time: .*, temporary [\d.]+ [kM]B\nselect id, \$1 from/);
    });

    test('what this server asks for itself is not', async () => {
      await queries({ limit: 1 });
      const found = await queries({ limit: 100, orderBy: 'calls' });
      expect(found.some(({ query }) => query.includes('many calls'))).toBe(true);
      expect(found.filter(({ query }) => /BEGIN TRANSACTION|SAVEPOINT|set_config|pg_extension/.test(query))).toEqual([]);
    });

    test('passwords in statements are left out', async () => {
      await admin.query(`create role ${database.name}_more password 'hunter2'; drop role ${database.name}_more`);
      await admin.query(`select 1 /* password=hunter2 user=x */`);
      const { text } = await ask(client, 'top_queries', { limit: 100, orderBy: 'calls' });
      expect(text).toContain('password=*** user=x');
      expect(text).not.toContain('hunter2');
    });

    test('a role with few rights sees no text of others, and is told so', async () => {
      const { text } = await ask(reader, 'top_queries', { limit: 100 });
      expect(text).not.toContain('many calls');
      expect(text).toContain(`GRANT pg_read_all_stats TO ${database.name}_reader;`);
    });

    test('long statements are cut so that the answer fits', async () => {
      await using small = await connect(server, { url: database.superuser, maxResultChars: 3_000 });
      await admin.query(`select sum(${Array.from({ length: 400 }, () => 'id').join(' + ')}) from orders`);
      const { text, code } = await ask(small, 'top_queries', {});
      expect(code).toBeUndefined();
      expect(text).toContain('...');
    });
  });

  async function queries(args: Record<string, unknown>): Promise<WorkloadQuery[]> {
    const { data, code, text } = await ask(client, 'top_queries', args);
    expect(code, text).toBeUndefined();
    return data['queries'] as WorkloadQuery[];
  }
});

test('where it is not loaded, what to do is said', async ({ skip }) => {
  skip(newestServer().kind === 'embedded', 'needs a container engine');
  await using plain = await startContainer(newestServer().version, { shared_preload_libraries: '' });
  await using database = await createDatabase(plain.server);
  const admin = new pg.Client(database.superuser);
  await admin.connect();
  await admin.query('create extension pg_stat_statements');
  await admin.end();
  await using client = await connect(server, { url: database.owner });
  const { code, text } = await ask(client, 'top_queries', {});
  expect(code).toBe('unavailable');
  expect(text).toMatch(/installed but not loaded.*shared_preload_libraries and restart/s);
});
