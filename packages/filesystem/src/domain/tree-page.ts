import { visibleName } from '@touchstone-mcp/core/visible';
import { cursorAt, cursorLength, type Position, positionOf } from './cursor.ts';
import type { Entry } from './entry.ts';
import { type After, afterOf, smallestAfter } from './list.ts';
import { type Companions, Pace } from './pace.ts';
import type { Roots } from './roots.ts';
import { Spellings } from './spelling.ts';
import { isTooLong, isUnreadable, type WalkedDirectory, type WalkOptions, WalkRules } from './walk-rules.ts';

/** One name in a tree. */
export interface TreeNode {
  readonly name: string;
  readonly type: Entry['type'];
  /** What is in a directory. Missing where it was not entered. */
  children?: TreeNode[];
  /** The directory could not be read. */
  error?: true;
}

/** How much of a tree one page shows. */
export interface TreeLimits {
  readonly cursor?: string | undefined;
  readonly limit: number;
  /** Levels below the directory. */
  readonly maxDepth: number;
  /** Characters of a text with one indented line a name. */
  readonly maxChars: number;
}

/** One page of a tree. On a later page the directories above its first name are repeated, so that it is a tree too. */
export interface TreePage {
  readonly tree: TreeNode[];
  readonly truncated: boolean;
  readonly nextCursor: string | undefined;
}

/** A directory whose names are being shown. */
interface Level {
  readonly directory: WalkedDirectory;
  readonly rules: WalkRules;
  readonly children: TreeNode[];
  /** Its names in order, as many as a page may still take. */
  readonly entries: readonly Entry[];
  next: number;
  /** The name that was shown last, and how many that look like it were. */
  last: After;
}

/** The tree below a requested directory, by the rules of `treeOf`. */
export async function directoryTree(
  roots: Roots,
  requested: string,
  limits: TreeLimits,
  options: WalkOptions,
  companions: Companions,
): Promise<TreePage & { readonly path: string }> {
  await using start = await roots.openDirectory(requested, new Spellings(companions.signal));
  return { path: start.path, ...(await treeOf(start, limits, await WalkRules.atStart(start, roots, options), companions)) };
}

/**
 * The names below a directory, depth first, each directory's sorted by their UTF-16 units. Only what is shown is read: the work is that of
 * the page, however large the tree. Links are named, never followed; a directory that cannot be read is marked, and the rest goes on.
 */
export async function treeOf(start: WalkedDirectory, limits: TreeLimits, rules: WalkRules, companions: Companions): Promise<TreePage> {
  const walk = new TreeWalk(limits, companions);
  try {
    await walk.begin(start, rules, limits.cursor === undefined ? undefined : positionOf(limits.cursor));
    return { tree: walk.tree, ...(await walk.run()) };
  } finally {
    await walk.leaveAll();
  }
}

class TreeWalk {
  readonly tree: TreeNode[] = [];
  readonly #limits: TreeLimits;
  readonly #pace: Pace;
  readonly #levels: Level[] = [];
  /** The names that lead to the last one shown. */
  #last: string[] = [];
  #alike = 1;
  #shown = 0;
  #chars = 0;

  constructor(limits: TreeLimits, companions: Companions) {
    this.#limits = limits;
    this.#pace = new Pace(companions);
  }

