import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import { createBranch } from './branch-changes.ts';
import { git } from './command.ts';
import { errnoOf } from './errors.ts';
import { kindOf } from './layout.ts';
import { lookUp, proveBranchName, type RefName, resolveCommit, shown } from './names.ts';
import { type NewDirectory, newDirectory } from './new-directory.ts';
import type { Repositories } from './repositories.ts';
import type { Repository } from './repository.ts';
import type { Worktree } from './worktrees.ts';
import { gitWrite } from './writing.ts';

/** What git_worktree is asked to add: a branch that exists, one that is made at a revision, or with a revision alone that commit. */
export interface WorktreeRequest {
  readonly path: string;
  readonly branch?: string | undefined;
  readonly revision?: string | undefined;
}

/** Work trees of one name. */
const MAX_SAME = 100;

/**
 * Adds a work tree in a new or empty directory. Git would write the path of the stand-in into it, so that the four small files that make
 * one are written here, and git checks it out. What does not succeed leaves nothing behind but a new branch.
 */
export async function addWorktree(
  repository: Repository,
  repositories: Repositories,
  request: WorktreeRequest,
  signal: AbortSignal,
): Promise<Worktree> {
  await refuseTables(repository);
  const { branch, commit, isNew } = await targetOf(repository, request, signal);
  using place = await newDirectory(request.path, repositories.boundary);
  let name: string | undefined;
  try {
    if (isNew && branch !== undefined) await createBranch(repository, branch, commit, signal);
    name = await makeEntry(repository, basename(place.path));
    await layWorktree(repository, place, { name, head: branch === undefined ? commit : `ref: refs/heads/${branch}` });
    using worktree = await repositories.open(place.held.path, { signal, write: true });
    await gitWrite(worktree, ['reset', '--hard', '--quiet', '--no-recurse-submodules', commit], { signal });
    return { path: worktree.path, commit, ...(branch === undefined ? {} : { branch }) };
  } catch (error) {
    if (name !== undefined) await rm(repository.commonDir.below(`worktrees/${name}`), { recursive: true, force: true });
    await place.remove();
    throw error;
  }
}

/** Where refs are tables, a work tree has one of its own, which git alone can make. */
async function refuseTables({ commonDir }: Repository): Promise<void> {
  if ((await kindOf(commonDir.below('reftable'))) === undefined) return;
  throw new ToolError('unavailable', 'This repository keeps its refs in tables: this server adds no work trees to it.', {
    hint: 'Tell the user.',
  });
}

async function targetOf(repository: Repository, { path, branch, revision }: WorktreeRequest, signal: AbortSignal) {
  if (branch === undefined && revision !== undefined) {
    return { branch: undefined, commit: await resolveCommit(repository, revision, signal), isNew: false };
  }
  const name = proveBranchName(branch ?? basename(path));
  const [found] = await lookUp(repository, [`refs/heads/${name}^{commit}`], signal);
  if (typeof found !== 'object') {
    return { branch: name, commit: await resolveCommit(repository, revision ?? 'HEAD', signal), isNew: true };
  }
  if (revision !== undefined) {
    throw new ToolError('conflict', `There is a branch ${shown(name)} already.`, {
      hint: 'Leave revision out to check it out, or choose another name.',
    });
  }
  await refuseCheckedOut(repository, name, signal);
  return { branch: name, commit: found.id, isNew: false };
}

async function refuseCheckedOut(repository: Repository, branch: RefName, signal: AbortSignal): Promise<void> {
  const { stdout } = await git(repository, ['for-each-ref', '--format=%(worktreepath)', `refs/heads/${branch}`], { signal });
  if (stdout.toString().trim() === '') return;
  throw new ToolError('conflict', `${shown(branch)} is checked out in another work tree.`, { hint: 'Work there, or make another branch.' });
}

async function layWorktree(
  { commonDir }: Repository,
  { held }: NewDirectory,
  { name, head }: { name: string; head: string },
): Promise<void> {
  const directory = commonDir.below(`worktrees/${name}`);
  await writeFile(`${directory}/commondir`, '../..\n');
  await writeFile(`${directory}/gitdir`, `${held.path}/.git\n`);
  await writeFile(`${directory}/HEAD`, `${head}\n`);
  await writeFile(held.below('.git'), `gitdir: ${commonDir.path}/worktrees/${name}\n`, { flag: 'wx' });
}

/** Makes the directory that stands for a work tree in the repository. Resolves to its name. */
async function makeEntry({ commonDir }: Repository, wanted: string): Promise<string> {
  await mkdir(commonDir.below('worktrees'), { recursive: true });
  const plain = wanted.replace(/[^\w-]+/g, '-').replace(/^-+/, '') || 'worktree';
  for (let index = 0; index < MAX_SAME; index += 1) {
    const name = `${plain}${index === 0 ? '' : index}`;
    try {
      await mkdir(commonDir.below(`worktrees/${name}`));
      return name;
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
  }
  throw new ToolError('conflict', 'There are too many work trees of this name.', { hint: 'Choose another directory.' });
}
