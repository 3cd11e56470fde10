import { deflateSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { type Extractor, type ExtractorOptions, openExtractor } from './extract.ts';

const open: Extractor[] = [];
afterEach(() => Promise.all(open.splice(0).map((extractor) => extractor[Symbol.asyncDispose]())));

function extractorWith(options: ExtractorOptions): Extractor {
  const extractor = openExtractor(options);
  open.push(extractor);
  return extractor;
}

const facts = { url: 'https://a.example/', mediaType: 'text/html', format: 'markdown' } as const;
const never = new AbortController().signal;
const list = listOf(30_000);

function listOf(items: number): Buffer {
  return Buffer.from(`<h1>List</h1><ul>${'<li>some words, and others</li>'.repeat(items)}</ul>`);
}

/** A PDF of one page, whose content is packed. */
function pdfOf(content: Buffer): Buffer {
  const head = Buffer.from(
    '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n' +
      `3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R>>endobj\n4 0 obj<</Filter/FlateDecode/Length ${content.length}>>stream\n`,
  );
  return Buffer.concat([head, content, Buffer.from('\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF')]);
}

describe('threads', () => {
  test('too little memory: plain text, and it says so', async () => {
    const extractor = extractorWith({ heapMb: 14 });
    // As many elements as have a tree of the costly kind, and not much text: far from both limits.
    const page = await extractor.extract(listOf(11_900), facts, never);
    expect(page).toMatchObject({ extracted: false, outline: [] });
    expect(page.content).toMatch(/^List\nsome words, and others\n/);
    expect(page.notes[0]).toBe('The page was too large or too deep to be read as a document: this is its text without structure.');
    expect((await extractor.extract(Buffer.from('<p>next'), facts, never)).content).toBe('next');
  });

  test('too little time for anything', async () => {
    const extractor = extractorWith({ deadlineMs: 1 });
    await expect(extractor.extract(list, facts, never)).rejects.toMatchObject({ code: 'too_large' });
  });

  test('nobody waits any more', async () => {
    const extractor = extractorWith({ threads: 1 });
    const abort = new AbortController();
    const reading = extractor.extract(list, facts, abort.signal);
    const waiting = extractor.extract(list, facts, abort.signal);
    abort.abort(new Error('gone'));
    await expect(reading).rejects.toThrow('gone');
    await expect(waiting).rejects.toThrow('gone');
    expect((await extractor.extract(Buffer.from('<p>next'), facts, never)).content).toBe('next');
  });

  test('the body stays with the caller', async () => {
    const body = Buffer.from('<p>words');
    const extractor = extractorWith({});
    await extractor.extract(body, facts, never);
    expect(body.toString()).toBe('<p>words');
    expect((await extractor.extract(body.subarray(3), facts, never)).content).toBe('words');
  });

  test('a PDF that unpacks to 300 MB is read without what is too large', async () => {
    const page = await extractorWith({ deadlineMs: 60_000 }).extract(pdfOf(deflateSync(Buffer.alloc(300_000_000, ' '))), facts, never);
    expect(page).toMatchObject({
      kind: 'pdf',
      truncated: true,
      notes: expect.arrayContaining(['Parts of the PDF are too large to be read.']),
    });
  });

  test('errors keep their words', async () => {
    const refusal = extractorWith({}).extract(Buffer.from('PK\x03\x04\0'), { ...facts, mediaType: 'application/zip' }, never);
    await expect(refusal).rejects.toMatchObject({
      code: 'invalid_input',
      message: 'The answer is no text: application/zip, 5 bytes.',
      hint: expect.any(String),
    });
  });

  test('a body that was cut before is said to be', async () => {
    expect(await extractorWith({}).extract(Buffer.from('<p>words'), { ...facts, truncated: true }, never)).toMatchObject({
      truncated: true,
    });
  });

  test('a thread without work ends, and another takes its place', async () => {
    const extractor = extractorWith({ idleMs: 1 });
    for (const word of ['one', 'two', 'three']) {
      expect((await extractor.extract(Buffer.from(word), facts, never)).content).toBe(word);
      await new Promise(setImmediate);
    }
  });
});
