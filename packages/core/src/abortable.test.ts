import { expect, test } from 'vitest';
import { abortable } from './abortable.ts';

const gone = new Error('gone');

test('settles as the work does', async () => {
  const { signal } = new AbortController();
  expect(await abortable(Promise.resolve('done'), signal)).toBe('done');
  await expect(abortable(Promise.reject(new Error('failed')), signal)).rejects.toThrow('failed');
});

// An unhandled rejection would end the process, and fails the run of these tests.
test('work that fails when nobody waits any more ends nothing', async () => {
  const abort = new AbortController();
  const work = Promise.withResolvers<never>();
  const waiting = abortable(work.promise, abort.signal);
  abort.abort(gone);
  await expect(waiting).rejects.toBe(gone);
  work.reject(new Error('late'));
  await expect(abortable(Promise.reject(new Error('late')), abort.signal)).rejects.toBe(gone);
  await new Promise(setImmediate);
});
