import { execFileSync } from 'node:child_process';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layFiles, temporaryDirectory } from '../../src/domain/temporary-directory.testing.ts';
import { anyServer, strategies } from '../any-server.ts';

/** Far less than any of the files, and more than any call needs. */
const ROOM_BYTES = 256 * 1024 ** 2;

/** A call, and its code, with a file of 10 GB: `text.log` begins with lines and `zeros.bin` has nothing but zeros; both have holes. */
const rows: readonly (readonly [id: string, tool: string, args: Readonly<Record<string, unknown>>, code: string])[] = [
  ['FS-063', 'read_text_file', { path: 'text.log', maxBytes: 90 }, 'ok'],
  ['FS-063', 'read_text_file', { path: 'text.log', head: 5 }, 'ok'],
  ['FS-063', 'read_text_file', { path: 'text.log', startLine: 3, endLine: 7 }, 'ok'],
  ['FS-063', 'read_text_file', { path: 'zeros.bin' }, 'invalid_input'],
  ['FS-063', 'read_text_file', { path: 'zeros.bin', tail: 5 }, 'invalid_input'],
  ['FS-063', 'read_multiple_files', { paths: ['text.log', 'zeros.bin', 'text.log'], head: 2 }, 'ok'],
  ['FS-063', 'read_media_file', { path: 'text.log' }, 'too_large'],
  ['FS-063', 'read_media_file', { path: 'zeros.bin' }, 'too_large'],
  ['FS-063', 'search_content', { path: 'zeros.bin', pattern: 'x' }, 'invalid_input'],
  ['FS-063', 'search_content', { path: '.', pattern: 'line 3$', glob: ['*.bin'] }, 'ok'],
  ['FS-063', 'get_file_info', { path: 'text.log' }, 'ok'],
  ['FS-063', 'list_directory_with_sizes', { path: '.' }, 'ok'],
  ['FS-063', 'directory_tree', { path: '.' }, 'ok'],
  ['FS-063', 'search_files', { path: '.', pattern: '*.log' }, 'ok'],
  ['FS-063', 'edit_file', { path: 'text.log', edits: [{ oldText: 'line 3', newText: 'x' }] }, 'too_large'],
  ['FS-063', 'edit_file', { path: 'zeros.bin', edits: [{ oldText: 'line 3', newText: 'x' }] }, 'too_large'],
  ['FS-063', 'move_file', { source: 'text.log', destination: 'moved.log' }, 'ok'],
  ['FS-063', 'move_file', { source: 'moved.log', destination: 'text.log' }, 'ok'],
];

