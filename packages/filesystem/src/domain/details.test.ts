import { expect, it } from 'vitest';
import { formatSize, sizeLine } from './details.ts';

it.each([
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_024, '1.00 KB'],
  [1_536, '1.50 KB'],
  [10 * 1024 ** 3, '10.00 GB'],
  [1024 ** 5, '1024.00 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});

it('writes lines as the official server does', () => {
  expect(sizeLine({ name: 'a.ts', type: 'file', size: 2_048 })).toBe(`[FILE] ${'a.ts'.padEnd(30)}    2.00 KB`);
  expect(sizeLine({ name: 'src', type: 'directory' })).toBe(`[DIR] ${'src'.padEnd(30)} `);
  expect(sizeLine({ name: 'a\n[DIR] b', type: 'file', size: 1 })).not.toContain('\n');
});
