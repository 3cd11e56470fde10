import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentLines, type PageLimits } from './content-page.ts';
import { openRoots, type Strategy } from './roots.ts';
import { type ContentQuery, type Handover, searchContent } from './search-content.ts';
import { refusalOf, temporaryDirectory } from './temporary-directory.testing.ts';

const temporary = await temporaryDirectory();
const root = join(temporary.path, 'root');

beforeAll(async () => {
  for (const directory of ['src/deep/sub/dist', 'dist', '.git', 'docs', '-x']) await mkdir(join(root, directory), { recursive: true });
  await mkdir(join(temporary.path, 'out'));
  const files = {
    'src/a.ts': 'one\nneedle 1\nthree\nneedle 2\nfive\n',
    'src/b.ts': 'one\r\nneedle 3\r\n',
    'src/deep/c.js': 'Needle 4\n',
    'dist/d.ts': 'needle 5\n',
    'docs/e.md': 'a(b needle 6',
    '-x/-e': 'needle 7\n',
    '.hid': 'needle 8\n',
    '.git/f': 'needle 9\n',
    'binary.bin': 'needle\0needle\n',
    'late.txt': `${'x'.repeat(100_000)}\nneedle 10\n\0`,
    'long.txt': `${'y'.repeat(5_000)}needle${'z'.repeat(5_000)}\n`,
    '.gitignore': 'dist/\n',
    'src/deep/dist': 'nadel\n',
    'src/deep/sub/dist/x': 'nadel\n',
    'redos.txt': `${'a'.repeat(30)}!\n`,
    'utf16.txt': '',
  };
  for (const [path, content] of Object.entries(files)) await writeFile(join(root, path), content);
  await writeFile(join(root, 'utf16.txt'), Buffer.from('\ufeffneedle 11\n', 'utf16le'));
  await writeFile(join(temporary.path, 'out/secret'), 'needle outside\n');
  await symlink('../out', join(root, 'link'));
  await symlink('../out/secret', join(root, 'file-link'));
});

afterAll(() => temporary[Symbol.asyncDispose]());

const linux = process.platform === 'linux';
const ways: readonly (readonly [Strategy, Handover])[] = linux
  ? [
      ['descriptor', 'descriptors'],
      ['checked', 'stdin'],
    ]
  : [['checked', 'stdin']];

