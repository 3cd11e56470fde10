import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OversizeMessage, Trimmer } from './trimmer.ts';

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function dataRow(values: readonly (string | null)[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeUInt16BE(values.length);
  const parts = values.map((value) => {
    const bytes = Buffer.from(value ?? '');
    const length = Buffer.alloc(4);
    length.writeInt32BE(value === null ? -1 : bytes.length);
    return Buffer.concat([length, bytes]);
  });
  return message('D', Buffer.concat([count, ...parts]));
}

/** The values of all rows in a stream of messages, as pg reads them. */
function rowsIn(stream: Buffer): (string | null)[][] {
  const rows: (string | null)[][] = [];
  for (let at = 0; at < stream.length; at += stream.readUInt32BE(at + 1) + 1) {
    if (stream[at] !== 0x44) continue;
    let value = at + 7;
    rows.push(
      Array.from({ length: stream.readUInt16BE(at + 5) }, () => {
        const length = stream.readInt32BE(value);
        value += 4 + Math.max(length, 0);
        return length === -1 ? null : stream.toString('utf8', value - length, value);
      }),
    );
  }
  return rows;
}

function trim(stream: Buffer, maxRowBytes: number, cuts: readonly number[] = []): Buffer {
  const trimmer = new Trimmer();
  trimmer.maxRowBytes = maxRowBytes;
  const ends = [...cuts.map((cut) => cut % (stream.length + 1)), stream.length].toSorted((a, b) => a - b);
  const out = ends.flatMap((end, index) => trimmer.push(stream.subarray(ends[index - 1] ?? 0, end)));
  expect(trimmer.received).toBe(stream.length);
  return Buffer.concat(out);
}

const values = fc.array(fc.option(fc.string({ maxLength: 300 })), { maxLength: 20 });
const messages = fc.array(fc.oneof(values.map(dataRow), fc.constantFrom(message('Z', Buffer.from('T')), message('1', Buffer.alloc(0)))));

test('what is short passes as it is, however it arrives', () => {
  fc.assert(
    fc.property(messages, fc.array(fc.nat()), (parts, cuts) => {
      const stream = Buffer.concat(parts);
      expect(trim(stream, 100_000, cuts).equals(stream)).toBe(true);
    }),
  );
});

test('a long row is cut alike, however it arrives, and the stream stays whole', () => {
  fc.assert(
    fc.property(messages, fc.array(fc.nat()), fc.integer({ min: 10, max: 500 }), (parts, cuts, max) => {
      const stream = Buffer.concat(parts);
      const trimmed = trim(stream, max, cuts);
      expect(trimmed.equals(trim(stream, max))).toBe(true);
      const before = rowsIn(stream);
      const after = rowsIn(trimmed);
      expect(after.map((row) => row.length)).toEqual(before.map((row) => row.length));
      for (const [index, row] of after.flat().entries()) {
        const [kept, length] = row?.split('\0') ?? [];
        const whole = before.flat()[index];
        if (row === null || length === undefined) expect(row).toBe(whole);
        else {
          expect(Number(length)).toBe(Buffer.byteLength(whole ?? ''));
          expect(whole?.startsWith((kept ?? '').replace(/\uFFFD+$/, ''))).toBe(true);
        }
      }
    }),
  );
});

test('short values leave their share to those that follow', () => {
  const [row = []] = rowsIn(trim(dataRow(['ab', null, 'x'.repeat(500)]), 100));
  expect(row).toEqual(['ab', null, `${'x'.repeat(98)}\0${500}`]);
});

test('what is no row may not be long', () => {
  expect(() => new Trimmer().push(message('E', Buffer.alloc(2 << 20)).subarray(0, 100))).toThrow(OversizeMessage);
});
