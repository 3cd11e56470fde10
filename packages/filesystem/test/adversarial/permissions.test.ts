import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { layFiles, temporaryDirectory } from '../../src/domain/temporary-directory.testing.ts';
import { type SpawnedClient, spawnedClient } from './spawned.ts';

const SECRET = 'of-another-user';

/** Nothing is forbidden to root, so a server that root starts is given away to nobody. */
const AS_NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups'];
const isRoot = process.getuid?.() === 0;
const NO_OTHER_USER = 'root cannot start a process as another user here';

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let client: SpawnedClient | undefined;

beforeAll(async () => {
  temporary = await temporaryDirectory();
  await layFiles(temporary.path, {
    'open/a.txt': 'needle',
    'open/locked/secret.txt': `needle ${SECRET}`,
    'open/z/b.txt': 'needle',
    'open/listed/secret.txt': `needle ${SECRET}`,
    'open/private.txt': `needle ${SECRET}`,
    'fixed/kept.txt': 'kept',
  });
  if (isRoot) execFileSync('chown', ['-R', '65534:65534', temporary.path]);
  for (const [name, mode] of [
    ['open/locked', 0o000],
    // Its names can be read, and nothing else.
    ['open/listed', 0o400],
    ['open/private.txt', 0o000],
    ['fixed', 0o555],
  ] as const)
    chmodSync(join(temporary.path, name), mode);
  client = await spawnedClient(isRoot ? ['setpriv', ...AS_NOBODY] : [], temporary.path);
});

afterAll(async () => {
  await client?.[Symbol.asyncDispose]();
  for (const name of ['open/locked', 'open/listed', 'fixed']) chmodSync(join(temporary.path, name), 0o700);
  await temporary[Symbol.asyncDispose]();
});

async function ask(tool: string, args: Readonly<Record<string, unknown>>) {
  const answer = await client?.ask(tool, args);
  expect(JSON.stringify(answer)).not.toContain(SECRET);
  // FS-145
  expect(answer?.text).not.toMatch(/EACCES|EPERM|\/proc\/self\/fd|node:|\bat .*:\d+/);
  return { text: '', data: {}, code: undefined, ...answer };
}

test('FS-099: a directory that may not be entered is marked, and the rest is there', async ({ skip }) => {
  if (client === undefined) return skip(NO_OTHER_USER);
  expect((await ask('directory_tree', { path: 'open' })).text.split('\n')).toEqual([
    'a.txt',
    'listed/ [unreadable]',
    'locked/ [unreadable]',
    'private.txt',
    'z/',
    '  b.txt',
  ]);
  const found = await ask('search_files', { path: 'open', pattern: '*.txt' });
  expect((found.data['matches'] as string[]).map((path) => path.slice(temporary.path.length + 6))).toEqual([
    'a.txt',
    'private.txt',
    'z/b.txt',
  ]);
  expect((await ask('search_content', { path: 'open', pattern: 'needle', output: 'files' })).text.split('\n')).toEqual([
    ...['a.txt', 'z/b.txt'].map((name) => join(temporary.path, 'open', name)),
    '',
    '[2 directories could not be read.]',
  ]);
  expect((await ask('list_directory_with_sizes', { path: 'open/listed' })).code).toBe('denied');
});

test.for([
  ['FS-099', 'list_directory', { path: 'open/locked' }, 'denied'],
  ['FS-099', 'directory_tree', { path: 'open/locked' }, 'denied'],
  ['FS-099', 'read_text_file', { path: 'open/private.txt' }, 'denied'],
  ['FS-099', 'read_text_file', { path: 'open/locked/secret.txt' }, 'denied'],
  ['FS-099', 'read_text_file', { path: 'open/locked/missing.txt' }, 'denied'],
  ['FS-099', 'get_file_info', { path: 'open/locked/secret.txt' }, 'denied'],
  ['FS-099', 'search_content', { path: 'open/private.txt', pattern: 'x' }, 'denied'],
  ['FS-099', 'read_multiple_files', { paths: ['open/private.txt', 'open/a.txt'] }, undefined],
  ['FS-124', 'write_file', { path: 'open/private.txt', content: 'x' }, 'denied'],
  ['FS-124', 'edit_file', { path: 'open/private.txt', edits: [{ oldText: 'a', newText: 'b' }] }, 'denied'],
  ['FS-124', 'write_file', { path: 'fixed/kept.txt', content: 'x' }, 'denied'],
  ['FS-124', 'write_file', { path: 'fixed/new.txt', content: 'x' }, 'denied'],
  ['FS-124', 'create_directory', { path: 'fixed/new/deep' }, 'denied'],
  ['FS-124', 'move_file', { source: 'fixed/kept.txt', destination: 'open/moved' }, 'denied'],
  ['FS-124', 'move_file', { source: 'open/a.txt', destination: 'fixed/moved' }, 'denied'],
  ['FS-124', 'move_file', { source: 'open/z', destination: 'fixed/moved' }, 'denied'],
  ['FS-124', 'copy_path', { source: 'open/z', destination: 'fixed/copied' }, 'denied'],
  ['FS-124', 'copy_path', { source: 'open', destination: 'copied' }, 'denied'],
  ['FS-124', 'delete_path', { path: 'fixed/kept.txt' }, 'denied'],
  ['FS-124', 'delete_path', { path: 'fixed', recursive: true }, 'denied'],
  ['FS-124', 'delete_path', { path: 'open', recursive: true }, 'denied'],
] as const)('%s %s %j -> %s: and nothing has changed', async ([_id, tool, args, code], { skip }) => {
  if (client === undefined) return skip(NO_OTHER_USER);
  expect((await ask(tool, args)).code).toBe(code);
  expect(readdirSync(temporary.path).sort()).toEqual(['fixed', 'open']);
  expect(readdirSync(join(temporary.path, 'fixed'))).toEqual(['kept.txt']);
  expect(readFileSync(join(temporary.path, 'fixed/kept.txt'), 'utf8')).toBe('kept');
  expect(readdirSync(join(temporary.path, 'open')).sort()).toEqual(['a.txt', 'listed', 'locked', 'private.txt', 'z']);
});
