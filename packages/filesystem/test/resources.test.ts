import { mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connect, GENERATIONS } from '@touchstone-mcp/core/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { server } from '../src/server.ts';

const PATIENT = { timeout: 10_000, interval: 20 };
const PICTURE = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

let base: string;
let root: string;

beforeEach(async () => {
  base = await mkdtemp(join(await realpath(tmpdir()), 'touchstone-resources-'));
  root = join(base, 'root');
  await mkdir(join(root, 'docs dir'), { recursive: true });
  await writeFile(join(root, 'docs dir', 'poem.txt'), 'eins\nzwei\n');
  await writeFile(join(root, 'picture.png'), PICTURE);
  await writeFile(join(base, 'secret.txt'), 'outside');
  await symlink(join(base, 'secret.txt'), join(root, 'link'));
});

afterEach(() => rm(base, { recursive: true, force: true }));

const uri = (...names: string[]) => pathToFileURL(join(root, ...names)).href;

describe.each(GENERATIONS)('%s client over stdio', (generation) => {
  const open = (settings: object = {}, elicit?: () => 'accept' | 'decline' | 'cancel') =>
    connect(server, { directories: [root], ...settings }, generation, { over: 'stdio', ...(elicit === undefined ? {} : { elicit }) });

  test('the roots are listed, and everything below is a resource', async () => {
    await using client = await open();
    expect(await client.listResources()).toMatchObject([{ uri: uri(), name: 'root' }]);
    expect(await client.listResourceTemplates()).toMatchObject([{ uriTemplate: 'file:///{+path}', name: 'file' }]);
    expect(await client.readResource(uri('docs dir', 'poem.txt'))).toMatchObject({ text: 'eins\nzwei\n', mimeType: 'text/plain' });
    expect(await client.readResource(uri('picture.png'))).toMatchObject({ blob: PICTURE.toString('base64'), mimeType: 'image/png' });
    expect(await client.readResource(uri())).toMatchObject({ text: 'docs dir/\nlink\npicture.png' });
  });

  test.each([
    ['outside', () => pathToFileURL(join(base, 'secret.txt')).href],
    ['by a link', () => uri('link')],
    ['by climbing', () => `${uri()}/../secret.txt`],
    ['by climbing in disguise', () => `${uri()}/%2e%2e/secret.txt`],
    ['on another host', () => `file://host${join(root, 'picture.png')}`],
    ['by another scheme', () => 'postgres://a/b'],
    ['nothing there', () => uri('missing.txt')],
  ])('%s is refused', async (_name, target) => {
    await using client = await open();
    const refusal = await client.readResource(target()).catch((error: Error) => error);
    expect(refusal).toBeInstanceOf(Error);
    expect(String(refusal)).not.toContain('outside the lines');
    expect(JSON.stringify(client.log)).not.toContain('"outside"');
  });

  test('a path is completed name by name', async () => {
    await using client = await open();
    const typed = root.slice(1);
    expect(await client.complete('file:///{+path}', 'path', `${typed}/do`)).toEqual([`${typed}/docs dir/`]);
    expect(await client.complete('file:///{+path}', 'path', typed.slice(0, 3))).toEqual([typed]);
    expect(await client.complete('file:///{+path}', 'path', 'etc/pass')).toEqual([]);
  });

  test('a subscriber hears of a change, and of another file in its place', async () => {
    await using client = await open();
    const target = uri('docs dir', 'poem.txt');
    const heard: string[] = [];
    const end = await client.subscribe(target, (changed) => heard.push(changed));
    expect(end).toBeDefined();
    await writeFile(join(root, 'docs dir', 'poem.txt'), 'drei\n');
    await vi.waitUntil(() => heard.length > 0, PATIENT);
    heard.length = 0;
    await writeFile(join(base, 'new'), 'vier\n');
    await rename(join(base, 'new'), join(root, 'docs dir', 'poem.txt'));
    await vi.waitUntil(() => heard.length > 0, PATIENT);
    expect(new Set(heard)).toEqual(new Set([target]));
    await end?.();
  });

  describe('delete_path', () => {
    const settings = { write: true, destructive: true };
    const remove = { path: 'docs dir/poem.txt' };
    const there = () =>
      readFile(join(root, 'docs dir', 'poem.txt')).then(
        () => true,
        () => false,
      );

    test('asks, and deletes when the user agrees', async () => {
      const elicit = vi.fn(() => 'accept' as const);
      await using client = await open(settings, elicit);
      expect(await client.callTool('delete_path', remove)).toMatchObject({ structuredContent: { deleted: 1 } });
      expect(elicit).toHaveBeenCalledOnce();
      expect(await there()).toBe(false);
    });

    test.each(['decline', 'cancel'] as const)('leaves everything as it is on %s', async (answer) => {
      await using client = await open(settings, () => answer);
      expect(await client.callTool('delete_path', remove)).toMatchObject({ isError: true, _meta: { code: 'denied' } });
      expect(await there()).toBe(true);
    });

    test('is refused to a client that cannot ask, unless the operator says otherwise', async () => {
      await using client = await open(settings);
      expect(await client.callTool('delete_path', remove)).toMatchObject({ isError: true, _meta: { code: 'denied' } });
      expect(await there()).toBe(true);
      await using trusting = await open({ ...settings, confirmation: 'off' });
      expect(await trusting.callTool('delete_path', remove)).toMatchObject({ structuredContent: { deleted: 1 } });
    });
  });
});
