import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Pace } from './pace.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

it('reports now and then', async () => {
  const progress = vi.fn();
  const pace = new Pace({ progress });
  await pace.step(1, 'seen');
  expect(progress).not.toHaveBeenCalled();
  vi.advanceTimersByTime(600);
  await pace.step(2, 'seen');
  await pace.step(3, 'seen');
  expect(progress.mock.calls).toEqual([[2, undefined, 'seen']]);
});

it('gives each of several parts that wait a turn of its own', async () => {
  const pace = new Pace({});
  vi.advanceTimersByTime(100);
  const done: string[] = [];
  const part = async (name: string) => {
    await pace.step(1, 'seen');
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
  await pace.step(1, 'seen');
  vi.advanceTimersByTime(100);
  await expect(pace.step(2, 'seen')).rejects.toMatchObject({ name: 'AbortError' });
});
