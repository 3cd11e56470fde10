import { createHash } from 'node:crypto';
import { chmod, link, mkdir, readdir, readFile, readlink, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { layFiles, temporaryDirectory } from '../src/domain/temporary-directory.testing.ts';
import { anyServer, strategies } from './any-server.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const litter = `.touchstone-${'0'.repeat(32)}.tmp`;

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let root: string;
let client: TestClient;

const call = async (name: string, args: Record<string, unknown>) => {
  const { content, structuredContent, isError, _meta } = await client.callTool(name, args);
  const [block] = content;
  return { text: block?.type === 'text' ? block.text : '', data: structuredContent ?? {}, code: isError ? _meta?.code : undefined };
};
const at = (name: string) => join(root, name);
const contentOf = (name: string) => readFile(at(name), 'utf8');

describe.each(strategies)('%s', (strategy) => {
  beforeEach(async () => {
    temporary = await temporaryDirectory();
    root = temporary.path;
    client = await connect(anyServer, { confirmation: 'off', directories: [root], strategy, maxResultChars: 4_000 });
  });

  afterEach(async () => {
    await client[Symbol.asyncDispose]();
    // Nothing but what a test has put there may be left.
    const left = (await readdir(root, { recursive: true })).filter((name) => name.includes('.touchstone-'));
    await temporary[Symbol.asyncDispose]();
    expect(left).toEqual([]);
  });

  describe('write_file', () => {
    test('creates, replaces and appends, and says what there is now', async () => {
      expect(await call('write_file', { path: 'a.txt', content: 'erste\n' })).toEqual({
        text: `Successfully wrote to ${at('a.txt')}`,
        data: { path: at('a.txt'), size: 6, sha256: sha256('erste\n'), created: true },
        code: undefined,
      });
      const replaced = await call('write_file', { path: 'a.txt', content: 'zwölf\n', expectedSha256: sha256('erste\n').toUpperCase() });
      expect(replaced.data).toEqual({ path: at('a.txt'), size: 7, sha256: sha256('zwölf\n'), created: false });
      const appended = await call('write_file', { path: 'a.txt', content: 'mehr', mode: 'append' });
      expect(appended.data).toEqual({ path: at('a.txt'), size: 11, sha256: sha256('zwölf\nmehr'), created: false });
      expect(await contentOf('a.txt')).toBe('zwölf\nmehr');
      expect((await call('write_file', { path: 'b.txt', content: 'b', mode: 'append' })).data['created']).toBe(true);
      expect((await call('write_file', { path: 'c.txt', content: '', mode: 'create' })).data['size']).toBe(0);
      expect((await stat(at('b.txt'))).mode & 0o777).toBe(0o666 & ~process.umask());
    });

    test('does not keep the right to become another user', async () => {
      await writeFile(at('suid'), 'old');
      await chmod(at('suid'), 0o4755);
      await call('write_file', { path: 'suid', content: 'new' });
      expect((await stat(at('suid'))).mode & 0o7777).toBe(0o755);
    });

    test('follows links inside, to files that are there and to those that are not', async () => {
      await layFiles(root, { 'd/real.txt': 'old', link: ['d/real.txt'], dangling: ['d/new.txt'] });
      await call('write_file', { path: 'link', content: 'new' });
      await call('write_file', { path: 'dangling', content: 'made' });
      await call('edit_file', { path: 'link', edits: [{ oldText: 'new', newText: 'edited' }] });
      expect(await readlink(at('link'))).toBe('d/real.txt');
      expect([await contentOf('d/real.txt'), await contentOf('d/new.txt')]).toEqual(['edited', 'made']);
    });

    test('of many that create one file, one does', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => call('write_file', { path: 'one', content: `${index}`, mode: 'create' })),
      );
      const won = answers.flatMap(({ code }, index) => (code === undefined ? [index] : []));
      expect(won).toHaveLength(1);
      expect(await contentOf('one')).toBe(`${won[0]}`);
      expect(answers.filter(({ code }) => code === 'conflict')).toHaveLength(19);
    });

    test('clears away what killed calls have left, and nothing else', async () => {
      const others = [`.touchstone-${'1'.repeat(32)}.tmp`, '.touchstone-x.tmp', 'a.tmp'];
      for (const name of [litter, ...others]) await writeFile(at(name), 'half');
      await utimes(at(litter), 0, 0);
      const directory = `.touchstone-${'2'.repeat(32)}.tmp`;
      await mkdir(join(root, directory, 'deep'), { recursive: true });
      await utimes(at(directory), 0, 0);
      await call('write_file', { path: 'a.txt', content: 'x' });
      expect((await readdir(root)).sort()).toEqual([...others, 'a.txt'].sort());
      for (const name of others) await rm(at(name));
    });

    test('a file whose other name is only what a killed call has left can be written', async () => {
      await writeFile(at('a.txt'), 'old');
      await call('write_file', { path: 'b.txt', content: 'x' });
      await link(at('a.txt'), at(litter));
      expect((await call('write_file', { path: 'a.txt', content: 'new' })).code).toBeUndefined();
      expect(await contentOf('a.txt')).toBe('new');
    });
  });

  describe('edit_file', () => {
    test('answers with the difference in the official form', async () => {
      await writeFile(at('a.txt'), 'one\ntwo\nthree\n');
      const edits = [{ oldText: 'two', newText: 'zwei' }];
      const dry = await call('edit_file', { path: 'a.txt', edits, dryRun: true });
      expect(await contentOf('a.txt')).toBe('one\ntwo\nthree\n');
      const real = await call('edit_file', { path: 'a.txt', edits, expectedSha256: sha256('one\ntwo\nthree\n') });
      expect(await contentOf('a.txt')).toBe('one\nzwei\nthree\n');
      expect(real.text).toBe(
        [
          '```diff',
          `Index: ${at('a.txt')}`,
          '===================================================================',
          `--- ${at('a.txt')}\toriginal`,
          `+++ ${at('a.txt')}\tmodified`,
          '@@ -1,3 +1,3 @@',
          ' one',
          '-two',
          '+zwei',
          ' three',
          '```\n\n',
        ].join('\n'),
      );
      expect(dry.text).toBe(real.text);
      expect(real.data).toMatchObject({
        replacements: 1,
        dryRun: false,
        size: 15,
        sha256: sha256('one\nzwei\nthree\n'),
        diffTruncated: false,
      });
      expect(dry.data).toEqual({ ...real.data, dryRun: true });
    });

    test('a dry run leaves no trace, not even for a moment (FS-138)', async () => {
      await writeFile(at('a.txt'), 'one');
      const before = await stat(root);
      await call('edit_file', { path: 'a.txt', edits: [{ oldText: 'one', newText: 'x' }], dryRun: true });
      expect((await stat(root)).mtimeMs).toBe(before.mtimeMs);
    });

    test('edits that change nothing write nothing', async () => {
      await writeFile(at('a.txt'), 'one');
      const { ino } = await stat(at('a.txt'));
      expect((await call('edit_file', { path: 'a.txt', edits: [{ oldText: 'one', newText: 'one' }] })).code).toBeUndefined();
      expect((await stat(at('a.txt'))).ino).toBe(ino);
    });

    test('says where an ambiguous or missing text may be', async () => {
      await writeFile(at('a.txt'), 'same\nother\nsame\n\tindented  line\n');
      const twice = await call('edit_file', { path: 'a.txt', edits: [{ oldText: 'same', newText: 'x' }] });
      expect(twice.text).toMatch(/2 times[\s\S]*lines 1, 3[\s\S]*replaceAll/);
      expect((await call('edit_file', { path: 'a.txt', edits: [{ oldText: 'indented line', newText: 'x' }] })).text).toMatch(
        /white space[\s\S]*line 4/,
      );
      expect((await call('edit_file', { path: 'a.txt', edits: [{ oldText: 'othre', newText: 'x' }] })).text).toContain('line 2: "other"');
      const all = await call('edit_file', { path: 'a.txt', edits: [{ oldText: 'same', newText: 'x', replaceAll: true }] });
      expect(all.data['replacements']).toBe(2);
    });

    test('a long diff is cut after a line', async () => {
      const lines = (word: string, count: number) => Array.from({ length: count }, (_, index) => `${word} ${index}\n`).join('');
      await writeFile(at('a.txt'), lines('old', 200));
      const cut = await call('edit_file', { path: 'a.txt', edits: [{ oldText: 'old', newText: 'new', replaceAll: true }] });
      expect(cut.data['diffTruncated']).toBe(true);
      expect(cut.text).toMatch(/\n\[The diff goes on: \d+ of its \d+ lines are here\.\]\n```\n\n$/);
      expect(cut.text.length).toBeLessThanOrEqual(4_000);
    });

    test('files that are too large are refused, with the limit', async () => {
      await writeFile(at('a.txt'), 'x'.repeat(10 * 1024 * 1024 + 1));
      const { code, text } = await call('edit_file', { path: 'a.txt', edits: [{ oldText: 'x', newText: 'y' }] });
      expect([code, text]).toEqual(['too_large', expect.stringContaining('10485760')]);
    });

    test.each([
      ['utf16.txt', Buffer.from('\ufefft\u00f6', 'utf16le'), /UTF-16LE/],
      ['latin1.txt', Buffer.from('t\u00f6', 'latin1'), /Latin-1/],
      ['a.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /PNG/],
    ])('%s is refused by the name of what it is', async (name, bytes, words) => {
      await writeFile(at(name), bytes);
      const { code, text } = await call('edit_file', { path: name, edits: [{ oldText: 't', newText: 'x' }] });
      expect([code, text]).toEqual(['invalid_input', expect.stringMatching(words)]);
      expect(await readFile(at(name))).toEqual(bytes);
    });
  });

  describe('create_directory', () => {
    test('makes all that is missing, and may be called again (FS-143)', async () => {
      expect(await call('create_directory', { path: 'a/b/c' })).toEqual({
        text: `Successfully created directory ${at('a/b/c')}`,
        data: { path: at('a/b/c'), created: true },
        code: undefined,
      });
      expect((await call('create_directory', { path: 'a/b/c' })).data['created']).toBe(false);
      expect((await call('create_directory', { path: '.' })).data).toEqual({ path: root, created: false });
      expect((await call('create_directory', { path: 'a/../x' })).data['created']).toBe(true);
      expect((await readdir(root)).sort()).toEqual(['a', 'x']);
    });

    test('a dozen at once make the same one', async () => {
      const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => call('create_directory', { path: `p/q/${index % 3}` })));
      expect(answers.map(({ code }) => code)).toEqual(answers.map(() => undefined));
      expect((await readdir(at('p/q'))).sort()).toEqual(['0', '1', '2']);
    });

    test('goes through links inside', async () => {
      await mkdir(at('real'));
      await symlink('real', at('link'));
      await call('create_directory', { path: 'link/a/b' });
      expect(await readdir(at('real/a'))).toEqual(['b']);
    });
  });

  describe('move_file', () => {
    test('moves files, directories and links, keeping what they are', async () => {
      await layFiles(root, { 'd/deep/f': 'x', 'run.sh': 'x', link: ['nowhere'] });
      await chmod(at('run.sh'), 0o755);
      const { ino, mode } = await stat(at('run.sh'));
      expect(await call('move_file', { source: 'run.sh', destination: 'd/ran.sh' })).toEqual({
        text: `Successfully moved ${at('run.sh')} to ${at('d/ran.sh')}`,
        data: { source: at('run.sh'), destination: at('d/ran.sh') },
        code: undefined,
      });
      expect(await stat(at('d/ran.sh'))).toMatchObject({ ino, mode, nlink: 1 });
      await call('move_file', { source: 'd', destination: 'e' });
      await call('move_file', { source: 'link', destination: 'e/link' });
      expect((await readdir(root, { recursive: true })).sort()).toEqual(['e', 'e/deep', 'e/deep/f', 'e/link', 'e/ran.sh']);
      expect(await readlink(at('e/link'))).toBe('nowhere');
    });
  });

  describe('copy_path', () => {
    test('copies files, trees and links, not what links lead to', async () => {
      await layFiles(root, { 'd/deep/f': 'deep', 'd/run.sh': 'x', 'd/out': ['/etc/passwd'], 'd/in': ['deep'] });
      await chmod(at('d/run.sh'), 0o755);
      expect(await call('copy_path', { source: 'd', destination: 'e' })).toEqual({
        text: `Successfully copied ${at('d')} to ${at('e')}`,
        data: { source: at('d'), destination: at('e'), copied: 6 },
        code: undefined,
      });
      expect((await readdir(at('e'), { recursive: true })).sort()).toEqual(['deep', 'deep/f', 'in', 'in/f', 'out', 'run.sh']);
      expect(await readlink(at('e/out'))).toBe('/etc/passwd');
      expect([await contentOf('e/deep/f'), (await stat(at('e/run.sh'))).mode & 0o777]).toEqual(['deep', 0o755]);
      expect((await call('copy_path', { source: 'd/out', destination: 'link' })).data['copied']).toBe(1);
      expect(await readlink(at('link'))).toBe('/etc/passwd');
      await call('copy_path', { source: 'd/run.sh', destination: 'run.sh' });
      expect((await stat(at('run.sh'))).mode & 0o777).toBe(0o755);
    });

    test('from what may only be read', async () => {
      await layFiles(root, { 'rw/': '', 'ro/f': 'x' });
      await using other = await connect(anyServer, { confirmation: 'off', directories: [at('rw')], readOnlyDir: [at('ro')], strategy });
      expect((await other.callTool('copy_path', { source: at('ro/f'), destination: 'f' })).isError).toBeFalsy();
      expect((await other.callTool('copy_path', { source: 'f', destination: at('ro/g') }))._meta?.code).toBe('denied');
      expect(await contentOf('rw/f')).toBe('x');
    });
  });

  describe('delete_path', () => {
    test('deletes files, links, empty directories, and trees only if told', async () => {
      await layFiles(root, { 'd/deep/f': 'x', 'd/link': ['../kept'], 'empty/': '', 'kept/f': 'x', link: ['kept'] });
      expect(await call('delete_path', { path: 'empty' })).toEqual({
        text: `Successfully deleted ${at('empty')}`,
        data: { path: at('empty'), deleted: 1 },
        code: undefined,
      });
      expect((await call('delete_path', { path: 'link' })).data['deleted']).toBe(1);
      expect((await call('delete_path', { path: 'd' })).text).toMatch(/^conflict: The directory is not empty: d\n.*recursive/);
      expect((await call('delete_path', { path: 'd', recursive: true })).data['deleted']).toBe(4);
      expect((await readdir(root, { recursive: true })).sort()).toEqual(['kept', 'kept/f']);
    });

    test('what is protected can be opened by the settings', async () => {
      await mkdir(at('project/.git'), { recursive: true });
      expect((await call('delete_path', { path: 'project', recursive: true })).text).toMatch(/project\/\.git[\s\S]*denyWrite/);
      await using open = await connect(anyServer, { confirmation: 'off', directories: [root], denyWrite: [], strategy });
      expect((await open.callTool('delete_path', { path: 'project', recursive: true })).structuredContent).toMatchObject({ deleted: 2 });
    });

    test('no tool takes away a directory with an allowed or read-only one in it', async () => {
      await layFiles(root, { 'a/rw/': '', 'b/ro/': '' });
      await using nested = await connect(anyServer, {
        confirmation: 'off',
        directories: [root, at('a/rw')],
        readOnlyDir: [at('b/ro')],
        strategy,
      });
      for (const path of ['a', 'b', 'a/rw', 'b/ro']) {
        expect((await nested.callTool('delete_path', { path: at(path), recursive: true }))._meta?.code).toBe('denied');
        expect((await nested.callTool('move_file', { source: at(path), destination: at('c') }))._meta?.code).toBe('denied');
      }
      expect((await readdir(root)).sort()).toEqual(['a', 'b']);
    });
  });
});
