import { describe, expect, test, vi } from 'vitest';
import { connect, GENERATIONS, type TestClient } from '../src/testing/index.ts';
import { openLibrary } from './fixture/library.ts';
import { fixture } from './fixture/server.ts';

/** How long to wait for what must come: reached by failures only. */
const PATIENT = { timeout: 20_000, interval: 5 };

const EMMA = 'library://books/emma';

function audits({ log }: TestClient): Record<string, unknown>[] {
  return log.flatMap(({ audit }) => (audit === undefined ? [] : [audit as Record<string, unknown>]));
}

async function diaryOf(client: TestClient): Promise<unknown> {
  return (await client.callTool('read_diary')).structuredContent?.['entries'];
}

describe.each(GENERATIONS)('%s client', (generation) => {
  test('lists all pages, what is whole first', async () => {
    await using client = await connect(openLibrary().server, {}, generation);
    const listed = await client.listResources();
    expect(listed).toHaveLength(251);
    expect(listed[0]).toEqual({
      uri: 'library://catalogue',
      name: 'catalogue',
      title: 'Catalogue',
      description: 'All books.',
      mimeType: 'text/plain',
    });
    expect(listed.at(-1)).toEqual({ uri: 'library://books/249', name: 'Book \\u{202e}249' });
    expect(audits(client)[0]).toMatchObject({ method: 'resources/list', outcome: 'ok' });
  });

  test('lists templates', async () => {
    await using client = await connect(openLibrary().server, {}, generation);
    expect((await client.listResourceTemplates()).map(({ uriTemplate, name }) => [uriTemplate, name])).toEqual([
      ['library://books/{title}', 'book'],
      ['library://pictures/{+path}', 'picture'],
    ]);
  });

  test('reads text and bytes', async () => {
    await using client = await connect(openLibrary().server, {}, generation);
    expect(await client.readResource(EMMA)).toEqual({ uri: EMMA, mimeType: 'text/plain', text: 'grüß dich' });
    expect(await client.readResource('library://books/a%20b')).toMatchObject({ text: 'blank' });
    expect(await client.readResource('library://books/hidden')).toMatchObject({ text: 'a\\u{202e}b' });
    expect(await client.readResource('library://catalogue')).toMatchObject({ text: expect.stringContaining('emma') });
    expect(await client.readResource('library://pictures/3/bytes')).toEqual({
      uri: 'library://pictures/3/bytes',
      mimeType: 'image/png',
      blob: '////',
    });
    expect(audits(client)[0]).toMatchObject({
      method: 'resources/read',
      resource: 'book',
      outcome: 'ok',
      chars: 9,
      arguments: { title: 'emma' },
    });
  });

  test.each([
    ['what no template fits', 'library://nothing/x', -32602, /^not_found: No resource has this URI\.$/],
    ['another scheme', 'file:///etc/passwd', -32602, /not_found: No resource has this URI\.$/],
    ['what a template fits and nobody has', 'library://books/none', -32602, /not_found: There is no such book\.$/],
    ['what is denied', 'library://books/secret', -32602, /denied: This book is locked\.\nAsk the user\.$/],
    [
      'too much text',
      'library://books/long',
      -32602,
      /too_large: The resource has 30000 characters; the limit is 5000\.\nUse a tool that reads/,
    ],
    [
      'what is too long as JSON',
      'library://books/quotes',
      -32602,
      /too_large: The resource has 98\d\d bytes; the limit is 6250\.\nUse a tool that reads/,
    ],
    [
      'too many bytes',
      'library://pictures/4000',
      -32602,
      /too_large: The resource has 5336 characters; the limit is 5000\.\nUse .* sends pictures/,
    ],
    ['a fault of ours', 'library://books/bug', -32603, /internal: The server failed to answer this call\./],
    ['what takes too long', 'library://books/endless', -32603, /timeout: The call took longer than 50 ms\./],
  ])('is refused %s', async (_what, uri, code, message) => {
    await using client = await connect(openLibrary().server, { maxResultChars: 1_000, callTimeoutMs: 50 }, generation);
    const error = await client.readResource(uri).catch((thrown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringMatching(new RegExp(message.source.replace('^', ''))) });
    expect(JSON.stringify([error.message, error.data])).not.toMatch(/hunter2|row 17/);
  });

  test('is held to rate and slots as with calls, and audited', async () => {
    await using client = await connect(openLibrary().server, { rateLimit: 2, rateBurst: 0, maxConcurrency: 1 }, generation);
    await client.readResource(EMMA);
    await client.readResource('library://books/bug').catch(() => {});
    await expect(client.readResource(EMMA)).rejects.toThrow('rate_limited: Too many calls');
    // Those who type have a purse of their own.
    expect(await client.complete('library://books/{title}', 'title', '14')).toHaveLength(11);
    expect(audits(client).map(({ outcome }) => outcome)).toEqual(['ok', 'internal', 'rate_limited', 'ok']);
    expect(client.log).toContainEqual(expect.objectContaining({ level: 'error', err: expect.objectContaining({ type: 'Error' }) }));
  });

  test('completes variables', async () => {
    await using client = await connect(openLibrary().server, {}, generation);
    expect(await client.complete('library://books/{title}', 'title', '')).toHaveLength(100);
    expect(await client.complete('library://books/{title}', 'title', '149')).toEqual(['149']);
    expect(await client.complete('library://books/{title}', 'title', '?', { other: 'x' })).toEqual(['{"other":"x"}']);
    expect(await client.complete('library://pictures/{+path}', 'path', 'a')).toEqual([]);
    await expect(client.complete('library://books/{title}', 'name', '')).rejects.toThrow('No template has this variable');
    await expect(client.complete('library://{any}', 'any', '')).rejects.toThrow('No template has this variable');
  });
});

