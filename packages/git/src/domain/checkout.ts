import { ToolError } from '@touchstone-mcp/core/errors';
import { gitRecords } from './command.ts';
import { isBranchName, lookUp, type ObjectId, proveBranchName, proveRevision, type RefName, resolveCommit, shown } from './names.ts';
import { operationIn } from './operation.ts';
import { progressReader, type Waiting } from './progress.ts';
import type { Repository } from './repository.ts';
import { follow } from './tracking.ts';
import { gitWrite } from './writing.ts';

/** Where HEAD is now. */
export interface CheckedOut {
  /** Undefined: HEAD is at the commit itself, and what is committed now belongs to no branch. */
  readonly branch?: string | undefined;
  readonly commit: string;
  /** The remote branch that the branch, made just now, follows. */
  readonly follows?: string | undefined;
}

/** Nothing is lost: what would overwrite a change, an untracked or an ignored file makes git refuse. */
const SWITCH = ['switch', '--quiet', '--no-guess', '--progress', '--no-overwrite-ignore', '--no-recurse-submodules'];

/** Checks out what the arguments say, and tells how many files are laid. */
async function switchTo(repository: Repository, args: readonly string[], { signal, progress }: Waiting): Promise<void> {
  await gitWrite(repository, [...SWITCH, ...args], { signal, onStderr: progressReader(progress, 'checkout') });
}

/** Makes a branch at a commit and checks it out. It follows nothing. */
export async function switchToNew(repository: Repository, branch: RefName, commit: ObjectId, waiting: Waiting): Promise<void> {
  await switchTo(repository, ['--no-track', '--create', branch, commit], waiting);
}

/** Checks out a local branch; else makes one of a remote branch, named alone or with its remote; else the commit, detached. */
export async function checkout(repository: Repository, name: string, waiting: Waiting): Promise<CheckedOut> {
  const { signal } = waiting;
  const operation = await operationIn(repository);
  if (operation !== undefined) {
    throw new ToolError('conflict', `A ${operation} is in progress.`, { hint: 'Continue or abort it first.' });
  }
  proveRevision(name);
  // `main~2` and `main@{1}` are commits, and names of none.
  const isName = !/[~^]|@\{/.test(name);
  const [local] = isName ? await lookUp(repository, [`refs/heads/${name}^{commit}`], signal) : [];
  if (typeof local === 'object') {
    await switchTo(repository, [proveBranchName(name)], waiting);
    return { branch: name, commit: local.id };
  }
  const remote = isName ? await remoteBranch(repository, name, signal) : undefined;
  if (remote !== undefined) return await checkoutRemote(repository, remote, waiting);
  const commit = await resolveCommit(repository, name, signal);
  await switchTo(repository, ['--detach', commit], waiting);
  return { commit };
}

interface RemoteBranch {
  readonly remote: string;
  readonly branch: string;
  readonly ref: string;
}

async function checkoutRemote(repository: Repository, { remote, branch, ref }: RemoteBranch, waiting: Waiting): Promise<CheckedOut> {
  const { signal } = waiting;
  const local = proveBranchName(branch);
  const [commit, taken] = await lookUp(repository, [`${ref}^{commit}`, `refs/heads/${local}`], signal);
  if (typeof commit !== 'object') throw new Error('A remote branch has no commit');
  if (typeof taken === 'object') {
    throw new ToolError('conflict', `There is a local branch ${shown(branch)} already.`, { hint: `Check out ${shown(branch)}.` });
  }
  await switchToNew(repository, local, commit.id, waiting);
  await follow(repository, local, remote, `refs/heads/${branch}`, signal);
  return { branch, commit: commit.id, follows: `${remote}/${branch}` };
}

/** The only remote branch of this name, with or without its remote before it. Names of remotes may have slashes. */
async function remoteBranch(repository: Repository, name: string, signal: AbortSignal): Promise<RemoteBranch | undefined> {
  const found: RemoteBranch[] = [];
  const args = ['config', '--null', '--name-only', '--get-regexp', '^remote\\..*\\.(url|fetch)$'];
  const remotes = new Set<string>();
  for await (const key of gitRecords(repository, args, { signal, okCodes: [0, 1] })) {
    remotes.add(key.toString().slice('remote.'.length, key.lastIndexOf('.')));
  }
  const candidates = [...remotes].filter(isBranchName).map((remote) => {
    const branch = name.startsWith(`${remote}/`) ? name.slice(remote.length + 1) : name;
    return { remote, branch, ref: `refs/remotes/${remote}/${branch}` };
  });
  const plain = candidates.filter(({ ref }) => !/[\0-\x20\x7f]/.test(ref));
  const objects =
    plain.length === 0
      ? []
      : await lookUp(
          repository,
          plain.map(({ ref }) => ref),
          signal,
        );
  for (const [index, object] of objects.entries()) {
    const candidate = plain[index];
    if (typeof object === 'object' && candidate !== undefined && candidate.branch !== 'HEAD') found.push(candidate);
  }
  if (found.length > 1) {
    throw new ToolError('conflict', `Several remotes have a branch ${shown(name)}.`, {
      hint: `Say which: ${found.map(({ remote, branch }) => shown(`${remote}/${branch}`)).join(', ')}`,
    });
  }
  return found[0];
}
