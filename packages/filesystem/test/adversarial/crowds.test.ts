import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layFiles, temporaryDirectory } from '../../src/domain/temporary-directory.testing.ts';
import { anyServer, strategies } from '../any-server.ts';

const CROWD = 12_000;
const LEVELS = 5_000;

/** A chain of directories deeper than any path is long, with a file at its end. */
const DEEP = `
  process.chdir(process.argv[1]);
  const { mkdirSync, writeFileSync } = require('node:fs');
  for (let level = 0; level < ${LEVELS}; level++) { mkdirSync('a'); process.chdir('a'); }
  writeFileSync('end', 'needle');
`;

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
const at = (name: string) => join(temporary.path, name);

beforeAll(async () => {
  temporary = await temporaryDirectory();
  for (const name of ['crowd', 'deep', 'loops/x', 'loops/y']) mkdirSync(at(name), { recursive: true });
  for (let index = 0; index < CROWD; index += 1) writeFileSync(at(`crowd/file-${String(index).padStart(5, '0')}`), '');
  execFileSync(process.execPath, ['-e', DEEP, at('deep')]);
  await layFiles(at('loops'), { 'x/y': ['../y'], 'y/x': ['../x'], self: ['.'], up: ['..'], 'ok.txt': 'needle' });
  await layFiles(at('explosive'), {
    ['a'.repeat(18).concat('z')]: '',
    ['a'.repeat(200)]: '',
    [`${'a/'.repeat(30)}c`]: '',
    'text.txt': `${'a'.repeat(30)}!\n${'x'.repeat(5_000)}\n`,
  });
  await layFiles(at('ignoring'), {
    '.gitignore': '*.log\n!keep.log\nnode_modules/\n/build\n',
    'a.log': 'needle',
    'keep.log': 'needle',
    'build/out.txt': 'needle',
    'sub/build/in.txt': 'needle',
    'sub/.gitignore': '!b.log\nkeep.log\n',
    'sub/b.log': 'needle',
    'sub/keep.log': 'needle',
    'node_modules/m/index.js': 'needle',
    '.git/config': 'needle',
  });
});

// Node cannot remove what has a longer path than the system takes.
afterAll(() => execFileSync('rm', ['-rf', temporary.path]));

