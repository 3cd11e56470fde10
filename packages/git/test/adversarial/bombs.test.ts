import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { server } from '../../src/server.ts';
import { callOn } from '../fixture/answers.ts';
import { layFiles, layRepository, plainGit, temporaryDirectory } from '../fixture/repository.ts';
import { childrenOf } from '../fixture/started.ts';

const temporary = temporaryDirectory();
const [trees, deltas] = [join(temporary.path, 'trees'), join(temporary.path, 'deltas')];
let client: TestClient;

/** Ten directories of ten directories of … ten files: 10^10 of them, in a few hundred bytes. */
function layTreeBomb(path: string): void {
  layRepository(path, [{ files: { f: 'x\n' }, message: 'one' }]);
  const ten = (line: string) => Array.from({ length: 10 }, (_, index) => `${line}${index}\n`).join('');
  const blob = plainGit(path, ['rev-parse', 'HEAD:f']).trim();
  let tree = plainGit(path, ['mktree'], {}, ten(`100644 blob ${blob}\tf`)).trim();
  for (let level = 1; level < 10; level++) tree = plainGit(path, ['mktree'], {}, ten(`040000 tree ${tree}\td`)).trim();
  const commit = plainGit(path, ['commit-tree', '-m', 'bomb', '-p', 'HEAD', tree]).trim();
  plainGit(path, ['update-ref', 'refs/heads/bomb', commit]);
}

/** The first object of the pack has so many bytes, and each further one twice as many as the one before it. */
const [BASE, DOUBLINGS] = [1 << 16, 12];
const BOMB = BASE * 2 ** DOUBLINGS;

/** A blob of 256 MB as a chain of deltas in a few hundred bytes. */
function layDeltaBomb(path: string): void {
  layRepository(path, [{ files: { f: 'x\n' }, message: 'one' }]);
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(DOUBLINGS + 1, 8);
  const first = Buffer.alloc(BASE, 'x');
  const objects = [Buffer.concat([entryHead(3, BASE), deflateSync(first)])];
  for (let size = BASE, level = 0; level < DOUBLINGS; level++, size *= 2) {
    const delta = Buffer.concat([varint(size), varint(size * 2), copyAll(size), copyAll(size)]);
    objects.push(Buffer.concat([entryHead(6, delta.length), backBy(objects.at(-1)?.length ?? 0), deflateSync(delta)]));
  }
  const pack = Buffer.concat([header, ...objects]);
  const name = '.git/objects/pack/pack-bomb.pack';
  layFiles(path, { [name]: Buffer.concat([pack, createHash('sha1').update(pack).digest()]) });
  plainGit(path, ['-c', 'core.bigFileThreshold=1g', 'index-pack', name], {}, undefined, 60_000);
  const blob = createHash('sha1').update(`blob ${BOMB}\0`);
  for (let done = 0; done < BOMB; done += BASE) blob.update(first);
  const tree = plainGit(path, ['mktree'], {}, `100644 blob ${blob.digest('hex')}\tbig.txt\n`).trim();
  plainGit(path, ['update-ref', 'refs/heads/bomb', plainGit(path, ['commit-tree', '-m', 'bomb', '-p', 'HEAD', tree]).trim()]);
}

/** The type of an object and its size: four bits, then seven a byte. */
function entryHead(type: number, size: number): Buffer {
  const rest = size >> 4;
  const head = Buffer.of((type << 4) | (size & 15) | (rest === 0 ? 0 : 128));
  return rest === 0 ? head : Buffer.concat([head, varint(rest)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) | (rest < 128 ? 0 : 128));
    if (rest < 128) return Buffer.from(bytes);
  }
}

/** How far back the base of a delta begins: high bits first, and one less in each byte but the last. */
function backBy(distance: number): Buffer {
  const bytes = [distance & 127];
  for (let rest = distance >> 7; rest > 0; rest >>= 7) bytes.unshift(128 | (--rest & 127));
  return Buffer.from(bytes);
}

/** Copies the whole base, in pieces of at most 8 MB: offset and size in full. */
function copyAll(size: number): Buffer {
  const pieces: Buffer[] = [];
  for (let offset = 0; offset < size; offset += 1 << 23) {
    const length = Math.min(size - offset, 1 << 23);
    const piece = Buffer.alloc(8, 0xff);
    piece.writeUInt32LE(offset, 1);
    piece.writeUIntLE(length, 5, 3);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

beforeAll(async () => {
  layTreeBomb(trees);
  layDeltaBomb(deltas);
  client = await connect(server, {
    repositories: [temporary.path],
    callTimeoutMs: 2_000,
    write: true,
    authorName: 'A',
    authorEmail: 'a@x',
  });
}, 120_000);

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  temporary[Symbol.dispose]();
});

/** It ends, whatever it says, and so does every process that it started. */
async function expectEnd(tool: string, args: Record<string, unknown>): Promise<void> {
  const { code } = await callOn(client, tool, args);
  expect([undefined, 'timeout', 'too_large', 'unavailable', 'conflict']).toContain(code);
  if (process.platform === 'linux') await vi.waitFor(() => expect(childrenOf(process.pid).filter(isGit)).toEqual([]), { timeout: 5_000 });
}

function isGit(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'git\n';
  } catch {
    return false;
  }
}

/** Everything that reads what a revision has. */
const CALLS: readonly (readonly [tool: string, args: Record<string, unknown>])[] = [
  ['git_log', { revision: 'bomb', path: 'd9' }],
  ['git_show', { revision: 'bomb' }],
  ['git_show', { revision: 'bomb', stat: true }],
  ['git_show', { revision: 'bomb:' }],
  ['git_show', { revision: 'bomb:big.txt' }],
  ['git_diff', { target: 'main..bomb' }],
  ['git_diff', { target: 'main..bomb', output: 'names' }],
  ['git_diff', { target: 'bomb' }],
  ['git_grep', { pattern: 'x', revision: 'bomb' }],
  ['git_grep', { pattern: 'no such text', revision: 'bomb' }],
  ['git_blame', { path: 'big.txt', revision: 'bomb' }],
  ['git_checkout', { branch_name: 'bomb' }],
];

describe('GIT-077: a tree of 10^10 files', { timeout: 30_000 }, () => {
  test.each(CALLS.filter(([, args]) => !JSON.stringify(args).includes('big.txt')))('%s %j', (tool, args) =>
    expectEnd(tool, { repo_path: trees, ...args }),
  );
  test('nothing is left locked', async () => {
    expect((await callOn(client, 'git_status', { repo_path: trees })).data).toMatchObject({ branch: 'main' });
    expect((await callOn(client, 'git_add', { repo_path: trees, files: ['.'] })).code).toBeUndefined();
  });
});

describe('GIT-077: a blob of 256 MB in a pack of a kilobyte', { timeout: 30_000 }, () => {
  test('is what it says', () => {
    expect(statSync(join(deltas, '.git/objects/pack/pack-bomb.pack')).size).toBeLessThan(3_000);
    expect(plainGit(deltas, ['cat-file', '-s', 'bomb:big.txt']).trim()).toBe(String(BOMB));
  });
  test.each(CALLS)('%s %j', (tool, args) => expectEnd(tool, { repo_path: deltas, ...args }));
});
