import path from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import type { Entry } from './entry.ts';
import { compileGlobs, type Glob, type GlobState } from './glob.ts';
import { type IgnoreRules, isIgnored, rulesBelow, rulesOf } from './ignore.ts';
import type { ProvenDirectory, Roots } from './roots.ts';

/** Deeper directories are named and not entered: every level holds a descriptor. */
export const MAX_DEPTH = 200;

/** With any name in it, such a directory makes a path of 4,096 bytes, and Linux takes no longer one. */
const MAX_DIRECTORY_BYTES = 3_840;

/** Whether a directory is named and not entered, since no tool could take the path of what is in it. */
export function isTooLong(parent: string, name: string): boolean {
  const path = `${parent}/${name}`;
  return 3 * path.length > MAX_DIRECTORY_BYTES && Buffer.byteLength(path) > MAX_DIRECTORY_BYTES;
}

/** What a recursive walk leaves out. */
export interface WalkOptions {
  /** Whether `.gitignore` files count. If they do, `.git` is left out too. */
  readonly respectGitignore: boolean;
  /** Globs of what is left out beside that, with everything below it. */
  readonly excludePatterns?: readonly string[] | undefined;
}

/** What a walk needs of a directory. */
export type WalkedDirectory = Pick<ProvenDirectory, 'path' | 'read' | 'readAll' | 'isLarge' | 'openFile' | 'stat'> &
  AsyncDisposable & {
    enter(name: string): Promise<WalkedDirectory | undefined>;
  };

/** What a walk goes on without. Too many open files, a full memory or a failing disk are not among it. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof ToolError && ['denied', 'not_found', 'conflict', 'invalid_input'].includes(error.code);
}

/** What a walk leaves out of one directory. */
export class WalkRules {
  readonly #excludes: Glob;
  readonly #state: GlobState;
  /** Undefined where `.gitignore` does not count. */
  readonly #ignore: IgnoreRules | undefined;

  private constructor(excludes: Glob, state: GlobState, ignore: IgnoreRules | undefined) {
    this.#excludes = excludes;
    this.#state = state;
    this.#ignore = ignore;
  }

  /** The rules for what is in the directory where a walk begins. */
  static async atStart(directory: WalkedDirectory, roots: Roots, options: WalkOptions): Promise<WalkRules> {
    const excludes = compileGlobs(options.excludePatterns ?? []);
    if (!options.respectGitignore) return new WalkRules(excludes, excludes.start, undefined);
    return await new WalkRules(excludes, excludes.start, await rulesFromAbove(directory.path, roots)).withOwn(directory);
  }

  /** Whether there is anything to compare names with. */
  get any(): boolean {
    return this.#state.length > 0 || (this.#ignore !== undefined && this.#ignore.length > 0);
  }

  /** Whether an entry is left out. */
  omits({ name, type }: Entry): boolean {
    if (this.#state.length > 0 && this.#excludes.matches(this.#state, name)) return true;
    return this.#ignore !== undefined && (name === '.git' || isIgnored(this.#ignore, name, type));
  }

  /** The rules for the directory called `name`, without those of a file in it. */
  below(name: string): WalkRules {
    return new WalkRules(this.#excludes, this.#excludes.below(this.#state, name), this.#ignore && rulesBelow(this.#ignore, name));
  }

  /** With the rules of the `.gitignore` in the directory itself. */
  async withOwn(directory: WalkedDirectory, has?: (name: string) => boolean): Promise<WalkRules> {
    if (this.#ignore === undefined) return this;
    const ignore = await rulesOf(directory, this.#ignore, has);
    return ignore === this.#ignore ? this : new WalkRules(this.#excludes, this.#state, ignore);
  }
}

/** The rules that directories above have for one, from its root on: nothing outside the roots is read. */
async function rulesFromAbove(shown: string, roots: Roots): Promise<IgnoreRules> {
  const above = roots.list.filter((root) => isBelow(shown, root.path)).map((root) => root.path);
  const root = above.reduce((longest, next) => (next.length > longest.length ? next : longest), '');
  const names = root === '' ? [] : path.relative(root, shown).split(path.sep);
  // What is above a link or `..` cannot be told from the text.
  if (names.includes('..') || shown.split(path.sep).includes('..')) return [];
  let rules: IgnoreRules = [];
  let at = root;
  for (const name of names) {
    try {
      await using directory = await roots.openDirectory(at);
      rules = rulesBelow(await rulesOf(directory, rules), name);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      return [];
    }
    at = path.join(at, name);
  }
  return rules;
}

function isBelow(shown: string, root: string): boolean {
  return shown !== root && shown.startsWith(root.endsWith(path.sep) ? root : root + path.sep);
}