describe.each(strategies)('%s', (strategy) => {
  let client: TestClient;

  beforeAll(async () => {
    client = await connect(anyServer, { directories: [temporary.path], confirmation: 'off', strategy });
  });

  afterAll(() => client[Symbol.asyncDispose]());

  const ask = async (tool: string, args: Readonly<Record<string, unknown>>) => {
    const { content, structuredContent, isError, _meta } = await client.callTool(tool, args);
    const text = content[0]?.type === 'text' ? content[0].text : '';
    return { text, data: structuredContent ?? {}, code: isError ? _meta?.code : undefined };
  };

  test.each([
    ['directory_tree', { path: 'deep' }],
    ['directory_tree', { path: 'deep', maxDepth: 25 }],
    ['search_files', { path: 'deep', pattern: 'end' }],
    ['search_files', { path: 'deep', pattern: `${'a/'.repeat(400)}**` }],
    ['search_content', { path: 'deep', pattern: 'needle' }],
    ['list_directory_with_sizes', { path: `deep/${'a/'.repeat(400)}` }],
  ])(`FS-097: %s in ${LEVELS} levels`, async (tool, args) => {
    expect([undefined, 'invalid_input']).toContain((await ask(tool, args)).code);
  });

  test.each([
    ['FS-090', 'search_files', { pattern: '*(*(*(a|b)))' }, 'invalid_input'],
    ['FS-091', 'search_files', { pattern: `${'**/a/'.repeat(12)}**/b` }, undefined],
    ['FS-091', 'directory_tree', { excludePatterns: [`${'**/a/'.repeat(12)}**/b`] }, undefined],
    ['FS-091', 'search_content', { pattern: 'x', glob: [`${'**/a/'.repeat(12)}**/b`] }, undefined],
    ['FS-092', 'search_files', { pattern: `${'*'.repeat(34)}x` }, undefined],
    ['FS-092', 'search_files', { pattern: `${'*a'.repeat(100)}x` }, undefined],
    ['FS-092', 'search_content', { pattern: 'x', glob: [`${'*a'.repeat(100)}x`] }, undefined],
    ['FS-094', 'search_content', { pattern: '^(a+)+$' }, undefined],
    ['FS-094', 'search_content', { pattern: '(.*a){25}' }, undefined],
    ['FS-094', 'search_content', { pattern: '(x+x+)+y' }, undefined],
    ['FS-094', 'search_content', { pattern: '(?:a{1000}){1000}' }, undefined],
    ['FS-095', 'search_content', { pattern: '(?<name>a)!' }, undefined],
    ['FS-095', 'search_content', { pattern: '(?<=a)!' }, 'invalid_input'],
    ['FS-095', 'search_content', { pattern: '[' }, 'invalid_input'],
  ])('%s: %s %j does not explode', async (_id, tool, args, code) => {
    expect((await ask(tool, { path: 'explosive', ...args })).code).toBe(code);
  });

  test.each([
    ['copy_path', { source: 'deep', destination: 'copy' }],
    ['delete_path', { path: 'deep', recursive: true }],
  ])(`FS-097: %s of ${LEVELS} levels is refused before anything is done`, async (tool, args) => {
    expect((await ask(tool, args)).code).toBe('too_large');
    expect((await ask('list_directory', { path: '.' })).data['entries']).toHaveLength(5);
    expect((await ask('list_directory', { path: `deep/${'a/'.repeat(400)}` })).text).toBe('[DIR] a');
  });

  test.each([
    ['list_directory', { path: 'crowd' }, 'entries'],
    ['directory_tree', { path: 'crowd' }, 'tree'],
    ['search_files', { path: '.', pattern: 'file-*' }, 'matches'],
  ])('FS-098: %s pages through a crowd, each name once', async (tool, args, key) => {
    const seen = new Set<string>();
    let count = 0;
    for (let cursor: unknown, first = true; first || cursor !== undefined; first = false) {
      const { data, text } = await ask(tool, { ...args, ...(cursor === undefined ? {} : { cursor }) });
      expect(text.length).toBeLessThanOrEqual(40_000);
      const page = data[key] as (string | { name: string })[];
      for (const item of page) seen.add(typeof item === 'string' ? item : item.name);
      count += page.length;
      cursor = data['nextCursor'];
      expect(data['truncated']).toBe(cursor !== undefined);
    }
    expect([count, seen.size]).toEqual([CROWD, CROWD]);
  });

  test('FS-101: sizes of a crowd are measured in part, and it is said', async () => {
    const { data, text } = await ask('list_directory_with_sizes', { path: 'crowd', sortBy: 'size' });
    expect(data).toMatchObject({ truncated: true, files: 10_000 });
    expect(text.length).toBeLessThanOrEqual(40_000);
  });

  test('FS-096: links in circles are named, and not followed', async () => {
    expect((await ask('directory_tree', { path: 'loops' })).text.split('\n')).toEqual([
      'ok.txt',
      'self@',
      'up@',
      'x/',
      '  y@',
      'y/',
      '  x@',
    ]);
    expect((await ask('search_files', { path: 'loops', pattern: '**/ok.txt' })).text).toBe(at('loops/ok.txt'));
    expect((await ask('search_content', { path: 'loops', pattern: 'needle', output: 'files' })).text).toBe(at('loops/ok.txt'));
    expect((await ask('read_text_file', { path: `loops/${'x/y/x/y/../'.repeat(20)}ok.txt` })).code).toBe('denied');
    expect((await ask('read_text_file', { path: 'loops/x/y/x/../ok.txt' })).data['content']).toBe('needle');
    expect((await ask('copy_path', { source: 'loops', destination: `copied-${strategy}` })).data['copied']).toBe(8);
    expect((await ask('delete_path', { path: `copied-${strategy}`, recursive: true })).data['deleted']).toBe(8);
  });

  test('FS-102: .gitignore counts, nested and negated, unless it is not to', async () => {
    const kept = ['.gitignore', 'keep.log', 'sub', 'sub/.gitignore', 'sub/b.log', 'sub/build', 'sub/build/in.txt'];
    const search = async (args: object) =>
      ((await ask('search_files', { path: 'ignoring', pattern: '**', ...args })).data['matches'] as string[]).map((path) =>
        path.slice(at('ignoring/').length),
      );
    expect((await search({})).sort()).toEqual(kept);
    expect(await search({ respectGitignore: false })).toContain('node_modules/m/index.js');
    const { text } = await ask('search_content', { path: 'ignoring', pattern: 'needle', output: 'files' });
    expect(text.split('\n').sort()).toEqual(['keep.log', 'sub/b.log', 'sub/build/in.txt'].map((name) => at(`ignoring/${name}`)));
    expect(
      (await ask('search_content', { path: 'ignoring', pattern: 'needle', output: 'files', respectGitignore: false })).text.split('\n'),
    ).toHaveLength(8);
    expect((await ask('directory_tree', { path: 'ignoring' })).text).not.toMatch(/node_modules|a\.log|\.git\//);
    expect((await ask('directory_tree', { path: 'ignoring', respectGitignore: false })).text).toContain('node_modules');
  });

  test('FS-103: names are searched, and where nothing is found it is said how text is', async () => {
    const { text, data } = await ask('search_files', { path: 'ignoring', pattern: 'needle' });
    expect(data['matches']).toEqual([]);
    expect(text).toContain('search_content');
    const listed = await client.listTools();
    expect(listed.find(({ name }) => name === 'search_files')?.description).toContain('search_content');
  });

  test('FS-104: a walk that is cancelled stops, and gives its place to the next', async () => {
    await using narrow = await connect(anyServer, { directories: [temporary.path], maxConcurrency: 1, strategy });
    for (const [tool, args] of [
      ['search_files', { path: '.', pattern: '*' }],
      ['search_content', { path: '.', pattern: '^$' }],
      ['directory_tree', { path: '.' }],
      ['list_directory_with_sizes', { path: 'crowd' }],
    ] as const) {
      const controller = new AbortController();
      const walking = narrow.callTool(tool, args, { signal: controller.signal });
      setTimeout(() => controller.abort(new Error('enough')), 5);
      await walking.catch(() => {});
      expect((await narrow.callTool('read_text_file', { path: 'loops/ok.txt' })).structuredContent).toMatchObject({ content: 'needle' });
    }
  });
});
