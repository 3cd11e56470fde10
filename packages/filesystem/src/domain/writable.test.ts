import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyPath } from './copy.ts';
import { editFile } from './edit.ts';
import { makeDirectory } from './make-directory.ts';
import { movePath } from './move.ts';
import { PROTECTED_NAMES } from './policy.ts';
import { removePath } from './remove.ts';
import type { Roots, Strategy } from './roots.ts';
import { refusalOf, temporaryDirectory } from './temporary-directory.testing.ts';
import { openWritableRoots, type WritableRoots } from './writable.ts';
import { writeFile as write } from './write.ts';

const strategies: readonly Strategy[] = process.platform === 'linux' ? ['descriptor', 'checked'] : ['checked'];

describe.each(strategies)('%s', (strategy) => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let root: string;
  let roots: Roots;
  let writable: WritableRoots;

  beforeEach(async () => {
    temporary = await temporaryDirectory();
    root = join(temporary.path, 'root');
    await mkdir(join(root, 'd'), { recursive: true });
    await mkdir(join(temporary.path, 'out'));
    ({ roots, writable } = await openWritableRoots({ directories: [root], readOnlyDir: [], denyWrite: PROTECTED_NAMES }, { strategy }));
  });

  afterEach(async () => {
    await roots[Symbol.asyncDispose]();
    await temporary[Symbol.asyncDispose]();
  });

  it('a claim is alone with a name, by whatever path', async () => {
    await symlink('d', join(root, 'e'));
    const first = await writable.claim('d/f');
    const controller = new AbortController();
    const second = writable.claim('e/f', {}, controller.signal);
    controller.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    (await writable.claim('d/g'))[Symbol.dispose]();
    first[Symbol.dispose]();
    (await writable.claim('e/F'))[Symbol.dispose]();
  });

  it('a directory that is swapped after the claim leads nowhere', async () => {
    await writeFile(join(root, 'd/f'), 'inside');
    await writeFile(join(temporary.path, 'out/f'), 'outside');
    using target = await writable.claim('d/f');
    await rename(join(root, 'd'), join(root, 'aside'));
    await symlink('../out', join(root, 'd'));
    const created = await target.directory.createFile('new', 0o600).catch((error: NodeJS.ErrnoException) => error.code);
    if (typeof created === 'object') await created.close();
    const looked = await target.look().catch((error: NodeJS.ErrnoException) => error.code);
    if (strategy === 'checked') expect([created, looked]).toEqual(['ECHANGED', 'ECHANGED']);
    expect(await readdir(join(temporary.path, 'out'))).toEqual(['f']);
    expect((await refusalOf(() => write(writable, { path: 'd/f', content: 'x', mode: 'overwrite' }))).code).toBe('denied');
  });

  it('a name that becomes a link after the claim is not followed', async () => {
    await writeFile(join(temporary.path, 'out/f'), 'outside');
    using target = await writable.claim('d/f', { followLink: true });
    await symlink('../../out/f', join(root, 'd/f'));
    expect(await target.directory.openFile('f')).toEqual({ link: '../../out/f' });
    await expect(target.directory.createFile('f', 0o600)).rejects.toMatchObject({ code: 'EEXIST' });
  });

  const calls: readonly (readonly [name: string, call: (signal: AbortSignal) => Promise<unknown>])[] = [
    ['write', (signal) => write(writable, { path: 'd/f', content: 'new', mode: 'overwrite' }, signal)],
    ['append', (signal) => write(writable, { path: 'd/f', content: 'new', mode: 'append' }, signal)],
    ['create', (signal) => write(writable, { path: 'd/g', content: 'new', mode: 'create' }, signal)],
    ['edit', (signal) => editFile(writable, { path: 'd/f', edits: [{ oldText: 'old', newText: 'new' }], dryRun: false }, 1_000, signal)],
    ['make', (signal) => makeDirectory(writable, 'new/deep', signal)],
    ['move', (signal) => movePath(writable, 'd/f', 'd/g', signal)],
    ['move a directory', (signal) => movePath(writable, 'd', 'e', signal)],
    ['copy', (signal) => copyPath(writable, 'd/f', 'd/g', { signal })],
    ['copy a directory', (signal) => copyPath(writable, 'd', 'e', { signal })],
    ['remove', (signal) => removePath(writable, 'd/f', false, { signal })],
    ['remove a directory', (signal) => removePath(writable, 'd', true, { signal })],
  ];

  it.each(calls)('%s: a call that is cancelled while it waits for its turn does nothing, and the next one works', async (_name, call) => {
    await writeFile(join(root, 'd/f'), 'old');
    const held = await writable.claimAll([
      { requested: 'd/f' },
      { requested: 'd/g' },
      { requested: 'd' },
      { requested: 'e' },
      { requested: 'new' },
    ]);
    const controller = new AbortController();
    const waiting = call(controller.signal);
    setTimeout(() => controller.abort(new Error('enough')), 20);
    await expect(waiting).rejects.toThrow('enough');
    held[0]?.[Symbol.dispose]();
    expect(await readdir(root, { recursive: true })).toEqual(['d', 'd/f']);
    expect(await readFile(join(root, 'd/f'), 'utf8')).toBe('old');
    await call(new AbortController().signal);
  });

  it('trees deeper than a call can hold are refused before anything is done', async () => {
    await mkdir(join(root, 'd', 'x/'.repeat(202)), { recursive: true });
    expect((await refusalOf(() => removePath(writable, 'd', true))).code).toBe('too_large');
    expect((await refusalOf(() => copyPath(writable, 'd', 'e'))).code).toBe('too_large');
    expect(await readdir(root)).toEqual(['d']);
  });

  it('says what is wrong with a setting, and holds nothing', async () => {
    const settings = { directories: [root], readOnlyDir: [], denyWrite: ['a/**/b'] };
    expect((await refusalOf(() => openWritableRoots(settings, { strategy }))).message).toContain('"a/**/b"');
    const missing = { ...settings, denyWrite: [], readOnlyDir: [join(root, 'missing')] };
    expect((await refusalOf(() => openWritableRoots(missing, { strategy }))).code).toBe('not_found');
  });

  it('refuses when the server stops', async () => {
    await roots[Symbol.asyncDispose]();
    expect((await refusalOf(() => makeDirectory(writable, 'x'))).code).toBe('unavailable');
  });
});
