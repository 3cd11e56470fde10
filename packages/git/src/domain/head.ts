import { git } from './command.ts';
import { lookUp, type ObjectId } from './names.ts';
import type { Repository } from './repository.ts';

/** The branch that is checked out; undefined where HEAD is at a commit itself. A branch without commits has a name already. */
export async function currentBranch(repository: Repository, signal: AbortSignal): Promise<string | undefined> {
  const { stdout, code } = await git(repository, ['symbolic-ref', '--quiet', 'HEAD'], { signal, okCodes: [0, 1] });
  return code === 1
    ? undefined
    : stdout
        .toString()
        .trimEnd()
        .replace(/^refs\/heads\//, '');
}

/** The commit that is checked out; undefined where there is none yet. */
export async function currentCommit(repository: Repository, signal: AbortSignal): Promise<ObjectId | undefined> {
  const [head] = await lookUp(repository, ['HEAD^{commit}'], signal);
  return typeof head === 'object' ? head.id : undefined;
}
