import fc from 'fast-check';
import { expect, it } from 'vitest';
import { visibleName } from './visible.ts';

it.each(['file.txt', 'a b', 'Grüße', '日本語', '👩‍💻.md', '❤️', 'back\\slash', "it's", 'a"b'])('leaves %j alone', (name) => {
  expect(visibleName(name)).toBe(name);
});

// FS-015
it.each([
  ['x\n[DIR] y', '"x\\n[DIR] y"'],
  ['a\r\tb', '"a\\r\\tb"'],
  ['\u001b[2K', '"\\u001b[2K"'],
  ['evil\u202etxt.exe', '"evil\\u202etxt.exe"'],
  ['zero\u200bwidth', '"zero\\u200bwidth"'],
  ['tag\u{e0041}', '"tag\\udb40\\udc41"'],
  ['line\u2028end', '"line\\u2028end"'],
  ['\u009b31m', '"\\u009b31m"'],
  ['half\ud800', '"half\\ud800"'],
  ['sign\u0600', '"sign\\u0600"'],
  ['"quoted"', '"\\"quoted\\""'],
  ['', '""'],
])('writes %j out', (name, shown) => {
  expect(visibleName(name)).toBe(shown);
});

it('gives every name one line that no other name has', () => {
  const unit = fc.constantFrom('a', '\n', '"', '\\', 'n', '\u202e', 'u', '\u{e0041}');
  fc.assert(
    fc.property(fc.string({ unit }), (name) => {
      const shown = visibleName(name);
      expect(shown).not.toMatch(/[\n\u202e]/);
      expect(shown.startsWith('"') ? JSON.parse(shown) : shown).toBe(name);
    }),
  );
});
