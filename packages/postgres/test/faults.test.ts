import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { server } from '../src/server.ts';
import { ask } from './ask.ts';
import { createDatabase, newestServer, type TestDatabase } from './containers/database.ts';
import { databaseUrl } from './containers/server.ts';
import { startContainer } from './containers/start.ts';
import { type Network, startNetwork } from './tcp-proxy.ts';

const ONE = { sql: 'select 1 as one' };
const SLEEP = { sql: 'select pg_sleep(600)' };

let database: TestDatabase;
let admin: pg.Client;
beforeAll(async () => {
  database = await createDatabase();
  admin = new pg.Client(database.superuser);
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await database[Symbol.asyncDispose]();
});

function through(port: number, url = database.reader): string {
  const changed = new URL(url);
  changed.host = `127.0.0.1:${port}`;
  return changed.href;
}

/** Backends of the reader. */
async function backends(condition = 'true'): Promise<number> {
  const { rows } = await admin.query(`select count(*)::int as n from pg_stat_activity where usename = $1 and ${condition}`, [
    `${database.name}_reader`,
  ]);
  return rows[0].n;
}

const sleeping = () => backends(`query like '%pg_sleep(600)%' and state = 'active'`);

describe('the network', () => {
  let network: Network;
  let client: TestClient;
  beforeEach(async () => {
    const { host, port } = newestServer();
    network = await startNetwork({ host, port });
    client = await connect(server, { url: through(network.port), poolSize: 1 });
    expect(await ask(client, 'query', ONE)).toMatchObject({ code: undefined });
    return async () => {
      await client[Symbol.asyncDispose]();
      await network[Symbol.asyncDispose]();
      // A statement whose connection was cut goes on until its time is over.
      await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [`${database.name}_reader`]);
      await expect.poll(() => backends()).toBe(0);
    };
  });

  test('is cut in the middle of a row: that call alone fails', async () => {
    network.cut();
    await expect.poll(() => network.open).toBe(0);
    network.cutAfter = 100_000;
    expect(await ask(client, 'query', { sql: `select repeat('x', 1000000)` })).toMatchObject({
      code: 'unavailable',
      text: expect.stringContaining('The connection to the database was lost.'),
    });
    network.cutAfter = Number.POSITIVE_INFINITY;
    expect(await ask(client, 'query', ONE)).toMatchObject({ code: undefined });
  });

  test.each([1, 20, 60, 300])('is cut after %i bytes of a login: it is told, and the next one works', async (bytes) => {
    network.cut();
    await expect.poll(() => network.open).toBe(0);
    network.cutAfter = bytes;
    expect(await ask(client, 'query', ONE)).toMatchObject({ code: 'unavailable' });
    network.cutAfter = Number.POSITIVE_INFINITY;
    expect(await ask(client, 'query', ONE)).toMatchObject({ code: undefined });
  });

  test('is cut while the server works', async () => {
    const call = ask(client, 'query', SLEEP);
    await expect.poll(sleeping).toBe(1);
    network.cut();
    expect(await call).toMatchObject({ code: 'unavailable' });
    expect(await ask(client, 'query', ONE)).toMatchObject({ code: undefined });
  });

  test('says nothing any more: the deadline holds, and the connection is not used again', async () => {
    const [pid] = (await ask(client, 'query', { sql: 'select pg_backend_pid()' })).data['rows'] as [number][];
    const call = ask(client, 'query', { ...SLEEP, timeoutMs: 1_000 });
    await expect.poll(sleeping).toBe(1);
    network.silent = true;
    expect(await call).toMatchObject({ code: 'timeout' });
    await expect.poll(() => network.open, { timeout: 10_000 }).toBe(0);
    network.silent = false;
    const next = await ask(client, 'query', { sql: 'select pg_backend_pid()' });
    expect(next.code).toBeUndefined();
    expect(next.data['rows']).not.toEqual([pid]);
  });

  test('says nothing from the start: the deadline of the call holds', async () => {
    network.silent = true;
    await using impatient = await connect(server, { url: through(network.port), poolSize: 1, callTimeoutMs: 500 });
    expect(await ask(impatient, 'query', ONE)).toMatchObject({ code: 'timeout' });
    network.silent = false;
    await expect.poll(async () => (await ask(impatient, 'query', ONE)).code).toBeUndefined();
  });

  test('lets a client leave although it says nothing', async () => {
    const controller = new AbortController();
    const call = ask(client, 'query', SLEEP, controller.signal).catch(() => 'left');
    await expect.poll(sleeping).toBe(1);
    network.silent = true;
    controller.abort();
    expect(await call).toBe('left');
    await expect.poll(() => network.open, { timeout: 10_000 }).toBe(0);
    network.silent = false;
    await expect.poll(sleeping).toBe(0);
  });

  test('delivers byte by byte: the answers are the same', async () => {
    const asked = { sql: `select i, repeat('é', i * 100) as text from generate_series(1, 40) i`, format: 'csv' };
    const before = await ask(client, 'query', asked);
    network.dribble = true;
    expect(await ask(client, 'query', asked)).toEqual(before);
  });
});

