import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeVisible, sanitizeData } from './sanitize.ts';

/** Characters by their code points, so that this file itself hides nothing. */
function chars(...codePoints: number[]): string {
  return String.fromCodePoint(...codePoints);
}

describe('written out', () => {
  test.each([
    ['NUL', 0x00],
    ['backspace', 0x08],
    ['vertical tab', 0x0b],
    ['form feed', 0x0c],
    ['escape, which begins terminal sequences', 0x1b],
    ['delete', 0x7f],
    ['C1 control sequence introducer', 0x9b],
    ['soft hyphen', 0xad],
    ['Mongolian vowel separator', 0x180e],
    ['zero width space', 0x200b],
    ['left-to-right mark', 0x200e],
    ['right-to-left mark', 0x200f],
    ['line separator', 0x2028],
    ['paragraph separator', 0x2029],
    ['left-to-right embedding', 0x202a],
    ['right-to-left override', 0x202e],
    ['word joiner', 0x2060],
    ['invisible plus', 0x2064],
    ['left-to-right isolate', 0x2066],
    ['pop directional isolate', 0x2069],
    ['nominal digit shapes', 0x206f],
    ['byte order mark', 0xfeff],
    ['interlinear annotation', 0xfff9],
    ['half of a surrogate pair', 0xd83d],
    ['first tag', 0xe0000],
    ['tag letter, which spells hidden instructions', 0xe0041],
    ['cancel tag', 0xe007f],
    ['combining grapheme joiner', 0x34f],
    ['Arabic letter mark', 0x61c],
    ['Hangul filler', 0x3164],
    ['reserved, not shown', 0xfff0],
    ['a variation selector that can carry hidden bytes', 0xe0100],
  ])('%s', (_name, codePoint) => {
    expect(makeVisible(`a${chars(codePoint)}b`)).toBe(`a\\u{${codePoint.toString(16)}}b`);
  });

  test('every one of them', () => {
    expect(makeVisible(chars(0x202e, 0x202e, 0xe0041))).toBe('\\u{202e}\\u{202e}\\u{e0041}');
  });
});

describe('kept', () => {
  test.each([
    ['tab and line ends', 'a\tb\r\nc'],
    ['accents', 'Ångström, naïve, Zoë, Şişli'],
    ['combining accents', chars(0x65, 0x301)],
    ['Persian with a zero width non-joiner', chars(0x645, 0x6cc, 0x200c, 0x62e, 0x648, 0x627, 0x647, 0x645)],
    ['a family, joined', chars(0x1f468, 0x200d, 0x1f469, 0x200d, 0x1f467)],
    ['a heart with its variation selector', chars(0x2764, 0xfe0f)],
    ['a flag', chars(0x1f1e9, 0x1f1ea)],
    ['Hebrew, Chinese, Devanagari', chars(0x5e9, 0x5dc, 0x4e2d, 0x6587, 0x928, 0x92e)],
    ['no-break space', chars(0x61, 0xa0, 0x62)],
    ['an Arabic number sign, which is seen', chars(0x600, 0x661)],
    ['nothing', ''],
  ])('%s', (_name, text) => {
    expect(makeVisible(text)).toBe(text);
  });
});

describe('data', () => {
  test('strings and keys at every depth', () => {
    const hidden = chars(0x202e);
    const { value } = sanitizeData({ [hidden]: [hidden, { a: { b: hidden } }], n: 1, yes: true, none: null, missing: undefined });
    expect(value).toEqual({ '\\u{202e}': ['\\u{202e}', { a: { b: '\\u{202e}' } }], n: 1, yes: true, none: null, missing: undefined });
  });

  test('characters of strings and keys are counted, and a little for everything else', () => {
    expect(sanitizeData('four').characters).toBe(4);
    expect(sanitizeData({ key: 'four' }).characters).toBe(4 + 3 + 4);
    expect(sanitizeData([1, true, null]).characters).toBe(4 * 4);
  });

  test('what is written out is counted as it is written', () => {
    expect(sanitizeData(chars(0x202e)).characters).toBe('\\u{202e}'.length);
  });

  test('what JSON has no word for becomes what it says of itself', () => {
    const { value } = sanitizeData({ big: 12345678901234567890n, date: new Date(0), url: new URL('http://example.com') });
    expect(value).toEqual({ big: '12345678901234567890', date: '1970-01-01T00:00:00.000Z', url: 'http://example.com/' });
  });

  test('beyond the limit nothing is made visible, but all is counted', () => {
    const hidden = chars(0x202e);
    expect(sanitizeData(['xxx', hidden], 7)).toMatchObject({ value: ['xxx', hidden], characters: 8, added: 0 });
  });

  test('a key __proto__ stays a key', () => {
    const { value } = sanitizeData(JSON.parse('{"__proto__": {"polluted": true}}'));
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect('polluted' in value).toBe(false);
  });

  test('what needs no change is not copied, and what does is', () => {
    const hidden = chars(0x202e);
    const data = { plain: [['a', 1], { b: null }], odd: [Number.NaN, ['a', hidden]] };
    const { value } = sanitizeData(data);
    expect(value.plain).toBe(data.plain);
    expect(value).toEqual({ plain: data.plain, odd: [Number.NaN, ['a', '\\u{202e}']] });
    expect(data.odd[1]).toEqual(['a', hidden]);
  });

  test('as JSON it never has more bytes than it says', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (data) => {
        const { value, bytes } = sanitizeData(data);
        expect(Buffer.byteLength(JSON.stringify(value))).toBeLessThanOrEqual(bytes);
      }),
    );
  });

  test('JSON stays the same JSON but for what is invisible', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme-ascii' }), (value) => {
        expect(sanitizeData(value).value).toEqual(value);
      }),
    );
  });
});

describe('properties', () => {
  const hostile = fc
    .array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(0x0, 0x1b, 0x9b, 0xad, 0x200b, 0x202e, 0x2066, 0xfeff, 0xe0041).map((codePoint) => chars(codePoint)),
      ),
    )
    .map((parts) => parts.join(''));
  // Of the category C the joiners, private use, lone surrogates and what Unicode has not assigned yet are no concern of ours.
  const INVISIBLE = /[\p{Cc}\p{Bidi_Control}\u200b\ufeff\u{e0001}\u{e0020}-\u{e007f}]/u;

  test('the output has no invisible character', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(makeVisible(text).replaceAll(/[\t\r\n]/g, '')).not.toMatch(INVISIBLE);
      }),
    );
  });

  test('once is enough', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(makeVisible(makeVisible(text))).toBe(makeVisible(text));
      }),
    );
  });
});
