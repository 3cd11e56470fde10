import { BETWEEN_NAMES, type Position } from './cursor.ts';
import { byName, type Entry } from './entry.ts';
import { compileGlobs, type Glob } from './glob.ts';
import { type After, smallestAfter } from './list.ts';
import { type Branch, type Item, type Listing, placeOf, type Run, takeRun, takeUp } from './name-walk-order.ts';
import { type Companions, Pace } from './pace.ts';
import { Shared } from './shared.ts';
import { isTooLong, isUnreadable, MAX_DEPTH, type WalkedDirectory, type WalkRules } from './walk-rules.ts';

export type { ListedDirectory, Run } from './name-walk-order.ts';

/** How many directories are read at a time: those that come next in the order of the walk. */
const IN_FLIGHT = 12;

/** Positions in a glob beyond which comparing a name takes longer than looking at the clock. */
const FEW_POSITIONS = 10;

/** Names that were found ahead of their turn, beyond which only the directory is read whose turn it is. */
const MAX_AHEAD = 2_000;

/**
 * Names that count, of a large directory, that are held at a time: the first so many before its turn, which a page may do with. It is read
 * again for those that follow.
 */
const FIRST_PART = 2_000;
const PART = 100_000;

/** More names that are left out are not told. */
const MAX_OMITTED = 3_000;

/** What is looked for, and from where on. */
export interface NameWalkQuery {
  /** Globs of which any may match. */
  readonly patterns: readonly string[];
  readonly type?: Entry['type'] | undefined;
  readonly begin: Position | undefined;
}

/** A directory that is read in parts. */
interface Large {
  readonly directory: Shared<WalkedDirectory>;
  readonly at: Branch;
  readonly rules: WalkRules;
  readonly omitted: string[];
}

/**
 * Walks below a directory in the order of the names and reads a little ahead, so that it can be left wherever a page is full. Directories
 * that cannot have a match are not entered: because of the pattern, or because they lie before the beginning. A large directory is read in
 * parts, so that memory grows neither with its names nor with the tree.
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
  /** Large directories of which more is to be read. */
  readonly #unfinished = new Set<Shared<WalkedDirectory>>();
  #ahead = 0;
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
      for (const directory of this.#unfinished) directory.release();
    }
  }

  async *#inOrder(top: Listing): AsyncGenerator<Run> {
    const open = [{ ...top, next: 0 }];
    for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
      const { names, below } = takeRun(level);
      this.#ahead -= names.length;
      if (names.length > 0) yield { directory: level.directory, names };
      if (below === undefined) open.pop();
      const listing = await this.#listingAfter(level, below);
      if (listing !== undefined) open.push({ ...listing, next: 0 });
    }
  }

  /** Of a directory in its turn, which is now: no unread one comes before it. Without one, what follows in the listing that has come to its end. */
  async #listingAfter({ more }: Listing, branch: Branch | undefined): Promise<Listing | undefined> {
    if (branch !== undefined && branch.listing === undefined) this.#readNext();
    this.#readAhead();
    return await (branch === undefined ? more?.() : branch.listing);
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
      await this.#pace.step('names seen');
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
      return await ((await directory.value.isLarge())
        ? this.#listLarge(directory, at, inherited)
        : this.#listAll(directory, at, inherited));
    } finally {
      directory.release();
    }
  }

  async #listAll(directory: Shared<WalkedDirectory>, at: Branch, inherited: WalkRules): Promise<Listing> {
    const entries = await directory.value.readAll();
    const has = (name: string) => entries.some((entry) => entry.name === name);
    const rules = at.names.length === 0 ? inherited : await inherited.withOwn(directory.value, has);
    const items: Item[] = [];
    const omitted: string[] = [];
    // Without rules, looking at the clock every time would cost more than the rest of the loop.
    const unseen = rules.any || this.#glob.size > FEW_POSITIONS ? 0 : 7;
    for (const entry of entries) {
      this.#pace.done += 1;
      if ((this.#pace.done & unseen) === 0 && this.#pace.isDue()) await this.#pace.step('names seen');
      const matches = this.#fits(entry, at);
      if (!matches && entry.type !== 'directory') continue;
      if (!rules.omits(entry)) items.push({ name: entry.name, matches, below: this.#branchAt(entry, directory, rules, at) });
      else if (entry.type === 'file') omitted.push(entry.name);
    }
    const counting = takeUp(items.sort(byName), at.begin);
    this.#queue(counting, directory);
    return { directory: { path: directory.value.path, names: at.names, omitted }, items: counting };
  }

  /** Holds the directory until all of it was listed. */
  async #listLarge(directory: Shared<WalkedDirectory>, at: Branch, inherited: WalkRules): Promise<Listing> {
    const rules = at.names.length === 0 ? inherited : await inherited.withOwn(directory.value);
    directory.hold();
    this.#unfinished.add(directory);
    return await this.#part({ directory, at, rules, omitted: [] }, { name: at.begin?.names[0] ?? '', alike: 0 }, FIRST_PART);
  }

  /** What counts in a large directory after some of its names. */
  async #part({ directory, at, rules, omitted }: Large, after: After, most: number): Promise<Listing> {
    const wanted = (entry: Entry) => {
      if (!this.#fits(entry, at) && entry.type !== 'directory') return false;
      if (!rules.omits(entry)) return true;
      if (entry.type === 'file' && most === FIRST_PART && omitted.length < MAX_OMITTED) omitted.push(entry.name);
      return false;
    };
    const entries = await smallestAfter(directory.value, after, most, this.#pace, wanted);
    const whole = entries.length < most;
    // Names that look alike stay together.
    const part = whole ? entries : entries.filter(({ name }) => name !== entries.at(-1)?.name);
    const end = part.at(-1)?.name;
    if (!whole && end === undefined) return await this.#part({ directory, at, rules, omitted }, after, 2 * most);
    const items = part.map((entry) => this.#itemOf(entry, directory, rules, at));
    const counting = takeUp(items, at.begin);
    this.#queue(counting, directory);
    const listing = { directory: { path: directory.value.path, names: at.names, omitted }, items: counting };
    if (!whole) return { ...listing, more: () => this.#more({ directory, at, rules, omitted }, end ?? '') };
    this.#unfinished.delete(directory);
    directory.release();
    return listing;
  }

  async #more(large: Large, end: string): Promise<Listing | undefined> {
    try {
      return await this.#part(large, { name: end, alike: Number.POSITIVE_INFINITY }, PART);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      this.skipped += 1;
      return undefined;
    }
  }

  #itemOf(entry: Entry, directory: Shared<WalkedDirectory>, rules: WalkRules, at: Branch): Item {
    return { name: entry.name, matches: this.#fits(entry, at), below: this.#branchAt(entry, directory, rules, at) };
  }

  #fits({ name, type }: Entry, { state }: Branch): boolean {
    return (this.#query.type === undefined || this.#query.type === type) && this.#glob.matches(state, name);
  }

  #branchAt({ name, type }: Entry, parent: Shared<WalkedDirectory>, rules: WalkRules, at: Branch): Branch | undefined {
    const first = at.begin?.names[0] ?? '';
    if (type !== 'directory' || name < first) return undefined;
    const state = this.#glob.below(at.state, name);
    if (state.length === 0) return undefined;
    if (at.names.length >= MAX_DEPTH || isTooLong(parent.value.path, name)) {
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
