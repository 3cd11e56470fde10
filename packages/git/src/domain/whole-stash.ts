import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { gitRecords } from './command.ts';
import { kindBelow } from './layout.ts';
import { lookUp, type ObjectId } from './names.ts';
import { proveRecordPath } from './record-path.ts';
import type { Repository } from './repository.ts';
import { decode } from './text.ts';

/** Files that a refusal names. */
const MAX_NAMED = 5;

/**
 * Refuses to bring back a stash with untracked files where anything is in the way. Git brings tracked files back and then untracked ones, and
 * takes neither back where the other fails.
 */
export async function refuseHalf(repository: Repository, stash: ObjectId, signal: AbortSignal): Promise<void> {
  const [untracked] = await lookUp(repository, [`${stash}^3^{tree}`], signal);
  if (typeof untracked !== 'object') return;
  const inTheWay = [...(await changedBoth(repository, stash, signal)), ...(await present(repository, untracked.id, signal))];
  if (inTheWay.length === 0) return;
  const more = inTheWay.length > MAX_NAMED ? ` and ${inTheWay.length - MAX_NAMED} more` : '';
  throw new ToolError('conflict', 'Files in the work tree are in the way: the stash would come back in part only.', {
    hint: `Commit, stash or move them first: ${inTheWay.slice(0, MAX_NAMED).map(visibleName).join(', ')}${more}.`,
  });
}

/** Files that the stash changes, and that have changes which are not staged or are untracked. */
async function changedBoth(repository: Repository, stash: ObjectId, signal: AbortSignal): Promise<string[]> {
  const changed = new Set<string>();
  const status = ['status', '--porcelain=v1', '-z', '--no-renames', '--ignore-submodules=all', '--untracked-files=all'];
  for await (const record of gitRecords(repository, status, { signal }))
    if (record[1] !== STAGED) changed.add(decode(record.subarray(3)).text);
  const touched = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', `${stash}^1`, stash];
  const both: string[] = [];
  for await (const record of gitRecords(repository, touched, { signal })) {
    const { text } = decode(record);
    if (changed.has(text)) both.push(text);
  }
  return both;
}

/** The second letter of a record: no change but what is staged, which git joins with the stash. */
const STAGED = 0x20;

/** Names of a tree that something has in the work tree. */
async function present(repository: Repository, tree: ObjectId, signal: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  for await (const record of gitRecords(repository, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', tree], { signal })) {
    const { text } = decode(proveRecordPath(record));
    if (repository.workTree !== undefined && (await kindBelow(repository.workTree, text)) !== undefined) names.push(text);
  }
  return names;
}
