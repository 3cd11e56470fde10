import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { gitRecords } from './command.ts';
import { kindBelow } from './layout.ts';
import { conflictsIn } from './operation.ts';
import { proveRecordPath } from './record-path.ts';
import type { Repository } from './repository.ts';
import { decode } from './text.ts';

/** Files that a refusal names. */
const MAX_NAMED = 5;

const STATUS = ['status', '--porcelain=v1', '-z', '--no-renames', '--ignore-submodules=all', '--untracked-files=no'];

/** A change of a tracked file: the letters of index and work tree, and its path. */
async function* changesIn(repository: Repository, signal: AbortSignal): AsyncGenerator<[letters: string, path: string]> {
  for await (const record of gitRecords(repository, STATUS, { signal })) {
    yield [record.toString('latin1', 0, 2), decode(proveRecordPath(record.subarray(3))).text];
  }
}

/**
 * Refuses to make the work tree what a commit is where something that git does not track stands at a deleted file's place: a directory, or a
 * file above it. Git would delete that to bring the file back.
 */
export async function refuseReplaced(repository: Repository, signal: AbortSignal): Promise<void> {
  const replaced: string[] = [];
  for await (const [letters, path] of changesIn(repository, signal)) {
    if (/[DT]/.test(letters) && repository.workTree !== undefined) {
      const kind = await kindBelow(repository.workTree, path);
      // What has become a link is put aside with the rest.
      if (letters.includes('D') ? kind !== undefined : kind === 'directory') replaced.push(path);
    }
  }
  if (replaced.length === 0) return;
  throw new ToolError('conflict', 'What has taken the place of deleted files is not tracked, and would be lost.', {
    hint: `Move it away first, or stage it: ${namesOf(replaced)}.`,
  });
}

/** Refuses to take a rebase back, or to leave a commit out, where files are changed that neither are in conflict nor are the commit's. */
export async function refuseStrayChanges(repository: Repository, signal: AbortSignal): Promise<void> {
  const own = new Set((await conflictsIn(repository, signal)).map(({ path }) => path));
  const changed: string[] = [];
  for await (const [, path] of changesIn(repository, signal)) if (!own.has(path)) changed.push(path);
  if (changed.length === 0) return;
  for (const path of await pathsOfStep(repository, signal)) own.add(path);
  const stray = changed.filter((path) => !own.has(path));
  if (stray.length === 0) return;
  throw new ToolError('conflict', 'Changes of files that are not part of this rebase would be lost.', {
    hint: `Tell the user to copy or take them back first: ${namesOf(stray)}.`,
  });
}

/** Files of the commit that is being made anew, also by the names that they have now. */
async function pathsOfStep(repository: Repository, signal: AbortSignal): Promise<string[]> {
  const paths: string[] = [];
  const step = ['diff-tree', '-r', '-z', '--no-commit-id', '--no-renames', '--name-only', '--root', 'REBASE_HEAD'];
  const moved = ['diff-tree', '-r', '-z', '--find-renames', '--diff-filter=R', '--name-only', 'REBASE_HEAD^', 'HEAD'];
  for (const args of [step, moved]) {
    // 128: the rebase stands between two commits.
    for await (const name of gitRecords(repository, args, { signal, okCodes: [0, 128] })) paths.push(decode(name).text);
  }
  return paths;
}

function namesOf(paths: readonly string[]): string {
  const more = paths.length > MAX_NAMED ? ` and ${paths.length - MAX_NAMED} more` : '';
  return `${paths.slice(0, MAX_NAMED).map(visibleName).join(', ')}${more}`;
}
