import type { Stats } from 'node:fs';
import { type FileHandle, lstat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import type { Confinement } from './confine.ts';
import type { Entry } from './entry.ts';
import { errnoOf, fault, fileError } from './errno.ts';
import { isLink, type Link, linkAt } from './link.ts';
import { displayPath, isWithin, type Location, locate, type RootPath, segmentsOf, splitPath } from './path.ts';
import { pinBelow, pinRoot, type Strategy } from './pinned-root.ts';
import { noName, ProvenName } from './proven-name.ts';
import { type SpellingContext, Spellings, withSpelling } from './spelling.ts';
import { calledAt, type Finish, type OpenedFile, type PinnedRoot, type Place, walk } from './walk.ts';
import { canHoldDirectories } from './walk-by-descriptor.ts';

/** How roots are opened. Without a strategy: `descriptor` where the system offers it (Linux with /proc), else `checked`. */
export interface RootsOptions extends Confinement {
  readonly home?: string;
  readonly strategy?: Strategy;
}

export type { ProvenDirectory, ProvenFile, ProvenName, Roots, Strategy };

/** How a name is reached. */
export interface Reach {
  /** Whether a link at the end is followed, like the links before it, to the name that it stands for. */
  readonly followLink?: boolean;
  /** Whether the name is that of something there: if nothing has it, another spelling of it in Unicode will do. */
  readonly existing?: boolean;
  /** Whether directories before the name may be missing. */
  readonly missingParents?: boolean;
  readonly spellings?: Spellings;
}

/** What a walk begins with. */
interface Way {
  readonly requested: string;
  readonly location: Location<PinnedRoot>;
  readonly spellings?: Spellings | undefined;
  readonly endAtMissing?: boolean;
}

/**
 * Opens the directories that the server may touch and pins each to what it is now. An unusable one is a ToolError for the operator that
 * names it. They stay held until the roots are disposed of.
 */
export async function openRoots(
  paths: readonly string[],
  { home = homedir(), strategy, ...confinement }: RootsOptions = {},
): Promise<Roots> {
  if (paths.length === 0) throw new ToolError('invalid_input', 'No directory is allowed.', { hint: 'Name at least one directory.' });
  const chosen = strategy ?? ((await canHoldDirectories()) ? 'descriptor' : 'checked');
  const opened = await Promise.allSettled(paths.map((directory) => pinRoot(directory, { strategy: chosen, home, confinement })));
  const roots = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = opened.find((result) => result.status === 'rejected');
  if (failed === undefined) return new Roots(roots, home, chosen);
  for (const root of roots) root.place[Symbol.dispose]();
  throw failed.reason;
}

/** The allowed directories, and the only way from a requested path to a file or directory in them. */
class Roots implements AsyncDisposable {
  readonly list: readonly RootPath[];
  readonly strategy: Strategy;
  readonly #roots: readonly PinnedRoot[];
  readonly #home: string;
  readonly #walks = new Set<Promise<unknown>>();
  #closed = false;

  constructor(roots: readonly PinnedRoot[], home: string, strategy: Strategy) {
    this.#roots = roots;
    this.#home = home;
    this.strategy = strategy;
    this.list = roots.map((root) => ({ path: root.path, real: root.real }));
  }

  /** Opens a regular file for reading. Links are followed as long as they stay inside the roots; all else is a ToolError. */
  async openFile(requested: string, spellings?: Spellings): Promise<ProvenFile> {
    const location = this.#locate(requested);
    const opened = await this.#walk({ requested, location, spellings }, async (parent, name) => {
      if (name === undefined) throw fault('EISDIR');
      return parent.openFile(name);
    });
    return new ProvenFile(opened, displayPath(location, path));
  }

  /** Opens a directory for reading its names, by the rules of `openFile`. */
  async openDirectory(requested: string, spellings?: Spellings): Promise<ProvenDirectory> {
    const location = this.#locate(requested);
    const place = await this.#walk({ requested, location, spellings }, (parent, name = '.') => parent.enter(name));
    return new ProvenDirectory(place, displayPath(location, path), requested);
  }

  /** What stands at a path, by the rules of `openFile`, but of any type and unopened. */
  async stat(requested: string, spellings?: Spellings): Promise<{ readonly path: string; readonly stats: Stats }> {
    const location = this.#locate(requested);
    const { stats } = await this.#walk({ requested, location, spellings }, async (parent, name = '.') => {
      const stats = await parent.at(name, (at) => lstat(at));
      if (!stats.isSymbolicLink()) return { stats };
      const link = await parent.at(name, linkAt);
      if (link === undefined) throw fault('ECHANGED');
      return link;
    });
    return { path: displayPath(location, path), stats };
  }

  /**
   * Reaches a name in a directory, so that something can be created, replaced, moved or removed under it. What stands there, if anything,
   * is not looked at, but where `followLink` says so. A root is no such name: that is `denied`.
   */
  async openName(
    requested: string,
    { followLink = false, existing = false, missingParents = false, spellings = new Spellings() }: Reach = {},
  ): Promise<ProvenName> {
    const location = this.#locate(requested);
    const shown = displayPath(location, path);
    const finish: Finish<ProvenName> = async (parent, given, where) => {
      if (given === undefined) throw noName(requested, where);
      const name = existing ? await nameOnDisk(parent, given, { spellings, called: () => calledAt(where) }) : given;
      const link = followLink && where.rest.length === 0 ? await parent.at(name, linkAt).catch(nothingThere) : undefined;
      if (link !== undefined) return link;
      const directory = await parent.enter('.');
      if (isLink(directory)) throw fault('ECHANGED');
      const { root, names } = where.root.within ?? { root: where.root, names: [] };
      return new ProvenName(directory, { requested, path: shown, root, names: [...names, ...where.names, name], rest: where.rest });
    };
    return await this.#walk({ requested, location, spellings, endAtMissing: missingParents }, finish);
  }

  /**
   * What lies both in these roots and in one of the directories: a root in one of them as it is, a directory in a root as a root of its own.
   * Undefined for nothing. `onDropped` hears of each directory that is neither. These roots stay open, and the others are held apart.
   */
  async narrow(directories: readonly string[], onDropped: (directory: string, error: unknown) => void): Promise<Roots | undefined> {
    const kept = new Map<string, PinnedRoot>();
    const keep = (root: PinnedRoot) => {
      if (kept.has(root.path)) root.place[Symbol.dispose]();
      else kept.set(root.path, root);
    };
    for (const directory of directories) {
      const pin = (at: string) => this.#pin(at).then(keep, (error: unknown) => onDropped(directory, error));
      const inside = this.#roots.filter((root) => isWithin(root, directory, path));
      for (const root of inside) await pin(root.path);
      if (inside.length === 0 || locate(segmentsOf(directory, path), this.#roots, path) !== undefined) await pin(directory);
    }
    return kept.size === 0 ? undefined : new Roots([...kept.values()], this.#home, this.strategy);
  }

  /** Lets the walks under way end, then lets go of the directories. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    // A descriptor closed under a walk could be another directory's by the time the walk uses its number.
    await Promise.allSettled(this.#walks);
    for (const root of this.#roots) root.place[Symbol.dispose]();
  }

  async #pin(directory: string): Promise<PinnedRoot> {
    const location = this.#locate(directory);
    return await this.#walk({ requested: directory, location }, async (parent, name, where) => {
      const place = await parent.enter(name ?? '.');
      if (isLink(place)) return place;
      const names = name === undefined ? where.names : [...where.names, name];
      return await pinBelow(place, displayPath(location, path), { root: where.root, names });
    });
  }

  #locate(requested: string): Location<PinnedRoot> {
    if (this.#closed) throw new ToolError('unavailable', 'The server is stopping.');
    return splitPath(requested, this.#roots, { home: this.#home, platform: path });
  }

  async #walk<Found extends object>(way: Way, finish: Finish<Found>): Promise<Found> {
    const { requested, location, spellings = new Spellings(), endAtMissing = false } = way;
    const walking = walk({ ...location, requested, roots: this.#roots, platform: path, endAtMissing, spellings }, finish);
    this.#walks.add(walking);
    try {
      return await walking;
    } catch (error) {
      throw fileError(error, requested);
    } finally {
      this.#walks.delete(walking);
    }
  }
}

/** A regular file inside the roots, open for reading. Only `Roots.openFile` makes one. */
class ProvenFile implements AsyncDisposable {
  readonly #opened: OpenedFile;
  /** As it is shown: absolute, below the root as the operator wrote it. */
  readonly path: string;

  constructor(opened: OpenedFile, shown: string) {
    this.#opened = opened;
    this.path = shown;
  }

  get handle(): FileHandle {
    return this.#opened.handle;
  }

  get stats(): Stats {
    return this.#opened.stats;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.handle.close();
  }
}

/** A directory inside the roots. Only `Roots.openDirectory` makes one; what is reached from it by name cannot be outside either. */
class ProvenDirectory implements AsyncDisposable {
  readonly #place: Place;
  readonly #requested: string;
  /** As it is shown: absolute, below the root as the operator wrote it. */
  readonly path: string;

  constructor(place: Place, shown: string, requested: string) {
    this.#place = place;
    this.#requested = requested;
    this.path = shown;
  }

  /** Its names in the order of the disk, a few at a time. */
  async *read(): AsyncGenerator<Entry> {
    try {
      for await (const entry of this.#place.entries()) yield entry;
    } catch (error) {
      throw fileError(error, this.#requested);
    }
  }

  /** All its names at once, in the order of the disk. */
  async readAll(): Promise<readonly Entry[]> {
    return await this.#place.allEntries().catch((error: unknown) => {
      throw fileError(error, this.#requested);
    });
  }

  /** Whether there may be so many names that `read` takes no longer than `readAll`, and much less memory. */
  async isLarge(): Promise<boolean> {
    // What is wrong with the directory, its reading tells.
    return await this.#place.isLarge().catch(() => false);
  }

  /** The directory called `name` in this one, or undefined where a link or anything else stands there by now. */
  async enter(name: string): Promise<ProvenDirectory | undefined> {
    const found = await this.#child(this.#place.enter(name));
    return found && new ProvenDirectory(found, path.join(this.path, name), this.#requested);
  }

  /** The regular file called `name` in this directory, open for reading, or undefined where anything else stands there by now. */
  async openFile(name: string): Promise<ProvenFile | undefined> {
    const found = await this.#child(this.#place.openFile(name));
    return found && new ProvenFile(found, path.join(this.path, name));
  }

  /** What `name` in this directory is (of a link: the link itself), or undefined where nothing has the name by now. */
  async stat(name: string): Promise<Stats | undefined> {
    return await this.#child(this.#place.at(name, (at) => lstat(at)));
  }

  /** Runs a call that needs a path to this directory, such as the start of a process in it. The path is good for that call only. */
  async at<Result>(call: (path: string) => Promise<Result>): Promise<Result> {
    return await this.#place.at('.', call).catch((error: unknown) => {
      throw fileError(error, this.#requested);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#place[Symbol.dispose]();
  }

  async #child<Found extends object>(step: Promise<Found | Link>): Promise<Found | undefined> {
    try {
      const found = await step;
      return isLink(found) ? undefined : found;
    } catch (error) {
      if (GONE.has(errnoOf(error) ?? '')) return undefined;
      throw fileError(error, this.#requested);
    }
  }
}

/** What a name that was listed a moment ago may have become. */
const GONE = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EFTYPE', 'ECHANGED', 'ELOOP']);

function nothingThere(error: unknown): undefined {
  if (errnoOf(error) !== 'ENOENT') throw error;
}

/** The name as the directory spells it; as it was given, where nothing has it in any spelling. */
async function nameOnDisk(directory: Place, given: string, context: SpellingContext): Promise<string> {
  const look = async (spelling: string) => {
    await directory.at(spelling, (at) => lstat(at));
    return spelling;
  };
  const found = await withSpelling(directory, given, look, context).catch(nothingThere);
  return found ?? given;
}
