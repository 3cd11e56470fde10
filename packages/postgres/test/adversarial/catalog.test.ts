import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCatalog, SECRET } from '../catalog-fixture.ts';
import { server } from '../catalog-server.ts';
import { newestServer, type TestDatabase } from '../containers/database.ts';
import { type CatalogRow, catalogRows } from './catalog.ts';
import { type ResourceRow, resourceRows } from './resources.ts';

let database: TestDatabase;
let client: TestClient;

beforeAll(async () => {
  database = await createCatalog(newestServer());
  client = await connect(server, { url: database.superuser });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

test.each(catalogRows)('%s %s %j -> %s: %s', async (...row: CatalogRow) => {
  const [, tool, args, code] = row;
  const answer = await client.callTool(tool, args);
  expect(answer.isError ? answer._meta?.code : 'ok').toBe(code);
  expectHarmless(JSON.stringify(answer));
});

test.each(resourceRows)('%s %s -> %s: %s', async (...row: ResourceRow) => {
  const [, uri, outcome] = row;
  const answer = await client.readResource(uri).catch((error: Error) => error);
  expect(answer instanceof Error ? 'refused' : 'ok').toBe(outcome);
  expectHarmless(answer instanceof Error ? String(answer) : JSON.stringify(answer));
});

test.each(['owner', 'reader'] as const)('the %s is told no more', async (role) => {
  await using other = await connect(server, { url: database[role] });
  for (const [, tool, args] of catalogRows) {
    const answer = await other.callTool(tool, args);
    expect(answer._meta?.code).not.toBe('internal');
    expectHarmless(JSON.stringify(answer));
  }
  for (const [, uri] of resourceRows) {
    const answer = await other.readResource(uri).catch((error: Error) => error);
    expectHarmless(answer instanceof Error ? String(answer) : JSON.stringify(answer));
  }
});

test('everything is still there, and the log knows no secret', async () => {
  const { structuredContent } = await client.callTool('list_objects', { schema: 'sales', pattern: 'orders' });
  expect(structuredContent).toMatchObject({ objects: [{ name: 'sales.orders', rows: 5_000 }] });
  expectHarmless(JSON.stringify(client.log));
});

function expectHarmless(text: string): void {
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain('SCRAM-SHA-256$');
  expect(text).not.toContain('root:x:0');
  expect(text).not.toContain(new URL(database.superuser).password);
}
