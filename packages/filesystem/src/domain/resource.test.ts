import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { completePath, watchFault } from './resource.ts';
import { openRoots } from './roots.ts';
import { temporaryDirectory } from './temporary-directory.testing.ts';

const temporary = await temporaryDirectory();
const roots = await openRoots([temporary.path]);

beforeAll(async () => {
  await mkdir(join(temporary.path, 'a'));
  await writeFile(join(temporary.path, 'a.b'), '');
  await mkdir(join(temporary.path, 'many'));
  for (let index = 0; index < 150; index += 1) await writeFile(join(temporary.path, 'many', `n${index}`), '');
});

afterAll(async () => {
  await roots[Symbol.asyncDispose]();
  await temporary[Symbol.asyncDispose]();
});

const complete = async (typed: string, signal = new AbortController().signal) => {
  const above = `${temporary.path.slice(1)}/`;
  return (await completePath(roots, above + typed, signal)).map((path) => path.slice(above.length));
};

it('completes with the first names that begin so, in the order of the names', async () => {
  expect(await complete('a')).toEqual(['a/', 'a.b']);
  const names = Array.from({ length: 150 }, (_, index) => `many/n${index}`).sort();
  expect(await complete('many/n')).toEqual(names.slice(0, 100));
  expect(await complete('many/n14')).toEqual(names.filter((name) => name.startsWith('many/n14')));
});

it('stops when it is told to', async () => {
  await expect(complete('many/', AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
});

it.each(['ENOSPC', 'EMFILE'])('a watch that fails with %s is not about disks', (code) => {
  expect(watchFault(Object.assign(new Error('x'), { code }))).toMatchObject({
    code: 'unavailable',
    message: 'The operating system watches as many files as it can',
  });
  const other = new Error('x');
  expect(watchFault(other)).toBe(other);
});
