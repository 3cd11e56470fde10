import { createHash } from 'node:crypto';
import { open, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { lineEndingOf } from './line-ending.ts';
import { numberLines, readText, shorten, type Window } from './read.ts';
import { openRoots } from './roots.ts';
import { refusalOf, temporaryDirectory } from './temporary-directory.testing.ts';

const temporary = await temporaryDirectory();
const roots = await openRoots([temporary.path]);
const target = join(temporary.path, 'f');

afterAll(async () => {
  await roots[Symbol.asyncDispose]();
  await temporary[Symbol.asyncDispose]();
});

async function read(content: string | Uint8Array, window: Window = {}, budget = 40_000) {
  await writeFile(target, content);
  await using file = await roots.openFile('f');
  return await readText(file, window, budget);
}

const whole = { truncated: false, nextLine: undefined, cutLine: undefined };

describe('characters that are written out', () => {
  const hidden = '\u200b'.repeat(39_000);

  it.each<[Window, string]>([
    [{ head: 1 }, `${hidden}\nnext\n`],
    [{ tail: 1 }, `before\n${hidden}`],
    [{ maxBytes: 8 }, hidden],
  ])('take more room, and a line of them is cut: %j', async (window, text) => {
    const { content, truncated, cutLine } = await read(text, window);
    expect(content).toMatch(/^\u200b+$/);
    expect(content.length).toBeLessThanOrEqual(8_000);
    expect(truncated).toBe(true);
    expect(cutLine).toBeDefined();
  });

  it('leave whole lines before them, and joiners weigh nothing', async () => {
    const lines = 'a\n'.repeat(10);
    expect((await read(`${lines}${hidden}`)).content).toBe(lines);
    expect((await read(`${'\u200d'.repeat(39_000)}`)).truncated).toBe(false);
    expect(numberLines(await read(`${'\u200b\n'.repeat(100)}`, {}, 1_000), 1_000).endLine).toBe(100);
    expect(numberLines(await read(`${'\u200b\n'.repeat(100)}`, {}, 1_000), 700).endLine).toBe(70);
  });
});

describe('windows', () => {
  it.each<[string, Window, { content: string; totalLines: number; startLine: number | undefined; endLine: number | undefined }]>([
    ['', {}, { content: '', startLine: undefined, endLine: undefined, totalLines: 0 }],
    ['a\nb\nc\n', {}, { content: 'a\nb\nc\n', startLine: 1, endLine: 3, totalLines: 3 }],
    ['a\r\nb', {}, { content: 'a\r\nb', startLine: 1, endLine: 2, totalLines: 2 }],
    ['a\nb\nc\n', { head: 2 }, { content: 'a\nb\n', startLine: 1, endLine: 2, totalLines: 3 }],
    ['a\nb', { head: 5 }, { content: 'a\nb', startLine: 1, endLine: 2, totalLines: 2 }],
    ['a\nb\nc\n', { startLine: 2 }, { content: 'b\nc\n', startLine: 2, endLine: 3, totalLines: 3 }],
    ['a\nb\nc\n', { startLine: 2, endLine: 2 }, { content: 'b\n', startLine: 2, endLine: 2, totalLines: 3 }],
    ['a\nb\nc\n', { endLine: 9 }, { content: 'a\nb\nc\n', startLine: 1, endLine: 3, totalLines: 3 }],
    ['a\nb\n', { startLine: 9 }, { content: '', startLine: undefined, endLine: undefined, totalLines: 2 }],
    ['a\nb\nc\n', { tail: 2 }, { content: 'b\nc\n', startLine: 2, endLine: 3, totalLines: 3 }],
    ['a\nb\nc', { tail: 1 }, { content: 'c', startLine: 3, endLine: 3, totalLines: 3 }],
    ['\n\n', { tail: 1 }, { content: '\n', startLine: 2, endLine: 2, totalLines: 2 }],
    ['\n\n', { tail: 2 }, { content: '\n\n', startLine: 1, endLine: 2, totalLines: 2 }],
    ['a', { tail: 1e9 }, { content: 'a', startLine: 1, endLine: 1, totalLines: 1 }],
    ['', { tail: 3 }, { content: '', startLine: undefined, endLine: undefined, totalLines: 0 }],
    ['\ufeffa\n', {}, { content: 'a\n', startLine: 1, endLine: 1, totalLines: 1 }],
    ['\ufeffa\n', { tail: 1 }, { content: 'a\n', startLine: 1, endLine: 1, totalLines: 1 }],
  ])('%j %j', async (content, window, expected) => {
    const sha256 = createHash('sha256').update(content).digest('hex');
    const encoding = content.startsWith('\ufeff') ? 'utf-8-bom' : 'utf-8';
    const lineEnding = lineEndingOf(expected.content);
    expect(await read(content, window)).toEqual({ ...whole, size: Buffer.byteLength(content), encoding, lineEnding, sha256, ...expected });
  });

  // FS-066
  it.each<[Window, string]>([
    [{ head: 1, tail: 1 }, 'Cannot specify both head and tail parameters simultaneously'],
    [{ head: 1, startLine: 2 }, 'Cannot combine head or tail with startLine or endLine'],
    [{ tail: 1, endLine: 2 }, 'Cannot combine head or tail with startLine or endLine'],
    [{ startLine: 3, endLine: 2 }, 'endLine is before startLine'],
    [{ head: 0 }, 'Lines are counted in whole numbers from 1'],
    [{ maxBytes: 3 }, 'maxBytes is 4 at least'],
    [{ tail: 1.5 }, 'Lines are counted in whole numbers from 1'],
  ])('refuses %j', async (window, message) => {
    expect(await refusalOf(() => read('a', window))).toMatchObject({ code: 'invalid_input', message });
  });

  it('numbers lines where it knows their numbers', async () => {
    const text = await read(`${'x\n'.repeat(9)}last`, { startLine: 9 });
    expect(numberLines(text, 100)).toEqual({ ...text, content: ' 9\tx\n10\tlast' });
    const unnumbered = { ...text, startLine: undefined };
    expect(numberLines(unnumbered, 100)).toEqual(unnumbered);
  });

  it('keeps numbered lines within the budget, and at least one of them', async () => {
    const text = await read('a\nb\nc\n');
    expect(numberLines(text, 8)).toMatchObject({ content: '1\ta\n2\tb\n', endLine: 2, truncated: true, nextLine: 3 });
    expect(numberLines(text, 1)).toMatchObject({ content: '1\ta\n', endLine: 1, truncated: true, nextLine: 2 });
    expect(numberLines(text, 8, 'last')).toMatchObject({
      content: '2\tb\n3\tc\n',
      startLine: 2,
      endLine: 3,
      truncated: true,
      nextLine: undefined,
    });
  });
});

describe('budget', () => {
  it.each<[string, Window, number, object]>([
    ['aa\nbb\ncc\n', {}, 8, { content: 'aa\nbb\n', endLine: 2, truncated: true, nextLine: 3, cutLine: undefined }],
    ['aa\nbb\ncc\n', {}, 9, { content: 'aa\nbb\ncc\n', truncated: false, nextLine: undefined }],
    ['aa\nbb\ncc\n', { endLine: 2 }, 6, { content: 'aa\nbb\n', truncated: false, nextLine: undefined }],
    ['aa\nbb\ncc\n', { startLine: 2 }, 5, { content: 'bb\n', startLine: 2, endLine: 2, truncated: true, nextLine: 3 }],
    ['ééé\né\n', {}, 5, { content: 'ééé\n', truncated: true, nextLine: 2 }],
    ['long line\nb\n', {}, 4, { content: 'long', endLine: 1, truncated: true, cutLine: 1, nextLine: 2 }],
    ['a\nlong line', { startLine: 2 }, 4, { content: 'long', truncated: true, cutLine: 2, nextLine: undefined, totalLines: 2 }],
    ['long line\nb\n', { endLine: 1 }, 4, { content: 'long', truncated: true, cutLine: 1, nextLine: undefined }],
    ['long line\n', {}, 4, { content: 'long', truncated: true, cutLine: 1, nextLine: undefined }],
    ['a😀b', {}, 2, { content: 'a', truncated: true, cutLine: 1 }],
    ['aa\nbb\ncc\n', { tail: 3 }, 8, { content: 'bb\ncc\n', startLine: 2, endLine: 3, truncated: true, nextLine: undefined }],
    ['aa\nbb\ncc', { tail: 2 }, 3, { content: 'cc', startLine: 3, endLine: 3, truncated: true }],
    ['aa\nlong line', { tail: 1 }, 4, { content: 'line', startLine: 2, truncated: true, cutLine: 2 }],
    ['a😀b', { tail: 1 }, 2, { content: 'b', truncated: true, cutLine: 1 }],
  ])('%j %j in %d', async (content, window, budget, expected) => {
    expect(await read(content, window, budget)).toMatchObject(expected);
  });

  it.each<[string, Window, object]>([
    ['é\né\né\n', { maxBytes: 9 }, { content: 'é\né\né\n', truncated: false }],
    ['é\né\né\n', { maxBytes: 8 }, { content: 'é\né\n', truncated: true, nextLine: 3 }],
    ['é\né\né\n', { maxBytes: 8, startLine: 2 }, { content: 'é\né\n', truncated: false }],
    ['é\né\né\n', { maxBytes: 8, tail: 3 }, { content: 'é\né\n', startLine: 2, truncated: true }],
    ['ééé\na', { maxBytes: 5 }, { content: 'éé', truncated: true, cutLine: 1, nextLine: 2 }],
    ['a\nééé', { maxBytes: 5, tail: 1 }, { content: 'éé', truncated: true, cutLine: 2 }],
    ['a😀😀', { maxBytes: 8 }, { content: 'a😀', truncated: true, cutLine: 1 }],
    ['\ufeffa\nb\nc', { maxBytes: 4 }, { content: 'a\nb\n', truncated: true, nextLine: 3 }],
    ['aaaa\r\nb', { maxBytes: 5 }, { content: 'aaaa\r', cutLine: 1, lineEnding: 'none' }],
  ])('%j %j', async (content, window, expected) => {
    expect(await read(content, window)).toMatchObject(expected);
  });

  const lines = fc.array(fc.tuple(fc.string({ unit: fc.constantFrom('a', 'é', '日', '😀', '\r', ' ') }), fc.constantFrom('\n', '\r\n')), {
    maxLength: 30,
  });
  const texts = fc.tuple(lines, fc.string({ unit: fc.constantFrom('z', 'é', '😀'), maxLength: 4 }));

  it('gives the exact file over windows that follow nextLine', async () => {
    await fc.assert(
      fc.asyncProperty(texts, fc.nat(40), async ([body, end], extra) => {
        const text = body.map((line) => line.join('')).join('') + end;
        const longest = Math.max(1, end.length, ...body.map((line) => line.join('').length));
        await writeFile(target, text);
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

  it('shortens a text to what a smaller budget would have given', async () => {
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 40 }), fc.nat(40), async ([body, end], budget, extra) => {
        await writeFile(target, body.map((line) => line.join('')).join('') + end);
        await using file = await roots.openFile('f');
        const [short, long] = [await readText(file, {}, budget), await readText(file, {}, budget + extra)];
        expect(shorten(long, budget)).toEqual(short);
      }),
      { numRuns: 150 },
    );
  });

  it('never gives more than the budget, nor text that is not in the file', async () => {
    const windows = fc.record(
      { head: fc.integer({ min: 1, max: 9 }), tail: fc.integer({ min: 1, max: 9 }), startLine: fc.integer({ min: 1, max: 9 }) },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(texts, windows, fc.integer({ min: 1, max: 20 }), async ([body, end], window, budget) => {
        fc.pre(Object.keys(window).length <= 1);
        const text = body.map((line) => line.join('')).join('') + end;
        const { content, truncated } = await read(text, window, budget);
        expect(content.length).toBeLessThanOrEqual(budget);
        expect(content.isWellFormed()).toBe(true);
        expect(text).toContain(content);
        if (window.tail !== undefined && !truncated)
          expect(content).toBe((text.match(/[^\n]*\n|[^\n]+$/g) ?? []).slice(-window.tail).join(''));
      }),
      { numRuns: 200 },
    );
  });
});

describe('large files', () => {
  // FS-065: with every offset, some character stands across each chunk border.
  it.each([0, 1, 2, 3])('keeps characters whole across chunks, offset %d', async (offset) => {
    const text = `${'x'.repeat(offset)}${'😀é日\n'.repeat(40_000)}`;
    expect((await read(text, {}, 1_000_000)).content).toBe(text);
    expect((await read(text, { tail: 39_999 }, 1_000_000)).content).toBe('😀é日\n'.repeat(39_999));
    expect((await read(text, { startLine: 39_000, endLine: 39_001 })).content).toBe('😀é日\n😀é日\n');
    const cut = await read(text.replaceAll('\n', '-'), { tail: 1 }, 10_000);
    expect([cut.content, cut.cutLine, cut.truncated]).toEqual([text.replaceAll('\n', '-').slice(-10_000), 'last', true]);
  });

  // FS-063
  it('reads both ends of 1 TB in little memory', async () => {
    const lines = Array.from({ length: 5 }, (_, index) => `line ${index} ${'é'.repeat(2000)}\n`).join('');
    const size = 1024 ** 4;
    await writeFile(target, lines);
    await truncate(target, size);
    const handle = await open(target, 'r+');
    await handle.write(`\n${lines}`, size);
    await handle.close();
    await using file = await roots.openFile('f');
    const before = process.memoryUsage().rss;
    const head = await readText(file, { head: 5 }, 40_000);
    expect(head).toMatchObject({ content: lines, truncated: false, size: size + 1 + Buffer.byteLength(lines) });
    const tail = await readText(file, { tail: 5 }, 40_000);
    expect(tail).toMatchObject({ content: lines, truncated: false, startLine: undefined, totalLines: undefined });
    const all = await readText(file, {}, 40_000);
    expect(all).toMatchObject({ content: lines, truncated: true, nextLine: 6 });
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 ** 2);
  });

  it('stops between chunks when it is told to', async () => {
    await writeFile(target, 'x');
    await truncate(target, 1024 ** 4);
    const handle = await open(target, 'r+');
    await handle.write('x'.repeat(8192), 0);
    await handle.close();
    await using file = await roots.openFile('f');
    await expect(readText(file, { startLine: 2 }, 1000, AbortSignal.timeout(50))).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(readText(file, { tail: 2 }, 1000, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('says so when the file became shorter under a tail', async () => {
    await writeFile(target, 'a\n'.repeat(10_000));
    await using file = await roots.openFile('f');
    await truncate(target, 10);
    expect((await refusalOf(() => readText(file, { tail: 1 }, 1000))).code).toBe('conflict');
  });
});

describe('what is not text', () => {
  // FS-068
  it.each<[string, string | Uint8Array]>([
    ['PNG image, 12 bytes', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\r', 'latin1')],
    ['JPEG image, 4 bytes', Buffer.from('ffd8ffe0', 'hex')],
    ['WebP image, 12 bytes', Buffer.from('RIFF\0\0\0\0WEBP', 'latin1')],
    ['PDF document, 9 bytes', Buffer.from('%PDF-1.4\xe2', 'latin1')],
    ['gzip archive, 4 bytes', Buffer.from('1f8b0800', 'hex')],
    ['SQLite database, 16 bytes', 'SQLite format 3\0'],
    ['ELF program, 5 bytes', '\x7fELF\0'],
    ['UTF-32LE text, 8 bytes', Buffer.from('fffe000061000000', 'hex')],
    ['UTF-32BE text, 8 bytes', Buffer.from('0000feff00000061', 'hex')],
    ['binary data, 6 bytes', Buffer.from('\ufeffa\0', 'utf16le')],
    ['binary data, 4 bytes', Buffer.from('a\n', 'utf16le')],
    ['binary data, 3 bytes', 'a\0b'],
  ])('%s', async (facts, content) => {
    for (const window of [{}, { tail: 1 }, { startLine: 2 }]) {
      const refusal = await refusalOf(() => read(content, facts.startsWith('PDF') || facts.startsWith('JPEG') ? {} : window));
      expect(refusal).toMatchObject({ code: 'invalid_input', message: `Not a text file: ${target} (${facts})` });
    }
  });

  it('refuses Latin-1, but only where it would be returned', async () => {
    const latin1 = Buffer.from('one\ntwo\nd\xe9j\xe0\nfour\n', 'latin1');
    expect((await refusalOf(() => read(latin1))).message).toBe(`Not UTF-8 text: ${target} (18 bytes)`);
    expect((await refusalOf(() => read(latin1, { tail: 2 }))).code).toBe('invalid_input');
    expect((await read(latin1, { head: 2 })).content).toBe('one\ntwo\n');
    expect((await read(latin1, {}, 8)).content).toBe('one\ntwo\n');
    expect((await read(latin1, { tail: 1 })).content).toBe('four\n');
    expect((await read(latin1, { tail: 4 }, 5)).content).toBe('four\n');
    expect((await read('\ufffd real\n')).content).toBe('\ufffd real\n');
    expect((await refusalOf(() => read(Buffer.from('d\xe9j\xe0 vu', 'latin1'), {}, 4))).code).toBe('invalid_input');
  });
});

// FS-062
describe.runIf(process.platform === 'linux')('files that do not know their size', () => {
  it('reads them by what they give', async () => {
    await using proc = await openRoots(['/proc/self']);
    await using status = await proc.openFile('status');
    expect(status.stats.size).toBe(0);
    const all = await readText(status, {}, 40_000);
    expect(all.content).toMatch(/^Name:/);
    expect(all).toMatchObject({ truncated: false, size: 0, startLine: 1 });
    expect((await readText(status, { tail: 2 }, 40_000)).endLine).toBe(all.totalLines);
    expect(await readText(status, {}, 100)).toMatchObject({ truncated: true, cutLine: undefined });
    await using environment = await proc.openFile('environ');
    expect((await refusalOf(() => readText(environment, {}, 100))).message).toContain('binary data, 0 bytes');
  });

  it('holds only the end of a long one', async () => {
    await using proc = await openRoots(['/proc']);
    await using symbols = await proc.openFile('kallsyms');
    const tail = await readText(symbols, { tail: 3 }, 1000);
    expect(tail.content.split('\n')).toHaveLength(4);
    expect(tail).toMatchObject({ truncated: false, startLine: undefined });
  });
});
