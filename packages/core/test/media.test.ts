import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { defineServer, type MediaContent, type ToolContext, ToolError, toolDefiner } from '../src/index.ts';
import { connect, GENERATIONS } from '../src/testing/index.ts';
import { fixture } from './fixture/server.ts';

const picture = (data: string): MediaContent => ({ type: 'image', data, mimeType: 'image/png' });

/** A server with one tool, which does as the test says. */
function showing(show: (context: ToolContext) => void | Promise<void>) {
  const showMedia = toolDefiner<object>()({
    name: 'show_media',
    title: 'Show media',
    description: 'Shows media.',
    inputSchema: z.strictObject({}),
    outputSchema: z.object({}),
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async handler(_input, context) {
      await show(context);
      return {};
    },
    text: () => 'shown',
  });
  return defineServer({ ...fixture, tools: () => [showMedia] });
}

const SHOWN = { type: 'text', text: 'shown' };

describe.each(GENERATIONS)('%s client: what a tool attaches', (generation) => {
  test('goes before the text, in the order in which it was attached', async () => {
    const blocks: MediaContent[] = [
      picture('AAAA'),
      { type: 'audio', data: 'AAAA', mimeType: 'audio/wav' },
      { type: 'resource', resource: { uri: 'file:///a', mimeType: 'application/zip', blob: 'AAAA' } },
    ];
    const server = showing(({ attach }) => blocks.forEach((block) => void attach(block)));
    await using client = await connect(server, {}, generation);
    expect((await client.callTool('show_media')).content).toEqual([...blocks, SHOWN]);
  });

  test('hides nothing in its names', async () => {
    const server = showing(({ attach }) => {
      attach({ type: 'image', data: 'AAAA', mimeType: 'image/\u202epng' });
      attach({ type: 'resource', resource: { uri: 'file:///\u200ba', mimeType: '\u{e0041}', blob: 'AAAA' } });
    });
    await using client = await connect(server, {}, generation);
    expect((await client.callTool('show_media')).content).toEqual([
      { type: 'image', data: 'AAAA', mimeType: 'image/\\u{202e}png' },
      { type: 'resource', resource: { uri: 'file:///\\u{200b}a', mimeType: '\\u{e0041}', blob: 'AAAA' } },
      SHOWN,
    ]);
  });

  test('counts neither as text nor as structure', async () => {
    await using client = await connect(
      showing(({ attach }) => attach(picture('A'.repeat(1_000_000)))),
      {},
      generation,
    );
    expect((await client.callTool('show_media')).content).toHaveLength(2);
    expect(client.log).toContainEqual(expect.objectContaining({ audit: expect.objectContaining({ outcome: 'ok', chars: 5 }) }));
  });

  test('is not sent with a refusal', async () => {
    const server = showing(({ attach }) => {
      attach(picture('AAAA'));
      throw new ToolError('conflict', 'It has changed.');
    });
    await using client = await connect(server, {}, generation);
    expect((await client.callTool('show_media')).content).toEqual([{ type: 'text', text: 'conflict: It has changed.' }]);
  });
});

test('what is attached after the deadline, or after the answer, reaches nobody', async () => {
  const held: ToolContext[] = [];
  const server = showing(async (context) => {
    held.push(context);
    if (held.length > 1) return;
    await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
    context.attach(picture('LATE'));
  });
  await using client = await connect(server, { callTimeoutMs: 20 });
  expect(await client.callTool('show_media')).toMatchObject({ isError: true, content: [{ type: 'text' }], _meta: { code: 'timeout' } });
  const answered = client.callTool('show_media');
  await answered;
  for (const { attach } of held) attach(picture('LATE'));
  expect((await client.callTool('show_media')).content).toEqual([SHOWN]);
  expect((await answered).content).toEqual([SHOWN]);
});
