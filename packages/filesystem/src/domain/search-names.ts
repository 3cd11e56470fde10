import path from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import { BETWEEN_NAMES, cursorAt, namesOfCursor } from './cursor.ts';
import type { Entry } from './entry.ts';
import { compileGlobs, type Glob, type GlobState } from './glob.ts';
import { type Companions, Pace } from './pace.ts';
import type { Roots } from './roots.ts';
import { Shared } from './shared.ts';
import { visibleName } from './visible-name.ts';
import { MAX_DEPTH, type WalkedDirectory, type WalkOptions, WalkRules } from './walk-rules.ts';

/** How many directories are read at a time. */
const IN_FLIGHT = 16;

/** What is looked for. */
export interface NameQuery {
  readonly pattern: string;
  /** Of which type, if not of any. */
  readonly type?: Entry['type'] | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
  /** Characters of a text with one path a line. */
  readonly maxChars: number;
}

/** One page of paths in the order of a walk that goes down before it goes on, each directory's names sorted by their UTF-16 units. */
export interface NamePage {
  readonly matches: string[];
  readonly truncated: boolean;
  readonly nextCursor: string | undefined;
  /** Directories that could not be read, or that were too deep to enter. */
  readonly skipped: number;
}

/** Finds names below a requested directory, by the rules of `searchNames`. */
export async function searchFiles(
  roots: Roots,
  requested: string,
  query: NameQuery,
  options: WalkOptions,
  companions: Companions,
): Promise<NamePage> {
  await using start = await roots.openDirectory(requested);
  return await searchNames(start, query, await WalkRules.atStart(start, roots, options), companions);
}

/**
 * Finds names below a directory by a glob over the path from there. Nothing is kept between pages. Directories that cannot have a match
 * are not entered: because of the pattern, because they lie before the page or because it is full. Links are found, never followed.
 */
export async function searchNames(start: WalkedDirectory, query: NameQuery, rules: WalkRules, companions: Companions): Promise<NamePage> {
  const walk = new NameWalk(start, query, rules, companions);
  await walk.run();
  const found = walk.found.take();
  const shown = found.slice(0, query.limit).map((key) => path.join(start.path, ...key.split(BETWEEN_NAMES)));
  let room = query.maxChars;
  const overflow = shown.findIndex((match) => {
    room -= visibleName(match).length + 1;
    return room < 0;
  });
  // At least one, or the next page would be this one again.
  const matches = overflow === -1 ? shown : shown.slice(0, Math.max(1, overflow));
  const truncated = matches.length < found.length;
  const last = found[matches.length - 1];
  const nextCursor = truncated && last !== undefined ? cursorAt(last.split(BETWEEN_NAMES)) : undefined;
  return { matches, truncated, nextCursor, skipped: walk.skipped };
}

/** Where a directory is. */
interface Place {
  /** The names from the start, as they are sorted. */
  readonly key: string;
  readonly state: GlobState;
  readonly depth: number;
}

/** A directory that is to be entered, from its parent. */
interface Pending extends Place {
  readonly parent: Shared<WalkedDirectory>;
  readonly name: string;
  readonly rules: WalkRules;
}

class NameWalk {
  readonly found: Smallest;
  skipped = 0;
  #seen = 0;
  readonly #glob: Glob;
  readonly #query: NameQuery;
  readonly #start: WalkedDirectory;
  readonly #rules: WalkRules;
  readonly #pace: Pace;
  /** Those that come first are last, so that the page is full early and the rest need not be entered. */
  readonly #stack: Pending[] = [];

  constructor(start: WalkedDirectory, query: NameQuery, rules: WalkRules, companions: Companions) {
    // Every path begins with the start's, so no page holds more of them than this.
    const most = Math.min(query.limit, Math.ceil(query.maxChars / (start.path.length + 2)));
    this.found = new Smallest(most + 1, query.cursor === undefined ? '' : namesOfCursor(query.cursor).join(BETWEEN_NAMES));
    this.#glob = compileGlobs([query.pattern]);
    this.#query = query;
    this.#start = start;
    this.#rules = rules;
    this.#pace = new Pace(companions);
  }

