import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Pace } from './pace.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

it('reports now and then, and only what is more than before', async () => {
  const progress = vi.fn();
  const pace = new Pace({ progress });
  await pace.step('seen');
  expect(progress).not.toHaveBeenCalled();
  vi.advanceTimersByTime(600);
  pace.done += 2;
  await pace.step('seen');
  pace.done += 1;
  await pace.step('seen');
  expect(progress.mock.calls).toEqual([[2, undefined, 'seen']]);
  vi.advanceTimersByTime(600);
  await pace.step('counted');
  vi.advanceTimersByTime(600);
  await pace.step('counted');
  expect(progress.mock.calls.slice(1)).toEqual([[3, undefined, 'counted']]);
});

it('gives each of several parts that wait a turn of its own', async () => {
  const pace = new Pace({});
  vi.advanceTimersByTime(100);
  const done: string[] = [];
  const part = async (name: string) => {
    await pace.step('seen');
    done.push(name);
    setImmediate(() => done.push(`after ${name}`));
  };
  await Promise.all(['one', 'two', 'three'].map(part));
  expect(done).toEqual(['one', 'two', 'after one', 'three']);
});

it('lets others have their turn, and hears what they say', async () => {
  const controller = new AbortController();
  const pace = new Pace({ signal: controller.signal });
  setImmediate(() => controller.abort());
  await pace.step('seen');
  vi.advanceTimersByTime(100);
  await expect(pace.step('seen')).rejects.toMatchObject({ name: 'AbortError' });
});
