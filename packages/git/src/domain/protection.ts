import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { git } from './command.ts';
import { currentBranch } from './head.ts';
import { type ObjectId, shown } from './names.ts';
import type { Repository } from './repository.ts';

/** Refuses to replace the last commit where a remote is known to have it: whoever has fetched it would keep it. */
export async function refuseRewritingPublished(repository: Repository, signal: AbortSignal): Promise<void> {
  const args = ['for-each-ref', '--format=%(refname:short)', '--count=1', '--contains=HEAD', 'refs/remotes'];
  const { stdout, code } = await git(repository, args, { signal, okCodes: [0, 129] });
  const branch = stdout.toString().trim();
  if (code !== 0 || branch === '') return;
  throw new ToolError('conflict', `The last commit is on ${visibleName(branch)} already: amending would part from it.`, {
    hint: 'Make a new commit.',
  });
}

/** Refuses where the operator protects a branch. */
export function refuseProtected(branch: string, protectedBranches: readonly string[], what: string): void {
  if (!protectedBranches.includes(branch)) return;
  throw new ToolError('denied', `${shown(branch)} is protected: it is never ${what}.`, {
    hint: 'Tell the user: the setting protectedBranches says which branches are.',
  });
}

/** Refuses to take commits from the protected branch that is checked out, by moving it to one that does not have them. */
export async function refuseDropping(
  repository: Repository,
  target: ObjectId,
  protectedBranches: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const branch = await currentBranch(repository, signal);
  if (branch === undefined || !protectedBranches.includes(branch)) return;
  if (!(await isAncestor(repository, 'HEAD', target, signal))) refuseProtected(branch, protectedBranches, 'moved back or rewritten');
}

/** Whether a commit has another one (or HEAD) in its history, or is it. */
export async function isAncestor(
  repository: Repository,
  ancestor: ObjectId | 'HEAD',
  of: ObjectId | 'HEAD',
  signal: AbortSignal,
): Promise<boolean> {
  const { code } = await git(repository, ['merge-base', '--is-ancestor', ancestor, of], { signal, okCodes: [0, 1] });
  return code === 0;
}

/** Refuses to rewrite, on the protected branch that is checked out, commits since `upstream` that a remote is known to have. */
export async function refuseRewritingProtected(
  repository: Repository,
  upstream: ObjectId,
  protectedBranches: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const branch = await currentBranch(repository, signal);
  if (branch === undefined || !protectedBranches.includes(branch)) return;
  await refuseRewritingPublishedOf(repository, { branch, tip: 'HEAD', base: upstream }, protectedBranches, signal);
}

/** Refuses where a protected branch at `tip` has commits that `base` has not and a remote is known to have. */
export async function refuseRewritingPublishedOf(
  repository: Repository,
  { branch, tip, base }: { branch: string; tip: ObjectId | 'HEAD'; base: ObjectId | 'HEAD' },
  protectedBranches: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const count = async (...not: readonly string[]) => {
    const { stdout } = await git(repository, ['rev-list', '--count', tip, '--not', base, ...not], { signal });
    return Number(stdout.toString());
  };
  if ((await count()) !== (await count('--remotes'))) refuseProtected(branch, protectedBranches, 'rewritten where a remote has it');
}
