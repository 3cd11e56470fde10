import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { server as touchstone } from '../../src/server.ts';
import { ask } from '../ask.ts';
import { createDatabase, type TestDatabase } from '../containers/database.ts';
import { CALLS, PLANTED_COUNT, PLANTED_SQL } from './planted.ts';

describe.each(inject('servers'))('what an owner has planted on PostgreSQL $version ($kind)', (server) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createDatabase(server);
    const [owner, admin] = [new pg.Client(database.owner), new pg.Client(database.superuser)];
    await Promise.all([owner.connect(), admin.connect()]);
    // First, or their own SQL would fall for it.
    await admin.query('create extension pg_stat_statements; select pg_stat_statements_reset()');
    if (server.extensions.includes('hypopg')) await admin.query('create extension hypopg');
    await owner.query(PLANTED_SQL);
    await owner.query('select id from public.orders order by customer limit 5');
    // The owner has the usual path, all others what the owner of a database may give them.
    await owner.query(`alter database ${database.name} set search_path = planted, pg_catalog, public`);
    await admin.query(`alter role ${database.name}_owner set search_path = "$user", public`);
    const [count] = (await admin.query(PLANTED_COUNT)).rows;
    expect(count.twins).toBeGreaterThan(500);
    expect(count.fits).toBeGreaterThan(1_000);
    await Promise.all([owner.end(), admin.end()]);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  describe.each(['superuser', 'owner', 'reader'] as const)('PG-060 as %s', (role) => {
    let client: TestClient;

    beforeAll(async () => {
      const newest = { description: 'Newest order', sql: 'select id from orders limit 1' };
      client = await connect(touchstone, { url: database[role], write: true, toolsets: ['insights'], queries: { newest } });
    });

    afterAll(() => client[Symbol.asyncDispose]());

    const calls = [...CALLS, ['newest', {}] as const].filter(
      ([, args]) => server.extensions.includes('hypopg') || !('hypotheticalIndexes' in args),
    );

    test.each(calls.map((call) => [`${call[0]} ${JSON.stringify(call[1])}`, ...call] as const))('%s', async (_name, tool, args) => {
      const { code, text } = await ask(client, tool, args);
      // What planted it is a statement, too.
      expect(text).not.toMatch(/PLANTED ran as \w/);
      // Of the reader's powers writing is none, and of public schemas it may use all.
      expect(code, text).toBe(tool === 'execute' && role === 'reader' ? 'denied' : undefined);
    });

    test('resources, prompts and what they complete', async () => {
      const resources = await client.listResources();
      expect(resources.map(({ name }) => name)).toContain('public.orders');
      for (const uri of ['postgres://default/public/orders/schema', 'postgres://default/orders/schema']) {
        expect(JSON.stringify(await client.readResource(uri))).toContain('customer');
      }
      const [template = ''] = (await client.listResourceTemplates()).map(({ uriTemplate }) => uriTemplate);
      expect(await client.complete(template, 'table', 'ord', { database: 'default', schema: 'public' })).toEqual(['orders']);
      expect(await client.complete({ prompt: 'explore_database' }, 'schema', 'pub')).toEqual(['public']);
      expect(JSON.stringify(await client.getPrompt('explore_database'))).toContain('public.orders');
    });

    test('the look at the start', async () => {
      const warnings = () => client.log.filter(({ level }) => level === 'warn').map((line) => JSON.stringify(line));
      if (role === 'superuser') await expect.poll(warnings).toEqual([expect.stringContaining('The role ')]);
      expect(JSON.stringify(client.log)).not.toContain('PLANTED');
      expect(warnings().filter((line) => line.includes('Could not'))).toEqual([]);
    });
  });
});
