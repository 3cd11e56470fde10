import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Locks } from './locks.ts';

it('lets one at a time have a key, in order, and different keys at once', async () => {
  const locks = new Locks();
  const events: string[] = [];
  const work = async (name: string, ...keys: string[]) => {
    using _lock = await locks.acquire(keys);
    events.push(`${name} starts`);
    await sleep(5);
    events.push(`${name} ends`);
  };
  await Promise.all([work('first', 'a'), work('second', 'a'), work('other', 'b')]);
  expect(events.filter((event) => !event.startsWith('other'))).toEqual(['first starts', 'first ends', 'second starts', 'second ends']);
  expect(events.indexOf('other starts')).toBeLessThan(events.indexOf('first ends'));
});

it('does not wait for itself, nor two calls for each other', async () => {
  const locks = new Locks();
  (await locks.acquire(['a', 'a']))[Symbol.dispose]();
  const both = async (...keys: string[]) => {
    using _lock = await locks.acquire(keys);
    await sleep(1);
  };
  await Promise.all(Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? both('a', 'b') : both('b', 'a'))));
});

it('a call that gives up holds nothing, and those behind it go on', async () => {
  const locks = new Locks();
  const first = await locks.acquire(['a']);
  const controller = new AbortController();
  const second = locks.acquire(['a'], controller.signal);
  const third = locks.acquire(['a']);
  controller.abort(new Error('enough'));
  await expect(second).rejects.toThrow('enough');
  await expect(locks.acquire(['c'], controller.signal)).rejects.toThrow('enough');
  first[Symbol.dispose]();
  (await third)[Symbol.dispose]();
  (await locks.acquire(['c']))[Symbol.dispose]();
});
