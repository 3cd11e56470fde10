import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteScanner } from './byte-scanner.ts';

async function* inChunks(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const end = at + (sizes[index % sizes.length] ?? 1);
    yield bytes.subarray(at, end);
    at = end;
  }
}

const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });
const field = fc.string({ unit: fc.constantFrom('a', '\n', '-', 'ü'), maxLength: 12 });

test('however the bytes are cut into chunks, the fields are the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(field, { minLength: 1 }), sizes, async (fields, cuts) => {
      const scanner = new ByteScanner(inChunks(Buffer.from(`${fields.join('\0')}\0`), cuts));
      for (const expected of fields) expect((await scanner.until(0, 100))?.toString()).toBe(expected);
      expect(await scanner.until(0, 100)).toBeUndefined();
    }),
  );
});

test('of a long field the beginning is kept, and the next one is whole', async () => {
  const scanner = new ByteScanner(inChunks(Buffer.from(`${'x'.repeat(1_000)}\0next\0`), [3]));
  expect((await scanner.until(0, 10))?.toString()).toBe('x'.repeat(10));
  expect((await scanner.until(0, 10))?.toString()).toBe('next');
});

test('a text is skipped where it comes next, across chunks, and nowhere else', async () => {
  const scanner = new ByteScanner(inChunks(Buffer.from('--\n-a\0--'), [1]));
  expect(await scanner.skip('--\n')).toBe(true);
  expect(await scanner.skip('--\n')).toBe(false);
  expect((await scanner.until(0, 10))?.toString()).toBe('-a');
  expect(await scanner.skip('--\n')).toBe(false);
});
