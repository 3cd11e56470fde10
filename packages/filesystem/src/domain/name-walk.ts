import { BETWEEN_NAMES, type Position } from './cursor.ts';
import { byName, type Entry } from './entry.ts';
import { compileGlobs, type Glob, type GlobState } from './glob.ts';
import { type Companions, Pace } from './pace.ts';
import { Shared } from './shared.ts';
import { isUnreadable, MAX_DEPTH, type WalkedDirectory, type WalkRules } from './walk-rules.ts';

/** How many directories are read at a time: those that come next in the order of the walk. */
const IN_FLIGHT = 12;

/** Positions in a glob beyond which comparing a name takes longer than looking at the clock. */
const FEW_POSITIONS = 10;

/** Names that were found ahead of their turn, beyond which only the directory is read whose turn it is. */
const MAX_AHEAD = 2_000;

/** What is looked for, and from where on. */
export interface NameWalkQuery {
  /** Globs of which any may match. */
  readonly patterns: readonly string[];
  readonly type?: Entry['type'] | undefined;
  readonly begin: Position | undefined;
}

/** A directory that was listed. */
export interface ListedDirectory {
  readonly path: string;
  /** From the start of the walk. */
  readonly names: readonly string[];
  /** The files that match and are left out by the rules. */
  readonly omitted: readonly string[];
}

/** Names of one directory that match and follow one another in the order of the walk. */
export interface Run {
  readonly directory: ListedDirectory;
  readonly names: readonly string[];
}

/** What counts in a directory, in order. */
interface Listing {
  readonly directory: ListedDirectory;
  readonly items: readonly Item[];
}

/** A name that counts: it matches, or may have matches below it. */
interface Item {
  readonly name: string;
  matches: boolean;
  below: Branch | undefined;
}

/** A directory in its parent. */
interface Branch {
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
 * Walks below a directory in the order of the names and reads a little ahead, so that it can be left wherever a page is full. Directories
 * that cannot have a match are not entered: because of the pattern, or because they lie before the beginning. A directory is held with all its
 * names, however many it has: reading them one by one would take four times as long.
 */
export class NameWalk {
  /** Directories that could not be read, or that were too deep to enter. */
  skipped = 0;
  readonly #glob: Glob;
  readonly #query: NameWalkQuery;
  readonly #pace: Pace;
  /** Those to be read, the next one last. */
  readonly #unread: Branch[] = [];
  readonly #reading = new Set<Promise<unknown>>();
  #ahead = 0;
  #seen = 0;
  #over = false;

  constructor(query: NameWalkQuery, companions: Companions) {
    this.#query = query;
    this.#glob = compileGlobs(query.patterns);
    this.#pace = new Pace(companions);
  }

  /** What matches below a directory, which stays the caller's. To be called once. */
  async *below(start: WalkedDirectory, rules: WalkRules): AsyncGenerator<Run> {
    const parent = new Shared(start, 1, () => {});
    const top = { names: [], key: '', parent, rules, state: this.#glob.start, begin: this.#query.begin };
    try {
      yield* this.#inOrder(await this.#list(parent, top, rules));
    } finally {
      this.#over = true;
      await Promise.allSettled(this.#reading);
      for (const { parent } of this.#unread.splice(0)) parent.release();
    }
  }

  async *#inOrder(top: Listing): AsyncGenerator<Run> {
    const open = [{ ...top, next: 0 }];
    for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
      const { directory, items } = level;
      const names: string[] = [];
      let below: Branch | undefined;
      while (below === undefined && level.next < items.length) {
        const item = items[level.next];
        if (item?.matches) names.push(item.name);
        below = item?.below;
        level.next += 1;
      }
      this.#ahead -= names.length;
      if (names.length > 0) yield { directory, names };
      if (below === undefined) open.pop();
      const listing = await this.#listingOf(below);
      if (listing !== undefined) open.push({ ...listing, next: 0 });
    }
  }

  /** In its turn, which is now: no unread directory comes before it. */
  async #listingOf(branch: Branch | undefined): Promise<Listing | undefined> {
    if (branch !== undefined && branch.listing === undefined) this.#readNext();
    this.#readAhead();
    return await branch?.listing;
  }

