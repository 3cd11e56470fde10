import { expect, test } from 'vitest';
import { chargeOf, sizeOf } from './size.ts';

test.each([
  [0, '0 bytes'],
  [1023, '1023 bytes'],
  [1024, '1.0 kB'],
  [8192, '8.0 kB'],
  [98_304, '96 kB'],
  [3.4 * 1024 ** 3, '3.4 GB'],
  [2048 * 1024 ** 4, '2048 TB'],
])('%d is %s', (bytes, expected) => {
  expect(sizeOf(bytes)).toBe(expected);
});

test('an item takes its line, or what its bytes take of what may be sent', () => {
  expect(chargeOf('a', 'a line')).toBe(7);
  expect(chargeOf('x'.repeat(123), '')).toBe(20);
  expect(chargeOf('é'.repeat(123), '')).toBe(248 / 6.25);
});
