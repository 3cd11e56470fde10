import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { server } from '../../src/server.ts';
import { layFiles, layRepository, plainGit, temporaryDirectory } from '../fixture/repository.ts';

const SECRET = 'the-secret-outside';
const temporary = temporaryDirectory();
const root = join(temporary.path, 'root');
let client: TestClient;

interface Entry {
  readonly path: string;
  readonly mode?: number;
  readonly skip?: boolean;
}

/** Writes an index as no git would: paths by their bytes, with any mode. */
function plantIndex(path: string, entries: readonly Entry[]): void {
  const id = Buffer.from(plainGit(path, ['rev-parse', 'HEAD:file.txt']).trim(), 'hex');
  const records = entries.map(({ path: name, mode = 0o100644, skip = false }) => {
    const bytes = Buffer.from(name, 'latin1');
    const facts = Buffer.alloc(40);
    facts.writeUInt32BE(mode, 24);
    const flags = Buffer.alloc(skip ? 4 : 2);
    flags.writeUInt16BE((skip ? 0x4000 : 0) | Math.min(bytes.length, 0xfff));
    if (skip) flags.writeUInt16BE(0x4000, 2);
    const record = Buffer.concat([facts, id, flags, bytes]);
    return Buffer.concat([record, Buffer.alloc(8 - (record.length % 8))]);
  });
  const head = Buffer.alloc(12);
  head.write('DIRC');
  head.writeUInt32BE(3, 4);
  head.writeUInt32BE(records.length, 8);
  const body = Buffer.concat([head, ...records]);
  writeFileSync(join(path, '.git', 'index'), Buffer.concat([body, createHash('sha1').update(body).digest()]));
}

const file = { path: 'file.txt' };

const planted: readonly (readonly [why: string, entries: readonly Entry[]])[] = [
  [
    'a directory that is not looked into, and a way out behind it',
    [{ path: 'd', mode: 0o40755, skip: true }, { path: 'd/\xff/../../../../secret.txt' }, file],
  ],
  ['a way out', [{ path: '../../secret.txt' }, file]],
  ['a way out behind a name', [{ path: 'd/../../../secret.txt' }, file]],
  ['an absolute path', [{ path: '/etc/hostname' }, file]],
  ['the configuration', [{ path: '.git/config' }, file]],
  ['the same in capitals', [{ path: '.GIT/config' }, file]],
  ['a directory', [{ path: 'd', mode: 0o40755, skip: true }, file]],
];

/** Every tool that uses the index. */
const CALLS: readonly (readonly [tool: string, args: Record<string, unknown>])[] = [
  ['git_status', {}],
  ['git_diff', { target: 'HEAD' }],
  ['git_diff', { target: 'HEAD', output: 'stat' }],
  ['git_diff_unstaged', { output: 'patch' }],
  ['git_diff_staged', {}],
  ['git_grep', { pattern: '.' }],
  ['git_add', { files: ['.'] }],
  ['git_commit', { message: 'm', all: true }],
  ['git_stash', { action: 'push' }],
  ['git_reset', {}],
];

beforeAll(async () => {
  layFiles(temporary.path, { 'secret.txt': `${SECRET}\n` });
  for (const [index, [, entries]] of planted.entries()) {
    const path = join(root, `r${index}`);
    layRepository(path, [{ files: { 'file.txt': 'inside\n' }, message: 'inside' }]);
    layFiles(path, { 'd/f': '', 'd/\u00ff/f': '', 'file.txt': 'changed\n' });
    plantIndex(path, entries);
  }
  client = await connect(server, { repositories: [root], write: true, authorName: 'G', authorEmail: 'g@x' });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  temporary[Symbol.dispose]();
});

test('git itself reads what such an index names', () => {
  expect(plainGit(join(root, 'r1'), ['diff', 'HEAD'])).toContain(SECRET);
});

test.each(planted)('GIT-075: an index with %s: denied, and nothing from outside', async (why) => {
  const path = join(root, `r${planted.findIndex(([each]) => each === why)}`);
  const before = readFileSync(join(path, '.git', 'index'));
  for (const [tool, args] of CALLS) {
    const answer = await client.callTool(tool, { repo_path: path, ...args });
    expect([tool, answer.isError, answer._meta?.code]).toEqual([tool, true, 'denied']);
    expect(JSON.stringify(answer)).not.toContain('secret');
  }
  expect(readFileSync(join(path, '.git', 'index'))).toEqual(before);
  expect(JSON.stringify(client.log)).not.toContain(SECRET);
  // History is not the index.
  expect((await client.callTool('git_log', { repo_path: path })).isError).toBeUndefined();
});

test('an index that git made and one that is planted later are told apart', async () => {
  const path = join(root, 'later');
  layRepository(path, [{ files: { 'file.txt': 'inside\n' }, message: 'inside' }]);
  expect((await client.callTool('git_status', { repo_path: path })).isError).toBeUndefined();
  plantIndex(path, [{ path: '../../secret.txt' }, file]);
  expect(await client.callTool('git_diff', { repo_path: path, target: 'HEAD' })).toMatchObject({
    isError: true,
    _meta: { code: 'denied' },
  });
});

test.each([
  ['split', ['update-index', '--split-index']],
  ['sparse', ['sparse-checkout', 'set', '--cone', '--sparse-index', 'a']],
])('a %s index of git is sound', async (name, args) => {
  const path = join(root, name);
  layRepository(path, [{ files: { 'file.txt': 'inside\n', 'a/f': '', 'b/f': '' }, message: 'inside' }]);
  plainGit(path, args);
  for (const tool of ['git_status', 'git_diff_staged']) expect((await client.callTool(tool, { repo_path: path })).isError).toBeUndefined();
});
