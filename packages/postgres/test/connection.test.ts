import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@touchstone-mcp/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { server } from '../src/server.ts';
import { ask } from './ask.ts';
import { createDatabase, newestServer, type TestDatabase } from './containers/database.ts';
import { createAuthority, startTlsProxy } from './tls-proxy.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const ONE = { sql: 'select 1 as one' };

/** The database's URL with other parts. */
function url(changes: { host?: string; port?: number; sslmode?: string; params?: string } = {}): string {
  const changed = new URL(database.reader);
  if (changes.host !== undefined) changed.hostname = changes.host;
  if (changes.port !== undefined) changed.port = String(changes.port);
  changed.search = changes.sslmode === undefined ? '' : `?sslmode=${changes.sslmode}${changes.params ?? ''}`;
  return changed.href;
}

async function outcome(settings: { url: string }) {
  await using client = await connect(server, settings);
  const { code, text } = await ask(client, 'query', ONE);
  const warnings = client.log.filter(({ level }) => level === 'warn').map(({ msg }) => String(msg));
  return { code, text, warnings };
}

describe('PG-115 TLS', () => {
  const authority = createAuthority();
  let proxy: Awaited<ReturnType<typeof startTlsProxy>>;
  beforeAll(async () => {
    proxy = await startTlsProxy(newestServer(), authority);
  });
  afterAll(async () => {
    authority[Symbol.dispose]();
    await proxy[Symbol.asyncDispose]();
  });

  test.each([
    ['verify-full with the authority', 'localhost', 'verify-full', true, undefined],
    ['verify-full with the authority, to another name', '127.0.0.1', 'verify-full', true, 'unavailable'],
    ['verify-full without the authority', 'localhost', 'verify-full', false, 'unavailable'],
    ['verify-ca with the authority, to another name', '127.0.0.1', 'verify-ca', true, undefined],
    ['require with an authority is verify-ca', '127.0.0.1', 'require', true, undefined],
    ['require without one only encrypts', '127.0.0.1', 'require', false, undefined],
  ])('%s', async (_, host, sslmode, withAuthority, code) => {
    const before = proxy.seen.inClear;
    const result = await outcome({
      url: url({ host, port: proxy.port, sslmode, params: withAuthority ? `&sslrootcert=${authority.ca}` : '' }),
    });
    expect(result).toMatchObject({ code });
    if (code !== undefined) expect(result.text).toContain('The TLS certificate of the database is not trusted.');
    expect(result.warnings.some((line) => line.includes('nothing proves whom it reaches'))).toBe(sslmode === 'require' && !withAuthority);
    expect(proxy.seen.inClear).toBe(before);
  });

  test('a statement is cancelled over TLS, too', async () => {
    const before = proxy.seen.inClear;
    await using client = await connect(server, {
      url: url({ host: 'localhost', port: proxy.port, sslmode: 'verify-full', params: `&sslrootcert=${authority.ca}` }),
    });
    const controller = new AbortController();
    const call = ask(client, 'query', { sql: 'select pg_sleep(600)' }, controller.signal).catch(() => 'left');
    await expect.poll(sleeping).toBe(1);
    controller.abort();
    expect(await call).toBe('left');
    await expect.poll(sleeping).toBe(0);
    expect(proxy.seen.inClear).toBe(before);
  });

  test('PGSSLMODE and PGSSLROOTCERT hold where the URL is silent', async () => {
    vi.stubEnv('PGSSLMODE', 'verify-full');
    expect(await outcome({ url: url({ host: 'localhost', port: proxy.port }) })).toMatchObject({ code: 'unavailable' });
    vi.stubEnv('PGSSLROOTCERT', authority.ca);
    expect(await outcome({ url: url({ host: 'localhost', port: proxy.port }) })).toMatchObject({ code: undefined });
    vi.unstubAllEnvs();
  });

  test.each(['require', 'verify-full'])('%s never falls back where the server has no TLS', async (sslmode) => {
    const result = await outcome({ url: url({ sslmode }) });
    expect(result).toMatchObject({ code: 'unavailable', text: expect.stringContaining('offers no TLS') });
  });

  test('prefer does, and warns', async () => {
    expect(await outcome({ url: url({ sslmode: 'prefer' }) })).toMatchObject({
      code: undefined,
      warnings: [expect.stringContaining('only if the server offers it')],
    });
  });

  test.each([
    ['sslmode=verify-ca', /verify-ca needs sslrootcert/],
    ['sslmode=verify', /must be disable, prefer/],
    ['sslmode=verify-full&sslrootcert=/nowhere/ca.crt', /file that sslrootcert names/],
  ])('%s stops the start', async (params, message) => {
    const error = await connect(server, { url: `${url()}?${params}` }).catch((thrown: unknown) => thrown);
    expect(`${(error as Error).message} ${(error as { hint?: string }).hint}`).toMatch(message);
  });
});

