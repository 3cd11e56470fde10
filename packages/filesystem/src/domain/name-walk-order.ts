import type { Position } from './cursor.ts';
import type { GlobState } from './glob.ts';
import type { Shared } from './shared.ts';
import type { WalkedDirectory, WalkRules } from './walk-rules.ts';

/** A directory that was listed. */
export interface ListedDirectory {
  readonly path: string;
  /** From the start of the walk. */
  readonly names: readonly string[];
  /** The files that match and are left out by the rules, some thousands at most. */
  readonly omitted: readonly string[];
}

/** Names of one directory that match and follow one another in the order of the walk. */
export interface Run {
  readonly directory: ListedDirectory;
  readonly names: readonly string[];
}

/** What counts in a directory, in order. */
export interface Listing {
  readonly directory: ListedDirectory;
  readonly items: readonly Item[];
  /** Lists what follows, where that is not all. */
  readonly more?: (() => Promise<Listing | undefined>) | undefined;
}

/** A name that counts: it matches, or may have matches below it. */
export interface Item {
  readonly name: string;
  matches: boolean;
  below: Branch | undefined;
}

/** A directory in its parent. */
export interface Branch {
  /** From the start, and the same as they are sorted. */
  readonly names: readonly string[];
  readonly key: string;
  readonly parent: Shared<WalkedDirectory>;
  /** Those of the parent: many branches may wait, and each would hold a copy. */
  readonly rules: WalkRules;
  readonly state: GlobState;
  /** Where in it the walk begins, if in it. */
  readonly begin: Position | undefined;
  /** Since it is being read. Undefined where it cannot be. */
  listing?: Promise<Listing | undefined>;
}

/**
 * Leaves out of a directory's items, in order, what lies before the beginning. Of several with one name, of which but one can be reached
 * by it, the last is the one that is entered, so that all have passed before anything below.
 */
export function takeUp(items: readonly Item[], begin: Position | undefined): readonly Item[] {
  const first = begin?.names[0] ?? '';
  let alike = 0;
  for (const [index, item] of items.entries()) {
    const next = items[index + 1];
    if (items[index - 1]?.name !== item.name) alike = 0;
    if (item.matches) alike += 1;
    if (next?.name === item.name && item.below !== undefined) {
      next.below = item.below;
      item.below = undefined;
    }
    if (begin !== undefined && item.name === first && (begin.names.length > 1 || alike <= begin.alike)) item.matches = false;
  }
  return items.filter(({ name, matches, below }) => name >= first && (matches || below !== undefined));
}

/** The names that match from where a listing stands, up to the first directory that may have matches below it. Moves on behind both. */
export function takeRun(level: Pick<Listing, 'items'> & { next: number }): {
  readonly names: readonly string[];
  readonly below: Branch | undefined;
} {
  const names: string[] = [];
  let below: Branch | undefined;
  while (below === undefined && level.next < level.items.length) {
    const item = level.items[level.next];
    if (item?.matches) names.push(item.name);
    below = item?.below;
    level.next += 1;
  }
  return { names, below };
}

/** Where a key belongs among others that fall. */
export function placeOf(key: string, branches: readonly Branch[]): number {
  let [low, high] = [0, branches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((branches[middle]?.key ?? '') > key) low = middle + 1;
    else high = middle;
  }
  return low;
}
