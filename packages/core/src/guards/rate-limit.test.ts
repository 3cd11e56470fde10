import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRateLimit, type RateLimit } from './rate-limit.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** How many of so many calls are admitted. */
async function admitted(limit: RateLimit, caller: string, calls: number): Promise<number> {
  const outcomes = await Promise.allSettled(Array.from({ length: calls }, () => limit(caller)));
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
}

test('so many calls a minute, then a refusal that says when to come back', async () => {
  const limit = createRateLimit(3, 0);
  expect(await admitted(limit, 'a', 3)).toBe(3);
  await expect(limit('a')).rejects.toMatchObject({
    code: 'rate_limited',
    message: 'Too many calls: the limit is 3 a minute.',
    hint: 'Wait 60 seconds, then retry.',
    retryable: true,
  });
  vi.advanceTimersByTime(59_500);
  await expect(limit('a')).rejects.toMatchObject({ hint: 'Wait 1 seconds, then retry.' });
  vi.advanceTimersByTime(500);
  expect(await admitted(limit, 'a', 4)).toBe(3);
});

test('callers do not count for each other', async () => {
  const limit = createRateLimit(2, 0);
  expect(await admitted(limit, 'a', 5)).toBe(2);
  expect(await admitted(limit, '::1', 5)).toBe(2);
  expect(await admitted(limit, 'token', 5)).toBe(2);
});

test('the burst comes on top, once in five minutes', async () => {
  const limit = createRateLimit(2, 3);
  expect(await admitted(limit, 'a', 10)).toBe(5);
  vi.advanceTimersByTime(60_000);
  expect(await admitted(limit, 'a', 10)).toBe(2);
  vi.advanceTimersByTime(240_000);
  expect(await admitted(limit, 'a', 10)).toBe(5);
});

test('all callers together have a limit too', async () => {
  const limit = createRateLimit(1, 0);
  // Two callers may fall into one bucket: hence some more than needed.
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, (_, caller) => limit(`caller ${caller}`)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
  await expect(limit('newcomer')).rejects.toMatchObject({ code: 'rate_limited' });
});

test('endless callers are counted in a bounded number of buckets', async () => {
  const limit = createRateLimit(1_000_000, 0);
  const before = vi.getTimerCount();
  for (let caller = 0; caller < 100_000; caller++) await limit(String(caller));
  // The store keeps one timer for each key; 65,536 buckets, and one for the total.
  expect(vi.getTimerCount() - before).toBeLessThanOrEqual((1 << 16) + 1);
});

test('zero means no limit', async () => {
  expect(await admitted(createRateLimit(0, 0), 'a', 10_000)).toBe(10_000);
});
