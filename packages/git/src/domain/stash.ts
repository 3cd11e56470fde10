import { ToolError } from '@touchstone-mcp/core/errors';
import { git, gitRecords } from './command.ts';
import { readDiffStat } from './diff.ts';
import { refuseUnstorable } from './filters.ts';
import { refuseOverIgnored } from './ignored.ts';
import { listed } from './listed.ts';
import { refuseReplaced } from './losing.ts';
import { type ObjectId, objectIdOf, proveText, shown } from './names.ts';
import { type Conflict, conflictsIn } from './operation.ts';
import { silent } from './progress.ts';
import type { Repository } from './repository.ts';
import { decode, oneLine } from './text.ts';
import { refuseHalf } from './whole-stash.ts';
import { writeError } from './write-errors.ts';
import { gitWrite } from './writing.ts';

/** Changes put aside. */
export interface Stash {
  readonly index: number;
  readonly commit: string;
  /** ISO 8601. */
  readonly date: string;
  readonly message: string;
}

/** How many are listed. */
const MAX_LISTED = 100;

/** Characters of a message. */
const MAX_MESSAGE = 200;

/** The stashes, newest first. */
export async function listStashes(repository: Repository, signal: AbortSignal): Promise<Stash[]> {
  const args = ['stash', 'list', '-z', `--max-count=${MAX_LISTED}`, '--format=tformat:%H%x00%cI%x00%gs'];
  const fields: string[] = [];
  // It reads a reflog, and no index.
  for await (const field of gitRecords(repository, args, { signal, provesPaths: true })) fields.push(decode(field).text);
  return Array.from({ length: Math.floor(fields.length / 3) }, (_, index) => {
    const [commit = '', date = '', message = ''] = fields.slice(index * 3);
    return { index, commit, date, message: oneLine(message).slice(0, MAX_MESSAGE).toWellFormed() };
  });
}

/** Puts the changes of tracked files aside, staged or not, and untracked files if told so. */
export async function pushStash(
  repository: Repository,
  { message, includeUntracked }: { message?: string | undefined; includeUntracked: boolean },
  signal: AbortSignal,
): Promise<Stash> {
  await refuseReplaced(repository, signal);
  await refuseUnstorable(repository, { paths: [], untracked: includeUntracked }, signal);
  const { stdout } = await gitWrite(
    repository,
    [
      'stash',
      'push',
      ...(includeUntracked ? ['--include-untracked'] : []),
      ...(message === undefined ? [] : [`--message=${proveText(message, 'message')}`]),
    ],
    // It is given no paths, and cleans up with a pattern of its own: literal, that would leave what it has stashed.
    { signal, globs: true },
  );
  if (/^No local changes to save/m.test(stdout.toString())) {
    throw new ToolError('conflict', 'There are no changes to put aside.', {
      hint: 'Untracked files are taken with include_untracked only.',
    });
  }
  const [stash] = await listStashes(repository, signal);
  if (stash === undefined) throw new Error('git stash has left none');
  return stash;
}

/** Which files a stash changes, beside the commit that it was made on. */
export async function readStash(repository: Repository, index: number, maxResultChars: number, signal: AbortSignal) {
  const stash = await stashAt(repository, index, signal);
  const { stdout } = await git(repository, ['rev-parse', '--verify', '--end-of-options', `${stash.commit}^1`], { signal });
  const comparison = { kind: 'commits', from: objectIdOf(stdout.toString().trim()), to: objectIdOf(stash.commit) } as const;
  const stat = await readDiffStat(repository, comparison, [], { signal, progress: silent });
  return { ...stat, files: listed(stat.files, maxResultChars), count: stat.files.length, stash };
}

/** What came of bringing changes back. In conflict, a stash is always kept. */
export interface Applied {
  readonly stash: Stash;
  readonly conflicts: Conflict[];
  /** How many there are. */
  readonly count: number;
}

/** Brings the changes back; `drop` then forgets the stash. */
export async function applyStash(
  repository: Repository,
  { index, drop, maxResultChars }: { index: number; drop: boolean; maxResultChars: number },
  signal: AbortSignal,
): Promise<Applied> {
  const stash = await stashAt(repository, index, signal);
  const before = await conflictsIn(repository, signal);
  if (before.length > 0) throw new ToolError('conflict', 'Files are in conflict already.', { hint: 'Resolve them first: ask git_status.' });
  await refuseOverIgnored(repository, { commits: [objectIdOf(stash.commit)] }, signal);
  await refuseHalf(repository, stash.commit, signal);
  const result = await gitWrite(repository, ['stash', drop ? 'pop' : 'apply', '--quiet', nameOf(index)], { signal, okCodes: [0, 1] });
  const conflicts = result.code === 0 ? [] : await conflictsIn(repository, signal);
  if (result.code !== 0 && conflicts.length === 0) throw await writeError(repository, 'stash', result);
  return { stash, conflicts: listed(conflicts, maxResultChars), count: conflicts.length };
}

/** Forgets a stash. With its commit it can be brought back, as long as git keeps that. */
export async function dropStash(repository: Repository, index: number, signal: AbortSignal): Promise<Stash> {
  const stash = await stashAt(repository, index, signal);
  await gitWrite(repository, ['stash', 'drop', '--quiet', nameOf(index)], { signal });
  return stash;
}

function nameOf(index: number): string {
  return `stash@{${index}}`;
}

async function stashAt(repository: Repository, index: number, signal: AbortSignal): Promise<Stash & { commit: ObjectId }> {
  const stash = (await listStashes(repository, signal))[index];
  if (stash === undefined)
    throw new ToolError('not_found', `There is no stash ${shown(nameOf(index))}.`, { hint: 'Ask git_stash with action list.' });
  return { ...stash, commit: objectIdOf(stash.commit) };
}
