import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { isLink } from './link.ts';
import { temporaryDirectory } from './temporary-directory.testing.ts';
import type { Place } from './walk.ts';
import { rememberDirectory } from './walk-by-check.ts';
import { canHoldDirectories, holdDirectory } from './walk-by-descriptor.ts';

const temporary = await temporaryDirectory();
let root: string;
let round = 0;

beforeEach(async () => {
  round += 1;
  root = join(temporary.path, String(round));
  await mkdir(join(root, 'd'), { recursive: true });
  await mkdir(join(root, 'outside'));
  await writeFile(join(root, 'd/f'), 'inside');
  await writeFile(join(root, 'outside/f'), 'SECRET');
});

afterAll(() => temporary[Symbol.asyncDispose]());

async function enter(place: Place, name: string): Promise<Place> {
  const found = await place.enter(name);
  if (isLink(found)) throw new Error('expected a directory');
  return found;
}

async function swap() {
  await rename(join(root, 'd'), join(root, 'aside'));
  await symlink('outside', join(root, 'd'));
}

it('a remembered directory that was swapped gives neither files nor names', async () => {
  const { place } = await rememberDirectory(root);
  const directory = await enter(place, 'd');
  await swap();
  await expect(directory.openFile('f')).rejects.toMatchObject({ code: 'ECHANGED' });
  await expect(directory.entries()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'ECHANGED' });
  expect(await place.enter('d')).toEqual({ link: 'outside' });
});

it('a file that was put in the place of another is seen', async () => {
  const { place } = await rememberDirectory(root);
  const directory = await enter(place, 'd');
  await rename(join(root, 'd'), join(root, 'aside'));
  await rename(join(root, 'outside'), join(root, 'd'));
  await expect(directory.openFile('f')).rejects.toMatchObject({ code: 'ECHANGED' });
});

it.runIf(await canHoldDirectories())('a held directory stays what it was, wherever it is by now', async () => {
  const { place } = await holdDirectory(root);
  const directory = await enter(place, 'd');
  await swap();
  const opened = await directory.openFile('f');
  if (isLink(opened)) throw new Error('expected a file');
  expect(await opened.handle.readFile('utf8')).toBe('inside');
  await opened.handle.close();
  directory[Symbol.dispose]();
  directory[Symbol.dispose]();
  // Its number may be another directory's by now.
  await expect(directory.openFile('f')).rejects.toThrow('closed');
  place[Symbol.dispose]();
});
