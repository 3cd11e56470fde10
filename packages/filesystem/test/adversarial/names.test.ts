import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { layFiles, temporaryDirectory } from '../../src/domain/temporary-directory.testing.ts';
import { anyServer, strategies } from '../any-server.ts';
import { SECRET } from './containment.ts';
import { ODD_NAMES, SPELLED, spelledRefusals, spelledWrites, spellingRows, UNSEEN } from './names.ts';

describe.each(strategies)('%s', (strategy) => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let root: string;
  let client: TestClient;

  beforeEach(async () => {
    temporary = await temporaryDirectory();
    // A root is found under another spelling too.
    root = join(temporary.path, 'ro\u0308ot');
    await layFiles(temporary.path, { 'out/secret.txt': SECRET, 'ro\u0308ot/': '' });
    client = await connect(anyServer, { directories: [root], denyWrite: ['my keys'], confirmation: 'off', strategy });
  });

  afterEach(async () => {
    expect(JSON.stringify(client.log)).not.toContain(SECRET);
    await client[Symbol.asyncDispose]();
    await temporary[Symbol.asyncDispose]();
  });

  const codeOf = async (tool: string, args: Readonly<Record<string, unknown>>) => {
    const answer = await client.callTool(tool, args);
    expect(JSON.stringify(answer)).not.toContain(SECRET);
    return answer.isError ? answer._meta?.code : undefined;
  };

  describe('FS-015: names that forge', () => {
    beforeEach(() => layFiles(root, Object.fromEntries(ODD_NAMES.map((name) => [name, 'needle']))));

    const count = ODD_NAMES.length;
    test.each([
      ['list_directory', { path: '.' }, count],
      ['list_directory_with_sizes', { path: '.' }, count + 3],
      ['directory_tree', { path: '.' }, count],
      ['search_files', { path: '.', pattern: '**' }, count],
      ['search_content', { path: '.', pattern: 'needle' }, 2 * count],
      ['search_content', { path: '.', pattern: 'needle', output: 'files' }, count],
      ['search_content', { path: '.', pattern: 'needle', output: 'count' }, count],
      ['read_multiple_files', { paths: ODD_NAMES }, 4 * count - 1],
    ])('%s %j: one line each, and nothing unseen', async (tool, args, lines) => {
      const { content, structuredContent, isError } = await client.callTool(tool, args);
      expect(isError).toBeFalsy();
      const text = content[0]?.type === 'text' ? content[0].text.split('\n') : [];
      expect(text.filter((line) => line !== '' || !tool.startsWith('search'))).toHaveLength(lines);
      expect(text.filter((line) => UNSEEN.test(line) || /^\[(DIR|FILE)\] forged/.test(line))).toEqual([]);
      expect(JSON.stringify(structuredContent)).not.toMatch(UNSEEN);
    });

    test.each(ODD_NAMES)('%j can be asked for, and is shown on one line', async (path) => {
      for (const tool of ['read_text_file', 'get_file_info', 'read_media_file']) expect(await codeOf(tool, { path })).toBeUndefined();
      for (const [tool, args] of [
        ['write_file', { path, content: 'x' }],
        ['move_file', { source: path, destination: `${path}2` }],
        ['copy_path', { source: `${path}2`, destination: path }],
        ['delete_path', { path }],
        ['read_text_file', { path }],
      ] as const) {
        const { content, structuredContent, isError } = await client.callTool(tool, args);
        const text = content[0]?.type === 'text' ? content[0].text.split('\n') : [];
        expect(text.length).toBe(isError ? 2 : 1);
        expect(text.filter((line) => UNSEEN.test(line))).toEqual([]);
        expect(JSON.stringify(structuredContent ?? {})).not.toMatch(UNSEEN);
      }
    });
  });

  describe('FS-018: names in another form of Unicode', () => {
    beforeEach(() => layFiles(root, SPELLED));

    test.each(spellingRows)('%s %j -> %s: %s', async (_id, path, expected) => {
      for (const requested of [path, join(temporary.path, 'r\u00f6ot').concat('/', path)]) {
        const { content, structuredContent, isError, _meta } = await client.callTool('read_text_file', { path: requested });
        expect(isError ? _meta?.code : structuredContent?.['content']).toBe(expected);
        expect(JSON.stringify(content)).not.toContain(SECRET);
        const code = /^(conflict|denied|not_found)$/.test(expected) ? expected : undefined;
        expect(await codeOf('get_file_info', { path: requested })).toBe(code);
        expect(await codeOf('read_media_file', { path: requested })).toBe(code);
        expect(await codeOf('search_content', { path: requested, pattern: 'x' })).toBe(code);
      }
    });

    test('a directory is listed in the other form too, and two names are told apart in a refusal', async () => {
      expect(await codeOf('list_directory', { path: '\u00f6rdner' })).toBeUndefined();
      const { content } = await client.callTool('read_text_file', { path: 'both \u00e9e\u0301.txt' });
      expect(content).toMatchObject([
        { text: expect.stringMatching(/"both e\\u0301e\\u0301\.txt", "both \\u00e9\\u00e9\.txt"\nPass one of them exactly/) },
      ]);
    });

    test.each(spelledWrites)('%s %s %j: %j goes, %j comes: %s', async (_id, tool, args, gone, come) => {
      const before = await readdir(root, { recursive: true });
      const code = await codeOf(tool, args);
      expect(code).toBeUndefined();
      const expected = [...before.filter((name) => name !== gone), ...(come === undefined ? [] : [come])];
      expect((await readdir(root, { recursive: true })).sort()).toEqual(expected.sort());
    });

    test('what is written goes into the file that is there', async () => {
      await codeOf('write_file', { path: 'cafe\u0301.txt', content: 'new' });
      await codeOf('edit_file', { path: 'Shot 3.45 PM.txt', edits: [{ oldText: 'narrow', newText: 'edited' }] });
      expect(await readFile(join(root, 'caf\u00e9.txt'), 'utf8')).toBe('new');
      expect(await readFile(join(root, 'Shot 3.45\u202fPM.txt'), 'utf8')).toBe('edited space');
    });

    test('FS-018: a subscriber in one form hears of changes in the other', async () => {
      await using subscriber = await connect(anyServer, { directories: [root], strategy }, 'modern', { over: 'stdio' });
      const heard: string[] = [];
      const uri = pathToFileURL(join(root, 'cafe\u0301.txt')).href;
      const end = await subscriber.subscribe(uri, (changed) => heard.push(changed));
      await codeOf('write_file', { path: 'caf\u00e9.txt', content: 'new' });
      await vi.waitUntil(() => heard.length > 0, { timeout: 10_000, interval: 20 });
      expect(new Set(heard)).toEqual(new Set([uri]));
      await end?.();
    });

    test.each(spelledRefusals)('%s %s %j -> %s', async (_id, tool, args, code) => {
      const before = await readdir(temporary.path, { recursive: true });
      expect(await codeOf(tool, args)).toBe(code);
      expect(await readdir(temporary.path, { recursive: true })).toEqual(before);
      expect(await readFile(join(temporary.path, 'out/secret.txt'), 'utf8')).toBe(SECRET);
    });
  });
});
