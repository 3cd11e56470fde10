import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { git, gitRecords } from './command.ts';
import { currentBranch, currentCommit } from './head.ts';
import type { HeldDirectory } from './held.ts';
import { kindOf, readSmall } from './layout.ts';
import type { ObjectId } from './names.ts';
import { operationIn } from './operation.ts';
import { denied, type Repositories, startOf } from './repositories.ts';
import type { Repository } from './repository.ts';

/** A work tree that is gone. Its branch stays. */
export interface RemovedWorktree {
  readonly path: string;
  readonly branch?: string | undefined;
  readonly commit?: string | undefined;
}

/**
 * Removes a linked work tree, where nothing in it would be lost: no change, no untracked file, no operation in progress, no commit that
 * no ref has; ignored files only if asked for.
 */
export async function removeWorktree(
  repository: Repository,
  repositories: Repositories,
  { path, ignored }: { path: string; ignored: boolean },
  signal: AbortSignal,
): Promise<RemovedWorktree> {
  using worktree = await repositories.open(path, { signal, write: true });
  const directory = worktree.workTree;
  const same =
    worktree.commonDir.stats.ino === repository.commonDir.stats.ino && worktree.commonDir.stats.dev === repository.commonDir.stats.dev;
  if (
    directory === undefined ||
    !same ||
    worktree.gitDir.path === worktree.commonDir.path ||
    !(await isSame(directory, path, repositories))
  ) {
    throw new ToolError('invalid_input', 'This is no linked work tree of the repository.', { hint: 'Ask git_worktree with action list.' });
  }
  await refuseForeign(worktree, directory.path);
  await refuseLosing(worktree, ignored, signal);
  const { branch, commit } = await stateOf(worktree, signal);
  await empty(directory.below(''));
  await rm(worktree.commonDir.below(`worktrees/${basename(worktree.gitDir.path)}`), { recursive: true });
  await rmdir(directory.path);
  return { path: worktree.path, ...(branch === undefined ? {} : { branch }), ...(commit === undefined ? {} : { commit }) };
}

/** Whether a path names this directory, and not something in it. */
async function isSame({ stats }: HeldDirectory, path: string, { boundary }: Repositories): Promise<boolean> {
  using named = await boundary.hold(startOf(path, boundary, 'path')[0], () => denied(path, boundary));
  return named.stats.ino === stats.ino && named.stats.dev === stats.dev;
}

/** Both must name each other: otherwise a repository could have another directory deleted. */
async function refuseForeign({ gitDir, commonDir }: Repository, path: string): Promise<void> {
  const back = dirname(resolve(gitDir.path, (await readSmall(gitDir.below('gitdir')))?.toString().trimEnd() ?? ''));
  const [named, own] = await Promise.all([back, path].map((each) => stat(each, { bigint: true }).catch(() => undefined)));
  const apart = dirname(gitDir.path) !== `${commonDir.path}/worktrees`;
  if (apart || named === undefined || named.ino !== own?.ino || named.dev !== own.dev) {
    throw new ToolError('denied', 'The repository does not know this work tree, or knows it elsewhere.', {
      hint: 'Tell the user: git worktree repair mends that.',
    });
  }
  if ((await kindOf(gitDir.below('locked'))) !== undefined) {
    throw new ToolError('conflict', 'This work tree is locked.', { hint: 'Tell the user: git worktree unlock.' });
  }
}

async function refuseLosing(worktree: Repository, ignored: boolean, signal: AbortSignal): Promise<void> {
  const operation = await operationIn(worktree);
  if (operation !== undefined)
    throw new ToolError('conflict', `A ${operation} is in progress there.`, { hint: 'Continue or abort it first.' });
  const args = ['status', '--porcelain', '-z', '--no-renames', '--untracked-files=normal', '--ignore-submodules=dirty'];
  for await (const record of gitRecords(worktree, [...args, `--ignored=${ignored ? 'no' : 'traditional'}`], { signal })) {
    const isIgnored = record.toString('latin1', 0, 2) === '!!';
    throw new ToolError('conflict', `${visibleName(record.toString('utf8', 3))} would be lost.`, {
      hint: isIgnored ? 'It is ignored: with ignored, such files are deleted.' : 'Commit or stash what is there first.',
    });
  }
  await refuseSubmodules(worktree, signal);
  const { branch, commit } = await stateOf(worktree, signal);
  if (branch !== undefined || commit === undefined) return;
  const { stdout } = await git(worktree, ['rev-list', '--max-count=1', commit, '--not', '--branches', '--tags', '--remotes'], { signal });
  if (stdout.length === 0) return;
  throw new ToolError('conflict', `Its commit ${commit.slice(0, 10)} is on no branch, and would be lost.`, {
    hint: 'Make a branch of it first.',
  });
}

/** A submodule that is checked out has changes of its own, which only a git in it could tell: git refuses it too. */
async function refuseSubmodules(worktree: Repository, signal: AbortSignal): Promise<void> {
  for await (const record of gitRecords(worktree, ['ls-files', '--stage', '-z'], { signal })) {
    if (record.toString('latin1', 0, 6) !== '160000') continue;
    const path = record.toString('utf8', record.indexOf(0x09) + 1);
    if ((await kindOf(worktree.workTree?.below(`${path}/.git`) ?? '')) === undefined) continue;
    throw new ToolError('conflict', `The submodule ${visibleName(path)} is checked out there.`, {
      hint: 'Tell the user to remove it first.',
    });
  }
}

async function stateOf(worktree: Repository, signal: AbortSignal): Promise<{ branch: string | undefined; commit: ObjectId | undefined }> {
  return { branch: await currentBranch(worktree, signal), commit: await currentCommit(worktree, signal) };
}

async function empty(directory: string): Promise<void> {
  for (const entry of await readdir(directory)) await rm(`${directory}/${entry}`, { recursive: true, force: true });
}
