import { ToolError } from '@touchstone-mcp/core/errors';
import { Glob, type GlobState } from './glob.ts';
import { compileName } from './glob-name.ts';
import type { ProvenDirectory } from './roots.ts';

/** Of one file. What is beyond that is not read. */
const MAX_BYTES = 64 * 1024;

/** Of all files that have a say in one directory together: each rule is compared with each name. Those of the files above come first. */
const MAX_RULES = 2_000;
/** Of the rules with `?` or brackets, whose time is the product of their length and that of the name. */
const MAX_SLOW_CHARACTERS = 8 * 1024;

interface Rule {
  readonly glob: Glob;
  /** What is left of the glob in the directory that the rules are for. */
  readonly state: GlobState;
  readonly negated: boolean;
  readonly directoriesOnly: boolean;
  /** Its length, if it has `?` or brackets. */
  readonly slowCharacters: number;
}

/** The rules of all `.gitignore` files that have a say in one directory, in the order in which they stand: the last that fits decides. */
export type IgnoreRules = readonly Rule[];

/** Whether an entry of the directory that the rules are for is ignored. */
export function isIgnored(rules: IgnoreRules, name: string, type: string): boolean {
  const directory = type === 'directory';
  for (let index = rules.length - 1; index >= 0; index -= 1) {
    const rule = rules[index];
    if (rule !== undefined && (directory || !rule.directoriesOnly) && rule.glob.matches(rule.state, name)) return !rule.negated;
  }
  return false;
}

/**
 * The rules for the directory called `name` in the one that these are for, without those of its own file. Of a rule that says the same there
 * no copy is made, and none of the whole where that holds for all.
 */
export function rulesBelow(rules: IgnoreRules, name: string): IgnoreRules {
  const below = rules.map((rule) => ruleBelow(rule, name)).filter(({ state }) => state.length > 0);
  return below.length === rules.length && below.every((rule, index) => rule === rules[index]) ? rules : below;
}

function ruleBelow(rule: Rule, name: string): Rule {
  const state = rule.glob.below(rule.state, name);
  return state === rule.state ? rule : { ...rule, state };
}

/**
 * The rules for a directory: its own file's after the inherited ones, which end where a repository begins. `has` says which names are
 * there, if that is known. A file that cannot be read or is a link has no rules, as in git. Unlike in git, 64 KiB of a file
 * count, and 2,000 rules of the inherited and its own together, 8 KiB of them with `?` or brackets: what the others name is not left out.
 */
export async function rulesOf(
  directory: Pick<ProvenDirectory, 'openFile' | 'stat'>,
  inherited: IgnoreRules,
  has?: (name: string) => boolean,
): Promise<IgnoreRules> {
  const repository = inherited.length > 0 && (has === undefined ? (await directory.stat('.git')) !== undefined : has('.git'));
  const rules = repository ? [] : inherited;
  if (has?.('.gitignore') === false) return rules;
  if (rules.length >= MAX_RULES) return rules;
  const own = parseRules(await textOf(directory));
  return own.length === 0 ? rules : withinLimits([...rules, ...own]);
}

function withinLimits(rules: IgnoreRules): IgnoreRules {
  let room = MAX_SLOW_CHARACTERS;
  const quick = rules.filter(({ slowCharacters }) => {
    room -= slowCharacters;
    return slowCharacters === 0 || room >= 0;
  });
  return quick.slice(0, MAX_RULES);
}

async function textOf(directory: Pick<ProvenDirectory, 'openFile'>): Promise<string> {
  try {
    await using file = await directory.openFile('.gitignore');
    if (file === undefined) return '';
    const buffer = Buffer.alloc(Math.min(file.stats.size, MAX_BYTES));
    const { bytesRead } = await file.handle.read(buffer, 0, buffer.length, 0);
    const text = buffer.toString('utf8', 0, bytesRead);
    // The beginning of a line could leave out much more than the whole.
    return file.stats.size > MAX_BYTES ? text.slice(0, text.lastIndexOf('\n') + 1) : text;
  } catch (error) {
    if (error instanceof ToolError) return '';
    throw error;
  }
}

/** Reads the text of a `.gitignore` file (https://git-scm.com/docs/gitignore). */
export function parseRules(text: string): IgnoreRules {
  const lines = text.replace(/^\ufeff/, '').split('\n', MAX_RULES);
  return lines.flatMap((line) => {
    const pattern = withoutTrailingSpaces(line.replace(/\r$/, ''));
    return pattern === '' || pattern.startsWith('#') ? [] : ruleOf(pattern);
  });
}

/** Spaces at the end mean nothing unless the first of them is escaped. */
function withoutTrailingSpaces(line: string): string {
  // The look behind keeps a long run of spaces from being tried again at each of them.
  const text = line.replace(/(?<! ) +$/, '');
  const escaped = /(?:^|[^\\])(?:\\\\)*\\$/.test(text);
  return escaped && text.length < line.length ? `${text} ` : text;
}

function ruleOf(line: string): readonly Rule[] {
  const negated = line.startsWith('!');
  const pattern = negated ? line.slice(1) : line;
  const directoriesOnly = pattern.endsWith('/');
  const path = directoriesOnly ? pattern.slice(0, -1) : pattern;
  // An escaped slash is a slash, but neither the one that anchors nor the one that means directories.
  const names = path
    .replace(/^\//, '')
    .replace(/\\[\\/]/g, (escaped) => (escaped === '\\/' ? '/' : escaped))
    .split('/');
  const tests = names.map((name) => (/^\*{2,}$/.test(name) ? '**' : compileName(name)));
  // What git cannot read never matches: an open bracket, a slash too many, an escape of nothing.
  if (names.includes('') || !tests.every((test) => test !== undefined) || /(?:^|[^\\])(?:\\\\)*\\$/.test(path)) return [];
  const glob = new Glob([path.includes('/') ? tests : ['**', ...tests]]);
  return [{ glob, state: glob.start, negated, directoriesOnly, slowCharacters: /[?[]/.test(line) ? line.length : 0 }];
}
