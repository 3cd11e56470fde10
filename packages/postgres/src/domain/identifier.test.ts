import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { oneLine, readingsOf, storable, visibleIdentifier } from './identifier.ts';

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
const names = fc.string({ unit: 'binary', minLength: 1, maxLength: 63 }).filter((name) => !name.includes('\0'));

describe('readingsOf', () => {
  test.each([
    ['orders', null, 'orders'],
    ['Orders', null, 'Orders'],
    ['sales.orders', 'sales', 'orders'],
    [' sales . orders ', 'sales', 'orders'],
    ['"Sales"."or""ders"', 'Sales', 'or"ders'],
    ['sales."a.b"', 'sales', 'a.b'],
    ['U&"d\\0061t\\+000061"', null, 'data'],
    ['a.b.c', null, 'a.b.c'],
    ['a"b', null, 'a"b'],
    ['my table', null, 'my table'],
    ['', null, ''],
  ])('%j begins with %j, %j', (text, schema, name) => {
    expect(readingsOf(text)[0]).toEqual({ schema, name });
  });

  test('bare names are folded next, quoted ones never', () => {
    expect(readingsOf('Sales."Orders"')[1]).toEqual({ schema: 'sales', name: 'Orders' });
  });

  test('what it shows, it reads', () => {
    fc.assert(
      fc.property(names, names, (schema, name) => {
        expect(readingsOf(visibleIdentifier(`${quote(schema)}.${quote(name)}`))[0]).toEqual({ schema, name });
      }),
    );
  });
});

test('whatever is in a name or a text, it is one visible line', () => {
  const unsafe = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;
  fc.assert(
    fc.property(names, (name) => {
      expect(visibleIdentifier(quote(name))).not.toMatch(unsafe);
      expect(oneLine(name)).not.toMatch(unsafe);
    }),
  );
});

test('a cut text ends with an ellipsis', () => {
  expect(oneLine('a \n b', 100)).toBe('a b');
  expect(oneLine('abc', 3)).toBe('abc...');
});

test.each(['a\0b', 'x'.repeat(1_001)])('%j is no name', (text) => {
  expect(() => storable(text)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
});