  /** Goes to where the page before has ended: the last of the names was shown on it, what is in it was not. */
  async begin(start: WalkedDirectory, rules: WalkRules, position: Position | undefined): Promise<void> {
    const afters = (position?.names ?? []).map((name, index, { length }) => ({
      name,
      alike: index === length - 1 ? (position?.alike ?? 1) : 1,
    }));
    await this.#push(start, rules, this.tree, afters[0] ?? afterOf(undefined));
    for (const [depth, { name, alike }] of afters.entries()) {
      const node: TreeNode = { name, type: 'directory' };
      if (alike > 1 || !(await this.#enter(node, afters[depth + 1]))) return;
      this.#levels.at(-2)?.children.push(node);
      this.#charge(node, depth);
    }
  }

  async run(): Promise<Pick<TreePage, 'truncated' | 'nextCursor'>> {
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
      await this.#pace.step('names seen');
      const entry = level.entries[level.next];
      if (entry === undefined) await this.#leave();
      else if (!this.#show({ ...entry }, level)) return { truncated: true, nextCursor: cursorAt(this.#last, this.#alike) };
      // Of several that look alike, only one can be reached by the name.
      else if (entry.type === 'directory' && level.last.alike === 1) await this.#enter(level.children.at(-1));
    }
    return { truncated: false, nextCursor: undefined };
  }

  async leaveAll(): Promise<void> {
    while (this.#levels.length > 0) await this.#leave();
  }

  #show(node: TreeNode, level: Level): boolean {
    const depth = this.#levels.length - 1;
    // At least one, or the next page would be this one again.
    const names = [...this.#last.slice(0, depth), node.name];
    const fits = this.#charge(node, depth, cursorLength(names)) || this.#shown === 0;
    if (!fits || this.#shown >= this.#limits.limit) return false;
    level.next += 1;
    level.children.push(node);
    this.#shown += 1;
    level.last = { name: node.name, alike: node.name === level.last.name ? level.last.alike + 1 : 1 };
    this.#last = names;
    this.#alike = level.last.alike;
    return true;
  }

  async #enter(node: TreeNode | undefined, after: After = afterOf(undefined)): Promise<boolean> {
    const level = this.#levels.at(-1);
    if (node === undefined || level === undefined || this.#levels.length >= this.#limits.maxDepth) return false;
    if (isTooLong(level.directory.path, node.name)) return false;
    let directory: WalkedDirectory | undefined;
    try {
      directory = await level.directory.enter(node.name);
      if (directory === undefined) return false;
      const children: TreeNode[] = [];
      await this.#push(directory, await level.rules.below(node.name).withOwn(directory), children, after);
      this.#last = [...this.#last.slice(0, this.#levels.length - 2), node.name];
      node.children = children;
      return true;
    } catch (error) {
      await directory?.[Symbol.asyncDispose]();
      if (!isUnreadable(error)) throw error;
      node.error = true;
      this.#chars += NOTE_CHARACTERS * 2;
      return false;
    }
  }

  async #push(directory: WalkedDirectory, rules: WalkRules, children: TreeNode[], after: After): Promise<void> {
    const room = this.#limits.limit - this.#shown + 1;
    const entries = await smallestAfter(directory, after, room, this.#pace, (entry) => !rules.omits(entry));
    this.#levels.push({ directory, rules, children, entries, next: 0, last: after });
  }

  /** The first level is the caller's. */
  async #leave(): Promise<void> {
    const level = this.#levels.pop();
    if (this.#levels.length > 0) await level?.directory[Symbol.asyncDispose]();
  }

  /** Whether a node still fits, with a cursor behind it: into the text, and into the structure, which may be five times as long. */
  #charge({ name, type }: TreeNode, depth: number, cursor = 0): boolean {
    const shown = visibleName(name).length;
    this.#chars += Math.max(2 * depth + shown + NOTE_CHARACTERS, (shown + (type === 'directory' ? 48 : 36)) / 5);
    return this.#chars + cursor <= this.#limits.maxChars;
  }
}

/** A mark, ` ...` and a line end. The longer note of what cannot be read is charged when it is made. */
const NOTE_CHARACTERS = 6;

/** A node as the client gets it. */
interface ShownNode {
  readonly name: string;
  readonly type: Entry['type'];
  readonly children?: readonly ShownNode[] | undefined;
  readonly error?: boolean | undefined;
}

/** A tree as indented names. Directories end with `/`; what was not entered ends with `...`. */
export function treeLines(tree: readonly ShownNode[]): string[] {
  const lines: string[] = [];
  const open = [{ nodes: tree, next: 0 }];
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    const node = level.nodes[level.next];
    level.next += 1;
    if (node === undefined) {
      open.pop();
      continue;
    }
    lines.push('  '.repeat(open.length - 1) + visibleName(node.name) + MARKS[node.type] + noteOf(node));
    if (node.children !== undefined) open.push({ nodes: node.children, next: 0 });
  }
  return lines;
}

/** As `ls -F` marks them. */
const MARKS: Readonly<Record<Entry['type'], string>> = { file: '', directory: '/', symlink: '@', other: '' };

function noteOf({ type, children, error }: ShownNode): string {
  if (error) return ' [unreadable]';
  return type === 'directory' && children === undefined ? ' ...' : '';
}
