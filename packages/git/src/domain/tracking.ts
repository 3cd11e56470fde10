import { ToolError } from '@touchstone-mcp/core/errors';
import { git } from './command.ts';
import { isBranchName, type RefName, shown } from './names.ts';
import type { Repository } from './repository.ts';

/**
 * Writes to the configuration of the repository itself. Git sees a stand-in in its place, so that every command that would write there
 * on the way (branch --track, branch -d) is told not to, and these two do it.
 */
export async function follow(repository: Repository, branch: RefName, remote: string, ref: string, signal: AbortSignal): Promise<void> {
  // A repository names its remotes as it likes: one that begins with - would be an option.
  if (!isBranchName(remote)) throw new ToolError('denied', `Not a name for a remote: ${shown(remote)}`);
  const set = (key: string, value: string) => configure(repository, ['--replace-all', `branch.${branch}.${key}`, value], signal, [0]);
  await set('remote', remote);
  await set('merge', ref);
}

/** Forgets what a branch follows. */
export async function unfollow(repository: Repository, branch: RefName, signal: AbortSignal): Promise<void> {
  // 128: there was nothing about it.
  await configure(repository, ['--remove-section', `branch.${branch}`], signal, [0, 128]);
}

async function configure(repository: Repository, args: readonly string[], signal: AbortSignal, okCodes: readonly number[]): Promise<void> {
  const file = `${repository.place().commonDir}/config`;
  await git(repository, ['config', '--file', file, '--no-includes', ...args], { signal, write: true, okCodes });
}
