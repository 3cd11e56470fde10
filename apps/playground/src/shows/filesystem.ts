import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textOf, type Visitor } from '../clients.ts';
import { Diary, type Step } from '../diary.ts';
import type { Show } from './show.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..', '..');

/** Reads this repository, and writes in a directory of its own. */
export const filesystem: Show = {
  name: 'filesystem',
  args: () => [REPOSITORY],
  visit,
  refused: 2,
  further: {
    title: 'The same with --write, in a directory of its own',
    // A junction: on Windows not everybody may make other links.
    prepare: (directory) => symlink(join(directory, '..'), join(directory, 'way-out'), 'junction'),
    args: (directory) => ['--write', directory],
    visit: work,
  },
  inspected: () => ({
    answered: { name: 'read_text_file', arguments: { path: 'README.md', head: 1 } },
    says: /^# Touchstone/,
    denied: { name: 'read_text_file', arguments: { path: '../../etc/passwd' } },
  }),
  examples: (directory) => ({ '/a/directory': directory, '${workspaceFolder}': directory }),
  filledIn: (directory) => ({ directories: [directory] }),
  clone: [REPOSITORY],
};

async function visit(visitor: Visitor): Promise<Step[]> {
  const diary = new Diary(visitor);
  const tools = await diary.tools();
  for (const tool of ['list_allowed_directories', 'list_directory', 'read_text_file'])
    assert.ok(tools.includes(tool), `${tool} is not listed`);
  assert.ok(!tools.includes('write_file'), 'read-only is the default');

  const allowed = await diary.call('list_allowed_directories', {});
  assert.deepEqual(allowed.structuredContent?.['directories'], [REPOSITORY]);

  const head = await diary.call('read_text_file', { path: 'README.md', head: 3 });
  assert.match(textOf(head), /^# Touchstone/);

  const packages = await diary.call('list_directory', { path: 'packages' });
  assert.match(textOf(packages), /\[DIR\] core\n\[DIR\] filesystem/);

  const outside = await diary.call('read_text_file', { path: join(tmpdir(), 'outside.txt') });
  assert.equal(outside.isError, true);
  assert.equal(outside._meta?.code, 'denied');

  const climbing = await diary.call('read_text_file', { path: '../../etc/passwd' });
  assert.equal(climbing._meta?.code, 'denied');
  return diary.steps;
}

async function work(visitor: Visitor): Promise<Step[]> {
  const diary = new Diary(visitor);
  const poem = 'The road goes on\nand on\nand on\n';
  const written = await diary.call('write_file', { path: 'poems/road.txt', content: poem });
  assert.equal(written._meta?.code, 'not_found', 'no directory is made by the way');
  await diary.call('create_directory', { path: 'poems' });
  await diary.call('write_file', { path: 'poems/road.txt', content: poem });

  const ambiguous = await diary.call('edit_file', { path: 'poems/road.txt', edits: [{ oldText: 'and on', newText: 'for ever' }] });
  assert.equal(ambiguous._meta?.code, 'conflict');

  const edited = await diary.call('edit_file', {
    path: 'poems/road.txt',
    edits: [{ oldText: 'on\nand on\nand', newText: 'on\nfor ever' }],
  });
  assert.match(textOf(edited), /\+for ever on/);

  const found = await diary.call('search_content', { path: '.', pattern: 'for\\s+ever' });
  assert.match(textOf(found), /road\.txt/);

  const secrets = await diary.call('write_file', { path: '.env', content: 'DEBUG=1\n' });
  assert.equal(secrets._meta?.code, 'denied');

  const outside = await diary.call('write_file', { path: '../outside.txt', content: 'no' });
  assert.equal(outside._meta?.code, 'denied');

  const linked = await diary.call('write_file', { path: 'way-out/outside.txt', content: 'no' });
  assert.equal(linked._meta?.code, 'denied');
  return diary.steps;
}
