import { git, gitRecords } from './command.ts';
import { cursorOf, positionOf } from './cursor.ts';
import {
  type CommitRange,
  type GitDate,
  type ObjectId,
  objectIdOf,
  parseRange,
  type RepositoryPath,
  rangeArgument,
  resolveRange,
} from './names.ts';
import { hundredths, type Waiting } from './progress.ts';
import type { Repository } from './repository.ts';
import { decode, oneLine, withoutCredentials } from './text.ts';

/** A commit. Dates are ISO 8601, with the zone that they were written in. */
export interface Commit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly author: string;
  readonly email: string;
  readonly date: string;
  readonly committer: string;
  readonly committed: string;
  /** Branches and tags that are at it. */
  readonly refs: readonly string[];
  readonly message: string;
  /** Set where the message is longer than what is here. */
  readonly cut?: true | undefined;
  /** Set where bytes were no UTF-8. */
  readonly inexact?: true | undefined;
}

/** What of a history is asked for. Texts are proven (names.ts), and matched as they are, not as patterns. */
export interface HistoryQuery {
  readonly revision: string;
  readonly maxCount: number;
  readonly since?: GitDate | undefined;
  readonly until?: GitDate | undefined;
  readonly author?: string | undefined;
  readonly grep?: string | undefined;
  readonly paths: readonly RepositoryPath[];
  /** Only first lines of messages. */
  readonly oneline: boolean;
  readonly maxChars: number;
  readonly cursor?: string | undefined;
}

/** A page of history, newest first. */
export interface HistoryPage {
  readonly commits: Commit[];
  readonly nextCursor?: string | undefined;
}

const FIELDS = ['%H', '%P', '%an', '%ae', '%aI', '%cn', '%cI', '%D'];

/** Characters of one message in a list. */
const MAX_MESSAGE = 4_000;

/** Names, refs and parents that one commit may bring along: a hostile one has a megabyte of each. */
const MAX_NAME = 200;
const MAX_REFS = 20;
const MAX_PARENTS = 64;

/** Characters that a commit has beside its texts. */
const OVERHEAD = 120;

/** Commits of a history, in one process beside the one that looks its revisions up. The cursor holds those, so that later commits move nothing. */
export async function readHistory(repository: Repository, query: HistoryQuery, { signal, progress }: Waiting): Promise<HistoryPage> {
  const { range, skip } = await startOf(repository, query, signal);
  const args = [
    'log',
    '-z',
    `--format=tformat:${[...FIELDS, query.oneline ? '%s' : '%B'].join('%x00')}`,
    `--max-count=${query.maxCount + 1}`,
    `--skip=${skip}`,
    '--no-show-signature',
    '--no-color',
    '--decorate=short',
    '--fixed-strings',
    '--regexp-ignore-case',
    ...(query.since === undefined ? [] : [`--since=${query.since}`]),
    ...(query.until === undefined ? [] : [`--until=${query.until}`]),
    ...(query.author === undefined ? [] : [`--author=${query.author}`]),
    ...(query.grep === undefined ? [] : [`--grep=${query.grep}`]),
    rangeArgument(range),
    '--',
    ...query.paths,
  ];
  const commits: Commit[] = [];
  const tell = hundredths(progress, 'commits found');
  let room = query.maxChars;
  for await (const commit of commitsIn(gitRecords(repository, args, { signal }))) {
    room -= charactersOf(commit);
    const full = commits.length === query.maxCount || (room < 0 && commits.length > 0);
    if (full) return { commits, nextCursor: cursorOf([range.from ?? '', range.to, range.symmetric ? 1 : 0, skip + commits.length]) };
    commits.push(commit);
    tell(commits.length, query.maxCount);
  }
  return { commits };
}

async function startOf(
  repository: Repository,
  { revision, cursor }: HistoryQuery,
  signal: AbortSignal,
): Promise<{ range: CommitRange; skip: number }> {
  if (cursor === undefined) return { range: await resolveRange(repository, revision, signal), skip: 0 };
  const [from, to, symmetric, skip] = positionOf(cursor, ['string', 'string', 'number', 'number']);
  // A client may have written it: each side is looked up like any other revision.
  const text = from === '' ? to : `${from}${symmetric === 1 ? '...' : '..'}${to}`;
  parseRange(text);
  return { range: await resolveRange(repository, text, signal), skip };
}

/** What git says of one commit, its message whole up to `maxChars`. */
export async function readCommit(repository: Repository, id: ObjectId, maxChars: number, signal: AbortSignal): Promise<Commit> {
  const format = [...FIELDS, '%B'].join('%x00');
  const args = [
    'log',
    '-z',
    `--format=tformat:${format}`,
    '--max-count=1',
    '--no-show-signature',
    '--no-color',
    '--decorate=short',
    id,
    '--',
  ];
  const { stdout } = await git(repository, args, { signal });
  const fields = splitAt(stdout);
  return commitOf(fields, maxChars);
}

async function* commitsIn(records: AsyncGenerator<Buffer>): AsyncGenerator<Commit> {
  let fields: Buffer[] = [];
  for await (const record of records) {
    fields.push(record);
    if (fields.length <= FIELDS.length) continue;
    yield commitOf(fields, MAX_MESSAGE);
    fields = [];
  }
}

function splitAt(bytes: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  for (let start = 0, end = bytes.indexOf(0); end !== -1; start = end + 1, end = bytes.indexOf(0, start))
    fields.push(bytes.subarray(start, end));
  return fields;
}

function commitOf(fields: readonly Buffer[], maxMessage: number): Commit {
  const decoded = fields.map(decode);
  const [id = '', parents = '', author = '', email = '', date = '', committer = '', committed = '', refs = '', body = ''] = decoded.map(
    ({ text }) => text,
  );
  // The message of a merge may have the URL of a remote in it, with a token.
  const message = withoutCredentials(body.trimEnd());
  return {
    id: objectIdOf(id),
    parents: parents === '' ? [] : parents.split(' ').slice(0, MAX_PARENTS),
    author: nameOf(author),
    email: nameOf(email),
    date,
    committer: nameOf(committer),
    committed,
    refs: refs === '' ? [] : refs.split(', ').slice(0, MAX_REFS),
    message: message.length > maxMessage ? message.slice(0, maxMessage).toWellFormed() : message,
    ...(message.length > maxMessage ? { cut: true as const } : {}),
    ...(decoded.every(({ exact }) => exact) ? {} : { inexact: true as const }),
  };
}

function nameOf(text: string): string {
  return oneLine(text).slice(0, MAX_NAME).toWellFormed();
}

function charactersOf({ message, author, email, refs, parents }: Commit): number {
  return OVERHEAD + message.length + author.length + email.length + refs.join().length + parents.length * 41;
}

/** A commit as the official server writes it. Further lines of a message are indented, so that none can pass for another commit. */
export function commitBlock({ id, author, email, date, message, cut }: Commit): string {
  const lines = [...message.split(/\r?\n/), ...(cut ? ['[cut]'] : [])];
  return `Commit: ${id}\nAuthor: ${author} <${email}>\nDate: ${date}\nMessage: ${lines.join('\n    ')}`;
}

/** A commit in one line. */
export function commitLine({ id, date, author, message, refs }: Commit): string {
  const names = refs.length === 0 ? '' : ` (${refs.join(', ')})`;
  return `${id.slice(0, 10)} ${date.slice(0, 10)} ${author}: ${oneLine(message)}${names}`;
}
