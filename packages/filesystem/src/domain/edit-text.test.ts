import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, type Edit } from './edit-text.ts';
import { refusalOf } from './temporary-directory.testing.ts';

const apply = async (text: string, ...edits: Edit[]) => (await applyEdits(text, edits, 1_000_000)).text;

it.each([
  ['a\r\nb\r\nc', 'b', 'B', 'a\r\nB\r\nc'],
  ['a\r\nb\r\nc', 'a\nb', 'a\nx\nb', 'a\r\nx\r\nb\r\nc'],
  ['a\r\nb\r\nc', 'a\r\nb', 'a\nx\r\nb', 'a\r\nx\r\nb\r\nc'],
  ['a\nb\nc', 'a\r\nb', 'a\r\nx\r\nb', 'a\nx\nb\nc'],
  ['a\rb\rc', 'a\nb', 'a\nx\nb', 'a\rx\rb\rc'],
  // Mixed: what stays keeps its own, what is new takes the neighbour's.
  ['a\r\nb\nc\r\nd', 'b', 'b\nx', 'a\r\nb\r\nx\nc\r\nd'],
  ['a\r\nb\nc\r\nd', 'b\nc', 'b\nx\nc', 'a\r\nb\nx\nc\r\nd'],
  ['a\r\nb\nc\r\nd', 'a\nb\nc\nd', 'a\nB\nc\nd', 'a\r\nB\nc\r\nd'],
  ['a\r\nb\nc\r\nd', 'b\n', '', 'a\r\nc\r\nd'],
  ['a\r\nb\nc\r\nd', 'a\n', 'x\ny\na\n', 'x\r\ny\r\na\r\nb\nc\r\nd'],
  ['a\r\nb\nc', 'c', 'c\nd', 'a\r\nb\nc\nd'],
  // A bare carriage return among line feeds is a character: progress bars write them.
  ['10%\r100%\ndone', '10%\r100%', 'x\ry', 'x\ry\ndone'],
  ['\ufeffa\nb', 'a', 'x', '\ufeffx\nb'],
  ['aaa', 'aaa', '$& $1', '$& $1'],
])('%j with %j -> %j', async (text, oldText, newText, expected) => {
  expect(await apply(text, { oldText, newText })).toBe(expected);
});

it('replaces in 100,000 places, and no more', async () => {
  const edit = { oldText: 'x', newText: 'y', replaceAll: true };
  expect(await apply('x'.repeat(100_000), edit)).toBe('y'.repeat(100_000));
  const refusal = await refusalOf(() => apply('x'.repeat(100_001), edit));
  expect([refusal.code, refusal.message]).toEqual(['too_large', 'oldText of the edit is in the file more than 100000 times']);
  expect(refusal.hint).toContain('Nothing was changed');
});

it('replaces everywhere in a mixed text', async () => {
  expect(await apply('x\r\nx\nx\r\ny', { oldText: 'x', newText: 'x\nz', replaceAll: true })).toBe('x\r\nz\r\nx\r\nz\nx\nz\r\ny');
  expect(await apply('x\r\nx\nx\r\ny', { oldText: 'x\n', newText: '', replaceAll: true })).toBe('y');
});

it('counts overlapping places as two', async () => {
  expect((await refusalOf(() => apply('aaa', { oldText: 'aa', newText: 'b' }))).hint).toContain('lines 1, 1');
});

it('names ten places at most, and the edit', async () => {
  const refusal = await refusalOf(() =>
    apply('a\n'.repeat(50), { oldText: '\na', newText: 'x', replaceAll: true }, { oldText: 'x', newText: 'y' }),
  );
  expect(refusal.message).toBe('oldText of edit 2 is in the file more than 10 times');
  expect(refusal.hint).toContain(', ...');
});

it('looks for near lines in bounded time', async () => {
  const text = Array.from({ length: 300_000 }, (_, index) => `const value${index} = compute(${index});`).join('\n');
  const refusal = await refusalOf(() =>
    applyEdits(text, [{ oldText: `const valeu7 = compute(7);\n${'x\n'.repeat(1_000)}`, newText: '' }], 1e9),
  );
  expect(refusal.hint).toContain('line 8:');
});

it('long texts leave others their turn between two edits, and can be stopped there', async () => {
  const controller = new AbortController();
  setImmediate(() => controller.abort(new Error('enough')));
  const edits = Array.from({ length: 50 }, () => ({ oldText: 'a', newText: 'a', replaceAll: true }));
  await expect(applyEdits('a'.repeat(200_000), edits, 1e9, controller.signal)).rejects.toThrow('enough');
});

const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '$'), maxLength: 4 });
const lineEnd = fc.constantFrom('\n', '\r\n');
const mixedText = fc.array(fc.tuple(line, lineEnd), { maxLength: 12 }).map((lines) => lines.flat().join(''));
const plain = fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => lines.join('\n'));

describe('properties', () => {
  it('on plain text, edits are what String.replace does with a literal', () => {
    return fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 12 }),
        fc.array(fc.tuple(plain, plain, fc.boolean()), { minLength: 1, maxLength: 3 }),
        async (lines, raw) => {
          const text = lines.join('\n');
          const edits = raw.map(([oldText, newText, replaceAll]) => ({ oldText, newText, replaceAll }));
          const expected = edits.reduce<string | undefined>(replaceLiterally, text);
          expect(await attempt(text, edits)).toBe(expected);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('CRLF text is edited as if it were plain, and stays CRLF', () => {
    return fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 2, maxLength: 12 }),
        plain,
        plain,
        fc.boolean(),
        async (lines, oldText, newText, replaceAll) => {
          const edits = [{ oldText, newText, replaceAll }];
          expect(await attempt(lines.join('\r\n'), edits)).toBe((await attempt(lines.join('\n'), edits))?.replaceAll('\n', '\r\n'));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('in mixed text every byte before and after what is replaced stays', () => {
    return fc.assert(
      fc.asyncProperty(mixedText, mixedText, line, line, async (before, after, oldLine, newText) => {
        const text = `${before}<${oldLine}>${after}`;
        expect(await attempt(text, [{ oldText: `<${oldLine}>`, newText }])).toBe(`${before}${newText}${after}`);
        const inserted = await attempt(text, [{ oldText: `<${oldLine}>`, newText: `<${oldLine}>\n${newText}` }]);
        expect(inserted?.startsWith(`${before}<${oldLine}>`)).toBe(true);
        expect(inserted?.endsWith(after)).toBe(true);
        expect(inserted?.replaceAll('\r\n', '\n')).toBe(`${before}<${oldLine}>\n${newText}${after}`.replaceAll('\r\n', '\n'));
      }),
      { numRuns: 2_000 },
    );
  });
});

async function attempt(text: string, edits: readonly Edit[]): Promise<string | undefined> {
  try {
    return (await applyEdits(text, edits, 1_000_000)).text;
  } catch {
    return undefined;
  }
}

/** What an edit of plain text must do, in other words; undefined where it must be refused. */
function replaceLiterally(text: string | undefined, { oldText, newText, replaceAll }: Edit): string | undefined {
  const first = text === undefined || oldText === '' ? -1 : text.indexOf(oldText);
  if (text === undefined || first === -1) return undefined;
  if (replaceAll) return text.replaceAll(oldText, () => newText);
  return text.includes(oldText, first + 1) ? undefined : text.replace(oldText, () => newText);
}
