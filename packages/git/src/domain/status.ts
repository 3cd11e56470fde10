import { gitRecords } from './command.ts';
import { type Operation, operationIn } from './operation.ts';
import { proveRecordPath } from './record-path.ts';
import type { Repository } from './repository.ts';
import { decode } from './text.ts';

/** One change, as porcelain v2 tells it: a letter is M(odified), A(dded), D(eleted), R(enamed), C(opied), T(ype), U(nmerged). */
export interface Change {
  readonly path: string;
  readonly change: string;
  /** The path that it had before, of a rename or copy. */
  readonly from?: string | undefined;
  /** Set where the name on the disk is no UTF-8, so that `path` is not it. */
  readonly inexact?: true | undefined;
}

/** A work tree beside its index and its last commit. */
export interface Status {
  readonly branch: string | undefined;
  readonly commit: string | undefined;
  readonly upstream: string | undefined;
  readonly ahead: number | undefined;
  readonly behind: number | undefined;
  /** What is in progress. */
  readonly operation?: Operation | undefined;
  readonly stashes: number;
  readonly staged: Change[];
  readonly unstaged: Change[];
  readonly conflicted: Change[];
  readonly untracked: Change[];
  /** How many there are of each, also those that are not listed. */
  readonly counts: { staged: number; unstaged: number; conflicted: number; untracked: number };
}

type List = keyof Status['counts'];

/** How much of it is listed. */
export interface StatusLimit {
  /** Entries in each list. */
  readonly entries: number;
  /** Characters of all paths together. */
  readonly chars: number;
}

/** Records after which the rest is not counted: by then nobody reads the numbers. */
const MAX_RECORDS = 1_000_000;

const ARGUMENTS = [
  'status',
  '--porcelain=v2',
  '-z',
  '--branch',
  '--show-stash',
  '--untracked-files=normal',
  '--find-renames',
  '--ignore-submodules=dirty',
];

/** The status of a work tree, in one git process. Submodules are compared by their commit, never looked into. */
export async function readStatus(repository: Repository, limit: StatusLimit, signal: AbortSignal): Promise<Status> {
  const headers = new Map<string, string>();
  const lists: Record<List, Change[]> = { staged: [], unstaged: [], conflicted: [], untracked: [] };
  const counts: Record<List, number> = { staged: 0, unstaged: 0, conflicted: 0, untracked: 0 };
  let [room, records] = [limit.chars, 0];
  const add = (list: List, change: Change) => {
    counts[list] += 1;
    room -= change.path.length + (change.from?.length ?? 0) + 8;
    if (lists[list].length < limit.entries && room >= 0) lists[list].push(change);
  };
  let renamed: { change: string; record: Buffer } | undefined;
  for await (const record of gitRecords(repository, ARGUMENTS, { signal })) {
    if (++records > MAX_RECORDS) break;
    if (renamed !== undefined) {
      addBoth(add, renamed.change, fieldsOf(renamed.record, 9), decode(proveRecordPath(record)).text);
      renamed = undefined;
      continue;
    }
    const [kind, xy = ''] = record.toString('latin1', 0, 4).split(' ');
    if (kind === '#') readHeader(headers, decode(record).text);
    else if (kind === '?') add('untracked', pathOf(record.subarray(2), '?'));
    else if (kind === '1') addBoth(add, xy, fieldsOf(record, 8));
    else if (kind === 'u') add('conflicted', { ...fieldsOf(record, 10), change: xy });
    else if (kind === '2') renamed = { change: xy, record };
  }
  return { ...headOf(headers), operation: await operationIn(repository), ...lists, counts };
}

/** A change in the index, in the work tree, or in both. */
function addBoth(add: (list: List, change: Change) => void, xy: string, path: Change, from?: string): void {
  const [staged = '.', unstaged = '.'] = xy;
  const source = (letter: string) => (from !== undefined && /[RC]/.test(letter) ? { from } : {});
  if (staged !== '.') add('staged', { ...path, change: staged, ...source(staged) });
  if (unstaged !== '.') add('unstaged', { ...path, change: unstaged, ...source(unstaged) });
}

/** The path of a record, which has so many fields before it. */
function fieldsOf(record: Buffer, before: number): Change {
  let start = 0;
  for (let field = 0; field < before; field++) start = record.indexOf(0x20, start) + 1;
  return pathOf(record.subarray(start), '');
}

function pathOf(bytes: Buffer, change: string): Change {
  const { text, exact } = decode(proveRecordPath(bytes));
  return { path: text, change, ...(exact ? {} : { inexact: true as const }) };
}

/** `# branch.ab +1 -2` */
function readHeader(headers: Map<string, string>, record: string): void {
  const [, name = '', value = ''] = /^# (\S+) (.*)$/s.exec(record) ?? [];
  headers.set(name, value);
}

function headOf(headers: ReadonlyMap<string, string>) {
  const [head, oid] = [headers.get('branch.head'), headers.get('branch.oid')];
  const [, ahead, behind] = /^\+(\d+) -(\d+)$/.exec(headers.get('branch.ab') ?? '') ?? [];
  return {
    branch: head === '(detached)' ? undefined : head,
    commit: oid === '(initial)' ? undefined : oid,
    upstream: headers.get('branch.upstream'),
    ahead: ahead === undefined ? undefined : Number(ahead),
    behind: behind === undefined ? undefined : Number(behind),
    stashes: Number(headers.get('stash') ?? 0),
  };
}
