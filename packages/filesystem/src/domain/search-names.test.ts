import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cursorAt } from './cursor.ts';
import type { Entry } from './entry.ts';
import { openRoots, type Strategy } from './roots.ts';
import { type NameQuery, searchFiles, searchNames } from './search-names.ts';
import { temporaryDirectory } from './temporary-directory.testing.ts';
import { type WalkedDirectory, type WalkOptions, WalkRules } from './walk-rules.ts';

const temporary = await temporaryDirectory();
const root = join(temporary.path, 'root');

beforeAll(async () => {
  for (const directory of ['a/b', 'a.x', 'ignored', '.git', 'nested/.git', 'nested/out', 'locked'])
    await mkdir(join(root, directory), { recursive: true });
  for (const file of ['a/1.md', 'a/b/2.md', 'a.x/3.md', '0.md', 'ignored/4.md', '.git/5.md', 'nested/out/6.md', 'a/note.txt', '.hid.md'])
    await writeFile(join(root, file), '');
  await writeFile(join(root, '.gitignore'), 'ignored/\nout\n');
  await writeFile(join(root, 'locked/7.md'), '');
  await symlink('..', join(root, 'a/up'));
  await symlink('0.md', join(root, 'a/link.md'));
});

afterAll(() => temporary[Symbol.asyncDispose]());

const strategies: readonly Strategy[] = process.platform === 'linux' ? ['descriptor', 'checked'] : ['checked'];

describe.each(strategies)('with the strategy %s', (strategy) => {
  async function search(pattern: string, query: Partial<NameQuery> = {}, options: Partial<WalkOptions> = {}, path = '.') {
    await using roots = await openRoots([root], { strategy });
    const walked = { respectGitignore: true, ...options };
    const page = await searchFiles(roots, path, { pattern, limit: 1_000, maxChars: 100_000, ...query }, walked, {});
    return { ...page, matches: page.matches.map((match) => match.slice(root.length + 1)) };
  }

  it('goes down before it goes on, in the order of units, and follows no link', async () => {
    expect((await search('**/*.md')).matches).toEqual([
      '.hid.md',
      '0.md',
      'a/1.md',
      'a/b/2.md',
      'a/link.md',
      'a.x/3.md',
      'locked/7.md',
      'nested/out/6.md',
    ]);
  });

  it('shows what is ignored when asked to', async () => {
    const { matches } = await search('*.md', {}, { respectGitignore: false });
    expect(matches).toContain('ignored/4.md');
    expect(matches).toContain('.git/5.md');
  });

  it('leaves out what is excluded, with everything below', async () => {
    const excludePatterns = ['a', 'nested/**', '*.x'];
    expect((await search('*.md', {}, { excludePatterns })).matches).toEqual(['.hid.md', '0.md', 'locked/7.md']);
  });

  it('tells types apart', async () => {
    expect((await search('a*', { type: 'directory' })).matches).toEqual(['a', 'a.x']);
    expect((await search('b', { type: 'file' })).matches).toEqual([]);
  });

  it('obeys the .gitignore above the directory where it starts, but not in another repository', async () => {
    expect((await search('4.md', {}, {}, 'ignored')).matches).toEqual(['ignored/4.md']);
    await mkdir(join(root, 'a/b/out'), { recursive: true });
    await writeFile(join(root, 'a/b/out/8.md'), '');
    expect((await search('*.md', {}, {}, 'a/b')).matches).toEqual(['a/b/2.md']);
    expect((await search('*.md', {}, {}, 'nested')).matches).toEqual(['nested/out/6.md']);
  });

  it.each([{ limit: 1 }, { limit: 3 }, { maxChars: 1 }])('gives every path once over the pages of %j', async (limits) => {
    const all = (await search('*.md')).matches;
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await search('*.md', { ...limits, cursor });
      expect(page.truncated).toBe(page.nextCursor !== undefined);
      seen.push(...page.matches);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(all);
  });

  it.runIf(process.platform === 'linux')('loses no name that looks like another between pages', async () => {
    const names = [[0xff], [0xfe], [0xfd]].map((bytes) => Buffer.concat([Buffer.from(join(temporary.path, 'alike/')), Buffer.from(bytes)]));
    await mkdir(join(temporary.path, 'alike/\ufffd'), { recursive: true });
    await writeFile(join(temporary.path, 'alike/\ufffd/below'), '');
    await Promise.all(names.map((name) => writeFile(name, '')));
    await using roots = await openRoots([temporary.path], { strategy });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { pattern: 'alike/**', limit: 1, maxChars: 1_000, cursor };
      const page = await searchFiles(roots, '.', query, { respectGitignore: true }, {});
      seen.push(...page.matches.map((match) => match.slice(temporary.path.length)));
      cursor = page.nextCursor;
    } while (cursor !== undefined && seen.length < 10);
    expect(seen).toEqual([...Array(4).fill('/alike/\ufffd'), '/alike/\ufffd/below']);
  });

  it.runIf(process.getuid?.() !== 0)('goes on without what it may not read, and counts it', async () => {
    await chmod(join(root, 'locked'), 0o000);
    try {
      expect(await search('7.md')).toMatchObject({ matches: [], skipped: 1 });
    } finally {
      await chmod(join(root, 'locked'), 0o755);
    }
  });

  it.each(['Li4', '', 'Li4ALi4', '%%%', cursorAt(['a', '']), cursorAt(['a'], 1.5), `${cursorAt(['a'])}AAAx`])(
    'refuses the cursor %j',
    async (cursor) => {
      await expect(search('*', { cursor })).rejects.toMatchObject({ code: 'invalid_input' });
    },
  );
});

