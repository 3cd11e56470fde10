import { ToolError } from '@touchstone-mcp/core/errors';
import { git } from './command.ts';
import type { Repository } from './repository.ts';

declare const proven: unique symbol;
type Proven<Name extends string> = string & { readonly [proven]: Name };

/** The full id of an object that exists. */
export type ObjectId = Proven<'ObjectId'>;
/** A revision that may be asked for: it is no option, no range, no search, and has nothing that a shell or a terminal would obey. */
export type Revision = Proven<'Revision'>;
/** A name that a branch or tag may have. */
export type RefName = Proven<'RefName'>;
/** A path relative to the top of the work tree, with slashes, that does not leave it and is not in `.git`. */
export type RepositoryPath = Proven<'RepositoryPath'>;
/** A date for `--since` and `--until`, as seconds since 1970 or in git's own words. */
export type GitDate = Proven<'GitDate'>;

/** One revision, or two: `a..b` is what b has and a has not, `a...b` what they differ in since they parted. */
export interface RevisionRange {
  readonly from: Revision | undefined;
  readonly to: Revision;
  readonly symmetric: boolean;
}

/** The same, each side a commit that exists. */
export interface CommitRange {
  readonly from: ObjectId | undefined;
  readonly to: ObjectId;
  readonly symmetric: boolean;
}

/** Longest revision, name or date that is looked at. */
const MAX_CHARS = 400;

