import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type FileRead, fairPart, filesText, readMany } from './read-many.ts';
import { openRoots } from './roots.ts';
import { refusalOf, temporaryDirectory } from './temporary-directory.testing.ts';

const temporary = await temporaryDirectory();
const roots = await openRoots([temporary.path]);
const { signal } = new AbortController();

afterAll(async () => {
  await roots[Symbol.asyncDispose]();
  await temporary[Symbol.asyncDispose]();
});

async function lay(contents: readonly string[]): Promise<string[]> {
  return await Promise.all(
    contents.map(async (content, index) => {
      await writeFile(join(temporary.path, `f${index}`), content);
      return `f${index}`;
    }),
  );
}

const contentOf = (file: FileRead | undefined) => (file === undefined || 'error' in file ? undefined : file.content);

describe('fairPart', () => {
  it.each<[number[], number, number]>([
    [[], 10, Number.POSITIVE_INFINITY],
    [[3, 4], 10, Number.POSITIVE_INFINITY],
    [[5, 5], 10, Number.POSITIVE_INFINITY],
    [[9, 9], 10, 5],
    [[2, 9, 9], 10, 4],
    [[9, 0, 2, Number.POSITIVE_INFINITY], 10, 4],
    [[9, 9, 9], 2, 0],
  ])('%j of %d: %d', (wishes, total, part) => {
    expect(fairPart(wishes, total)).toBe(part);
  });

  it('leaves nothing over that anybody wants, and takes from nobody who wants less', () => {
    const wish = fc.oneof(fc.nat(50), fc.constant(Number.POSITIVE_INFINITY));
    fc.assert(
      fc.property(fc.array(wish, { minLength: 1, maxLength: 20 }), fc.nat(400), (wishes, total) => {
        const part = fairPart(wishes, total);
        const given = wishes.map((one) => Math.min(one, part)).reduce((sum, one) => sum + one, 0);
        expect(given).toBeLessThanOrEqual(total);
        if (part === Number.POSITIVE_INFINITY) expect(wishes).not.toContain(part);
        else expect(wishes.map((one) => Math.min(one, part + 1)).reduce((sum, one) => sum + one, 0)).toBeGreaterThan(total);
      }),
    );
  });

  it('only falls as wishes are added', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50)), fc.nat(50), fc.nat(400), (wishes, more, total) => {
        expect(fairPart([...wishes, more], total)).toBeLessThanOrEqual(fairPart(wishes, total));
        expect(fairPart([...wishes, more], total)).toBeGreaterThanOrEqual(fairPart([...wishes, Number.POSITIVE_INFINITY], total));
      }),
    );
  });
});

describe('several files', () => {
  it('come whole and in order where there is room', async () => {
    const paths = await lay(['one\n', '', 'drei']);
    const files = await readMany(roots, [...paths.toReversed(), 'f0'], { head: undefined, maxChars: 1000 }, signal);
    expect(files.map(contentOf)).toEqual(['drei', '', 'one\n', 'one\n']);
    expect(files).toMatchObject([{ path: 'f2' }, { path: 'f1' }, { path: 'f0', totalLines: 1, size: 4, truncated: false }, { path: 'f0' }]);
    expect(filesText(files)).toBe('f2:\ndrei\n\n---\nf1:\n\n\n---\nf0:\none\n\n\n---\nf0:\none\n\n');
  });

  it('fail one by one', async () => {
    await mkdir(join(temporary.path, 'directory'));
    await writeFile(join(temporary.path, 'binary'), '\x7fELF\0');
    const [good = ''] = await lay(['fine']);
    const files = await readMany(roots, ['missing', good, 'directory', '/etc/passwd', 'binary'], { head: 1, maxChars: 4000 }, signal);
    expect(files.map((file) => ('error' in file ? file.error.code : file.content))).toEqual([
      'not_found',
      'fine',
      'invalid_input',
      'denied',
      'invalid_input',
    ]);
    expect(filesText(files)).toMatch(
      /^missing: Error - No such file or directory: missing\n---\nf0:\nfine\n\n---\ndirectory: Error - Is a /,
    );
  });

  it('share the room: what one leaves over goes to the others, cut after a whole line', async () => {
    const paths = await lay(['tiny\n', 'line\n'.repeat(100), 'line\n'.repeat(100), 'ok\n'.repeat(10)]);
    const files = await readMany(roots, paths, { head: undefined, maxChars: 4 * 82 + 5 + 30 + 404 }, signal);
    expect(files.map((file) => contentOf(file)?.length)).toEqual([5, 200, 200, 30]);
    expect(files[1]).toMatchObject({ truncated: true, startLine: 1, endLine: 40, nextLine: 41, totalLines: 100 });
    expect(files[3]).toMatchObject({ truncated: false, nextLine: undefined });
    expect(filesText(files)).toContain('line\n\n[Cut here: read_text_file goes on with startLine 41.]\n\n---\nf2:\n');
  });

  it('give each at most its fair part, however long they are and whichever is read first', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '日', '\n', '😀'), maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 20 }), fc.integer({ min: 20, max: 1500 }), async (texts, room) => {
        const paths = await lay(texts);
        const around = paths.reduce((sum, path) => sum + path.length + 80, 0);
        const files = await readMany(roots, paths, { head: undefined, maxChars: around + room }, signal);
        const part = fairPart(
          texts.map(({ length }) => length),
          room,
        );
        for (const [index, text] of texts.entries()) {
          const content = contentOf(files[index]) ?? '?';
          expect(text.startsWith(content)).toBe(true);
          expect(content.length).toBeLessThanOrEqual(part);
          if (text.length <= part) expect(content).toBe(text);
          // A whole line more would have been too much.
          else if (content.endsWith('\n')) expect(text.indexOf('\n', content.length) + 1 || text.length).toBeGreaterThan(part);
          else expect(content.length).toBeGreaterThanOrEqual(part - 1);
        }
        expect(filesText(files).length).toBeLessThanOrEqual(around + room);
      }),
      { numRuns: 100 },
    );
  });

  it('are refused where their names alone are too long', async () => {
    const refusal = await refusalOf(() => readMany(roots, Array(50).fill('missing'), { head: undefined, maxChars: 4000 }, signal));
    expect(refusal).toMatchObject({ code: 'too_large', message: '50 files have no room in one answer' });
    // The paths have room, but not what is said of them.
    const long = `${'x'.repeat(200)}`;
    expect((await refusalOf(() => readMany(roots, Array(3).fill(long), { head: undefined, maxChars: 900 }, signal))).code).toBe(
      'too_large',
    );
  });

  it('stop when they are told to', async () => {
    const paths = await lay(['a']);
    await expect(readMany(roots, paths, { head: undefined, maxChars: 1000 }, AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
