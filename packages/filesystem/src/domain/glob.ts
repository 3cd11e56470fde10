import { ToolError } from '@touchstone-mcp/core/errors';
import { compileName, type NameTest } from './glob-name.ts';

const MAX_PATTERN_CHARACTERS = 1_000;
const MAX_ALTERNATIVES = 100;
const MAX_NODES = 1_000;
/** Of all alternatives: each is compared with each name. */
const MAX_CHARACTERS = 64 * 1024;

/** How much of a glob the names so far have used up: the positions from which it can go on. Empty: nothing below can match. */
export type GlobState = readonly number[];

/** One step of a path through a glob: a name that passes a test, any number of names (`**`), or the end. */
type Node = { readonly kind: 'name'; readonly test: NameTest } | { readonly kind: 'names' } | { readonly kind: 'end' };

/**
 * Globs over relative paths, compiled for walks: a directory passes on what is left of them to the names in it, so no path is matched
 * twice and no directory entered in vain. All positions go forward at once, so the time is linear in the path, whatever the
 * pattern (CVE-2026-27903).
 */
export class Glob {
  readonly #nodes: readonly Node[];
  /** Before the first name. */
  readonly start: GlobState;

  /** Of alternatives, each a list of segments. */
  constructor(alternatives: readonly (readonly (NameTest | '**')[])[]) {
    const nodes: Node[] = [];
    const starts = new Set<number>();
    for (const segments of alternatives) {
      const from = nodes.length;
      for (const [index, test] of segments.entries()) {
        if (test !== '**') nodes.push({ kind: 'name', test });
        else if (segments[index - 1] !== '**') nodes.push({ kind: 'names' });
      }
      // `a/**` is what is below `a`, not `a` itself.
      if (segments.at(-1) === '**') nodes.push({ kind: 'name', test: () => true });
      nodes.push({ kind: 'end' });
      reach(nodes, from, starts);
    }
    this.#nodes = nodes;
    this.start = [...starts];
  }

  /** Positions in all: the work of one step. */
  get size(): number {
    return this.#nodes.length;
  }

  /** Whether a path that ends with this name matches. */
  matches(state: GlobState, name: string): boolean {
    for (const position of state) {
      const node = this.#nodes[position];
      if (node?.kind === 'name' && this.#nodes[position + 1]?.kind === 'end' && node.test(name)) return true;
    }
    return false;
  }

  /** What is left for the names in the directory of this name: the same array, where nothing has changed. */
  below(state: GlobState, name: string): GlobState {
    const next = new Set<number>();
    for (const position of state) {
      const node = this.#nodes[position];
      if (node?.kind === 'names') reach(this.#nodes, position, next);
      else if (node?.kind === 'name' && node.test(name)) reach(this.#nodes, position + 1, next);
    }
    const left = [...next].filter((position) => this.#nodes[position]?.kind !== 'end');
    return left.length === state.length && left.every((position, index) => position === state[index]) ? state : left;
  }

  /** Whether a relative path, given by its names, matches. */
  matchesPath(names: readonly string[]): boolean {
    const last = names.at(-1);
    const state = names.slice(0, -1).reduce<GlobState>((left, name) => this.below(left, name), this.start);
    return last !== undefined && this.matches(state, last);
  }
}

/** `**` may stand for no name at all. */
function reach(nodes: readonly Node[], from: number, into: Set<number>): void {
  for (let position = from; ; position += 1) {
    into.add(position);
    if (nodes[position]?.kind !== 'names') return;
  }
}

/**
 * Compiles globs of which any may match: `*`, `?`, `[a-z]`, `{a,b}`, `**`. Names that start with a dot are names like others. A pattern
 * without a slash matches at any depth, one with a slash from the start of the path; `/*.md` and `./*.md` only there.
 * What cannot be meant is `invalid_input`.
 */
export function compileGlobs(patterns: readonly string[]): Glob {
  const alternatives = patterns.flatMap((pattern) => alternativesOf(pattern).map((text) => ({ pattern, text })));
  const glob = new Glob(alternatives.map(({ pattern, text }) => segmentsOf(text, pattern)));
  const characters = alternatives.reduce((sum, { text }) => sum + text.length, 0);
  if (glob.size <= MAX_NODES && characters <= MAX_CHARACTERS) return glob;
  throw refused(patterns.join(' '), 'has too many parts', 'Use fewer or shorter alternatives, or search twice.');
}

function alternativesOf(pattern: string): readonly string[] {
  if (pattern.length > MAX_PATTERN_CHARACTERS) throw refused(pattern, `is longer than ${MAX_PATTERN_CHARACTERS} characters`);
  if (pattern.includes('\0')) throw refused(pattern, 'has a NUL character');
  if (pattern.startsWith('!')) throw refused(pattern, 'starts with "!"', 'Say what is wanted; excludes have an argument of their own.');
  if (/[?*+@!]\([^)]*\|/.test(pattern)) throw refused(pattern, 'has an extended group', 'Write {a,b} instead of @(a|b).');
  return expandBraces(pattern) ?? fail(refused(pattern, `has more than ${MAX_ALTERNATIVES} alternatives`));
}

function segmentsOf(alternative: string, pattern: string): readonly (NameTest | '**')[] {
  const anchored = pattern.replace(/(?<!\/)\/+$/, '').includes('/');
  const names = alternative.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) throw refused(pattern, 'has ".."', 'Globs match paths below the directory; search in its parent instead.');
  if (names.length === 0) throw refused(pattern, 'is empty');
  // A bracket that is not closed stands for itself, as in a shell.
  const tests = names.map((name) => (name === '**' ? name : (compileName(name) ?? ((other: string) => other === name))));
  return anchored ? tests : ['**', ...tests];
}

/** Writes out `{a,b}`, nested ones too, or nothing where that makes too many. Braces without a comma stand for themselves. */
function expandBraces(pattern: string): readonly string[] | undefined {
  const done: string[] = [];
  const open = [pattern];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const group = lastGroup(next);
    if (group === undefined) done.push(next);
    else for (const choice of group.choices.toReversed()) open.push(next.slice(0, group.start) + choice + next.slice(group.end));
    if (done.length + open.length > MAX_ALTERNATIVES) return undefined;
  }
  return done;
}

interface Group {
  readonly start: number;
  readonly end: number;
  readonly choices: readonly string[];
}

/** The last innermost group: there is none inside it, so its commas are its own. */
function lastGroup(pattern: string): Group | undefined {
  let end = pattern.length;
  for (let start = lastUnescaped(pattern, '{', end); start !== -1; start = lastUnescaped(pattern, '{', start)) {
    const close = pattern.slice(0, end).indexOf('}', start);
    const inner = close === -1 ? '' : pattern.slice(start + 1, close);
    if (inner.includes(',')) return { start, end: close + 1, choices: inner.split(',') };
    end = start;
  }
  return undefined;
}

function lastUnescaped(pattern: string, character: string, before: number): number {
  if (before === 0) return -1;
  const at = pattern.lastIndexOf(character, before - 1);
  return at > 0 && pattern[at - 1] === '\\' ? lastUnescaped(pattern, character, at) : at;
}

function refused(pattern: string, fault: string, hint = 'Use *, ?, [a-z], {a,b} and **.'): ToolError {
  const shown = pattern.length > 100 ? `${pattern.slice(0, 100)}...` : pattern;
  return new ToolError('invalid_input', `The pattern ${fault}: ${JSON.stringify(shown)}`, { hint });
}

function fail(error: Error): never {
  throw error;
}
