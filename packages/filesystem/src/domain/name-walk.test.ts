import { afterAll, describe, expect, it } from 'vitest';
import type { Entry } from './entry.ts';
import { openRoots } from './roots.ts';
import { type NameQuery, searchNames } from './search-names.ts';
import { temporaryDirectory } from './temporary-directory.testing.ts';
import { type WalkedDirectory, WalkRules } from './walk-rules.ts';

const temporary = await temporaryDirectory();
afterAll(() => temporary[Symbol.asyncDispose]());

/** One directory with names that count, directories and names that look alike among them, which says that it is large or not. */
class Wide implements WalkedDirectory {
  readonly path = '/wide';
  readonly large: boolean;
  readonly names: readonly Entry[];
  readonly counts: { read: number; open: number };

  constructor(large: boolean, names: readonly Entry[], counts: { read: number; open: number }) {
    this.large = large;
    this.names = names;
    this.counts = counts;
    counts.open += 1;
  }

  async *read(): AsyncGenerator<Entry> {
    this.counts.read += 1;
    yield* this.names;
  }

  async readAll(): Promise<readonly Entry[]> {
    return this.names;
  }

  async isLarge(): Promise<boolean> {
    return this.large;
  }

  async enter(): Promise<Wide> {
    return new Wide(false, [{ name: 'below', type: 'file' }], this.counts);
  }

  async openFile(): Promise<undefined> {}
  async stat(): Promise<undefined> {}

  async [Symbol.asyncDispose](): Promise<void> {
    this.counts.open -= 1;
  }
}

describe('in a directory with very many names', () => {
  const COUNT = 60_000;
  const names = Array.from({ length: COUNT }, (_, index): Entry => {
    const number = (index * 7_919) % COUNT;
    return { name: `n${String(number).padStart(5, '0')}`, type: number % 1_000 === 0 ? 'directory' : 'file' };
  });
  const alike = Array.from({ length: 5_000 }, (_, index): Entry => ({ name: '\ufffd', type: index === 3 ? 'directory' : 'file' }));

  async function search(large: boolean, entries: readonly Entry[], query: Partial<NameQuery>) {
    const counts = { read: 0, open: 0 };
    const directory = new Wide(large, entries, counts);
    await using roots = await openRoots([temporary.path]);
    const rules = await WalkRules.atStart(directory, roots, { respectGitignore: true, excludePatterns: ['n00007'] });
    const page = await searchNames(directory, { pattern: '**', limit: 1_000_000, maxChars: 10_000_000, ...query }, rules, {});
    // The first is the caller's.
    expect(counts.open).toBe(1);
    return { ...page, read: counts.read };
  }

  it.each([
    ['all of them', names, {}],
    ['directories', names, { type: 'directory' }],
    ['a few', names, { pattern: 'n*99' }],
    ['files below', names, { pattern: '*/below' }],
    ['many that look alike', [...names.slice(0, 3_000), ...alike, { name: '\uffff', type: 'file' }], {}],
  ] satisfies [string, Entry[], Partial<NameQuery>][])('FS-101: finds %s in parts as if at once', async (_what, entries, query) => {
    const { read, ...page } = await search(true, entries, query);
    const { read: _, ...atOnce } = await search(false, entries, query);
    expect(page).toEqual(atOnce);
    expect(page.matches.length).toBeGreaterThan(50);
    expect(read).toBeLessThan(6);
  });

  it('FS-101: gives every path once over pages, and reads the directory once for each that is short', async () => {
    const all = (await search(false, names, {})).matches;
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await search(true, names, { limit: 1_900, cursor });
      expect(page.read).toBe(1);
      seen.push(...page.matches);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(all);
  });
});
