import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorAt, isSingleName, namesOfCursor, positionOf } from './cursor.ts';
import { refusalOf } from './temporary-directory.testing.ts';

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => isSingleName(text) && text.isWellFormed());
const names = fc.array(name, { minLength: 1, maxLength: 8 });

describe('cursors', () => {
  it('lead back to where they were made', () => {
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 1_000 }), (given, alike) => {
        expect(cursorAt(given)).toMatch(/^[\w-]+$/);
        expect(namesOfCursor(cursorAt(given))).toEqual(given);
        expect(positionOf(cursorAt(given, alike))).toEqual({ names: given, alike });
      }),
      { numRuns: 500 },
    );
  });

  it('whatever is given for one is refused, or holds single names only', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.base64String(),
      fc
        .array(fc.constantFrom('..', '.', '', '/', 'a', '\0', 'a/b', '\u{1f600}', '1'))
        .map((parts) => Buffer.from(parts.join('\0')).toString('base64url')),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64url')),
    );
    fc.assert(
      fc.property(anything, (cursor) => {
        try {
          const { names, alike } = positionOf(cursor);
          expect(names.filter((each) => each === '' || each === '.' || each === '..' || /[/\0]/.test(each))).toEqual([]);
          expect(cursorAt(names, alike)).toBe(cursor);
        } catch (error) {
          expect(error).toHaveProperty('code', 'invalid_input');
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['', '..', 'YQ==', 'YQ\n', '!', 'Li4', Buffer.from('a\0..').toString('base64url')])('%j is refused', async (cursor) => {
    expect((await refusalOf(() => positionOf(cursor))).code).toBe('invalid_input');
  });
});
