import { connect } from '@touchstone-mcp/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { server } from '../src/server.ts';
import { ask } from './ask.ts';
import { createDatabase, type TestDatabase } from './containers/database.ts';
import type { PostgresServer } from './containers/server.ts';
import { PGBOUNCER_PORT, type StartedContainer, startContainer } from './containers/start.ts';

/** Two connections to the server for everybody: what one client leaves in a session, another finds. */
const SETTINGS = `[databases]
* = host=127.0.0.1 port=5432
[pgbouncer]
listen_addr = *
listen_port = ${PGBOUNCER_PORT}
unix_socket_dir =
auth_type = plain
auth_file = /tmp/pgbouncer.users
logfile = /tmp/pgbouncer.log
pidfile = /tmp/pgbouncer.pid
pool_mode = transaction
default_pool_size = 2
server_reset_query_always = 0
`;

/** Starts it beside a server. Returns the URL of a database through it. */
async function startPgBouncer({ container, server }: StartedContainer, { owner }: TestDatabase): Promise<string> {
  const { username, password, pathname } = new URL(owner);
  await container.copyContentToContainer([
    { content: SETTINGS, target: '/tmp/pgbouncer.ini', mode: 0o644 },
    { content: `"${username}" "${password}"\n`, target: '/tmp/pgbouncer.users', mode: 0o644 },
  ]);
  const { exitCode, output } = await container.exec(['/usr/sbin/pgbouncer', '--daemon', '/tmp/pgbouncer.ini'], { user: 'postgres' });
  if (exitCode !== 0) throw new Error(`PgBouncer has not started: ${output}`);
  return `postgres://${username}:${password}@${server.host}:${container.getMappedPort(PGBOUNCER_PORT)}${pathname}?sslmode=disable`;
}

describe.each(inject('servers').filter(({ kind }) => kind === 'container'))(
  'PostgreSQL $version behind PgBouncer in transaction mode',
  ({ version }: PostgresServer) => {
    let started: StartedContainer;
    let database: TestDatabase;
    let url: string;
    let admin: pg.Client;
    beforeAll(async () => {
      started = await startContainer(version);
      database = await createDatabase(started.server, 'create table t (id int primary key); insert into t select generate_series(1, 100)');
      url = await startPgBouncer(started, database);
      admin = new pg.Client(database.superuser);
      await admin.connect();
    });
    afterAll(async () => {
      await admin.end();
      await database[Symbol.asyncDispose]();
      await started[Symbol.asyncDispose]();
    });

    const count = async (from: string) => (await admin.query(`select count(*)::int as n from ${from}`)).rows[0].n;

    test('many calls at once are answered, each by its own rows', async () => {
      await using client = await connect(server, { url, poolSize: 8 });
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, i) =>
          ask(client, 'query', { sql: 'select id, $1::text from t where id = $2', params: [`${i}`, i + 1] }),
        ),
      );
      expect(answers.map(({ data }) => data['rows'])).toEqual(answers.map((_, i) => [[i + 1, `${i}`]]));
      expect(
        await count(`pg_stat_activity where datname = current_database() and application_name = 'touchstone-postgres'`),
      ).toBeLessThanOrEqual(2);
    });

    test('every tool works, and what one client does in a session, no other finds', async () => {
      await using client = await connect(server, { url, write: true, poolSize: 4 });
      const calls = Array.from({ length: 10 }, () => [
        ask(client, 'list_objects', {}),
        ask(client, 'describe_table', { table: 't' }),
        ask(client, 'explain_query', { sql: 'select * from t where id = 1' }),
        ask(client, 'query', { sql: 'select 1 / 0' }),
        ask(client, 'execute', { sql: 'insert into t values (0)', dryRun: true }),
      ]).flat();
      const codes = new Set((await Promise.all(calls)).map(({ code }) => code));
      expect(codes).toEqual(new Set([undefined, 'invalid_input']));
      expect(await ask(client, 'execute', { sql: 'insert into t values (101)' })).toMatchObject({ code: undefined });
      expect(await count('t')).toBe(101);
      expect(await ask(client, 'query', { sql: 'show transaction_read_only' })).toMatchObject({ data: { rows: [['on']] } });
      expect(await count(`pg_locks where locktype = 'advisory'`)).toBe(0);
    });

    test('a statement ends with its time, and with its client', async () => {
      await using client = await connect(server, { url });
      const sleeping = () => count(`pg_stat_activity where query = 'select pg_sleep(600)' and state = 'active'`);
      expect(await ask(client, 'query', { sql: 'select pg_sleep(600)', timeoutMs: 200 })).toMatchObject({ code: 'timeout' });
      const controller = new AbortController();
      const left = ask(client, 'query', { sql: 'select pg_sleep(600)' }, controller.signal).catch(() => 'left');
      await expect.poll(sleeping).toBe(1);
      controller.abort();
      expect(await left).toBe('left');
      await expect.poll(sleeping).toBe(0);
      expect(await ask(client, 'query', { sql: 'select 1' })).toMatchObject({ code: undefined });
    });
  },
);

test.runIf(inject('servers').every(({ kind }) => kind === 'embedded'))(
  'PgBouncer is tried where a container engine answers',
  ({ skip }) => {
    skip('needs a container engine');
  },
);
