import { describe, expect, test, vi } from 'vitest';
import { connect, type Generation } from '../src/testing/index.ts';
import type { Dependencies } from './fixture/server.ts';
import { fixture } from './fixture/server.ts';

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
    await vi.waitUntil(() => started.mock.calls.length === 1);
    expect((await client.callTool('read_diary')).structuredContent).toEqual({ entries: [] });
    expect(client.log.map(({ audit }) => (audit as { outcome?: string } | undefined)?.outcome)).toEqual(['cancelled', 'ok']);
  });

  test('a call waits for them no longer than it may take', async () => {
    await using client = await connect(narrowing, { callTimeoutMs: 20 }, 'legacy', { over: 'stdio', roots: () => new Promise(() => {}) });
    expect(await client.callTool('read_diary')).toMatchObject({ isError: true, _meta: { code: 'timeout' } });
  });
});
