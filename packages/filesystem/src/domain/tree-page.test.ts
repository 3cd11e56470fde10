import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Entry } from './entry.ts';
import { openRoots } from './roots.ts';
import { temporaryDirectory } from './temporary-directory.testing.ts';
import { directoryTree, type TreeLimits, type TreeNode, treeLines, treeOf } from './tree-page.ts';
import { type WalkedDirectory, type WalkOptions, WalkRules } from './walk-rules.ts';

const temporary = await temporaryDirectory();
const roots = await openRoots([temporary.path]);

beforeAll(async () => {
  for (const directory of ['a/b/c', 'a.x', 'empty', 'node_modules/m', '.git'])
    await mkdir(join(temporary.path, directory), { recursive: true });
  for (const file of ['a/b/c/deep', 'a/b/z', 'a/y', 'a.x/x', 'w', 'x\ny', 'node_modules/m/v', '.git/HEAD'])
    await writeFile(join(temporary.path, file), '');
  await writeFile(join(temporary.path, '.gitignore'), 'node_modules\n');
  await symlink('..', join(temporary.path, 'a/up'));
});

afterAll(async () => {
  await roots[Symbol.asyncDispose]();
  await temporary[Symbol.asyncDispose]();
});

const show = (limits: Partial<TreeLimits> = {}, options: Partial<WalkOptions> = {}) =>
  directoryTree(roots, '.', { limit: 1_000, maxDepth: 25, maxChars: 100_000, ...limits }, { respectGitignore: true, ...options }, {});

it('is depth first, sorted, and follows no link', async () => {
  const { tree, truncated } = await show();
  expect(treeLines(tree)).toEqual([
    '.gitignore',
    'a/',
    '  b/',
    '    c/',
    '      deep',
    '    z',
    '  up@',
    '  y',
    'a.x/',
    '  x',
    'empty/',
    'w',
    '"x\\ny"',
  ]);
  expect(truncated).toBe(false);
  expect(tree.find(({ name }) => name === 'empty')).toEqual({ name: 'empty', type: 'directory', children: [] });
});

it('shows what is ignored when asked to, and leaves out what is excluded', async () => {
  const names = (await show({}, { respectGitignore: false, excludePatterns: ['a*', 'm'] })).tree.map(({ name }) => name);
  expect(names).toEqual(['.git', '.gitignore', 'empty', 'node_modules', 'w', 'x\ny']);
});

it('marks what is too deep to show', async () => {
  expect(treeLines((await show({ maxDepth: 1 })).tree)).toContain('a/ ...');
  expect(treeLines((await show({ maxDepth: 2 })).tree)).toContain('  b/ ...');
});

it.each([{ limit: 1 }, { limit: 2 }, { limit: 5 }, { maxChars: 1 }, { maxChars: 60 }])(
  'gives every name once over the pages of %j',
  async (limits) => {
    const all = namesOf((await show()).tree);
    const seen = new Set<string>();
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await show({ ...limits, cursor });
      for (const name of namesOf(page.tree)) seen.add(name);
      expect(page.truncated).toBe(page.nextCursor !== undefined);
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor !== undefined && pages < 100);
    expect([...seen]).toEqual(all);
  },
);

function namesOf(tree: readonly TreeNode[], above = ''): string[] {
  return tree.flatMap(({ name, children = [] }) => [`${above}${name}`, ...namesOf(children, `${above}${name}/`)]);
}

it.runIf(process.platform === 'linux')('loses no name that looks like another between pages', async () => {
  await using odd = await temporaryDirectory();
  await mkdir(join(odd.path, '\ufffd'));
  await writeFile(join(odd.path, '\ufffd/below'), '');
  for (const byte of [0xfd, 0xfe, 0xff]) await writeFile(Buffer.concat([Buffer.from(`${odd.path}/`), Buffer.from([byte])]), '');
  await using oddRoots = await openRoots([odd.path]);
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const limits = { limit: 1, maxDepth: 25, maxChars: 1_000, cursor };
    const page = await directoryTree(oddRoots, '.', limits, { respectGitignore: true }, {});
    names.push(treeLines(page.tree).at(-1) ?? '');
    cursor = page.nextCursor;
  } while (cursor !== undefined && names.length < 10);
  expect(names.filter((name) => name.startsWith('\ufffd'))).toHaveLength(4);
});

/** A chain of directories, one of which cannot be read. */
class Chain implements WalkedDirectory {
  readonly path = '/chain';
  readonly depth: number;
  readonly counts: { read: number; open: number };

  constructor(depth: number, counts: { read: number; open: number }) {
    this.depth = depth;
    this.counts = counts;
    counts.open += 1;
  }

  async *read(): AsyncGenerator<Entry> {
    this.counts.read += 1;
    for (const name of ['d', 'locked']) yield { name, type: 'directory' };
    yield { name: 'file', type: 'file' };
  }

  async readAll(): Promise<Entry[]> {
    throw new Error('A tree is read bit by bit');
  }

  async isLarge(): Promise<boolean> {
    return false;
  }

  async enter(name: string): Promise<Chain> {
    if (name === 'locked') throw new ToolError('denied', 'no');
    return new Chain(this.depth + 1, this.counts);
  }

  async openFile(): Promise<undefined> {}
  async stat(): Promise<undefined> {}

  async [Symbol.asyncDispose](): Promise<void> {
    this.counts.open -= 1;
  }
}

describe('in a chain without end', () => {
  const counts = { read: 0, open: 0 };
  const limits = { limit: 20_000, maxDepth: 5_000, maxChars: 1_000_000_000 };
  const begin = async () => {
    Object.assign(counts, { read: 0, open: 0 });
    const chain = new Chain(0, counts);
    return { chain, rules: await WalkRules.atStart(chain, roots, { respectGitignore: true }) };
  };

  it('FS-097: goes 5,000 levels down and up again', async () => {
    const { chain, rules } = await begin();
    const { tree, truncated } = await treeOf(chain, limits, rules, {});
    expect(truncated).toBe(false);
    expect(treeLines(tree)).toHaveLength(3 * 5_000);
    expect(counts).toEqual({ read: 5_000, open: 1 });
  });

  it('FS-099: marks what cannot be read, and goes on', async () => {
    const { chain, rules } = await begin();
    const { tree } = await treeOf(chain, { ...limits, maxDepth: 2 }, rules, {});
    expect(treeLines(tree)).toEqual(['d/', '  d/ ...', '  file', '  locked/ ...', 'file', 'locked/ [unreadable]']);
    expect(tree[2]).toEqual({ name: 'locked', type: 'directory', error: true });
  });

  it('FS-098: reads no more than the page shows', async () => {
    const { chain, rules } = await begin();
    const { truncated } = await treeOf(chain, { ...limits, limit: 10 }, rules, {});
    expect(truncated).toBe(true);
    expect(counts.read).toBeLessThan(15);
    expect(counts.open).toBe(1);
  });

  it('FS-104: stops when it is told to, and lets everything go', async () => {
    const { chain, rules } = await begin();
    const controller = new AbortController();
    chain.enter = async () => {
      controller.abort();
      return new Chain(1, counts);
    };
    await expect(treeOf(chain, limits, rules, { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(counts.open).toBe(1);
    expect(counts.read).toBeLessThan(3);
  });
});
