import { describe, expect, test, vi } from 'vitest';
import { connect, GENERATIONS, type TestClient } from '../src/testing/index.ts';
import { openLibrary } from './fixture/library.ts';
import { fixture } from './fixture/server.ts';

/** How long to wait for what must come: reached by failures only. */
const PATIENT = { timeout: 20_000, interval: 5 };

const REVIEW = { prompt: 'review_book' };
const WAYS = GENERATIONS.flatMap((generation) => (['http', 'stdio'] as const).map((over) => [generation, over] as const));

function audits({ log }: TestClient): Record<string, unknown>[] {
  return log.flatMap(({ audit }) => (audit === undefined ? [] : [audit as Record<string, unknown>]));
}

describe.each(WAYS)('%s client over %s', (generation, over) => {
  const open = (settings: Parameters<typeof connect>[1] = {}) => connect(openLibrary().server, settings, generation, { over });

  test('lists prompts with their arguments', async () => {
    await using client = await open();
    expect(await client.listPrompts()).toEqual([
      {
        name: 'review_book',
        title: 'Review book',
        description: 'Asks for a review of a book.',
        arguments: [
          { name: 'title', description: 'Title of the book', required: true },
          { name: 'tone', description: 'Tone of the review', required: false },
          { name: 'reader', description: 'Whom it is for', required: false },
        ],
      },
      { name: 'open_shift', title: 'Open shift', description: 'Tells the model what the shift begins with.' },
    ]);
  });

  test('gets messages made of its arguments', async () => {
    await using client = await open();
    expect(await client.getPrompt('review_book', { title: 'Emma', reader: 'Ann' })).toEqual([
      { role: 'user', content: { type: 'text', text: 'A kind review of Emma for Ann.' } },
    ]);
    expect(await client.getPrompt('review_book', { title: 'Emma', tone: 'harsh' })).toMatchObject([
      { content: { text: 'A harsh review of Emma.' } },
    ]);
    expect(audits(client)[0]).toMatchObject({ method: 'prompts/get', prompt: 'review_book', outcome: 'ok', arguments: { title: 'Emma' } });
    expect(JSON.stringify(client.log)).not.toContain('Ann');
  });

  test('gets a prompt without arguments, and a resource in it', async () => {
    await using client = await open();
    for (const args of [undefined, {}]) {
      expect(await client.getPrompt('open_shift', args)).toEqual([
        { role: 'user', content: { type: 'text', text: '0 entries.' } },
        {
          role: 'assistant',
          content: { type: 'resource', resource: { uri: 'library://catalogue', mimeType: 'text/plain', text: 'em\\u{200b}ma' } },
        },
      ]);
    }
  });

  test.each([
    ['what takes too long', 'endless', -32603, /timeout: The call took longer than 50 ms\./],
    ['a fault of ours', 'bug', -32603, /internal: The server failed to answer this call\./],
    ['what is not to be had now', 'upstream', -32603, /unavailable: The library is closed\./],
    ['what is denied', 'secret', -32602, /denied: This book is locked\.\nAsk the user\./],
    [
      'too much text',
      'long',
      -32602,
      /too_large: The prompt has 300\d\d characters; the limit is 1000\.\nGive it arguments that make it shorter\./,
    ],
  ])('is refused %s', async (_what, title, code, message) => {
    await using client = await open({ maxResultChars: 1_000, callTimeoutMs: 50 });
    const error = await client.getPrompt('review_book', { title }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(JSON.stringify([error.message, error.data])).not.toMatch(/hunter2|row 17/);
    expect(audits(client)[0]).toMatchObject({ prompt: 'review_book', outcome: error.data.code });
  });

  test('work that nobody waits for any more is stopped', async () => {
    await using client = await open({ callTimeoutMs: 50 });
    await client.getPrompt('review_book', { title: 'endless' }).catch(() => {});
    const diary = async () => JSON.stringify((await client.callTool('read_diary')).structuredContent);
    await vi.waitUntil(async () => (await diary()) === '{"entries":["started","aborted"]}', PATIENT);
  });

  test('is held to the rate as with calls, whatever is asked for', async () => {
    await using client = await open({ rateLimit: 3, rateBurst: 0 });
    await client.getPrompt('open_shift');
    await client.getPrompt('nobody').catch(() => {});
    await client.getPrompt('review_book').catch(() => {});
    await expect(client.getPrompt('open_shift')).rejects.toThrow('rate_limited: Too many calls');
    // Those who type have a purse of their own.
    expect(await client.complete(REVIEW, 'title', '14')).toHaveLength(11);
    expect(audits(client).map(({ outcome }) => outcome)).toEqual(['ok', 'not_found', 'invalid_input', 'rate_limited', 'ok']);
  });

  test('completes arguments, beside the variables of templates', async () => {
    await using client = await open();
    expect(await client.complete(REVIEW, 'title', '')).toHaveLength(100);
    expect(await client.complete(REVIEW, 'title', '149')).toEqual(['149']);
    expect(await client.complete(REVIEW, 'title', '?', { tone: 'kind' })).toEqual(['{"tone":"kind"}', 'a\\u{202e}b']);
    expect(await client.complete(REVIEW, 'tone', 'k')).toEqual([]);
    expect(await client.complete('library://books/{title}', 'title', '149')).toEqual(['149']);
    for (const [prompt, name] of [
      ['review_book', 'author'],
      ['review_book', 'constructor'],
      ['open_shift', 'title'],
      ['nobody', 'title'],
    ] as const) {
      await expect(client.complete({ prompt }, name, '')).rejects.toThrow('invalid_input: No prompt has this argument.');
    }
    expect(audits(client)[0]).toMatchObject({ method: 'completion/complete', prompt: 'review_book', outcome: 'ok' });
  });
});

test('a server whose prompts alone can be completed says so, and completes no template', async () => {
  const { resources: _, ...server } = openLibrary().server;
  for (const generation of GENERATIONS) {
    await using client = await connect(server, {}, generation);
    expect(client.capabilities()).toMatchObject({ prompts: { listChanged: false }, completions: {} });
    expect(await client.complete(REVIEW, 'title', '149')).toEqual(['149']);
    await expect(client.complete('library://books/{title}', 'title', '')).rejects.toThrow('No template has this variable.');
  }
});

test('a server without prompts lists none, and says that it has none', async () => {
  for (const generation of GENERATIONS) {
    await using client = await connect(fixture, {}, generation);
    expect(await client.listPrompts()).toEqual([]);
    await expect(client.getPrompt('any')).rejects.toThrow('not_found: Unknown prompt: any\nThis server has none.');
  }
});
