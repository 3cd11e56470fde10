import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Resource, resourceDefiner } from './define.ts';
import { ToolError } from './errors.ts';
import { createConsent } from './guards/consent.ts';
import { Slots } from './guards/slots.ts';
import { createLog } from './log.ts';
import type { Environment, RequestFacts } from './request.ts';
import { createResources } from './resources.ts';
import { MAX_WATCHED, Watches } from './watches.ts';

/** How long to wait for what must come: reached by failures only. */
const PATIENT = { timeout: 20_000, interval: 5 };

const REQUEST: RequestFacts = {
  signal: new AbortController().signal,
  progress() {},
  caller: 'somebody',
  transport: 'http',
  era: 'modern',
  protocolVersion: undefined,
  requestId: '1',
  rpcId: '1',
  meta: undefined,
};

interface Seen {
  changed: () => void;
  signal: AbortSignal;
}

/** Watches over resources `x:<name>`, whose watchers the test sees. */
function setUp(
  watch: (name: string, changed: () => void, signal: AbortSignal) => void | Promise<void> = () => {},
  env: Partial<Environment> = {},
) {
  const seen = new Map<string, Seen>();
  const begun: string[] = [];
  const notified: string[] = [];
  const resource = resourceDefiner<object>()({
    name: 'x',
    title: 'X',
    description: 'X.',
    uriTemplate: 'x:{name}',
    read: () => ({ text: '' }),
    async watch({ name }, changed, { signal }) {
      begun.push(name);
      seen.set(name, { changed, signal });
      await watch(name, changed, signal);
    },
  });
  const { watch: _, ...deaf } = { ...resource, name: 'y', uriTemplate: 'y:{name}' };
  const full: Environment = {
    dependencies: {},
    log: createLog('silent', [], { writableLength: 0, write: () => true }),
    rateLimit: async () => {},
    slots: new Slots(4),
    telemetry: () => ({ traceId: undefined, end() {} }),
    consent: createConsent('off', undefined),
    findDeprecated: () => ({}),
    callTimeoutMs: 1_000,
    maxResultChars: 1_000,
    listOutputSchemas: false,
    ...env,
  };
  const resources = createResources([resource, deaf as Resource<object>], full);
  const watches = new Watches(resources, full, (uri) => notified.push(uri));
  return { watches, seen, begun, notified };
}

const refused = (code: string) => expect.objectContaining({ code });

test('one URI is watched once, until its last subscriber leaves', async () => {
  const { watches, seen, begun } = setUp();
  const first = await watches.subscribe('x:a', REQUEST);
  const { uris, release } = await watches.listen(['x:a', 'x:b', 'x:a'], REQUEST);
  expect(uris).toEqual(['x:a', 'x:b']);
  expect(begun).toEqual(['a', 'b']);
  first();
  first();
  expect(seen.get('a')?.signal.aborted).toBe(false);
  release();
  expect([...seen.values()].map(({ signal }) => signal.aborted)).toEqual([true, true]);
  await watches.subscribe('x:a', REQUEST);
  expect(begun).toEqual(['a', 'b', 'a']);
});

test('what cannot be watched is refused, or left out', async () => {
  const { watches, begun } = setUp((name) => {
    if (name === 'locked') throw new ToolError('denied', 'Locked.');
    if (name === 'broken') throw new Error('inotify');
  });
  await expect(watches.subscribe('z:a', REQUEST)).rejects.toEqual(refused('not_found'));
  await expect(watches.subscribe('y:a', REQUEST)).rejects.toEqual(refused('denied'));
  await expect(watches.subscribe('x:locked', REQUEST)).rejects.toEqual(refused('denied'));
  await expect(watches.subscribe('x:broken', REQUEST)).rejects.toEqual(refused('internal'));
  expect((await watches.listen(['z:a', 'y:a', 'x:locked', 'x:broken', 'x:a'], REQUEST)).uris).toEqual(['x:a']);
  // Nothing of a failure is kept.
  expect(begun).toEqual(['locked', 'broken', 'locked', 'broken', 'a']);
});

test('those who wait for the same beginning share its failure', async () => {
  const gate = Promise.withResolvers<void>();
  const { watches, begun, seen } = setUp(() => gate.promise);
  const both = [watches.subscribe('x:a', REQUEST), watches.subscribe('x:a', REQUEST)];
  const outcomes = Promise.allSettled(both);
  await vi.waitUntil(() => begun.length > 0, PATIENT);
  gate.reject(new ToolError('unavailable', 'Down.'));
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(begun).toEqual(['a']);
  expect(seen.get('a')?.signal.aborted).toBe(true);
});

test('a beginning that never ends is cut off, and its signal told', async () => {
  const { watches, seen } = setUp(() => new Promise(() => {}), { callTimeoutMs: 20 });
  await expect(watches.subscribe('x:a', REQUEST)).rejects.toEqual(refused('timeout'));
  expect(seen.get('a')?.signal.aborted).toBe(true);
});

