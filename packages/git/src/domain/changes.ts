import type { Comparison } from './comparison.ts';
import { cursorOf, positionOf } from './cursor.ts';
import { type ChangedFile, type DiffStat, readDiffStat } from './diff.ts';
import { parseRange, provePaths, resolveCommit, resolveRange } from './names.ts';
import { hasPatch, type Patch, readPatches } from './patch.ts';
import type { Waiting } from './progress.ts';
import type { Repository } from './repository.ts';
import { statLine } from './show-text.ts';

/** What of a diff is asked for, in the words of the tools. */
export interface ChangesQuery {
  /** Undefined: the patches where they all fit, else the stat. */
  readonly output?: 'patch' | 'stat' | 'names' | undefined;
  /** Undefined: all. A generated file's patch is read only when its path is here. */
  readonly paths?: readonly string[] | undefined;
  readonly context_lines: number;
  readonly cursor?: string | undefined;
}

/** Room for the title and the lines that say how to go on. */
const ROOM_FOR_NOTES = 700;

/** A diff, or a page of it. */
export interface Changes {
  readonly output: 'patch' | 'stat' | 'names';
  /** Of all files, not only those that are here. */
  readonly total: { readonly files: number; readonly added: number; readonly deleted: number; readonly truncated: boolean };
  /** Those of this page of a list; of patches, those without one: binary, generated, unmerged. */
  readonly files: readonly ChangedFile[];
  readonly patches?: readonly Patch[] | undefined;
  /** Set where the stat is here because the patches did not fit. */
  readonly tooLong?: true | undefined;
  readonly nextCursor?: string | undefined;
}

/** What `target` of git_diff means: one revision is compared with the work tree, `a..b` and `a...b` are compared with each other. */
export async function comparisonOf(repository: Repository, target: string, signal: AbortSignal): Promise<Comparison> {
  if (parseRange(target).from === undefined) return { kind: 'worktree', from: await resolveCommit(repository, target, signal) };
  return { kind: 'commits', ...(await resolveRange(repository, target, signal)) };
}

/** Reads a diff: names, the stat, or the patches, a page at a time. One git process for the stat, one for patches. */
export async function readChanges(
  repository: Repository,
  comparison: Comparison,
  query: ChangesQuery,
  maxResultChars: number,
  waiting: Waiting,
): Promise<Changes> {
  const { output, cursor } = query;
  const maxChars = maxResultChars - ROOM_FOR_NOTES;
  const paths = provePaths(query.paths ?? []);
  const stat = await readDiffStat(repository, comparison, paths, waiting);
  const total = { files: stat.files.length, added: stat.added, deleted: stat.deleted, truncated: stat.truncated };
  if (output === 'names' || output === 'stat') return { output, total, ...listPage(stat, output, cursor, maxChars) };
  const without = stat.files.filter((file) => !hasPatch(file, paths));
  // Those without a patch are named on the first page only.
  const files = cursor === undefined ? fitting(without, 'stat', maxChars / 4) : [];
  const room = { paths, contextLines: query.context_lines, maxChars: maxChars - charsOf(files, 'stat'), cursor };
  const { patches, nextCursor } = await readPatches(repository, comparison, stat, room, waiting.signal);
  if (output === undefined && cursor === undefined && nextCursor !== undefined)
    return { output: 'stat', total, files: fitting(stat.files, 'stat', maxChars), tooLong: true };
  return { output: 'patch', total, files, patches, ...(nextCursor === undefined ? {} : { nextCursor }) };
}

function listPage({ files }: DiffStat, output: 'stat' | 'names', cursor: string | undefined, maxChars: number) {
  const [first] = cursor === undefined ? [0] : positionOf(cursor, ['number']);
  const page = fitting(files.slice(first), output, maxChars);
  const end = first + page.length;
  return { files: page, ...(end < files.length ? { nextCursor: cursorOf([end]) } : {}) };
}

/** As many as fit, one at least. */
function fitting(files: readonly ChangedFile[], output: 'stat' | 'names', maxChars: number): readonly ChangedFile[] {
  let chars = 0;
  const end = files.findIndex((file, index) => {
    chars += charsOf([file], output);
    return chars > maxChars && index > 0;
  });
  return end === -1 ? files : files.slice(0, end);
}

/** Names in JSON weigh more than in text: a record has its keys. */
const KEYS = 24;

function charsOf(files: readonly ChangedFile[], output: 'stat' | 'names'): number {
  return files.reduce((sum, file) => sum + (output === 'stat' ? statLine(file).length + 1 : file.path.length + 1) + KEYS, 0);
}
