import { ToolError } from '@touchstone-mcp/core/errors';
import { git, gitRecords } from './command.ts';
import { cursorOf, positionOf } from './cursor.ts';
import { type ObjectId, provePaths, resolveCommit, shown } from './names.ts';
import type { Repository } from './repository.ts';
import { decode, oneLine } from './text.ts';

/** A commit that lines come from. */
export interface BlamedCommit {
  readonly id: string;
  readonly author: string;
  readonly email: string;
  /** Day, in the author's zone. */
  readonly date: string;
  readonly summary: string;
}

/** Lines on end from one commit. */
export interface BlamedLines {
  readonly commit: BlamedCommit;
  /** Number of the first one, from 1. */
  readonly line: number;
  readonly lines: readonly string[];
}

/** What is asked for: lines from 1, both ends included. */
export interface BlameQuery {
  readonly path: string;
  readonly revision: string;
  readonly startLine: number;
  readonly endLine?: number | undefined;
  readonly maxChars: number;
  readonly cursor?: string | undefined;
}

/** A page of a file, by who wrote it. */
export interface Blame {
  readonly path: string;
  /** What the file was read at. */
  readonly commit: string;
  readonly groups: BlamedLines[];
  /** Set where bytes were no UTF-8. */
  readonly inexact?: true | undefined;
  readonly nextCursor?: string | undefined;
}

/** Characters of a line; minified code is one line of megabytes. */
const MAX_LINE = 500;

/** Characters of a line with its number and in JSON, at least. */
const LINE_OVERHEAD = 9;

/** Characters of a group beside its lines. */
const GROUP_OVERHEAD = 180;

/**
 * Who wrote which line of a file, in one process beside those that look up the revision and the authors. Always at a commit: for a file of the work tree
 * git follows directories that are links by now, to wherever they lead.
 */
export async function blame(repository: Repository, query: BlameQuery, signal: AbortSignal): Promise<Blame> {
  const [path = ''] = provePaths([query.path]);
  const [revision, from] = query.cursor === undefined ? [query.revision, query.startLine] : positionOf(query.cursor, ['string', 'number']);
  const start = Math.max(1, from);
  const commit = await resolveCommit(repository, revision, signal);
  const end = query.endLine ?? Number.MAX_SAFE_INTEGER;
  if (end < start) throw new ToolError('invalid_input', 'endLine is before startLine.');
  // One more than can be shown, to know whether there are more.
  const last = Math.min(end, start + Math.ceil(query.maxChars / LINE_OVERHEAD));
  const args = ['blame', '--porcelain', '--no-textconv', '--no-progress', `-L${start},${last}`, commit, '--', path];
  const { stdout, truncated } = await git(repository, args, { signal });
  const page = pageOf(linesIn(stdout, path), start, query.maxChars);
  const next = page.full || truncated ? { nextCursor: cursorOf([commit satisfies ObjectId, page.next]) } : {};
  return {
    path,
    commit,
    groups: await withAuthors(repository, page.groups, signal),
    ...(page.exact ? {} : { inexact: true as const }),
    ...next,
  };
}

/** With the authors that the commits themselves name: git blame believes the file `.mailmap` of the work tree, which anybody may write. */
async function withAuthors(repository: Repository, groups: readonly BlamedLines[], signal: AbortSignal): Promise<BlamedLines[]> {
  const ids = new Set(groups.map(({ commit }) => commit.id));
  if (ids.size === 0) return [];
  const args = ['log', '--no-walk=unsorted', '--no-mailmap', '-z', '--format=tformat:%H%x00%an%x00%ae', '--stdin'];
  const authors = new Map<string, { author: string; email: string }>();
  const fields: string[] = [];
  for await (const field of gitRecords(repository, args, { signal, stdin: `${[...ids].join('\n')}\n` })) {
    if (fields.push(decode(field).text) < 3) continue;
    const [id = '', author = '', email = ''] = fields.splice(0);
    authors.set(id, { author: oneLine(author), email: oneLine(email) });
  }
  return groups.map(({ commit, ...group }) => ({ ...group, commit: { ...commit, ...authors.get(commit.id) } }));
}

interface Line {
  readonly commit: BlamedCommit;
  readonly text: string;
  readonly exact: boolean;
}

/** `<id> <line then> <line now>[ <lines of this group>]`, what is new of the commit, and the line itself behind a TAB. */
function* linesIn(stdout: Buffer, path: string): Generator<Line> {
  const commits = new Map<string, Map<string, string>>();
  let facts = new Map<string, string>();
  let id = '';
  for (let start = 0, end = 0; start < stdout.length; start = end + 1) {
    end = stdout.indexOf(0x0a, start);
    if (end === -1) end = stdout.length;
    const bytes = stdout.subarray(start, end);
    if (bytes[0] === TAB) {
      if (bytes.includes(0)) throw binary(path);
      const { text, exact } = decode(bytes.subarray(1, 4 * MAX_LINE));
      yield { commit: commitOf(id, facts), text: clip(text), exact: exact || bytes.length > 4 * MAX_LINE };
      continue;
    }
    const [key, value] = fieldOf(bytes);
    if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(key)) {
      id = key;
      facts = commits.get(id) ?? new Map();
      commits.set(id, facts);
    } else facts.set(key, value);
  }
}

const TAB = 0x09;

function fieldOf(bytes: Buffer): [key: string, value: string] {
  const space = bytes.indexOf(0x20);
  if (space === -1) return [bytes.toString('latin1'), ''];
  return [bytes.toString('latin1', 0, space), decode(bytes.subarray(space + 1)).text];
}

function binary(path: string): ToolError {
  return new ToolError('invalid_input', `A binary file: ${shown(path)}`, { hint: 'Ask git_log with this path for its commits.' });
}

function clip(line: string): string {
  return line.length <= MAX_LINE ? line : `${line.slice(0, MAX_LINE).toWellFormed()} [line cut]`;
}

function commitOf(id: string, facts: ReadonlyMap<string, string>): BlamedCommit {
  return {
    id,
    author: oneLine(facts.get('author') ?? ''),
    email: (facts.get('author-mail') ?? '').replace(/^<|>$/g, ''),
    date: dayOf(Number(facts.get('author-time')), facts.get('author-tz') ?? '+0000'),
    summary: oneLine(facts.get('summary') ?? ''),
  };
}

/** Seconds since 1970 and a zone such as +0130, as a day. A commit may claim any: what is no date is none. */
function dayOf(seconds: number, zone: string): string {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5));
  const date = new Date((seconds + (zone.startsWith('-') ? -minutes : minutes) * 60) * 1000);
  return Number.isNaN(date.getTime()) ? '' : (date.toISOString().split('T')[0] ?? '');
}

function pageOf(lines: Iterable<Line>, start: number, maxChars: number) {
  const groups: { commit: BlamedCommit; line: number; lines: string[] }[] = [];
  let [room, number, allExact] = [maxChars, start, true];
  for (const { commit, text, exact } of lines) {
    let group = groups.at(-1);
    const isNew = group?.commit.id !== commit.id;
    room -= text.length + LINE_OVERHEAD + (isNew ? GROUP_OVERHEAD : 0);
    if (room < 0 && group !== undefined) return { groups, exact: allExact, next: number, full: true };
    if (isNew || group === undefined) {
      group = { commit, line: number, lines: [] };
      groups.push(group);
    }
    group.lines.push(text);
    allExact &&= exact;
    number += 1;
  }
  return { groups, exact: allExact, next: number, full: false };
}
