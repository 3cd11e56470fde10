import { mkdir, mkdtemp, readdir, readlink, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connect, type Generation, type ListRoots, type TestClient } from '@touchstone-mcp/core/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { server } from '../../src/server.ts';
import { malformed, type RootsRow, rows } from './client-roots.ts';

const PATIENT = { timeout: 10_000, interval: 20 };

let base: string;
const at = (...names: string[]) => join(base, ...names);
const uriOf = (...names: string[]) => pathToFileURL(at(...names)).href;
const filled = (root: unknown) => (typeof root === 'string' ? root.replace('@', uriOf()).replace('$', base) : root);
const answer = (...roots: unknown[]) => ({ roots: roots.map((root) => ({ uri: filled(root) })) });

beforeEach(async () => {
  base = await mkdtemp(join(await realpath(tmpdir()), 'touchstone-roots-'));
  for (const name of ['root/docs', 'root/.git/hooks', 'root/a b - é', 'root/closed', 'second', 'out', 'root-evil']) {
    await mkdir(at(name), { recursive: true });
  }
  await writeFile(at('root', 'docs', 'poem.txt'), 'poem');
  await writeFile(at('root', 'note.txt'), 'note');
  await writeFile(at('out', 'secret.txt'), 'secret');
  await symlink('docs', at('root', 'inner'));
  await symlink(at('out'), at('root', 'outer'));
  await symlink(at('root', 'docs'), at('out', 'in'));
  await symlink(at('root'), at('link'));
  await symlink('.', at('base'));
  await symlink(at('out'), at('away'));
  await symlink(at('root', 'outer'), at('round'));
  await symlink('self', at('self'));
  await symlink('../note.txt', at('root', 'docs', 'up'));
});

afterEach(async () => {
  vi.useRealTimers();
  await rm(base, { recursive: true, force: true });
});

const open = (generation: Generation, roots: ListRoots, settings: object = {}, over: 'stdio' | 'http' = 'stdio') =>
  connect(server, { directories: [at('root'), at('second')], ...settings }, generation, { over, roots });

/** The directories that a client is told of, below `base`; or the code of its refusal. */
async function allowed(client: TestClient): Promise<unknown> {
  const { structuredContent, _meta } = await client.callTool('list_allowed_directories');
  const { directories } = (structuredContent ?? {}) as { directories?: string[] };
  return directories?.map((directory) => directory.slice(base.length + 1)) ?? _meta?.code;
}

const codeOf = async (client: TestClient, tool: string, args: Record<string, unknown>) =>
  (await client.callTool(tool, args))._meta?.code ?? 'ok';

/** Whether a directory is held open by this process. */
async function isHeld(directory: string): Promise<boolean> {
  const descriptors = await readdir('/proc/self/fd');
  const targets = await Promise.all(descriptors.map((descriptor) => readlink(`/proc/self/fd/${descriptor}`).catch(() => '')));
  return targets.includes(directory);
}

function droppedIn({ log }: TestClient): number {
  return log.filter(({ level }) => level === 'warn').reduce((sum, { count }) => sum + Number(count ?? 0), 0);
}

async function expectRow({ roots, left, dropped = 0 }: RootsRow, generation: Generation): Promise<void> {
  await using client = await open(generation, () => answer(...roots));
  expect(await allowed(client)).toEqual(left.length === 0 ? 'denied' : left);
  expect(droppedIn(client)).toBe(dropped);
  expect(JSON.stringify(client.log)).not.toContain('secret');
}