test('a cursor that is not ours is refused', async () => {
  const { server } = openLibrary();
  const { createResources } = await import('../src/resources.ts');
  const resources = createResources(server.resources?.({} as never)?.slice(0, 1) ?? [], {} as never);
  for (const cursor of ['1', '-1', 'x', '', '9'.repeat(20), '0.5'])
    await expect(resources.list(cursor, {} as never)).rejects.toMatchObject({ code: 'invalid_input' });
});

test('a server says what it has, and no more', async () => {
  const { server } = openLibrary();
  for (const generation of GENERATIONS) {
    const over = generation === 'modern' ? 'http' : 'stdio';
    await using client = await connect(server, {}, generation, { over });
    expect(client.capabilities()).toMatchObject({ resources: { subscribe: true, listChanged: false }, completions: {} });
    await using bare = await connect(fixture, {}, generation, { over });
    expect(bare.capabilities()).toMatchObject({ resources: { listChanged: false } });
    expect(bare.capabilities()).not.toHaveProperty('completions');
    expect(bare.capabilities()).not.toHaveProperty('resources.subscribe');
  }
});

const WAYS = [...GENERATIONS.map((generation) => [generation, 'stdio'] as const), ['modern', 'http'] as const];

describe.each(WAYS)('a subscription of a %s client over %s', (generation, over) => {
  test('tells of changes until it ends', async () => {
    const { server, news } = openLibrary();
    await using client = await connect(server, {}, generation, { over });
    const updates: string[] = [];
    const end = await client.subscribe(EMMA, (uri) => updates.push(uri));
    expect(await diaryOf(client)).toEqual(['watching emma']);
    news.emit('emma');
    await vi.waitUntil(() => updates.length === 1, PATIENT);
    // Many changes at once are one more.
    for (let change = 0; change < 100; change++) news.emit('emma');
    await vi.waitUntil(() => updates.length === 2, PATIENT);
    expect(updates).toEqual([EMMA, EMMA]);
    await end?.();
    await vi.waitUntil(async () => JSON.stringify(await diaryOf(client)) === '["watching emma","left emma"]', PATIENT);
    news.emit('emma');
    expect(news.listenerCount('emma')).toBe(0);
  });

  test('of what cannot be watched is refused, or not acknowledged', async () => {
    const { server } = openLibrary();
    await using client = await connect(server, {}, generation, { over });
    for (const uri of ['library://books/secret', 'library://catalogue', 'file:///etc/passwd']) {
      const outcome = await client.subscribe(uri, () => {}).catch((error) => error.code);
      expect(outcome).toBe(generation === 'modern' ? undefined : -32602);
    }
    expect(await diaryOf(client)).toEqual([]);
  });

  test('ends with its client', async () => {
    const { server, news } = openLibrary();
    const client = await connect(server, {}, generation, { over });
    await client.subscribe(EMMA, () => {});
    expect(news.listenerCount('emma')).toBe(1);
    await client[Symbol.asyncDispose]();
    await vi.waitUntil(() => news.listenerCount('emma') === 0, PATIENT);
  });
});

test.each(['legacy', 'v1'] as const)('a %s client over HTTP cannot subscribe, and is told so', async (generation) => {
  await using client = await connect(openLibrary().server, {}, generation);
  expect(client.capabilities()).not.toHaveProperty('resources.subscribe');
  await expect(client.subscribe(EMMA, () => {})).rejects.toThrow();
});