/** Directories without end: each has two files and two directories. */
class Endless implements WalkedDirectory {
  readonly path = '/endless';
  readonly counts: { read: number; open: number };
  readonly onRead: () => void;

  constructor(counts: { read: number; open: number }, onRead: () => void) {
    this.counts = counts;
    this.onRead = onRead;
    counts.open += 1;
  }

  async *read(): AsyncGenerator<Entry> {
    yield* await this.readAll();
  }

  async readAll(): Promise<Entry[]> {
    this.counts.read += 1;
    this.onRead();
    return ['a', 'b'].flatMap((name): Entry[] => [
      { name, type: 'directory' },
      { name: `${name}.md`, type: 'file' },
    ]);
  }

  async isLarge(): Promise<boolean> {
    return false;
  }

  async enter(): Promise<Endless> {
    return new Endless(this.counts, this.onRead);
  }

  async openFile(): Promise<undefined> {}
  async stat(): Promise<undefined> {}

  async [Symbol.asyncDispose](): Promise<void> {
    this.counts.open -= 1;
  }
}

describe('in a tree without end', () => {
  const query = { pattern: '*.md', limit: 1_000_000, maxChars: 1_000_000 };
  const begin = async (counts: { read: number; open: number }, onRead: () => void) => {
    const directory = new Endless(counts, onRead);
    await using roots = await openRoots([temporary.path]);
    return { directory, rules: await WalkRules.atStart(directory, roots, { respectGitignore: true }) };
  };

  it('FS-104: stops when it is told to, at the directories under way, and lets all of them go', async () => {
    const controller = new AbortController();
    const counts = { read: 0, open: 0 };
    const onRead = () => {
      if (counts.read === 500) controller.abort();
    };
    const { directory, rules } = await begin(counts, onRead);
    await expect(searchNames(directory, query, rules, { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(counts.read).toBeLessThan(500 + 2 * 16);
    // The first is the caller's.
    expect(counts.open).toBe(1);
  });

  it('FS-092: lets others have their turn between two names, where each is compared with patterns', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      let turns = 0;
      const controller = new AbortController();
      const entry: Entry = {
        type: 'file',
        get name() {
          vi.advanceTimersByTime(100);
          setImmediate(() => {
            turns += 1;
            if (turns === 1) controller.abort();
          });
          return 'a';
        },
      };
      const directory = new Endless({ read: 0, open: 0 }, () => {});
      directory.readAll = async () => Array(7).fill(entry);
      await using roots = await openRoots([temporary.path]);
      const rules = await WalkRules.atStart(directory, roots, { respectGitignore: false, excludePatterns: ['b'] });
      await expect(searchNames(directory, query, rules, { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('FS-098: reads no more than a full page needs', async () => {
    const counts = { read: 0, open: 0 };
    const { directory, rules } = await begin(counts, () => {});
    const page = await searchNames(directory, { ...query, limit: 50 }, rules, {});
    expect(page.matches).toHaveLength(50);
    expect(page.truncated).toBe(true);
    // Of 2 to the power of 200: the depth that is gone to, and for every name a few of those beside it.
    expect(counts.read).toBeLessThan(3_000);
    expect(counts.open).toBe(1);
  });

  it('reads for a later page no more than for the first', async () => {
    const counts = { read: 0, open: 0 };
    const { directory, rules } = await begin(counts, () => {});
    const first = await searchNames(directory, { ...query, limit: 50 }, rules, {});
    counts.read = 0;
    const second = await searchNames(directory, { ...query, limit: 50, cursor: first.nextCursor }, rules, {});
    expect(second.matches).toHaveLength(50);
    expect(counts.read).toBeLessThan(3_000);
  });
});
