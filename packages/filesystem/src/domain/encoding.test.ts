import { createHash } from 'node:crypto';
import { open, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { decode, encode, encodingOf, isWellFormed } from './encoding.ts';
import { weightOf } from './fit.ts';
import { lineEndingOf } from './line-ending.ts';
import { readText, type Window } from './read.ts';
import { openRoots } from './roots.ts';
import { refusalOf, temporaryDirectory } from './temporary-directory.testing.ts';

const temporary = await temporaryDirectory();
const roots = await openRoots([temporary.path]);
const target = join(temporary.path, 'f');

afterAll(async () => {
  await roots[Symbol.asyncDispose]();
  await temporary[Symbol.asyncDispose]();
});

const MARKS = { 'utf-16le': 'fffe', 'utf-16be': 'feff' } as const;
type Wide = keyof typeof MARKS;
const WIDE = Object.keys(MARKS) as Wide[];

const inBytes = (text: string, name: Wide) => {
  const mark = Buffer.from(MARKS[name], 'hex');
  return Buffer.concat([mark, encode(text, encodingOf(mark))]);
};

async function read(content: Uint8Array, window: Window = {}, budget = 40_000) {
  await writeFile(target, content);
  await using file = await roots.openFile('f');
  return await readText(file, window, budget);
}

// Characters whose bytes, alone or side by side, look like the end of a line in one byte order or the other.
const unit = fc.constantFrom('a', 'é', '日', '😀', '\r', 'ਊ', '\u0a00', '\u0100', '\u000b', '\ud80a\udc0a');
const texts = fc
  .tuple(fc.array(fc.tuple(fc.string({ unit }), fc.constantFrom('\n', '\r\n')), { maxLength: 20 }), fc.string({ unit, maxLength: 4 }))
  .map(([lines, end]) => ({
    text: lines.map((line) => line.join('')).join('') + end,
    longest: Math.max(1, weightOf(end), ...lines.map((line) => weightOf(line.join('')))),
  }));

// FS-070
describe.each(WIDE)('%s', (name) => {
  it('is decoded without its mark, whatever the window', async () => {
    const bytes = inBytes('one\r\nzwölf\r\n日😀', name);
    const common = { encoding: name, size: bytes.length, truncated: false, nextLine: undefined, cutLine: undefined };
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const all = { content: 'one\r\nzwölf\r\n日😀', startLine: 1, endLine: 3, totalLines: 3, lineEnding: 'crlf', sha256 };
    expect(await read(bytes)).toEqual({ ...common, ...all });
    expect(await read(bytes, { head: 1 })).toMatchObject({ content: 'one\r\n', endLine: 1 });
    expect(await read(bytes, { startLine: 2, endLine: 2 })).toMatchObject({ content: 'zwölf\r\n', startLine: 2 });
    expect(await read(bytes, { tail: 2 })).toMatchObject({ ...common, content: 'zwölf\r\n日😀', startLine: 2, totalLines: 3, sha256 });
    expect(await read(bytes, { tail: 9 })).toEqual({ ...common, ...all });
    expect(await read(inBytes('', name))).toMatchObject({ content: '', totalLines: 0, encoding: name });
    expect(await read(inBytes('', name), { tail: 1 })).toMatchObject({ content: '', totalLines: 0, encoding: name });
  });

  it('gives the exact file over windows that follow nextLine', async () => {
    await fc.assert(
      fc.asyncProperty(texts, fc.nat(40), async ({ text, longest }, extra) => {
        await writeFile(target, inBytes(text, name));
        await using file = await roots.openFile('f');
        let content = '';
        for (let startLine: number | undefined = 1; startLine !== undefined; ) {
          const part = await readText(file, { startLine }, longest + extra);
          expect(part.content.length).toBeLessThanOrEqual(longest + extra);
          expect(part.cutLine).toBeUndefined();
          content += part.content;
          startLine = part.nextLine;
        }
        expect(content).toBe(text);
      }),
      { numRuns: 150 },
    );
  });

  it('answers every window as the same text in UTF-8 would', async () => {
    const line = fc.integer({ min: 1, max: 9 });
    const windows = fc.oneof(fc.record({ head: line }), fc.record({ tail: line }), fc.record({ startLine: line }), fc.constant({}));
    await fc.assert(
      fc.asyncProperty(texts, windows, fc.integer({ min: 1, max: 60 }), async ({ text }, window, budget) => {
        const wide = await read(inBytes(text, name), window, budget);
        const narrow = await read(Buffer.from(`\ufeff${text}`), window, budget);
        expect({ ...wide, size: 0, encoding: '', sha256: wide.sha256?.length }).toEqual({
          ...narrow,
          size: 0,
          encoding: '',
          sha256: narrow.sha256?.length,
        });
      }),
      { numRuns: 200 },
    );
  });

  it('keeps to maxBytes of the file, never half a character', async () => {
    expect(await read(inBytes('日\n日\n', name), { maxBytes: 7 })).toMatchObject({ content: '日\n', truncated: true, nextLine: 2 });
    expect(await read(inBytes('a😀😀', name), { maxBytes: 8 })).toMatchObject({ content: 'a😀', cutLine: 1 });
    expect(await read(inBytes('a😀😀', name), { maxBytes: 7, tail: 1 })).toMatchObject({ content: '😀', cutLine: 1 });
  });

  // FS-065: with these offsets, both halves of some pair stand on either side of a chunk border.
  it.each([0, 1])('keeps pairs whole across chunks, offset %d', async (offset) => {
    const text = `${'x'.repeat(offset)}${'😀é日\n'.repeat(60_000)}`;
    expect((await read(inBytes(text, name), {}, 1_000_000)).content).toBe(text);
    expect((await read(inBytes(text, name), { tail: 59_999 }, 1_000_000)).content).toBe('😀é日\n'.repeat(59_999));
    expect((await read(inBytes(text, name), { startLine: 59_000, endLine: 59_001 })).content).toBe('😀é日\n😀é日\n');
    const cut = await read(inBytes(text.replaceAll('\n', '-'), name), { tail: 1 }, 10_001);
    expect([text.replaceAll('\n', '-').endsWith(cut.content), cut.content.isWellFormed(), cut.cutLine]).toEqual([true, true, 'last']);
    expect(cut.content.length).toBeGreaterThanOrEqual(10_000);
  });

  it('is refused where a unit or a pair is broken', async () => {
    const broken = inBytes(`ok\nbad ${'\ud83d'} pair\nlast\n`, name);
    const refusal = { code: 'invalid_input', message: `Not UTF-16 text: ${target} (${broken.length} bytes)` };
    expect(await refusalOf(() => read(broken))).toMatchObject(refusal);
    expect(await refusalOf(() => read(broken, { tail: 2 }))).toMatchObject(refusal);
    expect((await read(broken, { head: 1 })).content).toBe('ok\n');
    expect((await read(broken, { tail: 1 })).content).toBe('last\n');
    const odd = Buffer.concat([inBytes('a\nb', name), Buffer.from([0x41])]);
    for (const window of [{}, { tail: 1 }, { startLine: 2 }])
      expect((await refusalOf(() => read(odd, window))).message).toMatch(/^Not UTF-16/);
    expect((await read(odd, { head: 1 })).content).toBe('a\n');
  });

  // FS-063
  it('reads both ends of 1 TB in little memory', async () => {
    const lines = Array.from({ length: 5 }, (_, index) => `line ${index} ${'é'.repeat(2000)}\n`).join('');
    await writeFile(target, inBytes(`${lines}${'x'.repeat(8192)}`, name));
    await truncate(target, 1024 ** 4);
    const handle = await open(target, 'r+');
    await handle.write(inBytes(`\n${lines}`, name).subarray(2), 0, null, 1024 ** 4);
    await handle.close();
    await using file = await roots.openFile('f');
    const before = process.memoryUsage().rss;
    expect(await readText(file, { head: 5 }, 40_000)).toMatchObject({ content: lines, truncated: false, sha256: undefined });
    expect(await readText(file, { tail: 5 }, 40_000)).toMatchObject({ content: lines, truncated: false, totalLines: undefined });
    expect(await readText(file, {}, lines.length)).toMatchObject({ content: lines, truncated: true, nextLine: 6, sha256: undefined });
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 ** 2);
  });
});