test('they are bounded in number', async () => {
  const { watches, begun } = setUp();
  const uris = Array.from({ length: MAX_WATCHED + 5 }, (_, index) => `x:${index}`);
  const { uris: watched, release } = await watches.listen(uris, REQUEST);
  expect(watched).toHaveLength(MAX_WATCHED);
  await expect(watches.subscribe('x:one-more', REQUEST)).rejects.toEqual(refused('rate_limited'));
  expect((await watches.listen(['x:0', 'x:one-more'], REQUEST)).uris).toEqual(['x:0']);
  release();
  await watches.subscribe('x:one-more', REQUEST);
  expect(begun).toHaveLength(MAX_WATCHED + 1);
});

test('those over the rate begin nothing', async () => {
  const rateLimit = async () => {
    throw new ToolError('rate_limited', 'Too many.');
  };
  const { watches, begun } = setUp(undefined, { rateLimit });
  await expect(watches.subscribe('x:a', REQUEST)).rejects.toEqual(refused('rate_limited'));
  expect((await watches.listen(['x:a'], REQUEST)).uris).toEqual([]);
  expect(begun).toEqual([]);
});

test('a list that is still being worked off at the end goes no further', async () => {
  const gate = Promise.withResolvers<void>();
  const { watches, begun, seen } = setUp(() => gate.promise);
  const listening = watches.listen(['x:a', 'x:b'], REQUEST);
  await vi.waitUntil(() => begun.length === 1, PATIENT);
  watches.close();
  gate.resolve();
  expect((await listening).uris).toEqual(['x:a']);
  expect(begun).toEqual(['a']);
  expect(seen.get('a')?.signal.aborted).toBe(true);
});

test('the end ends them all', async () => {
  const { watches, seen, notified } = setUp();
  const release = await watches.subscribe('x:a', REQUEST);
  await watches.listen(['x:b'], REQUEST);
  watches.close();
  release();
  expect([...seen.values()].map(({ signal }) => signal.aborted)).toEqual([true, true]);
  seen.get('b')?.changed();
  expect(notified).toEqual([]);
});

describe('renewing', () => {
  /** Watches of one URI, each of which begins when the test says so, and fails when its signal aborts before that. */
  function gated() {
    const begun: (Seen & { begin: () => void; fail: (error: Error) => void })[] = [];
    const { watches, notified } = setUp((_name, changed, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => reject(signal.reason));
      begun.push({ changed, signal, begin: resolve, fail: reject });
      return promise;
    });
    const aborted = () => begun.map(({ signal }) => signal.aborted);
    const nth = async (index: number) => {
      await vi.waitUntil(() => begun.length > index, PATIENT);
      return begun[index] as (typeof begun)[number];
    };
    return { watches, notified, aborted, nth };
  }

  test('ends the watch before only when the next has begun', async () => {
    const { watches, notified, aborted, nth } = gated();
    const subscribed = watches.subscribe('x:a', REQUEST);
    (await nth(0)).begin();
    await subscribed;
    const renewed = watches.renew(REQUEST);
    const next = await nth(1);
    expect(aborted()).toEqual([false, false]);
    next.begin();
    await renewed;
    expect(aborted()).toEqual([true, false]);
    expect(watches.has('x:a')).toBe(true);
    expect(notified).toEqual([]);
  });

  test('tells once what is lost, and forgets it', async () => {
    const { watches, notified, aborted, nth } = gated();
    const subscribed = watches.subscribe('x:a', REQUEST);
    (await nth(0)).begin();
    const release = await subscribed;
    const renewed = watches.renew(REQUEST);
    (await nth(1)).fail(new ToolError('denied', 'Outside the roots.'));
    await renewed;
    expect(notified).toEqual(['x:a']);
    expect(watches.has('x:a')).toBe(false);
    expect(aborted()).toEqual([true, true]);
    const again = watches.subscribe('x:a', REQUEST);
    (await nth(2)).begin();
    await again;
    // Who held what was lost has no part in what came after it.
    release();
    expect(aborted()).toEqual([true, true, false]);
    expect(watches.has('x:a')).toBe(true);
  });

  test('keeps the last of two that overlap, whose first is slow', async () => {
    const { watches, notified, aborted, nth } = gated();
    const subscribed = watches.subscribe('x:a', REQUEST);
    (await nth(0)).begin();
    await subscribed;
    const slow = watches.renew(REQUEST);
    await nth(1);
    const quick = watches.renew(REQUEST);
    const last = await nth(2);
    last.begin();
    await Promise.all([slow, quick]);
    expect(aborted()).toEqual([true, true, false]);
    expect(watches.has('x:a')).toBe(true);
    expect(notified).toEqual([]);
    last.changed();
    expect(notified).toEqual(['x:a']);
    watches.close();
    expect(aborted()).toEqual([true, true, true]);
  });
});

describe('changes', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('are told at once, and those that follow soon after together', async () => {
    const { watches, seen, notified } = setUp();
    const release = await watches.subscribe('x:a', REQUEST);
    const changed = () => seen.get('a')?.changed();
    changed();
    expect(notified).toEqual(['x:a']);
    for (let change = 0; change < 10; change++) changed();
    expect(notified).toHaveLength(1);
    vi.advanceTimersByTime(200);
    expect(notified).toHaveLength(2);
    vi.advanceTimersByTime(1_000);
    expect(notified).toHaveLength(2);
    changed();
    expect(notified).toHaveLength(3);
    changed();
    release();
    vi.advanceTimersByTime(1_000);
    expect(notified).toHaveLength(3);
  });
});
