import { connect, GENERATIONS } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCatalog } from './catalog-fixture.ts';
import { server } from './catalog-server.ts';
import { newestServer, type TestDatabase } from './containers/database.ts';

const TABLE = 'postgres://{database}/{schema}/{table}/schema';
const COLUMNS = 'postgres://{database}/{table}/schema';

let database: TestDatabase;
beforeAll(async () => {
  database = await createCatalog(newestServer());
});
afterAll(() => database[Symbol.asyncDispose]());

describe.each(GENERATIONS)('%s client', (generation) => {
  const open = (url = database.superuser) => connect(server, { url }, generation);

  test('lists the tables of all schemas, in order, and each can be read', async () => {
    await using client = await open();
    const listed = await client.listResources();
    expect(listed.map(({ name }) => name).slice(0, 4)).toEqual([
      '"Odd ""schema"".x"."table.with ""quotes"" and  spaces"',
      'audit.orders',
      'hidden.unseen',
      'public."Mixed"',
    ]);
    expect(listed).toContainEqual({
      uri: 'postgres://default/sales/customers/schema',
      name: 'sales.customers',
      description: 'Who buys',
      mimeType: 'application/json',
    });
    for (const { uri, name } of listed) {
      const content = await client.readResource(uri);
      expect(content).toMatchObject({ uri, mimeType: 'application/json' });
      expect(JSON.parse('text' in content ? content.text : '')).toMatchObject({ name });
    }
  });

  test('no URI says where the database is, or who asks', async () => {
    await using client = await open();
    const { username, password, host, port } = new URL(database.superuser);
    const text = JSON.stringify([await client.listResources(), await client.listResourceTemplates()]);
    for (const secret of [username, password, `${host}:`, `:${port}`, 'sslmode']) {
      if (secret !== 'postgres') expect(text).not.toContain(secret);
    }
    expect(text).not.toMatch(/postgres:\/\/[^/"]*@/);
  });

  test('the form of two segments gives columns as the archived server did', async () => {
    await using client = await open();
    const content = await client.readResource('postgres://default/customers/schema');
    expect(content).toMatchObject({ mimeType: 'application/json' });
    expect(JSON.parse('text' in content ? content.text : '')).toEqual([
      { column_name: 'id', data_type: 'integer' },
      { column_name: 'mail', data_type: 'sales.email' },
      { column_name: 'since', data_type: 'date' },
    ]);
  });

  test('names are completed', async () => {
    await using client = await open();
    expect(await client.complete(TABLE, 'database', 'de')).toEqual(['default']);
    expect(await client.complete(TABLE, 'database', 'x')).toEqual([]);
    expect(await client.complete(TABLE, 'schema', '', { database: 'default' })).toEqual([
      'Odd "schema".x',
      'audit',
      'hidden',
      'public',
      'sales',
    ]);
    expect(await client.complete(TABLE, 'table', 'o', { database: 'default', schema: 'sales' })).toEqual(['orders']);
    expect(await client.complete(TABLE, 'table', '%', { database: 'default', schema: 'sales' })).toEqual([]);
    expect(await client.complete(COLUMNS, 'table', 'or', { database: 'default' })).toEqual(['order', 'orders']);
    expect(await client.complete(COLUMNS, 'table', 'or\0')).toEqual([]);
  });

  test('several databases, one of which does not answer', async () => {
    const databases = { shop: database.superuser, small: database.reader, gone: 'postgres://nobody@127.0.0.1:1/gone?sslmode=disable' };
    await using client = await connect(server, { databases }, generation);
    const uris = (await client.listResources()).map(({ uri }) => uri);
    expect(uris).toContain('postgres://shop/hidden/unseen/schema');
    expect(uris.filter((uri) => !uri.startsWith('postgres://shop/'))).toEqual([
      'postgres://small/audit/orders/schema',
      'postgres://small/public/orders/schema',
      'postgres://small/sales/customers/schema',
      'postgres://small/sales/orders/schema',
    ]);
    expect(await client.complete(TABLE, 'database', 's')).toEqual(['shop', 'small']);
    expect(await client.complete(TABLE, 'schema', '', { database: 'small' })).toEqual(['audit', 'public', 'sales']);
    await expect(client.readResource('postgres://default/sales/orders/schema')).rejects.toThrow(/shop, small, gone/);
  });

  test('a role sees what it may use', async () => {
    await using client = await open(database.reader);
    expect((await client.listResources()).map(({ name }) => name)).toEqual([
      'audit.orders',
      'public.orders',
      'sales.customers',
      'sales.orders',
    ]);
    expect(await client.complete(TABLE, 'schema', '')).toEqual(['audit', 'public', 'sales']);
    expect(await client.complete(TABLE, 'table', 'un', { schema: 'public' })).toEqual([]);
    await expect(client.readResource('postgres://default/hidden/unseen/schema')).rejects.toThrow();
    await expect(client.readResource('postgres://default/unseen/schema')).rejects.toThrow();
  });
});