  #readAhead(): void {
    while (!this.#over && this.#reading.size < IN_FLIGHT && this.#ahead < MAX_AHEAD && this.#unread.length > 0) this.#readNext();
  }

  #readNext(): void {
    const branch = this.#unread.pop();
    if (branch === undefined) return;
    const listing = this.#visit(branch);
    branch.listing = listing;
    this.#reading.add(listing);
    const ended = () => this.#reading.delete(listing);
    // A failure comes out in its turn.
    listing.then(ended, ended).then(() => this.#readAhead());
  }

  async #visit(branch: Branch): Promise<Listing | undefined> {
    const { parent, names, rules } = branch;
    try {
      await this.#pace.step(this.#seen, 'names seen');
      const name = names.at(-1) ?? '';
      const entered = await parent.value.enter(name);
      return entered && (await this.#list(new Shared(entered, 1, () => entered[Symbol.asyncDispose]()), branch, rules.below(name)));
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      this.skipped += 1;
      return undefined;
    } finally {
      parent.release();
    }
  }

  async #list(directory: Shared<WalkedDirectory>, at: Branch, inherited: WalkRules): Promise<Listing> {
    try {
      const entries = await directory.value.readAll();
      const has = (name: string) => entries.some((entry) => entry.name === name);
      const rules = at.names.length === 0 ? inherited : await inherited.withOwn(directory.value, has);
      const items: Item[] = [];
      const omitted: string[] = [];
      // Without rules, looking at the clock every time would cost more than the rest of the loop.
      const unseen = rules.any || this.#glob.size > FEW_POSITIONS ? 0 : 7;
      for (const entry of entries) {
        this.#seen += 1;
        if ((this.#seen & unseen) === 0 && this.#pace.isDue()) await this.#pace.step(this.#seen, 'names seen');
        const matches = this.#fits(entry, at);
        if (!matches && entry.type !== 'directory') continue;
        if (!rules.omits(entry)) items.push({ name: entry.name, matches, below: this.#branchAt(entry, directory, rules, at) });
        else if (entry.type === 'file') omitted.push(entry.name);
      }
      const counting = takeUp(items.sort(byName), at.begin);
      this.#queue(counting, directory);
      return { directory: { path: directory.value.path, names: at.names, omitted }, items: counting };
    } finally {
      directory.release();
    }
  }

  #fits({ name, type }: Entry, { state }: Branch): boolean {
    return (this.#query.type === undefined || this.#query.type === type) && this.#glob.matches(state, name);
  }

  #branchAt({ name, type }: Entry, parent: Shared<WalkedDirectory>, rules: WalkRules, at: Branch): Branch | undefined {
    const first = at.begin?.names[0] ?? '';
    if (type !== 'directory' || name < first) return undefined;
    const state = this.#glob.below(at.state, name);
    if (state.length === 0) return undefined;
    if (at.names.length >= MAX_DEPTH) {
      this.skipped += 1;
      return undefined;
    }
    const names = [...at.names, name];
    const begin = at.begin !== undefined && name === first ? { ...at.begin, names: at.begin.names.slice(1) } : undefined;
    return {
      names,
      key: names.join(BETWEEN_NAMES),
      parent,
      rules,
      state,
      begin: begin?.names.length ? begin : undefined,
    };
  }

  /** Puts the directories among the others that are to be read: those of one directory have no other's between them. */
  #queue(items: readonly Item[], directory: Shared<WalkedDirectory>): void {
    const branches = items.flatMap(({ below }) => below ?? []).toReversed();
    for (const _ of branches) directory.hold();
    const last = branches[0];
    if (last !== undefined) this.#unread.splice(placeOf(last.key, this.#unread), 0, ...branches);
    for (const { matches } of items) if (matches) this.#ahead += 1;
  }
}

/**
 * Leaves out of a directory's items, in order, what lies before the beginning. Of several with one name, of which but one can be reached
 * by it, the last is the one that is entered, so that all have passed before anything below.
 */
function takeUp(items: readonly Item[], begin: Position | undefined): readonly Item[] {
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

/** Where a key belongs among others that fall. */
function placeOf(key: string, branches: readonly Branch[]): number {
  let [low, high] = [0, branches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((branches[middle]?.key ?? '') > key) low = middle + 1;
    else high = middle;
  }
  return low;
}
