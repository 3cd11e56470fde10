import { ToolError } from '@touchstone-mcp/core/errors';
import { gitRecords } from './command.ts';
import { refuseUnstorable } from './filters.ts';
import { listed } from './listed.ts';
import { provePaths, type RepositoryPath } from './names.ts';
import { operationIn } from './operation.ts';
import { proveRecordPath } from './record-path.ts';
import type { Repository } from './repository.ts';
import type { Change } from './status.ts';
import { decode } from './text.ts';
import { gitWrite } from './writing.ts';

/** What is staged: the index beside the last commit. */
export interface Staged {
  readonly staged: Change[];
  readonly count: number;
}

/** Changes that are listed; the others are counted. */
const MAX_LISTED = 100;

/** Characters of all paths of one call: they are arguments of a program, which have a limit. */
const MAX_CHARS = 100_000;

/** Proves paths that a command is given. `.` is everything. */
export function proveFiles(files: readonly string[]): RepositoryPath[] {
  if (files.reduce((sum, file) => sum + file.length, 0) > MAX_CHARS) {
    throw new ToolError('too_large', 'These are too many paths for one call.', { hint: 'Name the directories that they are in.' });
  }
  return provePaths(files);
}

/** Stages files as they are on the disk, deleted ones too. All of them, or none. */
export async function stage(repository: Repository, paths: readonly RepositoryPath[], signal: AbortSignal): Promise<void> {
  await refuseUnstorable(repository, { paths, untracked: true }, signal);
  await gitWrite(repository, ['add', '--all', '--', ...paths], { signal });
}

/** Makes the index what the last commit is, for these paths or for all. The work tree stays as it is. */
export async function unstage(repository: Repository, paths: readonly RepositoryPath[] | undefined, signal: AbortSignal): Promise<void> {
  const operation = await operationIn(repository);
  if (paths === undefined && operation !== undefined) {
    throw new ToolError('conflict', `A ${operation} is in progress: to unstage everything would forget it.`, {
      hint: 'Name files, or abort it.',
    });
  }
  await gitWrite(repository, ['reset', '--quiet', ...(paths === undefined ? [] : ['--', ...paths])], { signal });
}

/** What is staged now, as much of it as has room in an answer. */
export async function readStaged(repository: Repository, maxResultChars: number, signal: AbortSignal): Promise<Staged> {
  const args = ['diff', '--cached', '--no-ext-diff', '--ignore-submodules=dirty', '--no-renames', '--name-status', '-z', '--'];
  const staged: Change[] = [];
  let [count, change]: [number, string | undefined] = [0, undefined];
  for await (const record of gitRecords(repository, args, { signal, provesPaths: true })) {
    if (change === undefined) {
      change = record.toString('latin1', 0, 1);
      continue;
    }
    const { text, exact } = decode(proveRecordPath(record));
    if (count++ < MAX_LISTED) staged.push({ path: text, change, ...(exact ? {} : { inexact: true as const }) });
    change = undefined;
  }
  return { staged: listed(staged, maxResultChars), count };
}
