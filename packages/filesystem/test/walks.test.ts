import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { connect, GENERATIONS, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { server } from './walks-server.ts';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(await realpath(tmpdir()), 'touchstone-walks-'));
  for (const directory of ['src/deep', 'node_modules/m', '.git', 'many', 'odd', 'empty'])
    await mkdir(join(root, directory), { recursive: true });
  await writeFile(join(root, '.gitignore'), 'node_modules\n');
  await writeFile(join(root, 'src/a.ts'), 'const needle = 1;\nconst other = 2;\n');
  await writeFile(join(root, 'src/deep/b.ts'), 'TODO: needle\n');
  await writeFile(join(root, 'node_modules/m/index.js'), 'needle\n');
  await writeFile(join(root, '.git/config'), 'needle\n');
  await writeFile(join(root, 'odd/a\n[DIR] forged'), 'needle\u001b[31m\n');
  await symlink('../src/a.ts', join(root, 'odd/link'));
  await symlink('..', join(root, 'odd/loop'));
  await Promise.all(
    Array.from({ length: 2_000 }, (_, index) =>
      writeFile(join(root, 'many', `file-${String(index).padStart(4, '0')}`), `needle ${index}\n`),
    ),
  );
  await writeFile(join(root, 'big.bin'), '');
  await truncate(join(root, 'big.bin'), 10 * 1024 ** 3);
  await chmod(join(root, 'src/a.ts'), 0o640);
  await utimes(join(root, 'src/a.ts'), new Date('2026-01-02T03:04:05Z'), new Date('2026-01-02T03:04:06Z'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

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

  /** All pages, in the text of each and in what `items` finds in its data. */
  const pages = async (name: string, args: Record<string, unknown>, items: (data: Record<string, unknown>) => string[]) => {
    const seen: string[] = [];
    let cursor: unknown;
    do {
      const { text, data, code } = await call(name, { ...args, ...(cursor === undefined ? {} : { cursor }) });
      expect(code).toBeUndefined();
      expect(text.length).toBeLessThanOrEqual(4_000);
      cursor = data['nextCursor'];
      expect(data['truncated']).toBe(cursor !== undefined);
      if (cursor !== undefined) expect(text).toContain(String(cursor));
      seen.push(...items(data));
    } while (cursor !== undefined);
    return seen;
  };

  describe('directory_tree', () => {
    test('indented names, without what is ignored', async () => {
      const { text, data } = await call('directory_tree', { path: '.', excludePatterns: ['many'] });
      expect(text.split('\n')).toEqual([
        '.gitignore',
        'big.bin',
        'empty/',
        'odd/',
        '  "a\\n[DIR] forged"',
        '  link@',
        '  loop@',
        'src/',
        '  a.ts',
        '  deep/',
        '    b.ts',
      ]);
      expect(data).toMatchObject({ path: root, truncated: false });
      expect(data['tree']).toContainEqual({
        name: 'src',
        type: 'directory',
        children: [
          { name: 'a.ts', type: 'file' },
          { name: 'deep', type: 'directory', children: [{ name: 'b.ts', type: 'file' }] },
        ],
      });
    });

    test('following the cursor gives every name once', async () => {
      const names = (data: Record<string, unknown>) =>
        (data['tree'] as { name: string; children?: { name: string }[] }[]).flatMap(({ children = [] }) =>
          children.map(({ name }) => name),
        );
      const seen = await pages('directory_tree', { path: '.', excludePatterns: ['odd', 'src'] }, names);
      expect(seen).toHaveLength(2_000);
      expect(new Set(seen).size).toBe(2_000);
    });

    test('an empty directory, depth, and a file that is none', async () => {
      expect((await call('directory_tree', { path: 'empty' })).text).toBe('(empty directory)');
      expect((await call('directory_tree', { path: 'src', maxDepth: 1 })).text).toBe('a.ts\ndeep/ ...');
      expect((await call('directory_tree', { path: 'src/a.ts' })).code).toBe('invalid_input');
    });
  });

  describe.runIf(process.platform !== 'win32')('a .gitignore that is no file', () => {
    const odd = 'odd-ignores';

    beforeAll(async () => {
      await mkdir(join(root, odd, 'link'), { recursive: true });
      await mkdir(join(root, odd, 'pipe'), { recursive: true });
      for (const directory of ['link', 'pipe']) await writeFile(join(root, odd, directory, 'root'), 'haystack\n');
      // Were it read, its lines would hide the files of those names.
      await writeFile(join(root, '..', `${basename(root)}-outside`), 'root\n');
      await symlink(`../../../${basename(root)}-outside`, join(root, odd, 'link/.gitignore'));
      execFileSync('mkfifo', [join(root, odd, 'pipe/.gitignore')]);
    });

    afterAll(async () => {
      await rm(join(root, odd), { recursive: true });
      await rm(join(root, '..', `${basename(root)}-outside`));
    });

    test.each([
      ['search_content', { pattern: 'haystack', output: 'files' }],
      ['search_files', { pattern: 'root' }],
    ])('%s neither reads nor waits for it', async (name, args) => {
      const { text, code } = await call(name, { path: odd, ...args });
      expect(code).toBeUndefined();
      expect(text.split('\n')).toEqual([join(root, odd, 'link/root'), join(root, odd, 'pipe/root')]);
    });
  });

  describe('search_files', () => {
    test('full paths, one a line, in the official form', async () => {
      const { text, data } = await call('search_files', { path: '.', pattern: '**/*.ts' });
      expect(text).toBe(`${join(root, 'src/a.ts')}\n${join(root, 'src/deep/b.ts')}`);
      expect(data).toEqual({ matches: text.split('\n'), truncated: false });
    });

    test.each([
      [{ pattern: '*.ts', excludePatterns: ['deep'] }, ['src/a.ts']],
      [{ pattern: '*.js' }, []],
      [{ pattern: '*.js', respectGitignore: false }, ['node_modules/m/index.js']],
      [{ pattern: 'd*', type: 'directory' }, ['src/deep']],
      [{ pattern: '/*', type: 'file' }, ['.gitignore', 'big.bin']],
    ])('%j', async (args, expected) => {
      const { data } = await call('search_files', { path: '.', ...args });
      expect(data['matches']).toEqual(expected.map((path) => join(root, path)));
    });

    test('FS-103: says where text is searched', async () => {
      expect((await call('search_files', { path: '.', pattern: 'TODO' })).text).toMatch(/^No matches found\n\[.*search_content/);
      expect((await call('search_files', { path: '.', pattern: '*.nothing' })).text).toBe('No matches found');
    });

    test('a name is one line, whatever is in it', async () => {
      expect((await call('search_files', { path: '.', pattern: '*forged' })).text.split('\n')).toHaveLength(1);
    });

    test('following the cursor gives every path once', async () => {
      const seen = await pages('search_files', { path: '.', pattern: 'file-*' }, (data) => data['matches'] as string[]);
      expect(seen).toHaveLength(2_000);
      expect(new Set(seen).size).toBe(2_000);
    });

    test.each([{ pattern: '*(*(*(a|b)))' }, { pattern: '' }, { pattern: '../*' }, { pattern: '*', cursor: 'Li4' }])(
      '%j is refused',
      async (args) => {
        expect((await call('search_files', { path: '.', ...args })).code).toBe('invalid_input');
      },
    );
  });

  describe('search_content', () => {
    test('lines under their files', async () => {
      const { text, data } = await call('search_content', { path: 'src', pattern: 'needle', contextLines: 1 });
      expect(text.split('\n')).toEqual([
        join(root, 'src/a.ts'),
        '1:const needle = 1;',
        '2-const other = 2;',
        join(root, 'src/deep/b.ts'),
        '1:TODO: needle',
      ]);
      expect(data['files']).toContainEqual({ path: join(root, 'src/deep/b.ts'), lines: [{ line: 1, text: 'TODO: needle' }] });
    });

    test('counts and files', async () => {
      expect((await call('search_content', { path: '.', pattern: 'const', output: 'count' })).text).toBe(`${join(root, 'src/a.ts')}: 2`);
      expect((await call('search_content', { path: '.', pattern: 'const', output: 'files' })).text).toBe(join(root, 'src/a.ts'));
      expect((await call('search_content', { path: '.', pattern: 'nothing' })).text).toBe('No matches found');
    });

    test('what is ignored, on request', async () => {
      const glob = ['!many', '!odd'];
      const { text } = await call('search_content', { path: '.', pattern: '^needle', glob, output: 'files', respectGitignore: false });
      expect(text.split('\n')).toEqual([join(root, '.git/config'), join(root, 'node_modules/m/index.js')]);
    });

    test('a line and a name are one line each, and nothing in them is hidden', async () => {
      const { text } = await call('search_content', { path: 'odd', pattern: 'needle' });
      expect(text.split('\n')).toEqual([`"${root}/odd/a\\n[DIR] forged"`, '1:needle\\u{1b}[31m']);
    });

    test('FS-063: a file of 10 GB of nothing takes no time', async () => {
      const asked = await call('search_content', { path: 'big.bin', pattern: 'needle' });
      expect(asked.code).toBe('invalid_input');
      expect(asked.text).toMatch(/Not a text file: .*big\.bin \(binary data, 10737418240 bytes\)/);
      expect((await call('search_content', { path: '.', pattern: 'needle', glob: ['*.bin'] })).text).toBe('No matches found');
    });

    test.each(['lines', 'files', 'count'])('following the cursor of %s gives every file once', async (output) => {
      const seen = await pages('search_content', { path: 'many', pattern: 'needle', output, glob: ['file-01*'] }, (data) =>
        (data['files'] as { path: string }[]).map(({ path }) => path),
      );
      expect(seen).toHaveLength(100);
      expect(new Set(seen).size).toBe(100);
    });

    test('directories that are too deep to enter are counted, as by search_files', async () => {
      await mkdir(join(root, 'deep', ...Array(201).fill('d')), { recursive: true });
      const hint = '1 directories could not be read.';
      const found = await call('search_content', { path: 'deep', pattern: 'needle' });
      expect([found.text, found.data['hint']]).toEqual([`No matches found\n\n[${hint}]`, hint]);
      expect((await call('search_files', { path: 'deep', pattern: '*.none' })).data['hint']).toBe(hint);
      await rm(join(root, 'deep'), { recursive: true });
    });

    test('FS-095: says what is wrong with a pattern, and where', async () => {
      const answer = await call('search_content', { path: '.', pattern: 'a(' });
      expect(answer.code).toBe('invalid_input');
      expect(answer.text).toMatch(/at character 2: unclosed group\n.*literal/);
    });
  });

  describe('list_directory_with_sizes', () => {
    test('the official form, by name and by size', async () => {
      const { text, data } = await call('list_directory_with_sizes', { path: '.' });
      const lines = text.split('\n');
      expect(lines).toContain('[FILE] .gitignore                           13 B');
      expect(lines).toContain('[FILE] big.bin                          10.00 GB');
      expect(lines).toContain('[DIR] src                            ');
      expect(lines.slice(-3)).toEqual(['', 'Total: 2 files, 6 directories', 'Combined size: 10.00 GB']);
      expect(data).toMatchObject({ files: 2, directories: 6, totalSize: 10 * 1024 ** 3 + 13, truncated: false });
      const [first] = (await call('list_directory_with_sizes', { path: '.', sortBy: 'size' })).text.split('\n');
      expect(first).toContain('big.bin');
    });

    test('what does not fit is cut, and all is counted', async () => {
      const { text, data } = await call('list_directory_with_sizes', { path: 'many' });
      expect(text.length).toBeLessThanOrEqual(4_000);
      expect(data).toMatchObject({ files: 2_000, truncated: true });
      expect(text).toMatch(/list_directory goes on/);
    });

    test('a link has no size', async () => {
      const { data } = await call('list_directory_with_sizes', { path: 'odd' });
      expect(data['entries']).toContainEqual({ name: 'link', type: 'symlink' });
    });
  });

  describe('get_file_info', () => {
    test.each(['src/a.ts', 'odd/link', 'odd/loop/src/a.ts'])('%s in the official form', async (path) => {
      const { text, data } = await call('get_file_info', { path });
      expect(data).toMatchObject({
        path: join(root, path),
        type: 'file',
        size: 35,
        modified: '2026-01-02T03:04:06.000Z',
        permissions: '640',
      });
      expect(text.split('\n')).toEqual([
        'size: 35',
        expect.stringMatching(/^created: \d{4}-.*Z$/),
        'modified: 2026-01-02T03:04:06.000Z',
        expect.stringMatching(/^accessed: \d{4}-.*Z$/),
        'isDirectory: false',
        'isFile: true',
        'permissions: 640',
      ]);
    });

    test('a directory, the root itself, and what is not there', async () => {
      expect((await call('get_file_info', { path: 'src' })).data).toMatchObject({ type: 'directory' });
      expect((await call('get_file_info', { path: '.' })).data).toMatchObject({ type: 'directory', path: root });
      expect((await call('get_file_info', { path: 'missing' })).code).toBe('not_found');
    });
  });
});
