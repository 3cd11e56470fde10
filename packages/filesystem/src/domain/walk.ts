import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { PlatformPath } from 'node:path';
import type { Entry } from './entry.ts';
import { errnoOf, fault } from './errno.ts';
import { isLink, type Link } from './link.ts';
import { type Location, locate, namesOf, outsideRoots, type RootPath, segmentsOf, textFault } from './path.ts';
import { type SpellingContext, type Spellings, withSpelling } from './spelling.ts';

/** As many as Linux follows in one path. */
const MAX_LINKS = 40;

/** A regular file, open. */
export interface OpenedFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
}

/** A directory that was reached without following a link, and what one name below it leads to. Names are single components, never `..`. */
export interface Place extends Disposable {
  enter(name: string): Promise<Place | Link>;
  /** Opens a regular file for reading, or as the flags of open(2) say. They must not create, nor cut off. */
  openFile(name: string, flags?: number): Promise<OpenedFile | Link>;
  /** Creates a file that was not there, open for reading and writing. `EEXIST` where anything has the name, be it a dangling link. */
  createFile(name: string, mode: number): Promise<FileHandle>;
  /**
   * Runs a system call on the path of one name, or of `.`. The path is good for that call only, and the call must not follow a link in its
   * last name: lstat, link, mkdir, readlink, rename, rmdir, symlink, unlink.
   */
  at<Result>(name: string, call: (path: string) => Promise<Result>): Promise<Result>;
  entries(): AsyncIterable<Entry>;
  /** All entries at once: a quarter of the time where they are few, and memory for all of them. */
  allEntries(): Promise<readonly Entry[]>;
  /** Whether there may be so many entries that they are better read a few at a time. */
  isLarge(): Promise<boolean>;
}

/** A root that is held since the start. `verify` rejects once its path names another directory. */
export interface PinnedRoot extends RootPath {
  readonly place: Place;
  /** Where it lies in a root of the operator's, if it is not one itself: rules on names count from there. */
  readonly within?: { readonly root: RootPath; readonly names: readonly string[] };
  readonly verify: () => Promise<void>;
}

/** A request on its way through the roots. */
export interface Journey extends Location<PinnedRoot> {
  readonly requested: string;
  readonly roots: readonly PinnedRoot[];
  readonly platform: PlatformPath;
  readonly spellings: Spellings;
  /** Whether the walk may end before a directory that is missing. `finish` then gets that name, and the rest of them in its `Whereabouts`. */
  readonly endAtMissing?: boolean;
}

/** Where a walk has ended, in names that are no links. */
export interface Whereabouts {
  readonly root: PinnedRoot;
  /** From the root to the parent. */
  readonly names: readonly string[];
  /** Below the last name: what is missing. */
  readonly rest: readonly string[];
}

/** What the directory is called where a walk is, by the disk. */
export function calledAt({ root, names }: Whereabouts): string {
  return [root.real, ...names].join('/');
}

/** What is done with the last name, in its proven parent. No name: the path is the directory itself, as in `.` and `a/..`. */
export type Finish<Found> = (parent: Place, name: string | undefined, where: Whereabouts) => Promise<Found | Link>;

/**
 * Walks a path one name at a time and hands the last one to `finish`. No name is ever followed by the system: what turns out to be a
 * link is read as text, and its text is walked in turn. So the walk cannot leave the roots, whatever is swapped while it runs.
 */
export async function walk<Found extends object>(journey: Journey, finish: Finish<Found>): Promise<Found> {
  using trail = new Trail(journey);
  try {
    for (let links = 0; links <= MAX_LINKS; links += 1) {
      const found = await walkToLink(trail, finish);
      if (!isLink(found)) return found;
      await trail.follow(found.link);
    }
    throw fault('ELOOP');
  } catch (error) {
    // In a directory that was replaced, "no such file" is not the whole truth.
    await trail.rootVerified;
    throw error;
  }
}

async function walkToLink<Found extends object>(trail: Trail, finish: Finish<Found>): Promise<Found | Link> {
  for (;;) {
    const name = trail.next();
    if (name === '..') await trail.climb();
    else if (name === undefined || trail.atEnd) {
      await trail.rootVerified;
      return withSpelling(trail.here, name, (spelling) => finish(trail.here, spelling, trail.whereabouts), trail.spelling);
    } else {
      const link = await trail.enter(name);
      if (link === 'missing') {
        await trail.rootVerified;
        return finish(trail.here, name, trail.whereabouts);
      }
      if (link !== undefined) return link;
    }
  }
}

