import { describe, expect, test, vi } from 'vitest';
import { type Answer, connect, GENERATIONS, type TestClient } from '../src/testing/index.ts';
import { fixture } from './fixture/server.ts';

/** How long to wait for what must come: reached by failures only. */
const PATIENT = { timeout: 20_000, interval: 5 };

const ABOUT = { about: 'yesterday' };
const DECLINED = 'denied: The user declined.\nDo not try again unless the user asks.';

/** What the log says of calls of the tool that asks. */
function audits({ log }: TestClient): unknown[] {
  const lines = log.flatMap(({ audit }) => (audit === undefined ? [] : [audit as Record<string, unknown>]));
  return lines.filter(({ tool }) => tool === 'erase_diary').map(({ outcome, confirmation }) => [outcome, confirmation]);
}

/** A person who says what the test wants, and what they were asked. */
function person(answer: Answer | Promise<Answer>) {
  const questions: string[] = [];
  const elicit = (question: string) => {
    questions.push(question);
    return answer;
  };
  return { questions, elicit };
}

const WAYS = [...GENERATIONS.map((generation) => [generation, 'stdio'] as const), ['modern', 'http'] as const];

describe.each(WAYS)('%s client over %s', (generation, over) => {
  test('asks its user, who agrees', async () => {
    const { questions, elicit } = person('accept');
    await using client = await connect(fixture, {}, generation, { over, elicit });
    await client.callTool('wait_long', { ms: 1 });
    expect((await client.callTool('erase_diary', ABOUT)).structuredContent).toEqual({ erased: 1 });
    expect(questions).toEqual(['Erase all about "yesterday"?']);
    expect(audits(client)).toEqual([
      ['asked', undefined],
      ['ok', 'confirmed'],
    ]);
  });

  test.each(['decline', 'cancel'] as const)('asks its user, who does not (%s)', async (answer) => {
    await using client = await connect(fixture, {}, generation, { over, elicit: person(answer).elicit });
    await client.callTool('wait_long', { ms: 1 });
    expect(await client.callTool('erase_diary', ABOUT)).toMatchObject({
      isError: true,
      content: [{ text: DECLINED }],
      _meta: { code: 'denied', retryable: false },
    });
    expect((await client.callTool('read_diary')).structuredContent).toEqual({ entries: ['started'] });
    expect(audits(client)).toEqual([
      ['asked', undefined],
      ['denied', 'declined'],
    ]);
  });

  test('asks nobody where the call needs it not, or is wrong', async () => {
    const { questions, elicit } = person('accept');
    await using client = await connect(fixture, {}, generation, { over, elicit });
    expect((await client.callTool('erase_diary', { ...ABOUT, all: false })).structuredContent).toEqual({ erased: 0 });
    expect(await client.callTool('erase_diary', { about: 1 })).toMatchObject({ _meta: { code: 'invalid_input' } });
    expect(questions).toEqual([]);
    expect(audits(client)).toEqual([
      ['ok', undefined],
      ['invalid_input', undefined],
    ]);
  });

  test('lets its user think, while others call and the deadline does not count', async () => {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const { questions, elicit } = person(promise);
    await using client = await connect(fixture, { callTimeoutMs: 100, maxConcurrency: 1 }, generation, { over, elicit });
    const call = client.callTool('erase_diary', ABOUT);
    await vi.waitUntil(() => questions.length === 1, PATIENT);
    // This one runs into the deadline: by then the time of the other would have passed too.
    expect(await client.callTool('wait_long')).toMatchObject({ _meta: { code: 'timeout' } });
    resolve('accept');
    expect((await call).structuredContent).toEqual({ erased: 2 });
  });

  test('asks nobody by the setting off', async () => {
    const { questions, elicit } = person('decline');
    await using client = await connect(fixture, { confirmation: 'off' }, generation, { over, elicit });
    expect((await client.callTool('erase_diary', ABOUT)).isError).toBeUndefined();
    expect(questions).toEqual([]);
    expect(audits(client)).toEqual([['ok', 'not_asked']]);
  });

  test('cannot ask, and is refused or let pass by the setting', async () => {
    await using refused = await connect(fixture, {}, generation, { over });
    const result = await refused.callTool('erase_diary', ABOUT);
    expect(result).toMatchObject({ isError: true, _meta: { code: 'denied' } });
    expect(JSON.stringify(result.content)).toContain('confirmation=preferred');
    expect(audits(refused)).toEqual([['denied', undefined]]);
    await using passed = await connect(fixture, { confirmation: 'preferred' }, generation, { over });
    expect((await passed.callTool('erase_diary', ABOUT)).isError).toBeUndefined();
    expect(audits(passed)).toEqual([['ok', 'not_asked']]);
  });
});

test.each(['legacy', 'v1'] as const)('%s client over HTTP cannot be asked, whatever it says of itself', async (generation) => {
  const { questions, elicit } = person('accept');
  await using client = await connect(fixture, {}, generation, { elicit });
  expect(await client.callTool('erase_diary', ABOUT)).toMatchObject({ _meta: { code: 'denied' } });
  expect(questions).toEqual([]);
});

test('a client that ends while its user thinks leaves nothing behind', async () => {
  const { questions, elicit } = person(new Promise<never>(() => {}));
  const client = await connect(fixture, { maxConcurrency: 1 }, 'legacy', { over: 'stdio', elicit });
  const call = client.callTool('erase_diary', ABOUT).catch(() => 'gone');
  await vi.waitUntil(() => questions.length === 1, PATIENT);
  await client[Symbol.asyncDispose]();
  expect(await call).toBe('gone');
  expect(audits(client)).toEqual([['asked', undefined]]);
});
