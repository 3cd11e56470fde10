import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { chmod, mkdir, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readText } from './read.ts';
import { openRoots, type Roots, type Strategy } from './roots.ts';
import { refusalOf, temporaryDirectory } from './temporary-directory.testing.ts';

const temporary = await temporaryDirectory();
const root = join(temporary.path, 'root');
const other = join(temporary.path, 'other');
const evil = join(temporary.path, 'root-evil');
const alias = join(temporary.path, 'alias');

/** Links in `root`: name, text, and what reading it gives; undefined where it is refused as outside. */
const links: readonly (readonly [name: string, text: string, content: string | undefined])[] = [
  ['relative', 'a/b/file.txt', 'deep'],
  ['up', 'a/b/../../top.txt', 'top'],
  ['absolute', join(root, 'a/b/file.txt'), 'deep'],
  ['other-root', join(other, 'o.txt'), 'other'],
  ['other-root-relative', '../other/o.txt', 'other'],
  ['other-root-around', '../../../../../../..'.concat(other, '/o.txt'), 'other'],
  ['chain', 'relative', 'deep'],
  ['passwd', '/etc/passwd', undefined], // FS-002
  ['nowhere', '/nowhere/at/all', undefined],
  ['evil', evil, undefined],
  ['climb', '../root-evil/x', undefined],
  ['climb-missing', '../nowhere', undefined],
  ['magic', '/proc/self/root/etc/passwd', undefined], // FS-022
  ['cwd', '/proc/self/cwd', undefined],
  ['detour', `/etc/..${root}/top.txt`, undefined],
  ['chain-out', 'passwd', undefined],
];

beforeAll(async () => {
  await mkdir(join(root, 'a/b'), { recursive: true });
  await mkdir(other);
  await mkdir(evil);
  await symlink(root, alias);
  await writeFile(join(root, 'a/b/file.txt'), 'deep');
  await writeFile(join(root, 'top.txt'), 'top');
  await writeFile(join(other, 'o.txt'), 'other');
  await writeFile(join(evil, 'x'), 'SECRET');
  await symlink('a/b', join(root, 'dir'));
  await symlink('.', join(root, 'self')); // FS-096
  await symlink('pong', join(root, 'ping'));
  await symlink('ping', join(root, 'pong'));
  await symlink('gone', join(root, 'dangling'));
  await symlink(evil, join(root, 'evil-dir'));
  await symlink(join(alias, 'top.txt'), join(root, 'by-alias'));
  for (const [name, text] of links) await symlink(text, join(root, name));
  execFileSync('mkfifo', [join(root, 'fifo')]);
});

afterAll(() => temporary[Symbol.asyncDispose]());

const strategies: readonly Strategy[] = process.platform === 'linux' ? ['descriptor', 'checked'] : ['checked'];

