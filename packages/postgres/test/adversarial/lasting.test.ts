import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { server } from '../../src/server.ts';
import { ask } from '../ask.ts';
import { createDatabase, type TestDatabase } from '../containers/database.ts';
import { type LastingRow, lastingRows, POISON, SESSION } from './lasting.ts';

describe.each(inject('servers'))('one connection of PostgreSQL $version ($kind)', (postgres) => {
  let database: TestDatabase;
  let admin: pg.Client;
  let clients: Record<'superuser' | 'owner' | 'reader', TestClient>;

  beforeAll(async () => {
    database = await createDatabase(postgres, POISON);
    admin = new pg.Client(database.superuser);
    await admin.connect();
    await admin.query(`grant pg_monitor to ${database.name}_owner, ${database.name}_reader`);
    const open = (role: 'superuser' | 'owner' | 'reader') => connect(server, { url: database[role], write: true, poolSize: 1 });
    clients = { superuser: await open('superuser'), owner: await open('owner'), reader: await open('reader') };
  });

  afterAll(async () => {
    await Promise.all(Object.values(clients).map((client) => client[Symbol.asyncDispose]()));
    await admin.end();
    await database[Symbol.asyncDispose]();
  });

  describe.each(['superuser', 'owner', 'reader'] as const)('as %s', (role) => {
    test.each(lastingRows)('%s %s %j leaves nothing behind: %s', async (...[, tool, args]: LastingRow) => {
      const client = clients[role];
      const before = (await ask(client, 'query', { sql: SESSION })).data['rows'];
      expect(before).toEqual([[0, 0, 0, 0, true, true, 'on', expect.any(String), '4MB', expect.any(String), null]]);
      await ask(client, tool, args);
      expect((await ask(client, 'query', { sql: SESSION })).data['rows']).toEqual(before);
    });

    test('none of these connections had to be closed for it', () => {
      expect(JSON.stringify(clients[role].log)).not.toContain('could not be reset');
    });

    test('PG-095 a connection that was killed while it was idle is replaced', async () => {
      const pid = async () => (await ask(clients[role], 'query', { sql: 'select pg_backend_pid()' })).data['rows'];
      const killed = await pid();
      await admin.query('select pg_terminate_backend($1)', (killed as number[][])[0]);
      await expect.poll(pid).toEqual([[expect.any(Number)]]);
      expect(await pid()).not.toEqual(killed);
    });

    test('PG-093 many calls at once, and then many one after the other, take turns on it', async () => {
      const calls = Array.from({ length: 40 }, () => ask(clients[role], 'query', { sql: 'select pg_backend_pid()' }));
      const pids = (await Promise.all(calls)).map(({ data }) => String(data['rows']));
      for (let call = 0; call < 40; call += 1) {
        pids.push(String((await ask(clients[role], 'query', { sql: 'select pg_backend_pid()' })).data['rows']));
      }
      expect(new Set(pids).size).toBe(1);
    });
  });
});
