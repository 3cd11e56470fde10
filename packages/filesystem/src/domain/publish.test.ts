import { link, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { moveDirectory, moveFile, moveLink, type Named } from './publish.ts';
import { temporaryDirectory } from './temporary-directory.testing.ts';
import type { Place } from './walk.ts';
import { rememberDirectory } from './walk-by-check.ts';
import { canHoldDirectories, holdDirectory } from './walk-by-descriptor.ts';

const temporary = await temporaryDirectory();
let directory: string;
let round = 0;

beforeEach(async () => {
  round += 1;
  directory = join(temporary.path, String(round));
  await mkdir(directory);
});

afterAll(() => temporary[Symbol.asyncDispose]());

const holders = [
  ['checked', rememberDirectory] as const,
  ...((await canHoldDirectories()) ? [['descriptor', holdDirectory] as const] : []),
];

describe.each(holders)('%s', (_strategy, hold) => {
  const named = async (name: string): Promise<Named> => ({ directory: (await hold(directory)).place, name });

  /** The same place on a file system that knows no hard links: the first call for two names fails. */
  function withoutLinks(place: Place): Place {
    let refused = false;
    const at: Place['at'] = async (name, call) => {
      if (refused) return await place.at(name, call);
      refused = true;
      throw Object.assign(new Error('ENOTSUP'), { code: 'ENOTSUP' });
    };
    return {
      at,
      enter: (name) => place.enter(name),
      openFile: (name, flags) => place.openFile(name, flags),
      createFile: (name, mode) => place.createFile(name, mode),
      entries: () => place.entries(),
      allEntries: () => place.allEntries(),
      isLarge: () => place.isLarge(),
      [Symbol.dispose]: () => place[Symbol.dispose](),
    };
  }

  it.each([
    ['hard links', (place: Place) => place],
    ['none', withoutLinks],
  ])('moves a file to a free name only, with %s', async (_links, on) => {
    await writeFile(join(directory, 'a'), 'a');
    await writeFile(join(directory, 'taken'), 'taken');
    const from = await named('a');
    await expect(moveFile({ ...from, directory: on(from.directory) }, await named('taken'))).rejects.toMatchObject({ code: 'EEXIST' });
    expect((await readdir(directory)).sort()).toEqual(['a', 'taken']);
    await moveFile({ ...from, directory: on(from.directory) }, await named('b'));
    expect((await readdir(directory)).sort()).toEqual(['b', 'taken']);
    expect([await readFile(join(directory, 'b'), 'utf8'), (await stat(join(directory, 'b'))).nlink]).toEqual(['a', 1]);
  });

  it('leaves nothing at the new name if the file is gone, with and without hard links', async () => {
    const from = await named('missing');
    for (const on of [(place: Place) => place, withoutLinks]) {
      await expect(moveFile({ ...from, directory: on(from.directory) }, await named('b'))).rejects.toMatchObject({ code: 'ENOENT' });
    }
    expect(await readdir(directory)).toEqual([]);
  });

  /** A place where `act` runs before the nth call. */
  function beforeCall(place: Place, nth: number, act: () => Promise<unknown>): Place {
    let calls = 0;
    const at: Place['at'] = async (name, call) => {
      calls += 1;
      if (calls === nth) await act();
      return await place.at(name, call);
    };
    return { ...withoutLinks(place), at };
  }

  it('does not take away a file that an editor has saved under the old name meanwhile', async () => {
    await writeFile(join(directory, 'a'), 'old');
    await writeFile(join(directory, 'saved'), 'new');
    const from = await named('a');
    const place = beforeCall(from.directory, 2, () => rename(join(directory, 'saved'), join(directory, 'a')));
    await expect(moveFile({ ...from, directory: place }, await named('b'))).rejects.toMatchObject({ code: 'ECHANGED' });
    expect([await readdir(directory), await readFile(join(directory, 'a'), 'utf8')]).toEqual([['a'], 'new']);
  });

  it('has moved the file if another process was quicker to take the old name away', async () => {
    await writeFile(join(directory, 'a'), 'a');
    const from = await named('a');
    await moveFile({ ...from, directory: beforeCall(from.directory, 2, () => rm(join(directory, 'a'))) }, await named('b'));
    expect(await readdir(directory)).toEqual(['b']);
  });

  it('moves a directory to a free name only, and leaves what others put there', async () => {
    await mkdir(join(directory, 'a/deep'), { recursive: true });
    await mkdir(join(directory, 'empty'));
    await expect(moveDirectory(await named('a'), await named('empty'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(moveDirectory(await named('missing'), await named('b'))).rejects.toMatchObject({ code: 'ENOENT' });
    const to = await named('b');
    const intruding = beforeCall(to.directory, 2, () => writeFile(join(directory, 'b/theirs'), ''));
    if (process.platform !== 'win32') {
      await expect(moveDirectory(await named('a'), { ...to, directory: intruding })).rejects.toMatchObject({
        code: expect.stringMatching(/ENOTEMPTY|EEXIST/),
      });
      expect(await readdir(join(directory, 'b'))).toEqual(['theirs']);
      await rm(join(directory, 'b'), { recursive: true });
    }
    expect((await readdir(directory)).sort()).toEqual(['a', 'empty']);
    await moveDirectory(await named('a'), await named('b'));
    expect(await readdir(join(directory, 'b'))).toEqual(['deep']);
  });

  it('a directory that became a link is not moved over a directory', async () => {
    await mkdir(join(directory, 'a'));
    const from = await named('a');
    const swapped = beforeCall(from.directory, 1, async () => {
      await rm(join(directory, 'a'), { recursive: true });
      await symlink('/etc', join(directory, 'a'));
    });
    await expect(moveDirectory({ ...from, directory: swapped }, await named('b'))).rejects.toThrow();
    expect((await lstat(join(directory, 'a'))).isSymbolicLink()).toBe(true);
    expect(await readdir(directory)).toEqual(['a']);
  });

  it('moves a link as a link, and a file with several names with one of them', async () => {
    await symlink('/etc/passwd', join(directory, 'a'));
    await moveLink(await named('a'), await named('b'));
    expect((await lstat(join(directory, 'b'))).isSymbolicLink()).toBe(true);
    await writeFile(join(directory, 'c'), 'c');
    await link(join(directory, 'c'), join(directory, 'd'));
    await moveFile(await named('c'), await named('e'));
    expect((await readdir(directory)).sort()).toEqual(['b', 'd', 'e']);
  });
});
