import fc from 'fast-check';
import { expect, test } from 'vitest';
import { windowOf } from './window.ts';

test.each([
  ['all of it', 'one two', 0, 7, 'one two', undefined],
  ['a paragraph', 'one\n\ntwo three\n\nfour', 5, 13, 'two three\n\n', 16],
  ['a line', 'aaaa\nbbbb\ncccc', 0, 12, 'aaaa\nbbbb\n', 10],
  ['a word', 'aaaa bbbb cccc', 0, 12, 'aaaa bbbb ', 10],
  ['no border in its second half', 'a bbbbbbbbbbbbbb', 0, 8, 'a bbbbbb', 8],
  ['a border that just fits', 'aaaa\n\nbbbb', 0, 6, 'aaaa\n\n', 6],
  ['a border that just does not', 'aaaaa\n\nbbbb', 0, 6, 'aaaaa\n', 6],
  ['a pair that would be cut', 'aaa😀b', 0, 4, 'aaa', 3],
  ['a pair that is larger than the window', '😀b', 0, 1, '😀', 2],
  ['a start within a pair', 'a😀b', 2, 9, '😀b', undefined],
  ['a start at the end', 'abc', 3, 9, '', undefined],
  ['a start beyond it', 'abc', 99, 9, '', undefined],
  ['nothing', '', 0, 9, '', undefined],
])('%s', (_title, text, start, maxLength, part, next) => {
  expect(windowOf(text, start, maxLength)).toMatchObject({ text: part, next });
});

test('HF-078: whatever the text and the size, the parts are the text, and no character is cut', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\n\n', '😀', 'é', '漢'), maxLength: 80 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 30 }), (text, maxLength) => {
      const parts: string[] = [];
      for (let at: number | undefined = 0; at !== undefined; ) {
        const window = windowOf(text, at, maxLength);
        expect(window.start).toBe(at);
        expect(window.text.isWellFormed()).toBe(true);
        expect(window.text.length).toBeLessThanOrEqual(Math.max(2, maxLength));
        parts.push(window.text);
        at = window.next;
      }
      expect(parts.join('')).toBe(text);
    }),
  );
});
