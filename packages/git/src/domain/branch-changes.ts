import { ToolError } from '@touchstone-mcp/core/errors';
import { git } from './command.ts';
import { currentBranch } from './head.ts';
import { lookUp, type ObjectId, proveBranchName, type RefName, resolveCommit, shown } from './names.ts';
import { isAncestor, refuseProtected } from './protection.ts';
import type { Repository } from './repository.ts';
import { unfollow } from './tracking.ts';
import { gitWrite } from './writing.ts';

/** A branch that was made: at which commit, and what that was called. */
export interface CreatedBranch {
  readonly branch: string;
  readonly from: string;
  readonly commit: string;
}

/** Makes a branch, at HEAD or at any commit, and stays where it is. It follows nothing. */
export async function createBranch(
  repository: Repository,
  name: string,
  base: string | undefined,
  signal: AbortSignal,
): Promise<CreatedBranch> {
  const branch = proveBranchName(name);
  const commit = await resolveCommit(repository, base ?? 'HEAD', signal);
  await gitWrite(repository, ['branch', '--no-track', branch, commit], { signal });
  return { branch, from: base ?? (await currentBranch(repository, signal)) ?? commit.slice(0, 10), commit };
}

/** A branch that is gone. With its commit it can be made again, as long as git keeps that. */
export interface DeletedBranch {
  readonly branch: string;
  readonly commit: string;
}

/** Deletes a local branch. Refuses a protected one, one that is checked out, and without `force` one whose commits no other has. */
export async function deleteBranch(
  repository: Repository,
  { name, force, protectedBranches }: { name: string; force: boolean; protectedBranches: readonly string[] },
  signal: AbortSignal,
): Promise<DeletedBranch> {
  const branch = proveBranchName(name);
  refuseProtected(branch, protectedBranches, 'deleted');
  const [found] = await lookUp(repository, [`refs/heads/${branch}^{commit}`], signal);
  if (typeof found !== 'object') throw new ToolError('not_found', `No such branch: ${shown(branch)}`, { hint: 'Ask git_branch.' });
  const upstream = await refuseCheckedOut(repository, branch, signal);
  if (!force && !(await isMerged(repository, found.id, upstream, signal))) {
    throw new ToolError('conflict', `${shown(branch)} has commits that neither HEAD nor what it follows has.`, {
      hint: 'Merge it first, or ask the user about force.',
    });
  }
  await gitWrite(repository, ['update-ref', '-d', `refs/heads/${branch}`, found.id], { signal });
  await unfollow(repository, branch, signal);
  return { branch, commit: found.id };
}

/** Resolves to what the branch follows. */
async function refuseCheckedOut(repository: Repository, branch: RefName, signal: AbortSignal): Promise<string> {
  const format = '--format=%(worktreepath)%00%(upstream)';
  const { stdout } = await git(repository, ['for-each-ref', format, `refs/heads/${branch}`], { signal });
  const [checkedOut = '', upstream = ''] = stdout.toString().trimEnd().split('\0');
  if (checkedOut === '') return upstream;
  throw new ToolError('conflict', `${shown(branch)} is checked out.`, { hint: 'Check out another branch there first.' });
}

async function isMerged(repository: Repository, commit: ObjectId, upstream: string, signal: AbortSignal): Promise<boolean> {
  if (await isAncestor(repository, commit, 'HEAD', signal)) return true;
  const [followed] = upstream === '' ? [] : await lookUp(repository, [`${upstream}^{commit}`], signal);
  return typeof followed === 'object' && (await isAncestor(repository, commit, followed.id, signal));
}