describe.each(['legacy', 'v1'] as const)('%s client over stdio', (generation) => {
  test.each(rows.map((row) => [row.why, row] as const))('FS-025 FS-026 %s', (_why, row) => expectRow(row, generation));

  test('everything that it asks for is narrowed', async () => {
    await using client = await open(generation, () => answer('@/root/docs'), { write: true });
    expect(await codeOf(client, 'read_text_file', { path: at('root', 'docs', 'poem.txt') })).toBe('ok');
    expect(await codeOf(client, 'read_text_file', { path: 'poem.txt' })).toBe('ok');
    expect(await codeOf(client, 'read_text_file', { path: at('root', 'note.txt') })).toBe('denied');
    expect(await codeOf(client, 'read_text_file', { path: 'up' })).toBe('denied');
    expect(await codeOf(client, 'write_file', { path: at('second', 'new.txt'), content: '' })).toBe('denied');
    expect(await codeOf(client, 'write_file', { path: 'new.txt', content: '' })).toBe('ok');
    expect(await client.listResources()).toMatchObject([{ uri: uriOf('root', 'docs') }]);
    expect(await client.readResource(uriOf('root', 'docs', 'poem.txt'))).toMatchObject({ text: 'poem' });
    await expect(client.readResource(uriOf('root', 'note.txt'))).rejects.toThrow('denied');
    await expect(client.subscribe(uriOf('root', 'note.txt'), () => {})).rejects.toThrow('denied');
    const typed = at('root').slice(1);
    expect(await client.complete('file:///{+path}', 'path', `${typed}/`)).toEqual([`${typed}/docs`]);
    expect(await readdir(at('second'))).toEqual([]);
  });

  test('what the operator protects by name stays protected, also from a root below that name', async () => {
    await using client = await open(generation, () => answer('@/root/.git', '@/root/closed'), {
      write: true,
      readOnlyDir: [at('root', 'closed')],
    });
    expect(await codeOf(client, 'write_file', { path: at('root', '.git', 'hooks', 'pre-commit'), content: '' })).toBe('denied');
    expect(await codeOf(client, 'create_directory', { path: 'hooks/more' })).toBe('denied');
    expect(await codeOf(client, 'write_file', { path: at('root', 'closed', 'x'), content: '' })).toBe('denied');
    expect(await readdir(at('root', '.git', 'hooks'))).toEqual([]);
  });

  test('a refusal says what to do', async () => {
    await using client = await open(generation, () => answer('@/out'));
    const { content } = await client.callTool('read_text_file', { path: 'note.txt' });
    expect(content).toEqual([
      {
        type: 'text',
        text: `denied: None of the roots of this client lies in an allowed directory, so nothing is shared with it.\nTell the user: open a folder in one of ${at('root')}, ${at('second')}, or start the server with --client-roots ignore.`,
      },
    ]);
    await expect(client.listResources()).rejects.toThrow('denied');
  });

  test('other roots take the place of the first, for calls and for subscriptions', async () => {
    const roots = ['@/root/docs', '@/second'];
    await using client = await open(generation, () => answer(...roots));
    const heard: string[] = [];
    await client.subscribe(uriOf('root', 'docs', 'poem.txt'), (uri) => heard.push(uri));
    await client.subscribe(uriOf('second'), (uri) => heard.push(uri));
    roots.shift();
    await client.rootsChanged();
    expect(await allowed(client)).toEqual(['second']);
    await vi.waitUntil(() => JSON.stringify(client.log).includes('no longer watched'), PATIENT);
    await writeFile(at('root', 'docs', 'poem.txt'), 'changed');
    await writeFile(at('second', 'new'), '');
    await vi.waitUntil(() => heard.length > 1, PATIENT);
    // The first is told once, as lost; what happens to it then is not.
    expect(heard).toEqual([uriOf('root', 'docs', 'poem.txt'), uriOf('second')]);
  });

  test('what changes while it is being asked is asked for once more, and calls wait for the last answer', async () => {
    const { promise, resolve } = Promise.withResolvers<object>();
    const list = vi.fn(() => (list.mock.calls.length === 1 ? promise : answer('@/second')));
    await using client = await open(generation, list);
    const call = allowed(client);
    await vi.waitUntil(() => list.mock.calls.length === 1, PATIENT);
    for (let times = 0; times < 100; times++) await client.rootsChanged();
    resolve(answer('@/root'));
    expect(await call).toEqual(['second']);
    expect(list.mock.calls.length).toBeLessThan(5);
  });

  test('ST-007 a call sent at once waits for the roots', async () => {
    const { promise, resolve } = Promise.withResolvers<object>();
    await using client = await open(generation, () => promise);
    const call = allowed(client);
    resolve(answer('@/second'));
    expect(await call).toEqual(['second']);
  });

  test('ST-007 a client that never answers is refused in the end, and asked again by the next call', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const list = vi.fn(() => (list.mock.calls.length === 1 ? new Promise(() => {}) : answer('@/second')));
    await using client = await open(generation, list);
    const call = client.callTool('list_allowed_directories');
    await vi.waitUntil(() => list.mock.calls.length === 1, PATIENT);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await call).toMatchObject({ isError: true, _meta: { code: 'unavailable', retryable: true } });
    expect(JSON.stringify((await call).content)).toContain('does not answer roots/list');
    expect(await allowed(client)).toEqual(['second']);
  });

  test.each([
    ['an error', () => Promise.reject(new Error('List roots not supported'))],
    ['no list', () => ({})],
  ])('a client that answers with %s gets nothing', async (_what, roots) => {
    await using client = await open(generation, roots);
    expect(await allowed(client)).toBe('unavailable');
    await expect(client.readResource(uriOf('root', 'note.txt'))).rejects.toThrow('unavailable');
  });

  test('a client without roots has all that the operator allows', async () => {
    await using client = await open(generation, undefined);
    expect(await allowed(client)).toEqual(['root', 'second']);
    await client.rootsChanged().catch(() => {});
    expect(await allowed(client)).toEqual(['root', 'second']);
  });

  test('an operator can have roots ignored: nobody is asked', async () => {
    const list = vi.fn(() => answer('@/root/docs'));
    await using client = await open(generation, list, { clientRoots: 'ignore' });
    expect(await allowed(client)).toEqual(['root', 'second']);
    expect(list).not.toHaveBeenCalled();
  });

  test('over HTTP nobody is asked', async () => {
    const list = vi.fn(() => answer('@/root/docs'));
    await using client = await open(generation, list, {}, 'http');
    expect(await allowed(client)).toEqual(['root', 'second']);
    expect(list).not.toHaveBeenCalled();
  });

  test('a root that is replaced is no longer read', async () => {
    await using client = await open(generation, () => answer('@/root/docs'));
    expect(await allowed(client)).toEqual(['root/docs']);
    await rename(at('root', 'docs'), at('root', 'old'));
    await mkdir(at('root', 'docs'));
    expect(await codeOf(client, 'list_directory', { path: '.' })).toBe('unavailable');
  });

  test.runIf(process.platform === 'linux')('what a set of roots held is given back with the next one, and at the end', async () => {
    const roots = ['@/root/docs'];
    {
      await using client = await open(generation, () => answer(...roots));
      await allowed(client);
      expect(await isHeld(at('root', 'docs'))).toBe(true);
      roots[0] = '@/root/closed';
      await client.rootsChanged();
      expect(await allowed(client)).toEqual(['root/closed']);
      await vi.waitUntil(async () => !(await isHeld(at('root', 'docs'))), PATIENT);
      expect(await isHeld(at('root', 'closed'))).toBe(true);
    }
    await vi.waitUntil(async () => !(await isHeld(at('root', 'closed'))), PATIENT);
  });
});

describe('a client that checks nothing that it sends', () => {
  test.each(malformed.map((row) => [row.why, row] as const))('FS-026 %s', (_why, row) => expectRow(row, 'v1'));
});

test('a client of 2026 is asked nothing', async () => {
  const list = vi.fn(() => answer('@/root/docs'));
  await using client = await open('modern', list);
  expect(await allowed(client)).toEqual(['root', 'second']);
  expect(list).not.toHaveBeenCalled();
});