test('PG-095 a database that is not there stops no start, and is found once it is', async () => {
  const { port, close } = await unusedPort();
  await close();
  await using client = await connect(server, { url: url({ host: '127.0.0.1', port }) });
  expect(await ask(client, 'query', ONE)).toMatchObject({ code: 'unavailable', text: expect.stringContaining('Nothing listens') });
  // After some failures nobody waits any more.
  await expect
    .poll(async () => (await ask(client, 'query', ONE)).text)
    .toMatch(/Nothing listens.*\nIt is tried again in [1-5] s\. Try again/);
  const authority = createAuthority();
  await using _proxy = await startTlsProxy(newestServer(), { ...authority, port });
  authority[Symbol.dispose]();
  await expect.poll(async () => (await ask(client, 'query', ONE)).code, { timeout: 20_000, interval: 250 }).toBeUndefined();
});

test('the role is looked at as soon as the database is there', async () => {
  const { port, close } = await unusedPort();
  await close();
  const { username, password, pathname } = new URL(database.superuser);
  const late = `postgres://${username}:${password}@127.0.0.1:${port}${pathname}?sslmode=require`;
  await using client = await connect(server, { url: late });
  const warnings = () => client.log.filter(({ level }) => level === 'warn').map(({ msg }) => String(msg));
  await expect.poll(warnings, { timeout: 10_000 }).toContainEqual(expect.stringContaining('Could not look at the role'));
  const authority = createAuthority();
  await using _proxy = await startTlsProxy(newestServer(), { ...authority, port });
  authority[Symbol.dispose]();
  await expect.poll(async () => (await ask(client, 'query', ONE)).code, { timeout: 20_000, interval: 250 }).toBeUndefined();
  await expect.poll(() => warnings().filter((line) => line.includes('is a superuser'))).toHaveLength(1);
});

test('the password may come from PGPASSFILE, and the rest from PG* variables', async () => {
  const { username, password, hostname, port, pathname } = new URL(database.reader);
  const directory = mkdtempSync(join(tmpdir(), 'touchstone-pass-'));
  const file = join(directory, 'pgpass');
  writeFileSync(file, `${hostname}:${port}:${pathname.slice(1)}:${username}:${password}\n`, { mode: 0o600 });
  const variables = {
    PGPASSFILE: file,
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: username,
    PGDATABASE: pathname.slice(1),
    PGSSLMODE: 'disable',
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  try {
    await using client = await connect(server, {});
    expect((await ask(client, 'query', { sql: 'select current_user::text' })).data).toMatchObject({ rows: [[username]] });
  } finally {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true });
  }
});

test('many calls use few connections, and one that was killed is replaced', async () => {
  await using client = await connect(server, { url: url(), poolSize: 3 });
  const answers = await Promise.all(Array.from({ length: 60 }, () => ask(client, 'query', ONE)));
  expect(answers.filter(({ code }) => code !== undefined)).toEqual([]);
  expect(await count(`application_name = 'touchstone-postgres'`)).toBeLessThanOrEqual(3);
  await admin(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'touchstone-postgres' and datname = current_database()`,
  );
  await expect.poll(async () => (await ask(client, 'query', ONE)).code).toBeUndefined();
});

test('a connection that is lost under a statement fails that call alone', async () => {
  await using client = await connect(server, { url: url() });
  const call = ask(client, 'query', { sql: 'select pg_sleep(600)' });
  await expect.poll(sleeping).toBe(1);
  await admin(`select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()`);
  expect(await call).toMatchObject({ code: 'unavailable' });
  expect(await ask(client, 'query', ONE)).toMatchObject({ code: undefined });
});

const sleeping = () => count(`query like '%pg_sleep(600)%' and state = 'active'`);

/** Backends of this database, besides the one that counts. */
async function count(condition: string): Promise<number> {
  const rows = await admin(
    `select count(*)::int as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and ${condition}`,
  );
  return rows[0].n;
}

async function admin(sql: string) {
  const client = new pg.Client(database.superuser);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function unusedPort() {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => new Promise((resolve) => listener.close(resolve)),
  };
}