describe.each(strategies)('roots, %s', (strategy) => {
  let roots: Roots;
  beforeAll(async () => {
    roots = await openRoots([root, other], { strategy, home: temporary.path });
  });
  afterAll(() => roots[Symbol.asyncDispose]());

  async function read(requested: string, from = roots): Promise<string> {
    await using file = await from.openFile(requested);
    return (await readText(file, {}, 10_000)).content;
  }

  /** What is there for the system, if it is a file in one of the roots. A slash behind a file means nothing to us. */
  async function readBySystem(requested: string): Promise<string | undefined> {
    try {
      const real = await realpath(`${root}/${requested.replace(/(?:\/\.?)+$/, '')}`);
      return [root, other].some((allowed) => real.startsWith(`${allowed}/`)) ? await readFile(real, 'utf8') : undefined;
    } catch {
      return undefined;
    }
  }

  async function names(requested: string): Promise<string[]> {
    await using directory = await roots.openDirectory(requested);
    const found: string[] = [];
    for await (const { name } of directory.read()) found.push(name);
    return found.sort();
  }

  it('lists the roots as given and as they are', async () => {
    await using aliased = await openRoots([`${alias}/`], { strategy });
    expect(aliased.list).toEqual([{ path: alias, real: root }]);
    expect(aliased.strategy).toBe(strategy);
    expect(await read('by-alias', aliased)).toBe('top'); // FS-027
    expect((await refusalOf(() => read('by-alias'))).code).toBe('denied');
  });

  it.each([
    'top.txt',
    './top.txt',
    'a/b/../../top.txt',
    'dir/../../top.txt',
    'self/self/top.txt',
    `${root}/top.txt`,
    '~/root/top.txt',
    '../root/top.txt',
  ])('reads %s', async (requested) => {
    expect(await read(requested)).toBe('top');
  });

  it('shows a file below the root as it was given', async () => {
    await using aliased = await openRoots([alias], { strategy });
    await using file = await aliased.openFile(join(root, 'a/b/file.txt'));
    expect(file.path).toBe(join(alias, 'a/b/file.txt'));
    expect(file.stats.size).toBe(4);
    await using directory = await aliased.openDirectory('.');
    expect(directory.path).toBe(alias);
  });

  it.each(links)('the link %s -> %s', async (name, _text, content) => {
    if (content !== undefined) return expect(await read(name)).toBe(content);
    const refusal = await refusalOf(() => read(name));
    expect(refusal.code).toBe('denied');
    expect(refusal.message).toBe(`Path is outside the allowed directories: ${name}`);
    expect(refusal.hint).toBe(`Allowed: ${root}, ${other}`);
  });

  it.each([
    ['missing', 'not_found'],
    ['missing/../top.txt', 'not_found'],
    ['missing/../../out/x', 'not_found'], // FS-007
    ['dangling', 'not_found'],
    ['top.txt/x', 'invalid_input'],
    ['top.txt/../top.txt', 'invalid_input'],
    ['a', 'invalid_input'],
    ['.', 'invalid_input'],
    ['a/..', 'invalid_input'],
    ['dir', 'invalid_input'],
    ['ping', 'denied'],
    ['..', 'denied'],
    ['../out/x', 'denied'],
    ['../root-evil/x', 'denied'],
    ['a/../../root-evil/x', 'denied'],
    ['evil-dir/x', 'denied'],
    ['evil-dir/missing', 'denied'],
    ['fifo', 'denied'],
    ['self/'.repeat(41), 'denied'],
  ])('does not read %s: %s', async (requested, code) => {
    const refusal = await refusalOf(() => read(requested));
    expect(refusal.code).toBe(code);
    expect(refusal.message).toContain(requested);
    expect(`${refusal.message} ${refusal.hint}`).not.toMatch(/\/proc\/self|SECRET/);
  });

  it('opens directories, by link and by "..", and nothing else', async () => {
    expect(await names('dir')).toEqual(['file.txt']);
    expect(await names('a/b/..')).toEqual(['b']);
    expect(await names('.')).toContain('top.txt');
    expect(await names(other)).toEqual(['o.txt']);
    expect((await refusalOf(() => names('top.txt'))).code).toBe('invalid_input');
    expect((await refusalOf(() => names('fifo'))).code).toBe('invalid_input');
    expect((await refusalOf(() => names('evil-dir'))).code).toBe('denied');
    expect((await refusalOf(() => names('missing'))).code).toBe('not_found');
  });

  // FS-060: had one of these been opened for reading, it would wait for a writer and hold one of four threads.
  it('refuses pipes, sockets and devices at once', async () => {
    const server = createServer().listen(join(root, 'socket'));
    await once(server, 'listening');
    await using devices = await openRoots(['/dev'], { strategy });
    for (const requested of Array.from({ length: 8 }, () => 'fifo')) {
      expect((await refusalOf(() => read(requested))).message).toBe('Not a regular file: fifo');
    }
    expect((await refusalOf(() => read('socket'))).message).toBe('Not a regular file: socket');
    expect((await refusalOf(() => read('null', devices))).message).toBe('Not a regular file: null');
    expect(await read('top.txt')).toBe('top');
    server.close();
  });

  it('refuses a root that was replaced, and takes it back', async () => {
    const pinned = join(temporary.path, `pinned-${strategy}`);
    await mkdir(pinned);
    await writeFile(join(pinned, 'f'), 'first');
    await using replaced = await openRoots([pinned], { strategy });
    await rename(pinned, `${pinned}-moved`);
    expect((await refusalOf(() => read('f', replaced))).message).toBe(`The allowed directory ${pinned} is gone`);
    await symlink(evil, pinned);
    for (const requested of ['f', 'x', 'missing']) {
      const refusal = await refusalOf(() => read(requested, replaced));
      expect(refusal.code).toBe('unavailable');
      expect(refusal.hint).toContain('restarted');
    }
    await rm(pinned);
    await rename(`${pinned}-moved`, pinned);
    expect(await read('f', replaced)).toBe('first');
  });

  it('names the directory that cannot be a root', async () => {
    expect((await refusalOf(() => openRoots([], { strategy }))).code).toBe('invalid_input');
    expect((await refusalOf(() => openRoots([root, ' '], { strategy }))).code).toBe('invalid_input');
    const missing = await refusalOf(() => openRoots([root, join(root, 'missing')], { strategy }));
    expect([missing.code, missing.message]).toEqual(['not_found', `Cannot open the allowed directory ${root}/missing (ENOENT)`]);
    const file = await refusalOf(() => openRoots([join(root, 'top.txt')], { strategy }));
    expect([file.code, file.message]).toEqual(['invalid_input', `Cannot open the allowed directory ${root}/top.txt (ENOTDIR)`]);
  });

  it('expands the home directory in roots', async () => {
    await using home = await openRoots(['~/other'], { strategy, home: temporary.path });
    expect(home.list[0]?.path).toBe(other);
  });

  it('refuses calls after it was disposed of, and can be disposed of twice', async () => {
    const closed = await openRoots([root], { strategy });
    const reading = closed.openFile('top.txt');
    await closed[Symbol.asyncDispose]();
    await closed[Symbol.asyncDispose]();
    await (await reading)[Symbol.asyncDispose]();
    expect((await refusalOf(() => closed.openFile('top.txt'))).code).toBe('unavailable');
  });

  it.skipIf(process.getuid?.() === 0)('maps missing permissions', async () => {
    await writeFile(join(root, 'locked'), 'x', { mode: 0 });
    expect((await refusalOf(() => read('locked'))).code).toBe('denied');
    await chmod(join(root, 'locked'), 0o600);
  });

  it('leads where the system leads, or nowhere: for any path of real names, links and dots', async () => {
    const inside = ['a', 'b', 'file.txt', 'top.txt', 'dir', 'self', 'ping', 'dangling', 'relative', 'up', 'chain', 'other-root-relative'];
    const names = fc.constantFrom(...inside, 'passwd', 'evil-dir', 'x', 'missing', '..', '.', '');
    const path = fc.array(names, { minLength: 1, maxLength: 8 }).map((parts) => `./${parts.join('/')}`);
    await fc.assert(
      fc.asyncProperty(path, async (requested) => {
        const expected = await readBySystem(requested);
        const content = await read(requested).catch((error: unknown) => {
          expect(error).toBeInstanceOf(ToolError);
        });
        if (content !== undefined) expect(content).toBe(expected);
        // A path that leads out is refused, also where it leads in again.
        else if (!/passwd|evil-dir/.test(requested)) expect(expected).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });

  it('closes every descriptor, whatever happens', async () => {
    const open = () => readdirSync('/proc/self/fd').length;
    const paths = ['top.txt', 'missing', 'dir/file.txt', 'passwd', 'ping', 'fifo', 'a', 'other-root', 'a/b/../../../x', 'top.txt/x', ''];
    await Promise.allSettled(paths.map((requested) => read(requested)));
    const before = open();
    for (let round = 0; round < 200; round += 1) {
      await Promise.allSettled(paths.flatMap((requested) => [read(requested), names(requested)]));
    }
    expect(open()).toBe(before);
  });
});

it('holds directories where the system can', async () => {
  await using roots = await openRoots([root]);
  expect(roots.strategy).toBe(process.platform === 'linux' ? 'descriptor' : 'checked');
});
