import type { BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { errnoOf, fileError } from './errno.ts';
import { Locks } from './locks.ts';
import { type Objection, type WritePolicy, writePolicy } from './policy.ts';
import type { ProvenName } from './proven-name.ts';
import { openRoots, type Reach, type Roots, type RootsOptions } from './roots.ts';
import { Spellings } from './spelling.ts';
import { sweep } from './temporary.ts';
import type { Place } from './walk.ts';

/** Directories whose leftovers were looked for; beyond that many, they are looked for again. */
const SWEPT_DIRECTORIES = 10_000;

/** Which directories are allowed, and what may be written in them. */
export interface WriteSettings {
  readonly directories: readonly string[];
  /** Allowed for reading only, also where they lie in one of `directories`. */
  readonly readOnlyDir: readonly string[];
  /** Names that are protected wherever they stand, such as `PROTECTED_NAMES`. */
  readonly denyWrite: readonly string[];
}

/** Opens the roots, and the gate to write in them. What is wrong with a setting is a ToolError for the operator. */
export async function openWritableRoots(
  { directories, readOnlyDir, denyWrite }: WriteSettings,
  options: RootsOptions = {},
): Promise<{ roots: Roots; writable: WritableRoots }> {
  const roots = await openRoots([...directories, ...readOnlyDir], options);
  try {
    const [writable, readOnly] = [roots.list.slice(0, directories.length), roots.list.slice(directories.length)];
    return { roots, writable: new WritableRoots(roots, writePolicy({ writable, readOnly, denyWrite, platform: path })) };
  } catch (error) {
    await roots[Symbol.asyncDispose]();
    throw error;
  }
}

/** How a name is claimed. */
export interface Claim extends Reach {
  /** `change` (the default) writes at the name; `whole` moves or deletes all that is there; `read` only keeps writers away. */
  readonly purpose?: 'change' | 'whole' | 'read';
}

/** The roots as a place to write: the one gate that every writing call goes through. It proves, asks the policy, and locks. */
export class WritableRoots {
  readonly #roots: Roots;
  readonly #policy: WritePolicy;
  readonly #locks: Locks;
  readonly #swept: Set<string>;

  constructor(roots: Roots, policy: WritePolicy, locks = new Locks(), swept = new Set<string>()) {
    this.#roots = roots;
    this.#policy = policy;
    this.#locks = locks;
    this.#swept = swept;
  }

  /** The same gate to what `roots` leave of these: one policy, and one writer of a name at a time, by whichever gate. */
  within(roots: Roots): WritableRoots {
    return new WritableRoots(roots, this.#policy, this.#locks, this.#swept);
  }

  /** The directory at a path, as it is shown, if one is there. Nothing is claimed. */
  async directoryAt(requested: string): Promise<string | undefined> {
    try {
      await using directory = await this.#roots.openDirectory(requested);
      return directory.path;
    } catch (error) {
      if (error instanceof ToolError) return undefined;
      throw error;
    }
  }

  /** Has a name alone until it is disposed of. Waits for calls that have it, by whatever path they came. */
  async claim(requested: string, claim: Claim = {}, signal?: AbortSignal): Promise<Target> {
    const [target] = await this.claimAll([{ requested, ...claim }], signal);
    if (target === undefined) throw new Error('one claim gives one target');
    return target;
  }

  /** The same for several names at once. Dispose of any of them to give back all. */
  async claimAll(claims: readonly (Claim & { readonly requested: string })[], signal?: AbortSignal): Promise<readonly Target[]> {
    const held = new Held();
    const spellings = new Spellings(signal);
    try {
      const names: { name: ProvenName; directoryKey: string }[] = [];
      for (const { requested, purpose = 'change', ...reach } of claims) {
        const name = held.keep(await this.#roots.openName(requested, { ...reach, spellings }).catch(noParent(requested)));
        this.#judge(name, purpose);
        names.push({ name, directoryKey: await identityOf(name.directory, requested) });
      }
      // By the directory, not by the file: that has another inode once it was replaced. Without case: some disks know none.
      const keys = names.map(({ name, directoryKey }) => `${directoryKey}/${name.name.normalize('NFC').toLowerCase()}`);
      held.keep(await this.#locks.acquire(keys, signal));
      return names.map(({ name, directoryKey }) => new Target(name, { held, directoryKey, roots: this }));
    } catch (error) {
      held[Symbol.dispose]();
      throw error;
    }
  }

  /** Throws the refusal of the policy, if it has one, for names below a target. */
  permit({ root, names, requested }: ProvenName, below: readonly string[]): void {
    const objection = this.#policy.objection({ root, names: [...names, ...below] });
    if (objection !== undefined) throw refused(objection, requested, below);
  }

  /** Clears away, once a process, what calls that were killed have left in a directory. */
  async sweepOnce(directory: Place, key: string): Promise<void> {
    if (this.#swept.has(key)) return;
    if (this.#swept.size >= SWEPT_DIRECTORIES) this.#swept.clear();
    this.#swept.add(key);
    await sweep(directory);
  }

  #judge(name: ProvenName, purpose: Claim['purpose']): void {
    if (purpose === 'read') return;
    const whole = { root: name.root, names: [...name.names, ...name.rest] };
    const objection = purpose === 'whole' ? this.#policy.wholeObjection(whole) : this.#policy.objection(whole);
    if (objection !== undefined) throw refused(objection, name.requested, []);
  }
}

/** What is to be given back together. `DisposableStack` is not in Node 22. */
class Held implements Disposable {
  readonly #items: Disposable[] = [];

  keep<Item extends Disposable>(item: Item): Item {
    this.#items.push(item);
    return item;
  }

  [Symbol.dispose](): void {
    for (const item of this.#items.splice(0)) item[Symbol.dispose]();
  }
}

/** A name that is proven, permitted, and had by one call alone. Only `WritableRoots` makes one. */
export class Target implements Disposable {
  readonly #proven: ProvenName;
  readonly #claim: { readonly held: Disposable; readonly directoryKey: string; readonly roots: WritableRoots };

  constructor(proven: ProvenName, claim: { held: Disposable; directoryKey: string; roots: WritableRoots }) {
    this.#proven = proven;
    this.#claim = claim;
  }

  get directory(): Place {
    return this.#proven.directory;
  }

  get name(): string {
    return this.#proven.name;
  }

  /** Names below it that are missing as well, if missing directories were asked for. */
  get rest(): readonly string[] {
    return this.#proven.rest;
  }

  /** As it is shown: absolute, below the root as the operator wrote it. */
  get path(): string {
    return this.#proven.path;
  }

  get requested(): string {
    return this.#proven.requested;
  }

  /** Whether this is below another name, or that name itself. */
  isWithin(other: Target): boolean {
    return `${this.#real}/`.startsWith(`${other.#real}/`);
  }

  get #real(): string {
    return [this.#proven.root.real, ...this.#proven.names].join('/');
  }

  /** Throws the policy's refusal, if it has one, of names below this one. */
  permit(below: readonly string[]): void {
    this.#claim.roots.permit(this.#proven, below);
  }

  /** What stands at the name, links not followed; undefined for nothing. */
  async look(): Promise<BigIntStats | undefined> {
    return await lookAt(this.directory, this.name);
  }

  async sweepOnce(): Promise<void> {
    await this.#claim.roots.sweepOnce(this.directory, this.#claim.directoryKey);
  }

  /** Runs `work`, whose failed system calls are told in terms of the path that was requested. */
  async telling<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw fileError(error, this.requested);
    }
  }

  [Symbol.dispose](): void {
    this.#claim.held[Symbol.dispose]();
  }
}

/** What stands at a name in a directory, links not followed; undefined for nothing. */
export async function lookAt(directory: Place, name: string): Promise<BigIntStats | undefined> {
  try {
    return await directory.at(name, (path) => lstat(path, { bigint: true }));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The name itself is not looked at when it is reached: what is missing stands before it. */
function noParent(requested: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ToolError) || error.code !== 'not_found') throw error;
    const hint = 'Look up what is there, or make the directory first.';
    throw new ToolError('not_found', `Parent directory does not exist: ${visibleName(requested)}`, { hint, cause: error });
  };
}

async function identityOf(directory: Place, requested: string): Promise<string> {
  try {
    const { dev, ino } = await directory.at('.', (path) => lstat(path, { bigint: true }));
    return `${dev}:${ino}`;
  } catch (error) {
    throw fileError(error, requested);
  }
}

function refused({ reason, setting }: Objection, requested: string, below: readonly string[]): ToolError {
  const path = visibleName([requested, ...below].join('/'));
  return new ToolError('denied', `Writing is not allowed at ${path}: ${reason}`, {
    hint: `Nothing was changed. The user decides this with the setting ${setting}.`,
  });
}