function parentOf(segments: readonly string[]): readonly string[] {
  return segments.length > 1 ? segments.slice(0, -1) : segments;
}

function startVerification(root: PinnedRoot): Promise<void> {
  const verification = root.verify();
  // It is awaited later; until then a failure must not count as unhandled.
  verification.catch(() => {});
  return verification;
}

/** The directories walked so far, all held, so that `..` goes back to one that was proven; and the names still to walk, last first. */
class Trail implements Disposable {
  readonly #journey: Journey;
  readonly #held: { readonly name: string; readonly place: Place }[] = [];
  #root: PinnedRoot;
  #rest: string[];
  #rootVerified: Promise<void>;

  constructor(journey: Journey) {
    this.#journey = journey;
    this.#root = journey.root;
    this.#rest = journey.components.toReversed();
    this.#rootVerified = startVerification(journey.root);
  }

  /** Settles while the walk goes on: the check costs no time. Rejects if the root's path names another directory by now. */
  get rootVerified(): Promise<void> {
    return this.#rootVerified;
  }

  get here(): Place {
    return this.#held.at(-1)?.place ?? this.#root.place;
  }

  get whereabouts(): Whereabouts {
    return { root: this.#root, names: this.#held.map(({ name }) => name), rest: this.#rest.toReversed() };
  }

  get spelling(): SpellingContext {
    return { spellings: this.#journey.spellings, called: () => calledAt(this.whereabouts) };
  }

  get atEnd(): boolean {
    return this.#rest.length === 0;
  }

  next(): string | undefined {
    return this.#rest.pop();
  }

  /** Goes down to a directory, and stays where the name is a link, or is missing and the walk may end before it. */
  async enter(name: string): Promise<Link | 'missing' | undefined> {
    try {
      return await withSpelling(this.here, name, (spelling) => this.#enterAs(spelling), this.spelling);
    } catch (error) {
      // Only the disk knows what is above a directory, and this one is not there.
      if (this.#journey.endAtMissing && errnoOf(error) === 'ENOENT' && !this.#rest.includes('..')) return 'missing';
      throw error;
    }
  }

  async #enterAs(name: string): Promise<Link | undefined> {
    const place = await this.here.enter(name);
    if (isLink(place)) return place;
    this.#held.push({ name, place });
    return undefined;
  }

  /** Goes to the parent. Above a root there is only text, until that text leads into a root again: a link from one root to another. */
  async climb(): Promise<void> {
    const held = this.#held.pop();
    if (held !== undefined) return held.place[Symbol.dispose]();
    let above = parentOf(segmentsOf(this.#root.real, this.#journey.platform));
    while (this.#rest.at(-1) === '..') {
      this.#rest.pop();
      above = parentOf(above);
    }
    await this.#enterRoot([...above, ...this.#rest.toReversed()]);
  }

  /** Puts the text of a link in the place of its name. */
  async follow(target: string): Promise<void> {
    const { platform, requested, roots } = this.#journey;
    if (textFault(target, platform) !== undefined) throw outsideRoots(requested, roots);
    if (platform.isAbsolute(target)) await this.#enterRoot([...segmentsOf(target, platform), ...this.#rest.toReversed()]);
    else this.#rest.push(...namesOf(target, platform).toReversed());
  }

  async #enterRoot(segments: readonly string[]): Promise<void> {
    const { platform, requested, roots } = this.#journey;
    // Decided on the text alone: nothing outside is looked at, so an outside target is refused alike whether it exists or not.
    const location = locate(segments, roots, platform);
    if (location === undefined) throw outsideRoots(requested, roots);
    await this.#rootVerified;
    this[Symbol.dispose]();
    this.#root = location.root;
    this.#rootVerified = startVerification(location.root);
    this.#rest = location.components.toReversed();
  }

  [Symbol.dispose](): void {
    for (const { place } of this.#held.splice(0)) place[Symbol.dispose]();
  }
}
