import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Entry } from './entry.ts';
import { afterOf, listDirectory, type PageLimits, smallestAfter } from './list.ts';
import { Pace } from './pace.ts';
import { openRoots } from './roots.ts';
import { temporaryDirectory } from './temporary-directory.testing.ts';

const temporary = await temporaryDirectory();
const roots = await openRoots([temporary.path]);
const many = Array.from({ length: 57 }, (_, index) => `n${index}`).sort();

beforeAll(async () => {
  for (const name of ['mixed', 'many', 'broken', 'empty']) await mkdir(join(temporary.path, name));
  await mkdir(join(temporary.path, 'mixed/dir'));
  for (const name of ['b', 'B', 'é', 'x\n[DIR] y']) await writeFile(join(temporary.path, 'mixed', name), '');
  await symlink('nowhere', join(temporary.path, 'mixed/link'));
  for (const name of many) await writeFile(join(temporary.path, 'many', name), '');
});

afterAll(async () => {
  await roots[Symbol.asyncDispose]();
  await temporary[Symbol.asyncDispose]();
});

async function list(path: string, limits: Partial<PageLimits> = {}, signal?: AbortSignal) {
  await using directory = await roots.openDirectory(path);
  return await listDirectory(directory, { maxChars: 10_000, ...limits }, { signal });
}

it('sorts by code units and tells types', async () => {
  expect(await list('mixed')).toEqual({
    entries: [
      { name: 'B', type: 'file' },
      { name: 'b', type: 'file' },
      { name: 'dir', type: 'directory' },
      { name: 'link', type: 'symlink' },
      { name: 'x\n[DIR] y', type: 'file' },
      { name: 'é', type: 'file' },
    ],
    truncated: false,
    nextCursor: undefined,
  });
});

it('lists an empty directory', async () => {
  expect(await list('empty')).toEqual({ entries: [], truncated: false, nextCursor: undefined });
});

it.each([{ limit: 1 }, { limit: 7 }, { limit: 19 }, { limit: 56 }, { limit: 57 }, { maxChars: 100 }, { maxChars: 1 }])(
  'gives every name once over the pages of %j',
  async (limits) => {
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list('many', { ...limits, cursor });
      expect(page.entries.length).toBeLessThanOrEqual(limits.limit ?? Math.ceil((limits.maxChars ?? 0) / 10));
      expect(page.truncated).toBe(page.nextCursor !== undefined);
      names.push(...page.entries.map(({ name }) => name));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(names).toEqual(many);
  },
);

it.runIf(process.platform === 'linux')('survives names that are not UTF-8', async () => {
  await writeFile(Buffer.concat([Buffer.from(join(temporary.path, 'broken/a')), Buffer.from([0xff, 0xfe])]), '');
  await symlink(Buffer.from([0xff]), join(temporary.path, 'broken/link'));
  const { entries } = await list('broken');
  expect(entries.map(({ name }) => name)).toEqual(['a\ufffd\ufffd', 'link']);
  await expect(roots.openFile('broken/link')).rejects.toMatchObject({ code: 'not_found' });
});

it.runIf(process.platform === 'linux')('loses no name that looks like another between pages', async () => {
  await mkdir(join(temporary.path, 'alike'));
  for (const byte of [0xfd, 0xfe, 0xff])
    await writeFile(Buffer.concat([Buffer.from(join(temporary.path, 'alike/')), Buffer.from([byte])]), '');
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await list('alike', { limit: 1, cursor });
    names.push(...page.entries.map(({ name }) => name));
    cursor = page.nextCursor;
  } while (cursor !== undefined && names.length < 10);
  expect(names).toEqual(['\ufffd', '\ufffd', '\ufffd']);
});

it('stops when it is told to', async () => {
  await expect(list('many', {}, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
});

it('lets others have their turn between two names that take long to judge', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    let turns = 0;
    const directory = {
      async *read(): AsyncGenerator<Entry> {
        for (const name of 'abcdef') yield { name, type: 'file' };
      },
    };
    const controller = new AbortController();
    const wanted = () => {
      vi.advanceTimersByTime(100);
      setImmediate(() => {
        turns += 1;
        if (turns === 3) controller.abort();
      });
      return true;
    };
    const pace = new Pace({ signal: controller.signal });
    await expect(smallestAfter(directory, afterOf(undefined), 10, pace, wanted)).rejects.toMatchObject({ name: 'AbortError' });
    expect(turns).toBe(3);
  } finally {
    vi.useRealTimers();
  }
});