describe.each(strategies)('%s', (strategy) => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let client: TestClient;

  beforeAll(async () => {
    temporary = await temporaryDirectory();
    await layFiles(temporary.path, {
      'text.log': Array.from({ length: 1_000 }, (_, index) => `line ${index + 1}\n`).join(''),
      'zeros.bin': '',
      'ok.txt': 'fine',
      // A cut after 64 KiB, 128 KiB and every other power of two falls into a character, whatever the first is.
      'wide.txt': 'x'.concat('\u{1f600}'.repeat(100_000)),
      'accents.txt': Array.from({ length: 40_000 }, (_, index) => `${'\u00e9'.repeat(index % 7)}\u{1f600}\n`).join(''),
    });
    for (const name of ['text.log', 'zeros.bin']) await truncate(join(temporary.path, name), 10 * 1024 ** 3);
    for (let index = 0; index < 4; index += 1) execFileSync('mkfifo', [join(temporary.path, `pipe-${index}`)]);
    client = await connect(anyServer, { directories: [temporary.path], confirmation: 'off', strategy });
  });

  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await temporary[Symbol.asyncDispose]();
  });

  test.each(rows)('%s %s %j -> %s: neither time nor memory', async (_id, tool, args, code) => {
    const before = process.memoryUsage().rss;
    const answer = await client.callTool(tool, args);
    expect(answer.isError ? answer._meta?.code : 'ok').toBe(code);
    expect(process.memoryUsage().rss - before).toBeLessThan(ROOM_BYTES);
    expect(JSON.stringify(answer).length).toBeLessThan(300_000);
    if (code === 'too_large') expect(JSON.stringify(answer)).toMatch(/\d{6,} bytes/);
  });

  test('FS-104: a call that reads for long stops when it is cancelled, and gives its place to the next', async () => {
    const endless = join(temporary.path, 'endless.log');
    await writeFile(endless, 'line\n'.repeat(2_000));
    // Reading on would take longer than a test may.
    await truncate(endless, 1024 ** 4);
    await using narrow = await connect(anyServer, { directories: [temporary.path], maxConcurrency: 1, strategy });
    const controller = new AbortController();
    const reading = narrow.callTool('read_text_file', { path: 'endless.log', startLine: 3_000 }, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(reading).rejects.toThrow();
    const next = await narrow.callTool('read_text_file', { path: 'ok.txt' });
    expect(next.structuredContent).toMatchObject({ content: 'fine' });
  });

  test('FS-065: no character is torn, wherever a chunk ends', async () => {
    for (const args of [{}, { head: 1 }, { tail: 1 }, { maxBytes: 65_537 }, { maxBytes: 4_098 }]) {
      const { structuredContent } = await client.callTool('read_text_file', { path: 'wide.txt', ...args });
      expect(structuredContent?.['content']).toMatch(/^(?:x?\u{1f600}*)$/u);
    }
    for (let tail = 1_000; tail < 1_040; tail += 1) {
      const { structuredContent } = await client.callTool('read_text_file', { path: 'accents.txt', tail });
      expect(String(structuredContent?.['content']).split('\n')).toHaveLength(tail + 1);
      expect(structuredContent?.['content']).toMatch(/^[\u00e9\u{1f600}\n]*$/u);
    }
  });

  test('FS-060: four pipes, with every tool, keep no other call waiting', async () => {
    const calls = [0, 1, 2, 3].flatMap((index) => {
      const path = `pipe-${index}`;
      return [
        client.callTool('read_text_file', { path }),
        client.callTool('read_media_file', { path }),
        client.callTool('read_multiple_files', { paths: [path] }),
        client.callTool('search_content', { path, pattern: 'x' }),
        client.callTool('edit_file', { path, edits: [{ oldText: 'a', newText: 'b' }] }),
        client.callTool('write_file', { path, content: 'x', mode: 'append' }),
        client.callTool('copy_path', { source: path, destination: 'copy' }),
      ];
    });
    calls.push(client.callTool('search_content', { path: '.', pattern: 'fine', glob: ['pipe-*', 'ok.txt'] }));
    expect((await client.callTool('read_text_file', { path: 'ok.txt' })).structuredContent).toMatchObject({ content: 'fine' });
    const refused = (await Promise.all(calls)).slice(0, -1);
    for (const answer of refused) expect(JSON.stringify(answer)).toMatch(/Not a regular file/);
  });

  describe.runIf(process.platform === 'linux')('FS-062: files that do not know their size', () => {
    test('they are bounded by what is read', async () => {
      await using kernel = await connect(anyServer, {
        directories: [`/proc/${process.pid}`, '/sys/kernel'],

        strategy,
        maxResultChars: 4_000,
      });
      const status = await kernel.callTool('read_text_file', { path: 'status' });
      expect(status.structuredContent).toMatchObject({ content: expect.stringContaining(`Pid:\t${process.pid}`), truncated: false });
      for (const args of [
        { path: 'smaps' },
        { path: 'smaps', tail: 3 },
        { path: 'maps', head: 2 },
        { path: '/sys/kernel/mm/transparent_hugepage/enabled' },
      ]) {
        const answer = await kernel.callTool('read_text_file', args);
        expect(JSON.stringify(answer).length).toBeLessThan(20_000);
        expect([undefined, 'not_found']).toContain(answer._meta?.code);
      }
      // Secrets, and NUL between them.
      expect((await kernel.callTool('read_text_file', { path: 'environ' }))._meta?.code).toBe('invalid_input');
      expect((await kernel.callTool('read_text_file', { path: 'root/etc/passwd' }))._meta?.code).toBe('denied');
      expect((await kernel.callTool('read_text_file', { path: 'cwd/package.json' }))._meta?.code).toBe('denied');
      expect((await kernel.callTool('list_directory', { path: 'fd/0' })).isError).toBe(true);
    });
  });
});
