import { readdirSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directoryOf, narrowRoots } from './client-roots.ts';
import type { Strategy } from './roots.ts';
import { temporaryDirectory } from './temporary-directory.testing.ts';
import { openWritableRoots } from './writable.ts';

const strategies: readonly Strategy[] = process.platform === 'linux' ? ['descriptor', 'checked'] : ['checked'];

describe('the path in a file: URI', () => {
  it.each([
    ['file:///srv/root', '/srv/root'],
    ['FILE:///srv/root/', '/srv/root/'],
    ['file://localhost/srv/root', '/srv/root'],
    ['file:///srv/OneDrive%20-%20T/%C3%A9', '/srv/OneDrive - T/é'],
    ['file:///srv/%2541', '/srv/%41'],
    ['file:///srv/a/../../b', '/b'],
    ['file:///C:/Users', '/C:/Users'],
  ])('%s is %s on POSIX', (uri, path) => {
    expect(directoryOf(uri, false)).toBe(path);
  });

  it.each([
    ['file:///C:/Users/x/OneDrive%20-%20T/V', 'C:\\Users\\x\\OneDrive - T\\V'],
    ['file:///c%3A/Users', 'c:\\Users'],
    ['file://host/share/x', '\\\\host\\share\\x'],
  ])('%s is %s on Windows', (uri, path) => {
    expect(directoryOf(uri, true)).toBe(path);
  });

  it.each([
    ['https://evil/', false],
    ['file:../..', false],
    ['../..', false],
    ['', false],
    ['/srv/root', false],
    ['file://host/share', false],
    ['file:///srv%2froot', false],
    ['file:///srv/a#b', false],
    ['file:///srv/a?b', false],
    ['file://[/x', false],
    ['file:///srv/root', true],
    ['file:///C:/a%5cb', true],
    ['C:\\Users', true],
  ])('%s has none (Windows: %s)', (uri, windows) => {
    expect(directoryOf(uri, windows)).toEqual({ reason: expect.any(String) });
  });
});

describe.each(strategies)('narrowed roots, %s', (strategy) => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  const at = (...names: string[]) => join(temporary.path, ...names);
  const uriOf = (...names: string[]) => pathToFileURL(at(...names)).href;
  const open = (...directories: string[]) =>
    openWritableRoots({ directories: directories.map((name) => at(name)), readOnlyDir: [], denyWrite: ['.git'] }, { strategy });

  beforeEach(async () => {
    temporary = await temporaryDirectory();
    await mkdir(at('root', 'docs', '.git'), { recursive: true });
    await mkdir(at('elsewhere'));
    await symlink(at('elsewhere'), at('root', 'linked'));
  });

  afterEach(() => temporary[Symbol.asyncDispose]());

  it('keep a root that the operator spells inside, wherever it is', async () => {
    const { roots } = await open('root', 'root/linked');
    await using all = roots;
    const { roots: narrowed, dropped } = await narrowRoots(all, [uriOf('root')]);
    await using left = narrowed;
    expect(left?.list).toEqual(all.list);
    expect(dropped).toEqual([]);
  });

  it('let go of what they held, and leave open what they were made of', async () => {
    const { roots } = await open('root');
    await using all = roots;
    const held = () => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);
    const before = held();
    const { roots: narrowed } = await narrowRoots(all, [uriOf('root', 'docs'), uriOf(), uriOf('root'), uriOf('missing')]);
    expect(narrowed?.list.map(({ path }) => path)).toEqual([at('root', 'docs'), at('root')]);
    await narrowed?.[Symbol.asyncDispose]();
    expect(held()).toBe(before);
    await expect(narrowed?.stat('.git')).rejects.toMatchObject({ code: 'unavailable' });
    expect((await all.stat('docs/.git')).stats.isDirectory()).toBe(true);
  });

  it('can be narrowed once more, and never widened', async () => {
    const { roots, writable } = await open('root');
    await using all = roots;
    await using first = (await narrowRoots(all, [uriOf('root', 'docs')])).roots;
    if (first === undefined) throw new Error('docs is in root');
    await using second = (await narrowRoots(first, [uriOf('root', 'docs', '.git')])).roots;
    if (second === undefined) throw new Error('.git is in docs');
    expect(second.list.map(({ path }) => path)).toEqual([at('root', 'docs', '.git')]);
    await expect(writable.within(second).claim('config')).rejects.toMatchObject({ code: 'denied' });
    expect((await narrowRoots(first, [uriOf('root', 'linked')])).roots).toBeUndefined();
  });

  it('share one writer of a name with the roots that they were made of', async () => {
    const { roots, writable } = await open('root');
    await using all = roots;
    await using narrowed = (await narrowRoots(all, [uriOf('root', 'docs')])).roots;
    if (narrowed === undefined) throw new Error('docs is in root');
    const held = await writable.claim('docs/a');
    const order: string[] = [];
    const second = writable
      .within(narrowed)
      .claim('a')
      .then((target) => {
        order.push('second');
        target[Symbol.dispose]();
      });
    // As many turns as a claim takes that waits for nobody.
    (await writable.within(narrowed).claim('b'))[Symbol.dispose]();
    order.push('first');
    held[Symbol.dispose]();
    await second;
    expect(order).toEqual(['first', 'second']);
  });
});
