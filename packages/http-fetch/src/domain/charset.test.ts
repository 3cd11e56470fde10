import { describe, expect, test } from 'vitest';
import { decodeText, startOf } from './charset.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const ALL = 1_000_000;

describe('charset', () => {
  test.each([
    ['byte order mark beats HTTP', Buffer.from('\ufeffä'), 'windows-1251', 'utf-8', 'ä'],
    ['UTF-16 by its mark', Buffer.concat([bytes('\xff\xfe'), Buffer.from('ä', 'utf16le')]), undefined, 'utf-16le', 'ä'],
    ['HTTP beats <meta>', Buffer.from('<meta charset=windows-1251>ä'), 'utf-8', 'utf-8', '<meta charset=windows-1251>ä'],
    ['<meta charset>', bytes('<meta charset="windows-1251">\xe4'), undefined, 'windows-1251', '<meta charset="windows-1251">д'],
    ['<meta http-equiv>', bytes('<meta http-equiv=content-type content="text/html; charset=koi8-r">\xc1'), undefined, 'koi8-r', /а$/],
    ['XML declaration', bytes('<?xml version="1.0" encoding="iso-8859-2"?>\xb1'), undefined, 'iso-8859-2', /ą$/],
    ['latin1 is windows-1252', bytes('\x80'), 'iso-8859-1', 'windows-1252', '€'],
    ['nothing said, valid UTF-8', Buffer.from('ä'), undefined, 'utf-8', 'ä'],
    ['nothing said, not UTF-8', bytes('\xe4'), undefined, 'windows-1252', 'ä'],
    ['UTF-7 is never read', bytes('+ADw-script+AD4-'), 'utf-7', 'utf-8', '+ADw-script+AD4-'],
    ['UTF-7 in <meta>', bytes('<meta charset=utf-7>+ADw-'), undefined, 'utf-8', '<meta charset=utf-7>+ADw-'],
    ['an unknown name says nothing', Buffer.from('ä'), 'x-foo', 'utf-8', 'ä'],
    ['UTF-16 in <meta> cannot be', Buffer.from('<meta charset=utf-16>ä'), undefined, 'utf-8', '<meta charset=utf-16>ä'],
    ['gb18030', Buffer.from([0xc4, 0xe3]), 'gb18030', 'gb18030', '你'],
    ['invalid bytes', bytes('a\xffb'), 'utf-8', 'utf-8', 'a\ufffdb'],
  ])('%s', (_, body, declared, charset, text) => {
    const decoded = decodeText(body, declared, ALL);
    expect(decoded.charset).toBe(charset);
    expect(decoded.text).toMatch(text instanceof RegExp ? text : new RegExp(`^${text.replace(/[+?]/g, '\\$&')}$`));
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('cut after %i bytes, no character is broken', (maxBytes) => {
    const { text, truncated } = decodeText(Buffer.from('a😀ä漢'), 'utf-8', maxBytes);
    expect('a😀ä漢'.startsWith(text)).toBe(true);
    expect(truncated).toBe(true);
  });

  test('startOf keeps pairs whole', () => {
    expect(startOf('a😀b', 2)).toBe('a');
    expect(startOf('a😀b', 3)).toBe('a😀');
    expect(startOf('ab', 5)).toBe('ab');
  });
});
