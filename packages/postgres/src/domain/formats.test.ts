import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Cell, Page } from './database.ts';
import { FORMATS, fitPage, pageText } from './formats.ts';

const cell = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);

const table = fc.array(fc.string(), { minLength: 1, maxLength: 4 }).chain((names) =>
  fc.record({
    names: fc.constant(names),
    rows: fc.array(fc.array(cell, { minLength: names.length, maxLength: names.length }), { minLength: 1, maxLength: 5 }),
  }),
);

/** Characters of a value as PostgreSQL writes it, at least. */
function written(value: Cell): number {
  if (value === null) return 0;
  if (typeof value === 'number') return Math.min(String(value).length, value.toExponential().length);
  return typeof value === 'boolean' ? 1 : value.length;
}

test('a page that fits is never longer than it may be, whatever is in it', () => {
  fc.assert(
    fc.property(table, fc.constantFrom(...FORMATS), fc.integer({ min: 150, max: 600 }), ({ names, rows }, format, maxChars) => {
      const page: Page = {
        columns: names.map((name) => ({ name, type: 'text' })),
        rows,
        truncated: false,
        truncatedCells: 0,
        characters: rows.flat().reduce<number>((sum, value) => sum + written(value) + 1, 0),
        command: 'SELECT',
        affected: undefined,
      };
      const fitted = fittedOrNothing(page, format, maxChars);
      if (fitted === undefined) return;
      // The brackets of JSON, and what says that values were cut, have room beside it.
      expect(pageText({ ...fitted, truncated: false, truncatedCells: 0 }).length).toBeLessThanOrEqual(maxChars + 4);
    }),
    { numRuns: 3_000 },
  );
});

test('a row that is too long is cut value by value, between characters, and json that is cut is text', () => {
  const cells: Cell[] = [1, '😀'.repeat(50), `${'x'.repeat(90)}…(65536 bytes)`, `{"a": "${'y'.repeat(90)}"}`, null];
  const columns = ['int4', 'text', 'text', 'json', 'text'].map((type, index) => ({ name: `c${index}`, type }));
  const page: Page = {
    columns,
    rows: [cells, cells],
    truncated: false,
    truncatedCells: 2,
    characters: 500,
    command: '',
    affected: undefined,
  };
  const fitted = fitPage(page, 'json', 160);
  expect(fitted).toMatchObject({ rowCount: 1, truncated: true, truncatedCells: 3 });
  expect(JSON.parse(pageText({ ...fitted, truncated: false, truncatedCells: 0 }))).toEqual([
    {
      c0: 1,
      c1: expect.stringMatching(/^😀+…$/u),
      c2: expect.stringMatching(/^x+…$/),
      c3: expect.stringMatching(/^\{"a": "y*…$/),
      c4: null,
    },
  ]);
  expect(() => fitPage(page, 'json', 30)).toThrow('Not one row of the answer fits.');
});

function fittedOrNothing(page: Page, format: (typeof FORMATS)[number], maxChars: number) {
  try {
    return fitPage(page, format, maxChars);
  } catch {
    return undefined;
  }
}