it('gives the hash of a file up to 64 MiB that went by, and of no larger one', async () => {
  const handle = await open(target, 'w');
  for (let megabyte = 0; megabyte < 64; megabyte += 1) await handle.write(Buffer.alloc(1024 ** 2, 'x'));
  const hash = createHash('sha256').update(Buffer.alloc(64 * 1024 ** 2, 'x'));
  const last = async () => {
    await using file = await roots.openFile('f');
    return await readText(file, { startLine: 2 }, 1000);
  };
  expect(await last()).toMatchObject({ totalLines: 1, sha256: hash.digest('hex') });
  await handle.write('x');
  await handle.close();
  expect(await last()).toMatchObject({ totalLines: 1, sha256: undefined });
});

it('encodes and decodes without loss', () => {
  fc.assert(
    fc.property(fc.string({ unit }), fc.constantFrom('', 'efbbbf', 'fffe', 'feff'), (text, mark) => {
      const encoding = encodingOf(Buffer.from(`${mark}`, 'hex'));
      const bytes = encode(text, encoding);
      expect(decode(bytes, encoding)).toBe(text);
      expect(isWellFormed(bytes, encoding)).toBe(true);
    }),
  );
});

it.each([
  ['', 'none'],
  ['a', 'none'],
  ['a\nb\n', 'lf'],
  ['a\nb\rc\n', 'lf'],
  ['a\r\nb\r\n', 'crlf'],
  ['a\r\nb\n', 'mixed'],
  ['\n\r\n', 'mixed'],
  ['a\rb\r', 'cr'],
])('the line ends of %j: %s', (text, lineEnding) => {
  expect(lineEndingOf(text)).toBe(lineEnding);
});
