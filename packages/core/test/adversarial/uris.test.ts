import { afterAll, beforeAll, expect, test } from 'vitest';
import { defineServer, resourceDefiner } from '../../src/index.ts';
import { connect, type TestClient } from '../../src/testing/index.ts';
import { type Dependencies, fixture } from '../fixture/server.ts';
import { uris } from './uris.ts';

const defineResource = resourceDefiner<Dependencies>();
const words = { title: 'Any', description: 'What it was asked for.' };

/** Answers with what reached the handler. */
const server = defineServer({
  ...fixture,
  resources: () => [
    defineResource({ ...words, name: 'note', uriTemplate: 'notes://{note}/versions/{version}', read: ({ note }) => ({ text: note }) }),
    defineResource({ ...words, name: 'file', uriTemplate: 'files:///{+path}', read: ({ path }) => ({ text: path }) }),
  ],
});

let client: TestClient;

beforeAll(async () => {
  client = await connect(server, {});
});

afterAll(() => client[Symbol.asyncDispose]());

test.each(uris.map((row) => [`${row.id} ${row.why}`, row] as const))('%s', async (_name, { uri, expect: outcome }) => {
  // In linear time: an expression that explodes would need years.
  const answer = await client.readResource(uri).catch((error) => error);
  if (typeof outcome === 'number') {
    expect(answer).toMatchObject({ code: outcome });
    expect(JSON.stringify([answer.message, answer.data]).length).toBeLessThan(10_000);
  } else expect(answer).toEqual({ uri, text: outcome.fits });
  expect(JSON.stringify(client.log)).not.toContain('etc/passwd');
});

test('TR-016: nor can they be subscribed to', async () => {
  for (const { uri } of uris) expect(await client.subscribe(uri, () => {})).toBeUndefined();
});