  async run(): Promise<void> {
    const active = new Set<Promise<void>>();
    try {
      await this.#list(new Shared(this.#start, 1, () => {}), { key: '', state: this.#glob.start, depth: 0 }, this.#rules);
      while (this.#stack.length > 0 || active.size > 0) {
        for (let next = this.#next(active.size); next !== undefined; next = this.#next(active.size)) {
          const visit = this.#visit(next);
          active.add(visit);
          visit.then(
            () => active.delete(visit),
            () => {},
          );
        }
        await Promise.race(active);
      }
    } finally {
      await Promise.allSettled(active);
      for (const { parent } of this.#stack.splice(0)) parent.release();
    }
  }

  #next(active: number): Pending | undefined {
    return active < IN_FLIGHT ? this.#stack.pop() : undefined;
  }

  async #visit({ parent, name, key, state, rules, depth }: Pending): Promise<void> {
    let directory: WalkedDirectory | undefined;
    try {
      if (!this.found.mayHoldBelow(key)) return;
      await this.#pace.step(this.#seen, 'names seen');
      directory = await parent.value.enter(name);
      if (directory === undefined) return;
      const entered = directory;
      await this.#list(new Shared(entered, 1, () => entered[Symbol.asyncDispose]()), { key, state, depth }, rules);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      this.skipped += 1;
    } finally {
      parent.release();
    }
  }

  async #list(directory: Shared<WalkedDirectory>, at: Place, inherited: WalkRules): Promise<void> {
    try {
      const entries = await directory.value.readAll();
      const has = (name: string) => entries.some((entry) => entry.name === name);
      const rules = at.depth === 0 ? inherited : await inherited.withOwn(directory.value, has);
      const directories: Pending[] = [];
      for (const entry of entries) {
        this.#seen += 1;
        // Awaiting every time would cost more than the rest of the loop.
        if ((this.#seen & 7) === 0) await this.#pace.step(this.#seen, 'names seen');
        if (rules.omits(entry)) continue;
        const key = at.depth === 0 ? entry.name : at.key + BETWEEN_NAMES + entry.name;
        if (this.#fits(entry, at)) this.found.add(key);
        const below = this.#placeBelow(entry, key, at);
        if (below !== undefined) directories.push({ ...below, parent: directory, name: entry.name, rules: rules.below(entry.name) });
      }
      for (const pending of directories.sort(lastFirst)) {
        directory.hold();
        this.#stack.push(pending);
      }
    } finally {
      directory.release();
    }
  }

  #fits({ name, type }: Entry, { state }: Place): boolean {
    return (this.#query.type === undefined || this.#query.type === type) && this.#glob.matches(state, name);
  }

  #placeBelow({ name, type }: Entry, key: string, { state, depth }: Place): Place | undefined {
    if (type !== 'directory') return undefined;
    const place = { key, state: this.#glob.below(state, name), depth: depth + 1 };
    if (place.state.length === 0 || !this.found.mayHoldBelow(key)) return undefined;
    if (depth < MAX_DEPTH) return place;
    this.skipped += 1;
    return undefined;
  }
}

function lastFirst(left: Pending, right: Pending): number {
  return left.key < right.key ? 1 : -1;
}

/** What a walk goes on without. Too many open files, a full memory or a failing disk are not among it. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof ToolError && ['denied', 'not_found', 'conflict', 'invalid_input'].includes(error.code);
}

/** Keeps the smallest keys after one, at most twice as many as are asked for. */
class Smallest {
  readonly #count: number;
  readonly #after: string;
  #kept: string[] = [];
  #bound: string | undefined;

  constructor(count: number, after: string) {
    this.#count = count;
    this.#after = after;
  }

  add(key: string): void {
    if (key <= this.#after || (this.#bound !== undefined && key > this.#bound)) return;
    this.#kept.push(key);
    if (this.#kept.length < 2 * this.#count) return;
    this.#kept = this.take();
    this.#bound = this.#kept.at(-1);
  }

  /** Whether what lies below a directory can still be among them. */
  mayHoldBelow(key: string): boolean {
    if (this.#bound !== undefined && key > this.#bound) return false;
    return key > this.#after || this.#after.startsWith(key + BETWEEN_NAMES);
  }

  take(): string[] {
    return this.#kept.sort().slice(0, this.#count);
  }
}