/** A name, and then steps: `~2`, `^`, `^{commit}`, `@{upstream}`, `@{3}`. No `:path`, no `:/text`, no `^{/regex}`: these search all history. */
const REVISION = /^(?!-)(?!.*\.\.)[^\0-\x20\x7f:?*[\\~^]+(?:~\d{0,6}|\^\d{0,2}(?!\{)|\^\{(?:commit|tag|tree|blob|object)?\})*$/u;
const REFLOG = /@\{(?!(?:u|upstream|push|\d{1,6})\})/;

/** Proves the form of a revision. `invalid_input` for what is none of the forms that this server takes. */
export function proveRevision(text: string): Revision {
  if (text.length > MAX_CHARS || !REVISION.test(text) || REFLOG.test(text)) {
    throw new ToolError('invalid_input', `Not a revision: ${shown(text)}`, {
      hint: 'Use a branch, tag or commit id, with ~2, ^ or @{upstream} behind it if need be.',
    });
  }
  return text as Revision;
}

/** Reads `a`, `a..b`, `a...b` (a missing side is HEAD). */
export function parseRange(text: string): RevisionRange {
  const [, from, dots, to] = /^(.*?)(\.{2,})(.*)$/su.exec(text) ?? [];
  if (dots === undefined) return { from: undefined, to: proveRevision(text), symmetric: false };
  if (dots.length > 3 || (from === '' && to === ''))
    throw new ToolError('invalid_input', `Not a range: ${shown(text)}`, { hint: 'Use a..b or a...b.' });
  return { from: proveRevision(from || 'HEAD'), to: proveRevision(to || 'HEAD'), symmetric: dots === '...' };
}

/** The commit that a revision names, by its id. `not_found` where there is none, `conflict` where a short id is ambiguous. */
export async function resolveCommit(repository: Repository, text: string, signal: AbortSignal): Promise<ObjectId> {
  const [commit] = await resolveCommits(repository, [proveRevision(text)], signal);
  if (commit === undefined) throw new Error('git answered nothing');
  return commit;
}

/** Both sides of a range, in one process. */
export async function resolveRange(repository: Repository, text: string, signal: AbortSignal): Promise<CommitRange> {
  const { from, to, symmetric } = parseRange(text);
  const [first, second] = await resolveCommits(repository, from === undefined ? [to] : [from, to], signal);
  if (first === undefined) throw new Error('git answered nothing');
  return second === undefined ? { from: undefined, to: first, symmetric } : { from: first, to: second, symmetric };
}

/** The arguments that mean a range, for git log and git diff: ids and nothing else. */
export function rangeArgument({ from, to, symmetric }: CommitRange): string {
  return from === undefined ? to : `${from}${symmetric ? '...' : '..'}${to}`;
}

/** The commits that revisions name, in their order, in one process: they reach git as lines of its input, where nothing is an option. */
export async function resolveCommits(repository: Repository, revisions: readonly Revision[], signal: AbortSignal): Promise<ObjectId[]> {
  const objects = await lookUp(
    repository,
    revisions.map((revision) => `${revision}^{commit}`),
    signal,
  );
  return objects.map((object, index) => {
    const revision = revisions[index] ?? '';
    if (typeof object === 'object') return object.id;
    throw object === 'ambiguous'
      ? new ToolError('conflict', `Ambiguous: ${shown(revision)} is the beginning of several ids.`, { hint: 'Give more of the id.' })
      : new ToolError('not_found', `No such commit: ${shown(revision)}`, { hint: noCommitHint(revision) });
  });
}

function noCommitHint(revision: string): string {
  return /^(?:HEAD|@)$/.test(revision)
    ? 'This repository may have no commits yet: ask git_status.'
    : 'Ask git_branch or git_log for the names.';
}

/** An object that exists. */
export interface FoundObject {
  readonly id: ObjectId;
  readonly type: string;
  readonly size: number;
}

/** Looks names up in one process (`git cat-file --batch-check`). Each must have been proven, and may have `^{type}` or `:path` behind it. */
export async function lookUp(
  repository: Repository,
  names: readonly string[],
  signal: AbortSignal,
): Promise<(FoundObject | 'missing' | 'ambiguous')[]> {
  // A line end would be a second question.
  if (names.some((name) => /[\n\0]/.test(name))) throw new Error('A name has a line end');
  const stdin = `${names.join('\n')}\n`;
  const { stdout } = await git(repository, ['cat-file', '--batch-check=%(objectname) %(objecttype) %(objectsize)'], { signal, stdin });
  const lines = stdout.toString().split('\n').slice(0, -1);
  return names.map((_, index) => {
    const line = lines[index] ?? '';
    const [, id, type = '', size] = /^([0-9a-f]{40}|[0-9a-f]{64}) (commit|tree|blob|tag) (\d+)$/.exec(line) ?? [];
    if (id === undefined) return / ambiguous$/.test(line) ? 'ambiguous' : 'missing';
    return { id: id as ObjectId, type, size: Number(size) };
  });
}

/** A full id that git itself has written. */
export function objectIdOf(text: string): ObjectId {
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) throw new Error('git wrote no object id');
  return text as ObjectId;
}

/** Git's rules for names of refs (git check-ref-format), and those for branches: none that a command would take for an option or for HEAD. */
export function proveBranchName(text: string): RefName {
  if (isBranchName(text)) return text;
  throw new ToolError('invalid_input', `Not a name for a branch or tag: ${shown(text)}`, {
    hint: 'Use letters, digits, ., _, - and /, as in feature/login.',
  });
}

/** Whether a text keeps these rules. */
export function isBranchName(text: string): text is RefName {
  const wrong =
    text === '' ||
    text.length > 200 ||
    text === '@' ||
    text === 'HEAD' ||
    /^[-/]|^refs\/|\/$|\.$|\.\.|@\{|\/\//.test(text) ||
    /[\0-\x20\x7f~^:?*[\\]/.test(text) ||
    !text.isWellFormed() ||
    text.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'));
  return !wrong;
}

/** Characters of the paths of one call: a command line has room for so many. */
const MAX_PATH_CHARS = 100_000;

/** Names that Windows or macOS would take for `.git`. */
const GIT_ALIAS = /^(?:\.git|git~\d+)[. ]*(?:[:\\][\s\S]*)?$/i;
/** Code points that HFS+ leaves out of a name when it compares. */
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/** Whether a name is `.git`, or would be on another system. */
export function isGitAlias(name: string): boolean {
  return GIT_ALIAS.test(name.replace(IGNORED_BY_HFS, ''));
}

/** Proves paths: relative to the top of the work tree, `/` between names, never outside it and never in `.git`. They are literal, no patterns. */
export function provePaths(texts: readonly string[]): RepositoryPath[] {
  if (texts.reduce((sum, text) => sum + text.length, 0) > MAX_PATH_CHARS)
    throw new ToolError('too_large', 'These are too many paths for one call.', { hint: 'Name the directories that they are in.' });
  return texts.map(provePath);
}

function provePath(text: string): RepositoryPath {
  const parts = text.split('/');
  const outside = parts.includes('..') || text.startsWith('/') || /^[A-Za-z]:/.test(text);
  const hidden = parts.some(isGitAlias);
  if (outside || hidden) {
    throw new ToolError('denied', `Not a path of the repository: ${shown(text)}`, {
      hint: 'Paths are relative to the top of the work tree, and never in .git.',
    });
  }
  if (
    text === '' ||
    text.length > 4_096 ||
    text.includes('\0') ||
    !text.isWellFormed() ||
    (process.platform === 'win32' && text.includes('\\'))
  ) {
    throw new ToolError('invalid_input', `Not a path: ${shown(text)}`, { hint: 'Use a path as git_status writes it.' });
  }
  return text as RepositoryPath;
}

/** Proves a date: ISO 8601, `yesterday`, `2 weeks ago`. Git takes anything for some date, so that only these forms reach it. */
export function proveDate(text: string): GitDate {
  const iso = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)?$/;
  const words =
    /^(?:now|today|yesterday|noon|midnight|last (?:week|month|year)|\d{1,5} (?:second|minute|hour|day|week|month|year)s? ago)$/i;
  if (iso.test(text) && !Number.isNaN(Date.parse(text))) return text as GitDate;
  if (words.test(text)) return text as GitDate;
  throw new ToolError('invalid_input', `Not a date: ${shown(text)}`, { hint: 'Use 2026-11-20, 2026-11-20T15:00:00Z or "2 weeks ago".' });
}

/** Text that is matched, never run: no NUL, no line end, and not longer than makes sense. */
export function proveText(text: string, what: string): string {
  if (text !== '' && text.length <= MAX_CHARS && !/[\0\r\n]/.test(text) && text.isWellFormed()) return text;
  throw new ToolError('invalid_input', `${what} must be one line of 1 to ${MAX_CHARS} characters.`);
}

/** What a caller wrote, as one quoted line. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}
