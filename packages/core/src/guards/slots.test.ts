import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

const never = new AbortController().signal;

/** Lets everything go on that can. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('as many as there are slots go at once, the next ones in order', async () => {
  const slots = new Slots(2);
  const [first] = await Promise.all([slots.acquire(never), slots.acquire(never)]);
  const order: number[] = [];
  const wait = async (number: number) => {
    const release = await slots.acquire(never);
    order.push(number);
    return release;
  };
  const [third, fourth] = [wait(3), wait(4)];
  await settle();
  expect(order).toEqual([]);
  first();
  (await third)();
  await fourth;
  expect(order).toEqual([3, 4]);
});

test('giving back twice gives one slot', async () => {
  const slots = new Slots(1);
  const release = await slots.acquire(never);
  release();
  release();
  await slots.acquire(never);
  let second = false;
  void slots.acquire(never).then(() => {
    second = true;
  });
  await settle();
  expect(second).toBe(false);
});

test('who leaves while waiting leaves the queue', async () => {
  const slots = new Slots(1);
  const release = await slots.acquire(never);
  const leaving = new AbortController();
  const left = slots.acquire(leaving.signal);
  const next = slots.acquire(never);
  leaving.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  release();
  await expect(next).resolves.toBeTypeOf('function');
});

test('who has left before gets no slot and takes none', async () => {
  const slots = new Slots(1);
  await expect(slots.acquire(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  await expect(slots.acquire(never)).resolves.toBeTypeOf('function');
});

test('leaving after one has a slot changes nothing', async () => {
  const slots = new Slots(1);
  const first = await slots.acquire(never);
  const leaving = new AbortController();
  const second = slots.acquire(leaving.signal);
  first();
  const release = await second;
  leaving.abort();
  release();
  await expect(slots.acquire(never)).resolves.toBeTypeOf('function');
});

test('sixteen may wait for a slot, the seventeenth is refused', async () => {
  const slots = new Slots(1);
  const release = await slots.acquire(never);
  const waiting = Array.from({ length: 16 }, () => slots.acquire(never));
  await expect(slots.acquire(never)).rejects.toMatchObject({ code: 'rate_limited', hint: 'Wait a few seconds, then retry.' });
  release();
  for (const turn of waiting) (await turn)();
  await expect(slots.acquire(never)).resolves.toBeTypeOf('function');
});
