import { connect } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectionSettings } from '../../src/domain/connection.ts';
import { server } from '../../src/server.ts';
import { ask } from '../ask.ts';
import { createDatabase, type TestDatabase } from '../containers/database.ts';
import { startServer } from '../started.ts';
import { type Change, type ConnectionRow, connectionRows, passwordRows } from './connections.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

function changed({ host, port, user, password, database: name, search }: Change): string {
  const { username, password: right, hostname, port: open, pathname } = new URL(database.reader);
  const credentials = `${user ?? username}:${password ?? right}`;
  return `postgres://${credentials}@${host ?? hostname}:${port ?? open}/${name ?? pathname.slice(1)}${search ?? '?sslmode=disable'}`;
}

test.each(connectionRows)('%s %j -> %s: %s', async (...row: ConnectionRow) => {
  const [, change, outcome] = row;
  const url = changed(change);
  const secrets = ['hunter2', new URL(database.reader).password, 'nobody_at_all', 'no_such_database', '.invalid', url];
  const client = await connect(server, { url }).catch((error: Error) => error);
  if (client instanceof Error) {
    expect(outcome).toBe('start');
    for (const secret of secrets) expect(`${client.message} ${(client as { hint?: string }).hint}`).not.toContain(secret);
    return;
  }
  const { code, text } = await ask(client, 'query', { sql: 'select 1' });
  await client[Symbol.asyncDispose]();
  expect(code).toBe(outcome);
  for (const secret of secrets) expect(text + JSON.stringify(client.log)).not.toContain(secret);
});

test.each(passwordRows)('PG-112 a password written %j is %j', (written, meant) => {
  for (const rest of ['@db.example.com:6543/app', '@db.example.com:6543/app?application_name=x', '@[::1]/app', '@/app']) {
    const { host, user, password, database: name } = connectionSettings(`postgresql://me:${written}${rest}`, {});
    expect({ user, password, name }).toEqual({ user: 'me', password: meant, name: 'app' });
    expect(['db.example.com', '::1', 'localhost']).toContain(host);
  }
});

test.each(['postgres://me:a%40b@h/app?application_name=c@d', 'postgres://h/app?user=me&password=a@b'])(
  'PG-112 an @ may be among the parameters: %s',
  (url) => {
    expect(connectionSettings(url, {})).toMatchObject({ host: 'h', user: 'me', password: 'a@b', database: 'app' });
  },
);

test('PG-113 a failing statement leaves neither its text nor its values in the log', async () => {
  await using client = await connect(server, { url: database.owner, logLevel: 'debug' });
  await ask(client, 'query', { sql: `select 'hunter2'::int` });
  await ask(client, 'query', { sql: 'select $1::int', params: ['hunter2'] });
  await ask(client, 'query', { sql: 'select hunter2' });
  await ask(client, 'query', { sql: `select 'fine hunter2'` });
  expect(client.log.length).toBeGreaterThan(3);
  expect(JSON.stringify(client.log)).not.toContain('hunter2');
});

test('PG-114 a password on the command line is warned of, and not repeated', async () => {
  await using process = startServer('', [database.reader]);
  await expect.poll(() => process.log.join('\n')).toMatch(/command line holds a password.*PGPASSFILE/);
  expect(process.log.join('\n')).not.toContain(new URL(database.reader).password);
});

test('PG-118 by default nothing can be written, whatever the role may do', async () => {
  await using client = await connect(server, { url: database.superuser });
  expect(await ask(client, 'query', { sql: 'create table made ()' })).toMatchObject({ code: 'denied' });
  expect((await client.listTools()).filter(({ annotations }) => !annotations?.['readOnlyHint'])).toEqual([]);
});

test('PG-117 a setting that is not known stops the start', () => {
  expect(() => server.configSchema.parse({ readOnly: true })).toThrow(/Unrecognized key/);
});
