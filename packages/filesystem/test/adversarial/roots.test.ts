import { link, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '@touchstone-mcp/core/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { layFiles, temporaryDirectory } from '../../src/domain/temporary-directory.testing.ts';
import { anyServer, strategies } from '../any-server.ts';
import { SECRET } from './containment.ts';
import { MAY_NOT_MOUNT, mount, mountMemory } from './mount.ts';

type Call = readonly [tool: string, args: Record<string, unknown>];

/** A call of each tool that walks below a path. */
const walkingAt = (path: string): readonly Call[] => [
  ['list_directory', { path }],
  ['list_directory_with_sizes', { path }],
  ['directory_tree', { path }],
  ['search_files', { path, pattern: '**' }],
  ['search_content', { path, pattern: '.', respectGitignore: false }],
];

/** A call of each tool that reads at a path or below it. */
const readingAt = (path: string): readonly Call[] => [['read_text_file', { path }], ['read_media_file', { path }], ...walkingAt(path)];

/** A call of each tool that writes at a path. */
const writingAt = (path: string): readonly Call[] => [
  ['write_file', { path, content: 'x' }],
  ['edit_file', { path, edits: [{ oldText: 't', newText: 'x' }] }],
  ['create_directory', { path }],
  ['move_file', { source: path, destination: 'moved' }],
  ['move_file', { source: 'ok.txt', destination: path }],
  ['copy_path', { source: path, destination: 'copied' }],
  ['copy_path', { source: 'ok.txt', destination: path }],
  ['delete_path', { path, recursive: true }],
];

describe.each(strategies)('%s', (strategy) => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let root: string;
  let outside: string;

  beforeEach(async () => {
    temporary = await temporaryDirectory();
    [root, outside] = [join(temporary.path, 'root'), join(temporary.path, 'out')];
    await layFiles(temporary.path, { 'root/ok.txt': 'fine', 'root/d/in.txt': 'fine', 'out/secret.txt': SECRET });
  });

  afterEach(() => temporary[Symbol.asyncDispose]());

  const open = (settings: object = {}) => connect(anyServer, { directories: [root], confirmation: 'off', strategy, ...settings });

  type Client = Awaited<ReturnType<typeof open>>;

  /** The code of an answer, which has nothing from outside in it. */
  async function codeOf(client: Client, tool: string, args: Record<string, unknown>): Promise<unknown> {
    const answer = await client.callTool(tool, args);
    expect(JSON.stringify(answer)).not.toContain(SECRET);
    return answer.isError ? answer._meta?.code : 'ok';
  }

  /** The different codes of some calls. */
  async function codesOf(client: Client, calls: readonly Call[]): Promise<unknown[]> {
    const codes = new Set<unknown>();
    for (const [tool, args] of calls) codes.add(await codeOf(client, tool, args));
    return [...codes].sort();
  }

  test('FS-016: where case means nothing, a link is found under any of its names', async ({ skip }) => {
    await symlink(outside, join(root, 'Link'));
    if (!(await readdir(join(root, 'LINK')).catch(() => undefined))) return skip('this disk tells case apart');
    await using client = await open();
    for (const path of ['LINK/secret.txt', 'LINK/new.txt', 'link']) expect(await codeOf(client, 'read_text_file', { path })).toBe('denied');
    expect(await codeOf(client, 'write_file', { path: 'LINK/new.txt', content: 'x' })).toBe('denied');
    expect(await readdir(outside)).toEqual(['secret.txt']);
  });

  test('FS-016: where case means something, another case is another name, and is not there', async ({ skip }) => {
    await symlink(outside, join(root, 'Link'));
    if (await readdir(join(root, 'LINK')).catch(() => undefined)) return skip('case means nothing on this disk');
    await using client = await open();
    expect(await codeOf(client, 'read_text_file', { path: 'LINK/secret.txt' })).toBe('not_found');
    expect(await codeOf(client, 'write_file', { path: 'LINK/new.txt', content: 'x' })).toBe('not_found');
    expect(await codeOf(client, 'read_text_file', { path: join(temporary.path, 'ROOT/ok.txt') })).toBe('denied');
    expect(await readdir(outside)).toEqual(['secret.txt']);
  });

  describe('FS-022: the file systems of the kernel', () => {
    const secrets = ['/proc/self/environ', '/proc/self/root/etc/passwd', '/proc/self/fd', '/proc', '/sys/kernel', '/dev/zero', '/dev'];

    test.runIf(process.platform === 'linux').each(secrets)('%s does not belong to the root /', async (path) => {
      await symlink(path, join(root, 'kernel'));
      await using client = await open({ directories: ['/'] });
      for (const asked of [path, path.slice(1), `${root}/../../..${path}`, join(root, 'kernel')]) {
        expect(await codeOf(client, 'read_text_file', { path: asked })).toBe('denied');
        expect(await codeOf(client, 'directory_tree', { path: asked })).toBe('denied');
        expect(await codeOf(client, 'write_file', { path: asked, content: 'x', mode: 'append' })).toBe('denied');
      }
      expect(await codeOf(client, 'read_text_file', { path: join(root, 'ok.txt') })).toBe('ok');
    });

    test.runIf(process.platform === 'linux')('a walk from / names them and stays out', async () => {
      await using client = await open({ directories: ['/'] });
      const names = await readdir('/');
      const { structuredContent } = await client.callTool('directory_tree', {
        path: '/',
        maxDepth: 2,
        excludePatterns: names.filter((name) => !['proc', 'sys'].includes(name)),
      });
      expect(structuredContent?.['tree']).toEqual([
        { name: 'proc', type: 'directory', error: true },
        { name: 'sys', type: 'directory', error: true },
      ]);
    });

    test.runIf(process.platform === 'linux')('whoever allows one has it', async () => {
      await using client = await open({ directories: ['/', '/proc'] });
      expect(await codeOf(client, 'read_text_file', { path: '/proc/self/status' })).toBe('ok');
      expect(await codeOf(client, 'read_text_file', { path: '/sys/kernel/notes' })).toBe('denied');
      expect(await codeOf(client, 'read_text_file', { path: `/proc/${process.pid}/status` })).toBe('ok');
    });
  });

  describe('FS-023: hard links', () => {
    beforeEach(async () => {
      await link(join(outside, 'secret.txt'), join(root, 'hard'));
      await link(join(root, 'ok.txt'), join(root, 'twice'));
      await writeFile(join(root, 'ignored'), 'fine');
      await writeFile(join(temporary.path, 'rules'), 'ignored\n');
      await link(join(temporary.path, 'rules'), join(root, '.gitignore'));
    });

    test('without the setting they are read, and never written', async () => {
      await using client = await open();
      expect((await client.callTool('read_text_file', { path: 'hard' })).structuredContent).toMatchObject({ content: SECRET });
      for (const [tool, args] of [
        ['write_file', { content: 'x' }],
        ['write_file', { content: 'x', mode: 'append' }],
        ['edit_file', { edits: [{ oldText: 'the', newText: 'x' }] }],
      ] as const)
        expect(await codeOf(client, tool, { path: 'hard', ...args })).toBe('denied');
      expect(await readFile(join(outside, 'secret.txt'), 'utf8')).toBe(SECRET);
    });

    test('--deny-hardlinks: no tool reads one', async () => {
      await mkdir(join(root, 'linked/deep'), { recursive: true });
      await link(join(outside, 'secret.txt'), join(root, 'linked/deep/hard'));
      await using client = await open({ denyHardlinks: true });
      for (const path of ['hard', 'twice', 'ok.txt']) {
        for (const tool of ['read_text_file', 'read_media_file']) expect(await codeOf(client, tool, { path })).toBe('denied');
        expect(await codeOf(client, 'search_content', { path, pattern: '.' })).toBe('denied');
        expect(await codeOf(client, 'copy_path', { source: path, destination: 'copy' })).toBe('denied');
        expect(await codeOf(client, 'write_file', { path, content: 'x' })).toBe('denied');
        expect(await codeOf(client, 'edit_file', { path, edits: [{ oldText: 'the', newText: 'x' }], dryRun: true })).toBe('denied');
      }
      const tree = await client.callTool('copy_path', { source: 'linked', destination: 'copy' });
      expect(tree.content).toMatchObject([{ text: expect.stringContaining('which may be outside: linked/deep/hard\n') }]);
      const { structuredContent } = await client.callTool('read_multiple_files', { paths: ['hard', 'd/in.txt'] });
      expect(structuredContent?.['files']).toMatchObject([{ error: { code: 'denied' } }, { content: 'fine' }]);
      const found = await client.callTool('search_content', { path: '.', pattern: '.', output: 'files' });
      // A `.gitignore` that may be somebody else's says nothing.
      expect(found.content).toEqual([{ type: 'text', text: `${join(root, 'd/in.txt')}\n${join(root, 'ignored')}` }]);
      await expect(client.readResource(`file://${join(root, 'hard')}`)).rejects.toThrow();
      expect(await readdir(root)).not.toContain('copy');
    });

    test('--deny-hardlinks: what is left of a killed call does not stand in the way', async () => {
      await using client = await open({ denyHardlinks: true });
      await link(join(root, 'd/in.txt'), join(root, 'd', `.touchstone-${'0'.repeat(32)}.tmp`));
      expect(await codeOf(client, 'edit_file', { path: 'd/in.txt', edits: [{ oldText: 'fine', newText: 'better' }] })).toBe('ok');
      expect(await codeOf(client, 'read_text_file', { path: 'd/in.txt' })).toBe('ok');
    });
  });

  describe('FS-024: --one-filesystem', () => {
    const oneFilesystem = true;

    test('nothing changes where nothing is mounted', async () => {
      await symlink('d', join(root, 'link'));
      await using client = await open({ oneFilesystem, readOnlyDir: [outside] });
      for (const path of ['ok.txt', 'd/in.txt', 'link/../d/in.txt', 'link/in.txt'])
        expect(await codeOf(client, 'read_text_file', { path })).toBe('ok');
      expect(await codeOf(client, 'write_file', { path: 'd/new.txt', content: 'x' })).toBe('ok');
      expect(await codeOf(client, 'create_directory', { path: 'd/a/b' })).toBe('ok');
    });

    test.for([
      ['another device', (at: string) => mountMemory(at, '64k')] as const,
      ['a bind mount of the same device', (at: string) => mount(at, '--bind', outside)] as const,
    ])('%s is listed and not entered', async ([_kind, mountAt], { skip }) => {
      using mounted = mountAt(join(root, 'm'));
      if (mounted === undefined) return skip(MAY_NOT_MOUNT);
      await writeFile(join(root, 'm/secret.txt'), SECRET);
      await symlink('m/secret.txt', join(root, 'by-link'));
      {
        await using client = await open();
        expect((await client.callTool('read_text_file', { path: 'm/secret.txt' })).structuredContent).toMatchObject({ content: SECRET });
      }
      await using client = await open({ oneFilesystem });
      const paths = ['m/secret.txt', 'm/missing', 'by-link', 'd/../m/secret.txt'];
      expect(await codesOf(client, paths.flatMap(readingAt))).toEqual(['denied']);
      expect(await codesOf(client, walkingAt('m'))).toEqual(['denied']);
      for (const [tool, args] of walkingAt('.')) {
        const answer = JSON.stringify(await client.callTool(tool, args));
        expect([tool, answer.includes('ok.txt'), answer.includes('secret.txt')]).toEqual([tool, true, false]);
      }
      const { structuredContent } = await client.callTool('directory_tree', { path: '.' });
      expect(structuredContent?.['tree']).toContainEqual({ name: 'm', type: 'directory', error: true });
      expect(await codesOf(client, ['m/secret.txt', 'm/new.txt', 'm/new/deep'].flatMap(writingAt))).toEqual(['denied']);
      expect(
        await codesOf(client, [
          ['write_file', { path: 'by-link', content: 'x' }],
          ['copy_path', { source: 'm', destination: 'copied' }],
          ['delete_path', { path: 'm', recursive: true }],
        ]),
      ).toEqual(['denied']);
      expect(await readdir(join(root, 'm'))).toEqual(['secret.txt']);
      expect(await readdir(root)).toEqual(['by-link', 'd', 'm', 'ok.txt']);
    });

    test('a file that another is mounted over is not opened', async ({ skip }) => {
      await writeFile(join(root, 'd/over.txt'), '');
      using mounted = mount(join(root, 'd/over.txt'), '--bind', join(outside, 'secret.txt'));
      if (mounted === undefined) return skip(MAY_NOT_MOUNT);
      await using client = await open({ oneFilesystem });
      for (const tool of ['read_text_file', 'read_media_file']) expect(await codeOf(client, tool, { path: 'd/over.txt' })).toBe('denied');
      expect(await codeOf(client, 'search_content', { path: '.', pattern: 'secret', output: 'files' })).toBe('ok');
      expect(await codeOf(client, 'write_file', { path: 'd/over.txt', content: 'x' })).toBe('denied');
      expect(await codeOf(client, 'write_file', { path: 'd/over.txt', content: 'x', mode: 'append' })).toBe('denied');
      expect(await readFile(join(outside, 'secret.txt'), 'utf8')).toBe(SECRET);
    });

    test('a root may be a mount itself', async ({ skip }) => {
      using mounted = mountMemory(join(root, 'm'), '64k');
      if (mounted === undefined) return skip(MAY_NOT_MOUNT);
      await writeFile(join(root, 'm/in.txt'), 'fine');
      await symlink('m/in.txt', join(root, 'link'));
      await using client = await open({ oneFilesystem, directories: [root, join(root, 'm')] });
      for (const path of [join(root, 'm/in.txt'), 'ok.txt']) expect(await codeOf(client, 'read_text_file', { path })).toBe('ok');
      expect(await codeOf(client, 'read_text_file', { path: 'link' })).toBe('denied');
    });
  });

  describe('FS-027: the root itself', () => {
    test('a root that is a link is allowed under both names', async () => {
      const alias = join(temporary.path, 'alias');
      await symlink(root, alias);
      await using client = await open({ directories: [alias] });
      for (const path of ['ok.txt', join(alias, 'ok.txt'), join(root, 'ok.txt')])
        expect(await codeOf(client, 'read_text_file', { path })).toBe('ok');
      expect(await codeOf(client, 'write_file', { path: join(root, 'd/new.txt'), content: 'x' })).toBe('ok');
      expect(await codeOf(client, 'read_text_file', { path: join(alias, '../out/secret.txt') })).toBe('denied');
    });

    test.each(['a link to elsewhere', 'another directory', 'nothing', 'a file'])(
      'a root that was replaced by %s is refused',
      async (by) => {
        await using client = await open();
        await rename(root, `${root}-moved`);
        if (by === 'a link to elsewhere') await symlink(outside, root);
        if (by === 'another directory') await layFiles(root, { 'secret.txt': SECRET });
        if (by === 'a file') await writeFile(root, SECRET);
        const paths = ['.', 'secret.txt', 'ok.txt', 'missing/x', join(root, 'secret.txt')];
        expect(await codesOf(client, paths.flatMap(readingAt))).toEqual(['unavailable']);
        expect(await codesOf(client, ['secret.txt', 'new.txt', 'a/b'].flatMap(writingAt))).toEqual(['unavailable']);
        expect(await readFile(join(outside, 'secret.txt'), 'utf8')).toBe(SECRET);
        expect(await readdir(`${root}-moved`)).toEqual(['d', 'ok.txt']);
        await rm(root, { recursive: true, force: true });
        await rename(`${root}-moved`, root);
        expect(await codeOf(client, 'read_text_file', { path: 'ok.txt' })).toBe('ok');
      },
    );

    test('a root moved away during a call is never followed elsewhere', async () => {
      await mkdir(join(root, 'many'));
      await layFiles(join(root, 'many'), Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, 'fine'])));
      await using client = await open();
      const walking = client.callTool('search_content', { path: '.', pattern: '.' });
      await rename(root, `${root}-moved`);
      await symlink(outside, root);
      expect(JSON.stringify(await walking)).not.toContain(SECRET);
    });
  });
});