describe('the server', () => {
  test('has no place for another connection: that is said, and passes', async () => {
    const role = `${database.name}_reader`;
    await admin.query(`alter role ${role} connection limit 1`);
    const held = new pg.Client(database.reader);
    await held.connect();
    await using client = await connect(server, { url: database.reader });
    expect(await ask(client, 'query', ONE)).toMatchObject({
      code: 'unavailable',
      text: expect.stringContaining('The database takes no more connections.'),
    });
    await held.end();
    // After so many failures it is given a rest.
    await expect.poll(async () => (await ask(client, 'query', ONE)).code, { timeout: 15_000, interval: 250 }).toBeUndefined();
    await admin.query(`alter role ${role} connection limit -1`);
  });

  test('closes connections that are idle: others are made', async () => {
    const role = `${database.name}_reader`;
    await admin.query(`alter role ${role} set idle_session_timeout = '200ms'`);
    await using client = await connect(server, { url: database.reader });
    expect(await ask(client, 'query', ONE)).toMatchObject({ code: undefined });
    await expect.poll(() => backends(), { timeout: 5_000 }).toBe(0);
    expect(await ask(client, 'query', ONE)).toMatchObject({ code: undefined });
    expect(client.log).toContainEqual(expect.objectContaining({ msg: 'an idle connection was lost' }));
    await admin.query(`alter role ${role} reset idle_session_timeout`);
  });

  test('sends rows slowly: the deadline is one for all of them', async () => {
    await using client = await connect(server, { url: database.reader });
    const sql = 'select i, pg_sleep(0.1) from generate_series(1, 900) i';
    expect(await ask(client, 'query', { sql, timeoutMs: 500 })).toMatchObject({ code: 'timeout' });
    await expect.poll(() => backends(`state = 'active'`)).toBe(0);
  });
});

describe.each(inject('servers'))('PostgreSQL $version', ({ kind, version }) => {
  test('is restarted under a statement: that call fails, and the next works once it is back', async ({ skip }) => {
    skip(kind === 'embedded', 'needs a container engine');
    await using started = await startContainer(version);
    const { host, port } = started.server;
    await using network = await startNetwork({ host, port });
    await using client = await connect(server, { url: through(network.port, databaseUrl(started.server, 'postgres')) });
    const watching = new pg.Client(databaseUrl(started.server, 'postgres'));
    watching.on('error', () => {});
    await watching.connect();
    const active = `select count(*)::int as n from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()`;
    const call = ask(client, 'query', SLEEP);
    await expect.poll(async () => (await watching.query(active)).rows[0].n).toBe(1);
    const restarted = started.container.restart();
    expect(await call).toMatchObject({ code: 'unavailable' });
    expect(await ask(client, 'query', ONE)).toMatchObject({ code: 'unavailable' });
    await restarted;
    network.target = { host, port: started.container.getMappedPort(5432) };
    await expect.poll(async () => (await ask(client, 'query', ONE)).code, { timeout: 20_000, interval: 250 }).toBeUndefined();
  });

  test('loses the backend of a statement, and all others with it: the next call works', async ({ skip }) => {
    skip(kind === 'embedded', 'needs a container engine');
    await using started = await startContainer(version);
    await using client = await connect(server, { url: databaseUrl(started.server, 'postgres') });
    const [[pid]] = (await ask(client, 'query', { sql: 'select pg_backend_pid()' })).data['rows'] as [[number]];
    await started.container.exec(['sh', '-c', `kill -9 ${pid}`]);
    await expect.poll(async () => (await ask(client, 'query', ONE)).code, { timeout: 20_000, interval: 250 }).toBeUndefined();
  });
});
