import { gitRecords } from './command.ts';
import { cursorOf, positionOf } from './cursor.ts';
import { lookUp, type ObjectId, resolveCommit } from './names.ts';
import type { Repository } from './repository.ts';
import { decode, oneLine } from './text.ts';

/** A branch, and its last commit. */
export interface Branch {
  /** As git branch writes it: those of remotes begin with remotes/ where local ones are listed too. */
  readonly name: string;
  readonly current?: true | undefined;
  readonly commit: string;
  /** ISO 8601. */
  readonly date: string;
  readonly subject: string;
  /** What it stands for, such as origin/main for origin/HEAD. */
  readonly target?: string | undefined;
  readonly upstream?: string | undefined;
  /** `ahead 1, behind 2` or `gone`, beside its upstream; undefined where they are the same. */
  readonly tracking?: string | undefined;
}

/** Which branches are asked for. */
export interface BranchQuery {
  readonly type: 'local' | 'remote' | 'all';
  /** Only those that have this commit, or have it not. */
  readonly contains?: string | undefined;
  readonly notContains?: string | undefined;
  /** Whether each is compared with its upstream: that walks history. */
  readonly tracking?: boolean | undefined;
  readonly maxChars: number;
  readonly cursor?: string | undefined;
}

/** A page of branches by name. */
export interface BranchPage {
  readonly branches: Branch[];
  /** The commit that is checked out, where that is no branch. */
  readonly detachedAt?: string | undefined;
  readonly nextCursor?: string | undefined;
}

/** Characters of a subject. */
const MAX_SUBJECT = 72;

/** What a branch weighs beside its texts, in JSON too. */
const OVERHEAD = 60;

const NAMESPACES = { local: ['refs/heads'], remote: ['refs/remotes'], all: ['refs/heads', 'refs/remotes'] };

/** Branches as git for-each-ref tells them, in one process beside the one that looks commits up. */
export async function readBranches(repository: Repository, query: BranchQuery, signal: AbortSignal): Promise<BranchPage> {
  const [after] = query.cursor === undefined ? [''] : positionOf(query.cursor, ['string']);
  const branches: Branch[] = [];
  let room = query.maxChars;
  let [last, currentSeen] = ['', false];
  for await (const [ref = '', ...fields] of refsOf(repository, await argumentsOf(repository, query, signal), signal)) {
    const branch = branchOf(ref, fields, query.type === 'all');
    currentSeen ||= branch.current === true;
    if (after !== '' && Buffer.compare(Buffer.from(ref), Buffer.from(after)) <= 0) continue;
    room -= branch.name.length + branch.subject.length + (branch.upstream?.length ?? 0) + OVERHEAD;
    if (room < 0 && branches.length > 0) return { branches, nextCursor: cursorOf([last]) };
    branches.push(branch);
    last = ref;
  }
  const unfiltered = query.contains === undefined && query.notContains === undefined && query.type !== 'remote';
  if (currentSeen || !unfiltered || after !== '') return { branches };
  const [head] = await lookUp(repository, ['HEAD'], signal);
  // Without it, HEAD is a branch that has no commits yet.
  return typeof head === 'object' ? { branches, detachedAt: head.id } : { branches };
}

async function argumentsOf(repository: Repository, query: BranchQuery, signal: AbortSignal): Promise<string[]> {
  const commit = async (option: string, revision: string | undefined): Promise<string[]> =>
    revision === undefined ? [] : [`${option}=${(await resolveCommit(repository, revision, signal)) satisfies ObjectId}`];
  const fields = ['refname', 'HEAD', 'objectname', 'committerdate:iso-strict', 'contents:subject', 'symref', 'upstream:short'];
  if (query.tracking) fields.push('upstream:track,nobracket');
  return [
    'for-each-ref',
    `--format=${fields.map((field) => `%(${field})%00`).join('')}`,
    ...(await commit('--contains', query.contains)),
    ...(await commit('--no-contains', query.notContains)),
    ...NAMESPACES[query.type],
  ];
}

/** The fields of each ref. The line end behind a ref comes with the first field of the next one. */
async function* refsOf(repository: Repository, args: readonly string[], signal: AbortSignal): AsyncGenerator<string[]> {
  const count = args[1]?.match(/%00/g)?.length ?? 0;
  let fields: string[] = [];
  for await (const record of gitRecords(repository, args, { signal })) {
    fields.push(decode(record).text);
    if (fields.length < count) continue;
    yield fields.map((field, index) => (index === 0 ? field.replace(/^\n/, '') : field));
    fields = [];
  }
}

function branchOf(ref: string, fields: readonly string[], both: boolean): Branch {
  const [head, commit = '', date = '', subject = '', symref = '', upstream = '', tracking = ''] = fields;
  return {
    name: ref.replace(both ? /^refs\/(?:heads\/)?/ : /^refs\/(?:heads|remotes)\//, ''),
    ...(head === '*' ? { current: true as const } : {}),
    commit,
    date,
    subject: cut(oneLine(subject)),
    ...(symref === '' ? {} : { target: symref.replace(/^refs\/(?:heads|remotes)\//, '') }),
    ...(upstream === '' ? {} : { upstream }),
    ...(tracking === '' ? {} : { tracking }),
  };
}

function cut(subject: string): string {
  return subject.length <= MAX_SUBJECT ? subject : `${subject.slice(0, MAX_SUBJECT - 1).toWellFormed()}…`;
}
