import { createHash } from 'node:crypto';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MAX_MEDIA_BYTES, readMedia } from './media.ts';
import { openRoots } from './roots.ts';
import { refusalOf, temporaryDirectory } from './temporary-directory.testing.ts';

const temporary = await temporaryDirectory();
const roots = await openRoots([temporary.path]);
const at = (name: string) => join(temporary.path, name);

afterAll(async () => {
  await roots[Symbol.asyncDispose]();
  await temporary[Symbol.asyncDispose]();
});

async function typeOf(content: string | Uint8Array): Promise<string> {
  // The name says nothing: every file has the same.
  await writeFile(at('f.png'), content);
  const { kind, mimeType } = await readMedia(roots, 'f.png');
  return `${kind} ${mimeType}`;
}

const bytes = (latin1: string) => Buffer.from(latin1, 'latin1');

describe('types', () => {
  it.each<[string, string]>([
    ['image image/png', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
    ['image image/jpeg', '\xff\xd8\xff\xe0\0\x10JFIF'],
    ['image image/gif', 'GIF89a\x01\0\x01\0'],
    ['image image/webp', 'RIFF\x24\0\0\0WEBPVP8 '],
    ['resource image/bmp', 'BM\x46\0\0\0\0\0\0\0\x36\0'],
    ['resource image/avif', '\0\0\0\x1cftypavif\0\0\0\0'],
    ['resource image/heic', '\0\0\0\x18ftypheic\0\0\0\0'],
    ['resource image/tiff', 'II*\0\x08\0\0\0'],
    ['audio audio/wav', 'RIFF\x24\0\0\0WAVEfmt '],
    ['audio audio/mpeg', 'ID3\x04\0\0\0\0\0\0'],
    ['audio audio/mpeg', '\xff\xfb\x90\0'],
    ['audio audio/ogg', `OggS\0\x02${'\0'.repeat(20)}\x01\x13OpusHead`],
    ['audio audio/flac', 'fLaC\0\0\0\x22'],
    ['audio audio/mp4', '\0\0\0\x1cftypM4A \0\0\0\0'],
    ['audio audio/aac', '\xff\xf1\x50\x80'],
    ['resource video/mp4', '\0\0\0\x1cftypisom\0\0\0\0'],
    ['resource video/ogg', `OggS\0\x02${'\0'.repeat(20)}\x01\x2a\x80theora`],
    ['resource application/pdf', '%PDF-1.7\nall of it may be text\n'],
    ['resource application/zip', 'PK\x03\x04\x14\0\0\0'],
    ['resource application/octet-stream', 'RIFF\x24\0\0\0XXXX'],
    ['resource application/octet-stream', 'a\0b'],
    ['resource application/octet-stream', 'd\xe9j\xe0'],
    // Texts that begin like something else.
    ['resource text/plain', 'GIF89a is a format of pictures\n'],
    ['resource text/plain', 'BMW, MZ, PK and ID3 are abbreviations\n'],
    ['resource text/plain', ''],
    ['resource text/plain', '\xff\xfea\0\n\0'],
  ])('%s', async (expected, content) => {
    expect(await typeOf(bytes(content))).toBe(expected);
  });

  // FS-074
  it.each([
    '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    '\ufeff<?xml version="1.0"?>\n<!-- a -- b -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" [ <!ENTITY a "b"> ]>\n<svg/>',
    '<s:svg xmlns:s="http://www.w3.org/2000/svg"/>',
    `${'<!-- -->'.repeat(500)}<SVG >`,
  ])('a drawing that may hold scripts is no picture: %j', async (content) => {
    expect(await typeOf(content)).toBe('resource image/svg+xml');
  });

  it.each(['<svgx/>', '<html><svg></svg></html>', '<!-- <svg> -->', `${'<!-- -->'.repeat(900)}<b>`, `<!--${'-->'.repeat(2700)}x`])(
    'no drawing: %j',
    async (content) => {
      expect(await typeOf(content)).toBe('resource text/plain');
    },
  );
});

it('gives the bytes as they are, with their hash and the name of the file as a URI', async () => {
  const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
  await writeFile(at('a b#%.bin'), content);
  const media = await readMedia(roots, 'a b#%.bin');
  expect(media).toEqual({
    path: at('a b#%.bin'),
    uri: `file://${temporary.path}/a%20b%23%25.bin`,
    mimeType: 'application/octet-stream',
    size: 300_000,
    sha256: createHash('sha256').update(content).digest('hex'),
    kind: 'resource',
    bytes: content,
  });
});

// FS-073
it('refuses what is larger than it may be, without reading it', async () => {
  await writeFile(at('large'), '');
  await truncate(at('large'), MAX_MEDIA_BYTES);
  expect((await readMedia(roots, 'large')).size).toBe(MAX_MEDIA_BYTES);
  await truncate(at('large'), 10 * 1024 ** 3);
  const before = process.memoryUsage().rss;
  expect(await refusalOf(() => readMedia(roots, 'large'))).toMatchObject({
    code: 'too_large',
    message: `The file has 10737418240 bytes; media may have 3932160: ${at('large')}`,
  });
  expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1024 ** 2);
});

it('stops between chunks when it is told to', async () => {
  await writeFile(at('f'), 'x');
  await expect(readMedia(roots, 'f', { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
});

// FS-062
describe.runIf(process.platform === 'linux')('files that do not know their size', () => {
  it('are read by what they give', async () => {
    await using proc = await openRoots(['/proc']);
    expect((await readMedia(proc, 'self/status')).size).toBeGreaterThan(100);
    const refusal = await refusalOf(() => readMedia(proc, 'kallsyms'));
    expect(refusal).toMatchObject({
      code: 'too_large',
      message: 'The file has more than 3932160 bytes; media may have 3932160: /proc/kallsyms',
    });
  });
});
