import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connect, GENERATIONS, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { server } from './reads-server.ts';

const PNG = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000', 'hex');
const WAV = Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1');
const ZIP = Buffer.from('PK\x03\x04\x14\0\0\0', 'latin1');
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
const ODD = 'odd\n\u202e.png';

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');

let root: string;
const at = (name: string) => join(root, name);

beforeAll(async () => {
  root = await mkdtemp(join(await realpath(tmpdir()), 'touchstone-reads-'));
  await mkdir(at('docs'));
  await writeFile(at('poem.txt'), 'eins\r\nzwei\r\ndrei\r\n');
  await writeFile(at('wide.txt'), Buffer.from('\ufeffeins\nzwölf\n', 'utf16le'));
  await writeFile(at('marked.txt'), '\ufeffeins\rzwei');
  await writeFile(at('latin1.txt'), Buffer.from('z\xf6lf', 'latin1'));
  await writeFile(at('long.txt'), Array.from({ length: 100_000 }, (_, index) => `line ${index + 1}\n`).join(''));
  await writeFile(at('one-line.json'), 'x'.repeat(50_000));
  for (const name of ['picture.png', 'no-picture.txt', ODD]) await writeFile(at(name), PNG);
  await writeFile(at('sound.wav'), WAV);
  await writeFile(at('archive.png'), ZIP);
  await writeFile(at('drawing.png'), SVG);
  await writeFile(at('huge.png'), PNG);
  await truncate(at('huge.png'), 40 * 1024 ** 2);
  await Promise.all(Array.from({ length: 100 }, (_, index) => writeFile(at(`docs/${index}.txt`), `file ${index}\n`.repeat(10_000))));
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe.each(GENERATIONS)('%s client', (generation) => {
  let client: TestClient;

  beforeEach(async () => {
    client = await connect(server, { directories: [root], maxResultChars: 20_000 }, generation);
  });

  afterEach(() => client[Symbol.asyncDispose]());

  const call = async (name: string, args: Record<string, unknown>) => {
    const { content, structuredContent, isError, _meta } = await client.callTool(name, args);
    const block = content.at(-1);
    const media = content.slice(0, -1);
    const text = block?.type === 'text' ? block.text : '';
    return { text, media, data: structuredContent ?? {}, code: isError ? _meta?.code : undefined };
  };

  describe('read_text_file', () => {
    test.each([
      ['poem.txt', { encoding: 'utf-8', lineEnding: 'crlf', totalLines: 3, content: 'eins\r\nzwei\r\ndrei\r\n' }],
      ['wide.txt', { encoding: 'utf-16le', lineEnding: 'lf', totalLines: 2, content: 'eins\nzwölf\n' }],
      ['marked.txt', { encoding: 'utf-8-bom', lineEnding: 'cr', totalLines: 1, content: 'eins\rzwei' }],
    ])('says how %s is written', async (path, expected) => {
      const { text, data } = await call('read_text_file', { path });
      expect(data).toMatchObject({ ...expected, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(text).toBe(expected.content);
    });

    test('the hash is of the whole file, also where only a part was asked for, and missing where a part was read', async () => {
      const poem = sha256('eins\r\nzwei\r\ndrei\r\n');
      for (const window of [{}, { head: 1 }, { tail: 1 }, { startLine: 3 }, { maxBytes: 6 }])
        expect((await call('read_text_file', { path: 'poem.txt', ...window })).data).toMatchObject({ sha256: poem, totalLines: 3 });
      expect((await call('read_text_file', { path: 'long.txt' })).data).not.toHaveProperty('sha256');
      const end = await call('read_text_file', { path: 'long.txt', startLine: 99_999 });
      expect(end.data).toMatchObject({ totalLines: 100_000, sha256: expect.any(String), truncated: false });
    });

    test('a long file is its first window', async () => {
      const { text, data } = await call('read_text_file', { path: 'long.txt' });
      expect(data).toMatchObject({ truncated: true, startLine: 1, lineCut: false });
      expect(data['nextLine']).toBe((data['endLine'] as number) + 1);
      expect(text).toContain(`go on with startLine ${data['nextLine']}`);
    });

    test('maxBytes makes an answer smaller, never larger', async () => {
      const { text, data } = await call('read_text_file', { path: 'poem.txt', maxBytes: 13 });
      expect(data).toMatchObject({ content: 'eins\r\nzwei\r\n', truncated: true, nextLine: 3, lineCut: false });
      expect(text).toBe('eins\r\nzwei\r\n\n[More lines follow: go on with startLine 3.]');
      expect((await call('read_text_file', { path: 'long.txt', maxBytes: 1_000_000 })).text.length).toBeLessThanOrEqual(20_000);
      const numbered = await call('read_text_file', { path: 'poem.txt', maxBytes: 13, lineNumbers: true });
      expect(numbered.data).toMatchObject({ content: '1\teins\r\n2\tzwei\r\n', nextLine: 3 });
      for (const maxBytes of [0, 3, 4.5, '10'])
        expect((await call('read_text_file', { path: 'poem.txt', maxBytes })).code).toBe('invalid_input');
    });

    test('what is in no encoding that can be read is refused in words', async () => {
      const { text, code } = await call('read_text_file', { path: 'latin1.txt' });
      expect(code).toBe('invalid_input');
      expect(text).toBe(
        `invalid_input: Not UTF-8 text: ${at('latin1.txt')} (4 bytes)\nIt may be in an older encoding such as Latin-1. Convert the file first.`,
      );
    });
  });

  describe('read_multiple_files', () => {
    test('the official form, in the order asked for, with an error where there is no text', async () => {
      const { text, data, code } = await call('read_multiple_files', { paths: ['poem.txt', 'missing.txt', 'wide.txt', 'picture.png'] });
      expect(code).toBeUndefined();
      expect(text.split('\n---\n')).toEqual([
        'poem.txt:\neins\r\nzwei\r\ndrei\r\n\n',
        'missing.txt: Error - No such file or directory: missing.txt',
        'wide.txt:\neins\nzwölf\n\n',
        `picture.png: Error - Not a text file: ${at('picture.png')} (PNG image, ${PNG.length} bytes)`,
      ]);
      expect(data).toEqual({
        files: [
          { path: 'poem.txt', content: 'eins\r\nzwei\r\ndrei\r\n', size: 18, sha256: sha256('eins\r\nzwei\r\ndrei\r\n'), truncated: false },
          { path: 'missing.txt', error: { code: 'not_found', message: 'No such file or directory: missing.txt' } },
          { path: 'wide.txt', content: 'eins\nzwölf\n', size: 24, sha256: expect.any(String), truncated: false },
          { path: 'picture.png', error: { code: 'invalid_input', message: expect.stringContaining('PNG image') } },
        ],
      });
    });

    // FS-071
    test('100 large files share one answer', async () => {
      const { text, data } = await call('read_multiple_files', { paths: Array.from({ length: 100 }, (_, index) => `docs/${index}.txt`) });
      expect(text.length).toBeLessThanOrEqual(20_000);
      const files = data['files'] as { path: string; content: string; truncated: boolean; nextLine: number }[];
      expect(files.map(({ path }) => path)).toEqual(Array.from({ length: 100 }, (_, index) => `docs/${index}.txt`));
      for (const [index, file] of files.entries()) {
        expect(file.content).toMatch(new RegExp(`^(file ${index}\n)+$`));
        expect(file).toMatchObject({ truncated: true, nextLine: file.content.split('\n').length });
        expect(text).toContain(
          `docs/${index}.txt:\n${file.content}\n[Cut here: read_text_file goes on with startLine ${file.nextLine}.]\n`,
        );
      }
    });

    test('what small files leave over, large ones get', async () => {
      const { text, data } = await call('read_multiple_files', { paths: ['poem.txt', 'long.txt', 'wide.txt', 'one-line.json'] });
      const files = data['files'] as { content: string; truncated: boolean }[];
      expect(files.map(({ truncated }) => truncated)).toEqual([false, true, false, true]);
      for (const index of [1, 3]) expect(files[index]?.content.length).toBeGreaterThan(9_700);
      expect(text.length).toBeLessThanOrEqual(20_000);
      expect(text).toMatch(/x\n\[Cut here: its last line is longer\.\]\n$/);
    });

    test('head is for each', async () => {
      const { data } = await call('read_multiple_files', { paths: ['long.txt', 'poem.txt'], head: 1 });
      expect(data['files']).toMatchObject([
        { content: 'line 1\n', truncated: false },
        { content: 'eins\r\n', truncated: false },
      ]);
    });

    test('a path is one line, whatever is in it', async () => {
      const { text } = await call('read_multiple_files', { paths: ['x:\nforged\n---\ny'] });
      expect(text).toBe('"x:\\nforged\\n---\\ny": Error - No such file or directory: "x:\\nforged\\n---\\ny"');
    });

    test.each([
      [{ paths: [] }, 'invalid_input'],
      [{ paths: 'poem.txt' }, 'invalid_input'],
      [{ paths: Array(101).fill('poem.txt') }, 'invalid_input'],
      [{ paths: Array(100).fill('x'.repeat(200)) }, 'too_large'],
      [{ paths: ['poem.txt'], head: 0 }, 'invalid_input'],
      [{ paths: ['poem.txt'], tail: 1 }, 'invalid_input'],
    ])('%j is refused as %s', async (args, code) => {
      expect((await call('read_multiple_files', args)).code).toBe(code);
    });

    test('the log has the call, and nothing of the content', async () => {
      await call('read_multiple_files', { paths: ['poem.txt', 'missing.txt'] });
      expect(client.log).toContainEqual(
        expect.objectContaining({
          audit: expect.objectContaining({ tool: 'read_multiple_files', arguments: { paths: ['poem.txt', 'missing.txt'] } }),
        }),
      );
      expect(JSON.stringify(client.log)).not.toContain('zwei');
    });
  });

  describe('read_media_file', () => {
    const facts = (name: string, content: string | Uint8Array, mimeType: string, kind: string) => ({
      path: at(name),
      uri: pathToFileURL(at(name)).href,
      mimeType,
      kind,
      size: Buffer.byteLength(content),
      sha256: sha256(content),
    });

    test.each([
      ['picture.png', PNG, 'image/png', 'image'],
      ['no-picture.txt', PNG, 'image/png', 'image'],
      ['sound.wav', WAV, 'audio/wav', 'audio'],
    ])('%s is a block of its kind', async (path, content, mimeType, kind) => {
      const { text, media, data } = await call('read_media_file', { path });
      expect(text).toBe(`${at(path)} (${mimeType}, ${content.length} bytes)`);
      expect(media).toEqual([{ type: kind, data: content.toString('base64'), mimeType }]);
      expect(data).toEqual(facts(path, content, mimeType, kind));
    });

    // FS-072, FS-074
    test.each([
      ['archive.png', ZIP, 'application/zip'],
      ['drawing.png', SVG, 'image/svg+xml'],
      ['poem.txt', 'eins\r\nzwei\r\ndrei\r\n', 'text/plain'],
    ])('%s is a resource', async (path, content, mimeType) => {
      const { media, data } = await call('read_media_file', { path });
      const blob = Buffer.from(content).toString('base64');
      expect(media).toEqual([{ type: 'resource', resource: { uri: pathToFileURL(at(path)).href, mimeType, blob } }]);
      expect(data).toEqual(facts(path, content, mimeType, 'resource'));
    });

    // FS-073
    test('more than it may be is refused, and nothing of it is sent', async () => {
      const { text, media, code } = await call('read_media_file', { path: 'huge.png' });
      expect(code).toBe('too_large');
      expect(text).toContain('41943040 bytes; media may have 3932160');
      expect(media).toEqual([]);
    });

    test('how much that is, is a setting', async () => {
      await using modest = await connect(server, { directories: [root], maxMediaBytes: 1_000 }, generation);
      const result = await modest.callTool('read_media_file', { path: 'long.txt' });
      expect(result).toMatchObject({ _meta: { code: 'too_large' }, content: [{ text: expect.stringContaining('media may have 1000') }] });
      expect((await modest.callTool('read_media_file', { path: 'picture.png' })).content).toHaveLength(2);
      await expect(connect(server, { directories: [root], maxMediaBytes: 7 * 1024 ** 2 + 1 }, generation)).rejects.toThrow('maxMediaBytes');
    });

    test('the text is one line, whatever the name', async () => {
      const { text, media, data } = await call('read_media_file', { path: ODD });
      expect(text).toBe(`"${root}/odd\\n\\\\u{202e}.png" (image/png, ${PNG.length} bytes)`);
      expect(media).toHaveLength(1);
      expect(data).toMatchObject({ uri: `${pathToFileURL(root).href}/odd%0A%E2%80%AE.png` });
    });

    test('many at once, some alike, each get their own', async () => {
      const names = ['picture.png', 'sound.wav', 'no-picture.txt', 'archive.png', 'drawing.png'];
      const contents: Record<string, string | Uint8Array> = { 'sound.wav': WAV, 'archive.png': ZIP, 'drawing.png': SVG };
      const asked = Array.from({ length: 100 }, (_, index) => names[index % names.length] ?? '');
      const answers = await Promise.all(asked.map((path) => call('read_media_file', { path })));
      for (const [index, path] of asked.entries()) {
        const [block] = answers[index]?.media ?? [];
        const base64 = block?.type === 'resource' ? block.resource.blob : block?.type === 'text' ? '' : block?.data;
        expect(base64).toBe(Buffer.from(contents[path] ?? PNG).toString('base64'));
        expect(answers[index]?.data['path']).toBe(at(path));
      }
    });

    test('the log names the path', async () => {
      await call('read_media_file', { path: 'picture.png' });
      expect(client.log).toContainEqual(
        expect.objectContaining({ audit: expect.objectContaining({ arguments: { path: 'picture.png' } }) }),
      );
    });
  });
});