describe.each(ways)('with %s and %s', (strategy, handover) => {
  async function search(query: Partial<ContentQuery> = {}, limits: Partial<PageLimits> = {}, path = '.', signal?: AbortSignal) {
    await using roots = await openRoots([root], { strategy });
    const full: ContentQuery = {
      pattern: 'needle',
      literal: false,
      caseSensitive: true,
      globs: [],
      contextLines: 0,
      output: 'lines',
      respectGitignore: true,
      ...query,
    };
    return await searchContent(roots, path, full, { limit: 1_000, maxChars: 100_000, ...limits }, { signal, handover });
  }

  const lines = async (...args: Parameters<typeof search>) =>
    contentLines((await search(...args)).files).map((line) => line.replace(`${root}/`, ''));

  it('finds lines in the order of paths', async () => {
    expect(await lines({ globs: ['!*.txt'] })).toEqual([
      '-x/-e',
      '1:needle 7',
      '.hid',
      '1:needle 8',
      'docs/e.md',
      '1:a(b needle 6',
      'src/a.ts',
      '2:needle 1',
      '4:needle 2',
      'src/b.ts',
      '2:needle 3',
    ]);
  });

  it('counts, and names files', async () => {
    const globs = ['src/**'];
    expect(await lines({ globs, output: 'count' })).toEqual(['src/a.ts: 2', 'src/b.ts: 1']);
    expect(await lines({ globs, output: 'files' })).toEqual(['src/a.ts', 'src/b.ts']);
    expect((await search({ globs, output: 'files' })).files[0]).toEqual({ path: join(root, 'src/a.ts') });
  });

  it('shows lines around', async () => {
    expect(await lines({ pattern: '[13]$', globs: ['src/*.ts'], contextLines: 1 })).toEqual([
      'src/a.ts',
      '1-one',
      '2:needle 1',
      '3-three',
      'src/b.ts',
      '1-one',
      '2:needle 3',
    ]);
  });

  it('takes a pattern for text, and letters for either case, when asked to', async () => {
    expect(await lines({ pattern: 'a(b', literal: true, output: 'files' })).toEqual(['docs/e.md']);
    expect(await lines({ pattern: 'NEEDLE 4', caseSensitive: false, output: 'files' })).toEqual(['src/deep/c.js']);
  });

  it.each([
    [['*.ts'], ['src/a.ts', 'src/b.ts']],
    [['src/*.ts', '!a.ts'], ['src/b.ts']],
    [['[s]rc/**'], ['src/a.ts', 'src/b.ts']],
    [['./src/*'], ['src/a.ts', 'src/b.ts']],
    [['{docs,nothing}/**'], ['docs/e.md']],
    [['!*.*', '!src'], ['-x/-e']],
    [['{src/*,docs/*}'], ['docs/e.md', 'src/a.ts', 'src/b.ts']],
    [['src//*.ts'], ['src/a.ts', 'src/b.ts']],
  ])('searches only what the globs %j let through, and nothing that is ignored', async (globs, expected) => {
    expect(await lines({ globs, output: 'files' })).toEqual(expected);
  });

  it('never reads what is ignored, nor an ignore file that is a link or a pipe', async () => {
    await using odd = await temporaryDirectory();
    const names = ['a!b{c}', 'x[1].log', 'plain.log', 'kept'];
    for (const directory of ['link', 'pipe', 'plain']) {
      await mkdir(join(odd.path, 'root', directory), { recursive: true });
      for (const name of names) await writeFile(join(odd.path, 'root', directory, name), 'needle\n');
    }
    await writeFile(join(odd.path, 'outside'), 'kept\n');
    await symlink('../../outside', join(odd.path, 'root/link/.gitignore'));
    if (linux) execFileSync('mkfifo', [join(odd.path, 'root/pipe/.gitignore')]);
    await writeFile(join(odd.path, 'root/plain/.gitignore'), 'a!b*\nx\\[1\\].log\nplain.log\n');
    await using roots = await openRoots([join(odd.path, 'root')], { strategy });
    const query = { pattern: 'needle', literal: false, caseSensitive: true, globs: [], contextLines: 0, respectGitignore: true } as const;
    const limits = { limit: 100, maxChars: 10_000 };
    const { files } = await searchContent(roots, '.', { ...query, output: 'files' }, limits, { handover });
    const shown = files.map(({ path }) => path.slice(odd.path.length + 6));
    expect(shown).toEqual([
      ...['link', 'pipe'].flatMap((directory) => names.toSorted().map((name) => `${directory}/${name}`)),
      'plain/kept',
    ]);
  });

  it('finds what lies before and after many files below, once and in order', async () => {
    await using large = await temporaryDirectory();
    await mkdir(join(large.path, 'm/n'), { recursive: true });
    const numbers = Array.from({ length: 300 }, (_, index) => String(index).padStart(4, '0'));
    const files = ['a', 'm/a', 'm/n/', 'm/z', 'z'].flatMap((start) => numbers.map((number) => start + number));
    await Promise.all(files.map((file, index) => writeFile(join(large.path, file), index % 100 === 0 ? 'needle\n' : 'hay\n')));
    await using roots = await openRoots([large.path], { strategy });
    const query = { pattern: 'needle', literal: false, caseSensitive: true, globs: [], contextLines: 0, respectGitignore: true } as const;
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await searchContent(roots, '.', { ...query, output: 'files' }, { limit: 7, maxChars: 10_000, cursor }, { handover });
      seen.push(...page.files.map(({ path }) => path.slice(large.path.length + 1)));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(files.filter((_, index) => index % 100 === 0));
  });

  it('refuses a pattern that is none, even where there is nothing to search in', async () => {
    expect(await refusalOf(() => search({ pattern: '(', globs: ['nothing'] }))).toMatchObject({ code: 'invalid_input' });
  });

  it('searches what is ignored when asked to', async () => {
    const paths = await lines({ output: 'files', respectGitignore: false });
    expect(paths).toContain('dist/d.ts');
    expect(paths).toContain('.git/f');
  });

  it('reads UTF-16, passes over binary files, cuts long lines', async () => {
    expect(await lines({ globs: ['utf16.txt', '*.bin'] })).toEqual(['utf16.txt', '1:needle 11']);
    const [, long = ''] = await lines({ globs: ['long.txt'] });
    expect(long.length).toBeLessThan(700);
    expect(long).toContain('omitted end of long line');
  });

  it('searches in one file', async () => {
    expect(await lines({ globs: [] }, {}, 'src/a.ts')).toEqual(['src/a.ts', '2:needle 1', '4:needle 2']);
    expect(await lines({}, {}, 'dist/d.ts')).toEqual(['dist/d.ts', '1:needle 5']);
    const { nextCursor } = await search({}, { limit: 1 }, 'src/a.ts');
    expect(await lines({}, { cursor: nextCursor }, 'src/a.ts')).toEqual(['src/a.ts', '4:needle 2']);
  });

  it('obeys the .gitignore above the directory where it starts', async () => {
    expect(await lines({ pattern: 'nadel', output: 'files' }, {}, 'src/deep')).toEqual(['src/deep/dist']);
  });

  it.each(['lines', 'files', 'count'] as const)('gives everything once over the pages of %s', async (output) => {
    for (const limits of [{ limit: 1 }, { limit: 3 }, { maxChars: 1 }]) {
      const all = await lines({ output, respectGitignore: false });
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await search({ output, respectGitignore: false }, { ...limits, cursor });
        const shown = contentLines(page.files).map((line) => line.replace(`${root}/`, ''));
        // A file that goes on over the page is named again.
        seen.push(...shown.filter((line) => line.includes(':') || !seen.includes(line)));
        expect(page.truncated).toBe(page.nextCursor !== undefined);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(seen).toEqual(all);
    }
  });

  it.each([
    ['(', 'FS-095', /character 1: unclosed group/],
    ['(a)b[(](c\\((', 'FS-095', /character 8: unclosed group/],
    ['a)', 'FS-095', /character 2: unopened group/],
    ['ab[', 'FS-095', /character 3: unclosed character class/],
    ['a(?=b)', 'FS-095', /character 2: look-around/],
    ['(a)\\1', 'FS-095', /character 4: backreferences/],
    ['(?P<n>x', 'FS-095', /character 1: unclosed group/],
    ['x\ny', 'FS-095', /line end/],
    ['x\0y', 'FS-095', /NUL/],
  ])('refuses %j (%s)', async (pattern, _id, words) => {
    const refusal = await refusalOf(() => search({ pattern }));
    expect(refusal.code).toBe('invalid_input');
    expect(refusal.message).toMatch(words);
    expect(refusal.message).not.toContain('\n');
  });

  it.each(['^(a+)+$', '(.*a){25}', '(x+x+)+y'])('FS-094: %s is answered, not thought about', async (pattern) => {
    await search({ pattern, globs: ['redos.txt'] });
  });

  it('a pattern is never an option', async () => {
    expect(await lines({ pattern: '--files' })).toEqual([]);
    expect(await lines({ pattern: '-e', globs: ['-e'] })).toEqual([]);
    expect(await lines({ globs: ['--pre=id', '-e'] }).catch(() => [])).toEqual(['-x/-e', '1:needle 7']);
  });

  it('follows no link, and searches none of its targets', async () => {
    expect((await lines({ respectGitignore: false })).join('\n')).not.toContain('outside');
    await expect(search({}, {}, 'link')).rejects.toMatchObject({ code: 'denied' });
    await expect(search({}, {}, 'file-link')).rejects.toMatchObject({ code: 'denied' });
  });

  it('ends with its signal', async () => {
    await expect(search({}, {}, '.', AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    await expect(search({}, {}, '.', controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
