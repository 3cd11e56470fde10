import { join } from 'node:path';
import { connect, GENERATIONS, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { layFiles, temporaryDirectory } from '../src/domain/temporary-directory.testing.ts';
import { server } from '../src/server.ts';

const temporary = await temporaryDirectory();
const root = temporary.path;

beforeAll(() =>
  layFiles(root, {
    'docs/poem.txt': 'eins\r\nzwei\r\ndrei\r\nvier',
    'long.txt': Array.from({ length: 5_000 }, (_, index) => `line ${index + 1}\n`).join(''),
    'short.txt': 'a\n'.repeat(1_000),
    'one-line.json': 'x'.repeat(50_000),
    'picture.png': Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    'empty.txt': '',
    'colours.log': '\u001b[31mred\u001b[0m and \u202eback\n'.repeat(10),
    'empty/': '',
    'odd/a\n[DIR] forged': '',
    'odd/b\u200bc': '',
    'odd/link': ['docs/poem.txt'],
    ...Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`many/file-${String(index).padStart(4, '0')}`, ''])),
  }),
);

afterAll(() => temporary[Symbol.asyncDispose]());

describe.each(GENERATIONS)('%s client', (generation) => {
  let client: TestClient;

  beforeEach(async () => {
    client = await connect(server, { directories: [root], maxResultChars: 4_000 }, generation);
  });

  afterEach(() => client[Symbol.asyncDispose]());

  const call = async (name: string, args: Record<string, unknown>) => {
    const { content, structuredContent, isError, _meta } = await client.callTool(name, args);
    const [block] = content;
    return { text: block?.type === 'text' ? block.text : '', data: structuredContent ?? {}, code: isError ? _meta?.code : undefined };
  };

  describe('list_allowed_directories', () => {
    test('names the roots in the official form', async () => {
      expect(await call('list_allowed_directories', {})).toEqual({
        text: `Allowed directories:\n${root}`,
        data: { directories: [root] },
        code: undefined,
      });
    });
  });

  describe('list_directory', () => {
    test('names and kinds, sorted, in the official form', async () => {
      const { text, data } = await call('list_directory', { path: root });
      expect(text.split('\n')).toEqual([
        '[FILE] colours.log',
        '[DIR] docs',
        '[DIR] empty',
        '[FILE] empty.txt',
        '[FILE] long.txt',
        '[DIR] many',
        '[DIR] odd',
        '[FILE] one-line.json',
        '[FILE] picture.png',
        '[FILE] short.txt',
      ]);
      expect(data).toMatchObject({ path: root, truncated: false });
    });

    test('a name is one line, whatever is in it', async () => {
      const { text, data } = await call('list_directory', { path: 'odd' });
      expect(text.split('\n')).toHaveLength(3);
      expect(text).not.toContain('\n[DIR] forged');
      expect(data['entries']).toContainEqual({ name: 'link', type: 'symlink' });
    });

    test('an empty directory says so', async () => {
      expect((await call('list_directory', { path: 'empty' })).text).toBe('(empty directory)');
    });

    test.each([
      ['many', {}, 2_000],
      ['many', { limit: 300 }, 2_000],
      ['odd', { limit: 1 }, 3],
    ])('following the cursor of %s with %j gives every name once', async (path, page, expected) => {
      const names: string[] = [];
      let cursor: unknown;
      do {
        const { text, data } = await call('list_directory', { path, ...page, ...(cursor === undefined ? {} : { cursor }) });
        expect(text.length).toBeLessThanOrEqual(4_000);
        names.push(...(data['entries'] as { name: string }[]).map((entry) => entry.name));
        cursor = data['nextCursor'];
        expect(data['truncated']).toBe(cursor !== undefined);
      } while (cursor !== undefined);
      expect(names).toHaveLength(expected);
      expect(new Set(names).size).toBe(expected);
    });

    test('a cursor that is none is refused', async () => {
      expect((await call('list_directory', { path: 'many', cursor: '\u0000!' })).code).toBe('invalid_input');
    });

    test('a file is no directory', async () => {
      expect(await call('list_directory', { path: 'long.txt' })).toMatchObject({ code: 'invalid_input' });
    });
  });

  describe('read_text_file', () => {
    test('a whole file, its line ends kept', async () => {
      const { text, data } = await call('read_text_file', { path: 'docs/poem.txt' });
      expect(text).toBe('eins\r\nzwei\r\ndrei\r\nvier');
      expect(data).toEqual({
        path: join(root, 'docs', 'poem.txt'),
        content: text,
        size: 22,
        startLine: 1,
        endLine: 4,
        totalLines: 4,
        truncated: false,
        lineCut: false,
        encoding: 'utf-8',
        lineEnding: 'crlf',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
    });

    test.each([
      [{ head: 2 }, 'eins\r\nzwei\r\n', 1, 2],
      [{ tail: 1 }, 'vier', 4, 4],
      [{ startLine: 2, endLine: 3 }, 'zwei\r\ndrei\r\n', 2, 3],
      [{ startLine: 4 }, 'vier', 4, 4],
      [{ startLine: 3, lineNumbers: true }, '3\tdrei\r\n4\tvier', 3, 4],
    ])('a window: %j', async (window, content, startLine, endLine) => {
      const { data } = await call('read_text_file', { path: 'docs/poem.txt', ...window });
      expect(data).toMatchObject({ content, startLine, endLine, truncated: false });
    });

    test.each([{}, { lineNumbers: true }])('following nextLine gives every line once: %j', async (options) => {
      for (const [path, total] of [
        ['long.txt', 5_000],
        ['short.txt', 1_000],
      ] as const) {
        let lines = 0;
        let startLine: unknown = 1;
        while (startLine !== undefined) {
          const { text, data } = await call('read_text_file', { path, startLine, ...options });
          expect(text.length).toBeLessThanOrEqual(4_000);
          expect(data['startLine']).toBe(startLine);
          lines += (data['content'] as string).split('\n').length - 1;
          expect(data['endLine']).toBe(lines);
          startLine = data['nextLine'];
          expect(data['truncated']).toBe(startLine !== undefined);
          if (startLine !== undefined) expect(text).toContain(`startLine ${startLine}`);
        }
        expect(lines).toBe(total);
      }
    });

    test('a line longer than the answer may be is cut, and says so', async () => {
      const { text, data } = await call('read_text_file', { path: 'one-line.json' });
      expect(data).toMatchObject({ truncated: true, lineCut: true, totalLines: 1 });
      expect(text).toContain('longer than an answer may be');
      expect(text.length).toBeLessThanOrEqual(4_000);
    });

    test('a window behind the end says where the end is', async () => {
      expect(await call('read_text_file', { path: 'one-line.json', startLine: 2 })).toMatchObject({
        text: '[Nothing there: the file has 1 lines.]',
        data: { content: '', totalLines: 1, truncated: false },
      });
    });

    test('an empty file', async () => {
      expect(await call('read_text_file', { path: 'empty.txt' })).toMatchObject({
        text: '',
        data: { content: '', totalLines: 0, truncated: false },
      });
    });

    test('control characters are written out', async () => {
      const { text, data } = await call('read_text_file', { path: 'colours.log', head: 1 });
      expect(text).toBe('\\u{1b}[31mred\\u{1b}[0m and \\u{202e}back\n');
      expect(data['content']).toBe(text);
    });

    test.each([
      [{ path: 'picture.png' }, 'invalid_input', /image\/png|PNG/i],
      [{ path: 'docs' }, 'invalid_input', /directory/i],
      [{ path: 'missing.txt' }, 'not_found', /missing\.txt/],
      [{ path: 'docs/poem.txt', head: 1, tail: 1 }, 'invalid_input', /Cannot specify both head and tail parameters simultaneously/],
      [{ path: 'docs/poem.txt', head: 0 }, 'invalid_input', /head/],
      [{ path: 'docs/poem.txt', head: 1.5 }, 'invalid_input', /head/],
      [{ path: 'docs/poem.txt', startLine: 3, endLine: 2 }, 'invalid_input', /endLine/],
      [{ path: 'docs/poem.txt', encoding: 'latin1' }, 'invalid_input', /encoding/],
      [{}, 'invalid_input', /path/],
    ])('%j is refused as %s', async (args, code, words) => {
      const answer = await call('read_text_file', args);
      expect(answer.code).toBe(code);
      expect(answer.text).toMatch(words);
    });

    test('the log names the path, and nothing of the content', async () => {
      await call('read_text_file', { path: 'docs/poem.txt' });
      const line = JSON.stringify(client.log);
      expect(client.log).toContainEqual(
        expect.objectContaining({ audit: expect.objectContaining({ arguments: { path: 'docs/poem.txt' } }) }),
      );
      expect(line).not.toContain('zwei');
    });
  });
});
