import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStandIns, type StandIns } from './stand-in.ts';

let directory: string;
let standIns: StandIns;
const before = process.env['TMPDIR'];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'touchstone-git-standin-'));
  process.env['TMPDIR'] = directory;
  standIns = await openStandIns(false);
});

afterEach(async () => {
  await standIns[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
});

const CONFIGURATION = '[core]\n\tbare = false\n';
const make = () => standIns.get(CONFIGURATION, '/repository/.git');

test('one for all calls with the same configuration and the same repository, and another one for any other', async () => {
  const path = await make();
  expect(readFileSync(join(path, 'config'), 'utf8')).toBe(CONFIGURATION);
  expect(readlinkSync(join(path, 'info'))).toBe('/repository/.git/info');
  expect(existsSync(join(path, 'hooks'))).toBe(false);
  expect(await make()).toBe(path);
  const others = [await standIns.get('', '/repository/.git'), await standIns.get(CONFIGURATION, '/other/.git')];
  expect(new Set([path, ...others]).size).toBe(3);
});

test('many calls at once make one, whole', async () => {
  expect(new Set(await Promise.all(Array.from({ length: 20 }, make))).size).toBe(1);
});

test('what a cleaner of temporary files has taken is made again', async () => {
  const path = await make();
  rmSync(join(path, 'config'));
  expect(readFileSync(join(await make(), 'config'), 'utf8')).toBe(CONFIGURATION);
  rmSync(standIns.base, { recursive: true });
  expect(await make()).toBe(path);
  expect(existsSync(join(path, 'config'))).toBe(true);
});

describe.skipIf(process.platform === 'win32')('nobody else may enter', () => {
  test('the place has the mode of its owner, whatever the umask', async () => {
    const umask = process.umask(0);
    try {
      rmSync(standIns.base, { recursive: true });
      await make();
      expect(statSync(standIns.base).mode & 0o777).toBe(0o700);
    } finally {
      process.umask(umask);
    }
  });

  test.each<[string, (base: string) => void]>([
    [
      'a directory that others may write to',
      (base) => {
        mkdirSync(base);
        chmodSync(base, 0o777);
      },
    ],
    [
      'a directory that others may read',
      (base) => {
        mkdirSync(base);
        chmodSync(base, 0o755);
      },
    ],
    [
      'a link to elsewhere',
      (base) => {
        mkdirSync(join(directory, 'elsewhere'), { mode: 0o700 });
        symlinkSync(join(directory, 'elsewhere'), base);
      },
    ],
    ['a file', (base) => writeFileSync(base, '')],
  ])('where it was replaced by %s, nothing is put there', async (_what, replace) => {
    rmSync(standIns.base, { recursive: true });
    replace(standIns.base);
    await expect(make()).rejects.toThrow();
    expect(existsSync(join(directory, 'elsewhere', 'config'))).toBe(false);
    rmSync(standIns.base, { recursive: true, force: true });
  });
});

test('all of it goes when the server ends', async () => {
  await make();
  await standIns[Symbol.asyncDispose]();
  expect(existsSync(standIns.base)).toBe(false);
});
