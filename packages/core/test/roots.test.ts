import { EventEmitter } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { ToolError } from '../src/index.ts';
import { connect, type Generation } from '../src/testing/index.ts';
import { type Library, openLibrary } from './fixture/library.ts';
import type { Dependencies } from './fixture/server.ts';
import { fixture } from './fixture/server.ts';

/** How long to wait for what must come: reached by failures only. */
const PATIENT = { timeout: 20_000, interval: 5 };

/** Its diary begins with the roots of the client. */
const narrowing = {
  ...fixture,
  narrow: () => async (dependencies: Dependencies, roots: readonly string[]) => ({
    ...dependencies,
    diary: [...roots],
    async [Symbol.asyncDispose]() {},
  }),
};

const ROOTS = ['file:///a', 'file:///b%20c'];
const answer = () => ({ roots: ROOTS.map((uri) => ({ uri })) });

async function diaryOf(server: typeof narrowing | typeof fixture, generation: Generation, over: 'stdio' | 'http') {
  const list = vi.fn(answer);
  await using client = await connect(server, {}, generation, { over, roots: list });
  const { structuredContent } = await client.callTool('read_diary');
  return { entries: structuredContent?.['entries'], asked: list.mock.calls.length };
}

describe('roots of a client', () => {
  test.each(['legacy', 'v1'] as const)('%s over stdio: they narrow what its calls get, and are asked for once', async (generation) => {
    expect(await diaryOf(narrowing, generation, 'stdio')).toEqual({ entries: ROOTS, asked: 1 });
  });

  test.each([
    ['legacy', 'http'],
    ['v1', 'http'],
    ['modern', 'http'],
    ['modern', 'stdio'],
  ] as const)('%s over %s: nobody asks for them', async (generation, over) => {
    expect(await diaryOf(narrowing, generation, over)).toEqual({ entries: [], asked: 0 });
  });

  test.each(['legacy', 'v1'] as const)('%s: a server that has no use for them does not ask', async (generation) => {
    expect(await diaryOf(fixture, generation, 'stdio')).toEqual({ entries: [], asked: 0 });
  });

  test('a call that is cancelled while it waits for them never runs', async () => {
    const { promise, resolve } = Promise.withResolvers<object>();
    const started = vi.fn();
    const server = {
      ...narrowing,
      narrow: () => async (dependencies: Dependencies) => {
        started();
        return { ...dependencies, async [Symbol.asyncDispose]() {} };
      },
    };
    await using client = await connect(server, {}, 'legacy', { over: 'stdio', roots: () => promise });
    const left = new AbortController();
    const call = client.callTool('wait_long', {}, { signal: left.signal }).catch((error: unknown) => error);
    // Answered without roots, after what was sent before it has arrived.
    await client.listTools();
    left.abort();
    await call;
    await client.listTools();
    resolve(answer());
    await vi.waitUntil(() => started.mock.calls.length === 1, PATIENT);
    expect((await client.callTool('read_diary')).structuredContent).toEqual({ entries: [] });
    expect(client.log.map(({ audit }) => (audit as { outcome?: string } | undefined)?.outcome)).toEqual(['cancelled', 'ok']);
  });

  test('a call waits for them no longer than it may take', async () => {
    await using client = await connect(narrowing, { callTimeoutMs: 20 }, 'legacy', { over: 'stdio', roots: () => new Promise(() => {}) });
    expect(await client.callTool('read_diary')).toMatchObject({ isError: true, _meta: { code: 'timeout' } });
  });
});

class LockedNews extends EventEmitter {
  override on(): this {
    throw new ToolError('denied', 'Outside the roots of the client.');
  }
}

/** A library whose books can be watched while the client's roots say so. */
function lockable() {
  const { server, news } = openLibrary();
  const narrow = () => async (dependencies: Library, roots: readonly string[]) => ({
    ...dependencies,
    news: roots.includes('file:///library') ? news : new LockedNews(),
    async [Symbol.asyncDispose]() {},
  });
  return { server: { ...server, narrow }, news };
}

describe.each(['legacy', 'v1'] as const)('a subscription of a %s client whose roots change', (generation) => {
  const EMMA = 'library://books/emma';

  test('is lost where it is outside of them, is told so once, and can be had again', async () => {
    const { server, news } = lockable();
    let uri = 'file:///library';
    await using client = await connect(server, {}, generation, { over: 'stdio', roots: () => ({ roots: [{ uri }] }) });
    const updates: string[] = [];
    const subscribe = () => client.subscribe(EMMA, (changed) => updates.push(changed));
    await subscribe();
    uri = 'file:///elsewhere';
    await client.rootsChanged();
    await vi.waitUntil(() => updates.length === 1, PATIENT);
    expect(news.listenerCount('emma')).toBe(0);
    await expect(subscribe()).rejects.toThrow('denied: Outside the roots of the client.');
    uri = 'file:///library';
    await client.rootsChanged();
    // Twice at once is still one subscription.
    const [end] = await Promise.all([subscribe(), subscribe()]);
    expect(news.listenerCount('emma')).toBe(1);
    expect(updates).toEqual([EMMA]);
    news.emit('emma');
    await vi.waitUntil(() => updates.length === 2, PATIENT);
    await end?.();
    expect(news.listenerCount('emma')).toBe(0);
  });

  test('goes on where it is inside of them', async () => {
    const { server, news } = lockable();
    await using client = await connect(server, {}, generation, {
      over: 'stdio',
      roots: () => ({ roots: [{ uri: 'file:///library' }, { uri: 'file:///another' }] }),
    });
    const updates: string[] = [];
    await client.subscribe(EMMA, (changed) => updates.push(changed));
    const [before] = news.listeners('emma');
    await client.rootsChanged();
    await vi.waitUntil(() => news.listenerCount('emma') === 1 && news.listeners('emma')[0] !== before, PATIENT);
    expect(updates).toEqual([]);
    news.emit('emma');
    await vi.waitUntil(() => updates.length === 1, PATIENT);
  });
});
