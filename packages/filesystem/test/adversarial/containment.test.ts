import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../src/domain/temporary-directory.testing.ts';
import { anyServer, strategies } from '../any-server.ts';
import { fileRows, layOut, listenAt, type Row, rows, SECRET } from './containment.ts';

/** What each tool that reads needs beside a path. */
const TOOLS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  read_text_file: {},
  read_media_file: {},
  list_directory: {},
  list_directory_with_sizes: {},
  directory_tree: {},
  search_files: { pattern: '*' },
  search_content: { pattern: '.' },
  get_file_info: {},
};

describe.each(strategies)('%s', (strategy) => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let places: { root: string; outside: string };
  let socket: AsyncDisposable;
  let client: TestClient;

  beforeAll(async () => {
    temporary = await temporaryDirectory();
    places = layOut(temporary.path);
    socket = await listenAt(join(places.root, 'socket'));
    client = await connect(anyServer, { directories: [places.root], strategy });
  });

  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await socket[Symbol.asyncDispose]();
    await temporary[Symbol.asyncDispose]();
  });

  const filled = (path: string) => path.replaceAll('{root}', places.root).replaceAll('{base}', temporary.path);

  async function judge(tool: string, [, path, code]: Row): Promise<void> {
    const requested = filled(path);
    const answer = await client.callTool(tool, { path: requested, ...TOOLS[tool] });
    expect(answer.isError ? answer._meta?.code : 'ok').toBe(code);
    refuseLeak(JSON.stringify(answer), requested);
    const lines = answer.content.flatMap((block) => (block.type === 'text' ? block.text.split('\n') : []));
    if (answer.isError) expect(lines.length).toBeLessThanOrEqual(2);
  }

  function refuseLeak(answer: string, requested: string): void {
    expect(answer).not.toContain(SECRET);
    expect(answer).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 20));
    expect(answer).not.toMatch(/root:x:0|\/proc\/self\/fd\/\d+\//);
    // A refusal speaks of what was asked for and of the roots, never of what is behind them.
    if (!requested.includes('out')) expect(answer).not.toContain(places.outside);
  }

  describe.each(Object.keys(TOOLS))('%s', (tool) => {
    test.each(rows.map(titled))('%s', (_title, row) => judge(tool, row));
  });

  describe.each(['read_text_file', 'read_media_file'])('%s', (tool) => {
    test.each(fileRows.map(titled))('%s', (_title, row) => judge(tool, row));
  });

  test.each([...rows, ...fileRows].map(titled))('read_multiple_files %s', async (_title, [, path, code]) => {
    const answer = await client.callTool('read_multiple_files', { paths: ['ok.txt', filled(path), 'docs/inner.txt'] });
    refuseLeak(JSON.stringify(answer), path);
    const files = answer.structuredContent?.['files'] as { error?: { code: string } }[];
    expect(files.map(({ error }) => error?.code ?? 'ok')).toEqual(['ok', code, 'ok']);
    // Whatever is asked for, there are three entries in the text, and the others are what they would be without it.
    const entries = answer.content[0]?.type === 'text' ? answer.content[0].text.split('\n---\n') : [];
    expect([entries.length, entries[0], entries[2]]).toEqual([3, 'ok.txt:\nfine\n', 'docs/inner.txt:\nfine\n']);
  });

  test('the server is as well as before, and the log has nothing from outside', async () => {
    expect((await client.callTool('read_text_file', { path: 'ok.txt' })).structuredContent).toMatchObject({ content: 'fine' });
    expect(JSON.stringify(client.log)).not.toContain(SECRET);
  });
});

function titled(row: Row): readonly [title: string, row: Row] {
  const [id, path, code, why] = row;
  return [`${id} ${JSON.stringify(path.slice(0, 100))} -> ${code}: ${why}`, row];
}
