import pg from 'pg';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { createDatabase, newestServer } from './database.ts';
import { startContainer } from './start.ts';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

describe.each(inject('servers'))('PostgreSQL $version ($kind)', async (server) => {
  const database = await createDatabase(server, 'create table orders (id int); insert into orders values (7)');
  afterAll(() => database[Symbol.asyncDispose]());

  test('is the version that it says, and collects statements', async () => {
    expect(await query(database.superuser, `select current_setting('server_version')`)).toEqual([
      expect.stringMatching(`^${server.version}\\.`),
    ]);
    await query(database.superuser, 'create extension pg_stat_statements');
    expect(await query(database.superuser, 'select count(*) > 0 from pg_stat_statements')).toEqual([true]);
  });

  test('the reader reads what the owner made, and nothing more', async () => {
    expect(await query(database.reader, 'select id from orders')).toEqual([7]);
    await expect(query(database.reader, 'insert into orders values (8)')).rejects.toMatchObject({ code: '42501' });
    await expect(query(database.reader, 'create table mine (id int)')).rejects.toMatchObject({ code: '42501' });
    await expect(query(database.reader, 'create temp table mine (id int)')).rejects.toMatchObject({ code: '42501' });
    await using another = await createDatabase(server);
    await expect(query(another.reader.replace(`/${another.name}?`, `/${database.name}?`), 'select 1')).rejects.toMatchObject({
      code: '42501',
    });
  });

  test('a database goes although somebody is connected, with its roles, and no other does', async () => {
    await using kept = await createDatabase(server);
    const gone = await createDatabase(server);
    const held = new pg.Client(gone.owner);
    const errors: unknown[] = [];
    held.on('error', (error) => errors.push(error));
    const ended = new Promise((resolve) => held.once('end', resolve));
    await held.connect();
    await gone[Symbol.asyncDispose]();
    await ended;
    expect(errors[0]).toMatchObject({ code: '57P01' });
    const names = `select datname::text from pg_database union select rolname from pg_roles`;
    const left = await query(kept.superuser, names);
    expect(left).toEqual(expect.arrayContaining([kept.name, `${kept.name}_owner`, `${kept.name}_reader`]));
    expect(left.filter((name) => String(name).startsWith(gone.name))).toEqual([]);
  });
});

test('a container has hypopg, and the settings that are asked for', async ({ skip }) => {
  skip(newestServer().kind === 'embedded', 'needs a container engine');
  await using small = await startContainer(newestServer().version, { max_connections: '7' });
  await using database = await createDatabase(small.server);
  expect(await query(database.owner, 'show max_connections')).toEqual(['7']);
  await query(database.superuser, 'create extension hypopg');
  expect(small.server.extensions).toContain('hypopg');
});
