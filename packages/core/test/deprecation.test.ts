import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { defineServer, toolDefiner } from '../src/index.ts';
import { violations } from '../src/testing/contract.ts';
import { connect, GENERATIONS, type TestClient } from '../src/testing/index.ts';
import { type Dependencies, fixture } from './fixture/server.ts';

const SECRET = 'Zq8xVn3k';
const USE_SAY = 'Use say_text (since 1.4.0).';
const USE_WORDS = 'Use words (since 1.5.0).';

const defineTool = toolDefiner<Dependencies>();
const sayText = defineTool({
  name: 'say_text',
  title: 'Say text',
  description: 'Answers with its words.',
  inputSchema: z.strictObject({
    words: z.string().default('').describe('Words to answer with'),
    text: z.string().describe('Words to answer with. Deprecated: Use words (since 1.5.0).').meta({ deprecated: true }).optional(),
  }),
  outputSchema: z.object({ text: z.string() }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  handler: ({ words, text }) => ({ text: text ?? words }),
});
const tellText = { ...sayText, name: 'tell_text', deprecated: USE_SAY };
const server = defineServer({ ...fixture, tools: () => [sayText, tellText] });

/** What the log warns of so far. */
function warnings({ log }: TestClient): unknown[] {
  return log.filter(({ level }) => level === 'warn').map(({ msg, tool, argument, instead }) => [msg, tool, argument, instead]);
}

/** What the record of each call so far says of deprecations. */
function recorded({ log }: TestClient): unknown[] {
  return log.flatMap(({ audit }) => (audit === undefined ? [] : [(audit as { deprecated?: unknown }).deprecated]));
}

const WAYS = GENERATIONS.flatMap((generation) => (['http', 'stdio'] as const).map((over) => [generation, over] as const));

describe.each(WAYS)('%s client over %s', (generation, over) => {
  test('reads what is deprecated, and what to use instead', async () => {
    await using client = await connect(server, {}, generation, { over });
    const [say, tell] = await client.listTools();
    expect([say?.description, tell?.description]).toEqual([
      'Answers with its words.',
      'Deprecated: Use say_text (since 1.4.0). Answers with its words.',
    ]);
    expect(say?.inputSchema['properties']).toMatchObject({
      text: { deprecated: true, description: 'Words to answer with. Deprecated: Use words (since 1.5.0).' },
    });
  });

  test('goes on being served; the log warns once, and each record names what was used', async () => {
    await using client = await connect(server, {}, generation, { over });
    for (const _ of [1, 2]) {
      expect(await client.callTool('tell_text', { words: SECRET })).toMatchObject({ structuredContent: { text: SECRET } });
      expect(await client.callTool('say_text', { text: SECRET })).toMatchObject({ structuredContent: { text: SECRET } });
    }
    expect(await client.callTool('tell_text', { text: SECRET })).toMatchObject({ structuredContent: { text: SECRET } });
    expect(warnings(client)).toEqual([
      ['deprecated', 'tell_text', undefined, USE_SAY],
      ['deprecated', 'say_text', 'text', USE_WORDS],
      ['deprecated', 'tell_text', 'text', USE_WORDS],
    ]);
    expect(recorded(client)).toEqual([['tell_text'], ['text'], ['tell_text'], ['text'], ['tell_text', 'text']]);
    expect(JSON.stringify(client.log)).not.toContain(SECRET);
  });

  test('is told nothing where it uses nothing deprecated', async () => {
    await using client = await connect(server, {}, generation, { over });
    await client.callTool('say_text', { words: 'a' });
    await client.callTool('say_text');
    expect(warnings(client)).toEqual([]);
    expect(recorded(client)).toEqual([undefined, undefined]);
  });

  test('is on record also where its call is refused, and by names of ours only', async () => {
    await using client = await connect(server, {}, generation, { over });
    expect(await client.callTool('say_text', { text: 1, [SECRET]: 'deprecated' })).toMatchObject({ _meta: { code: 'invalid_input' } });
    expect(warnings(client)).toEqual([['deprecated', 'say_text', 'text', USE_WORDS]]);
    expect(recorded(client)).toEqual([['text']]);
    expect(JSON.stringify(client.log)).not.toContain(SECRET);
  });
});

test('a deprecated tool obeys the house rules', async () => {
  await using client = await connect(server, { listOutputSchemas: true });
  expect((await client.listTools()).flatMap((tool) => violations(tool))).toEqual([]);
});

test('a process warns again that was started anew', async () => {
  for (const _ of [1, 2]) {
    await using client = await connect(server, {});
    await client.callTool('tell_text');
    expect(warnings(client)).toHaveLength(1);
  }
});
