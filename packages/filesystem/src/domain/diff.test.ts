import { applyPatch, createTwoFilesPatch } from 'diff';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fenced, unifiedDiff } from './diff.ts';

const text = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', 'c', '`', ''), { maxLength: 40 }), fc.constantFrom('', '\n'))
  .map(([lines, end]) => lines.join('\n') + (lines.length === 0 ? '' : end));

it('is a patch that makes the one text of the other', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { diff, truncated } = unifiedDiff('a.txt', before, after, 1e6);
      expect(truncated).toBe(false);
      expect(applyPatch(before, diff)).toBe(after);
    }),
    { numRuns: 3_000 },
  );
});

it('is what the whole comparison gives, for one change far from both ends', () => {
  const lines = Array.from({ length: 500 }, (_, index) => `line ${index}`);
  const before = `${lines.join('\n')}\n`;
  const after = before.replace('line 250\n', 'changed\nand more\n');
  expect(unifiedDiff('a', before, after, 1e6).diff).toBe(createTwoFilesPatch('a', 'a', before, after, 'original', 'modified'));
  const ends = before.replace('line 0\n', '').replace('line 499\n', 'line 499');
  expect(unifiedDiff('a', before, ends, 1e6).diff).toBe(createTwoFilesPatch('a', 'a', before, ends, 'original', 'modified'));
});

it('is fenced by more backticks than it has', () => {
  expect(fenced('+ ````\n')).toBe('`````diff\n+ ````\n`````\n\n');
  expect(fenced('+ a\n')).toBe('```diff\n+ a\n```\n\n');
});

it('names a file in one line', () => {
  expect(
    unifiedDiff('a\n+++ b', 'x', 'y', 1e6)
      .diff.split('\n')
      .filter((line) => line.startsWith('+++')),
  ).toHaveLength(1);
});
