import { proveMessage } from './commit.ts';
import { currentBranch } from './head.ts';
import { refuseOverIgnored } from './ignored.ts';
import { lookUp, type ObjectId, proveRevision, type Revision, resolveCommit } from './names.ts';
import type { Repository } from './repository.ts';
import { type Action, carryOut, type Outcome, required } from './sequence.ts';

/** What git_merge is asked for. */
export interface MergeRequest {
  readonly action: Exclude<Action, 'skip'>;
  readonly revision?: string | undefined;
  readonly message?: string | undefined;
  /** `only`: refuse where a merge commit would be needed. `no`: always make one. */
  readonly ff: 'auto' | 'only' | 'no';
}

/** Characters of a message here: it is an argument of a program, which has a limit. */
const MAX_MESSAGE = 10_000;

/** Merges a commit into the branch that is checked out. */
export async function merge(
  repository: Repository,
  { action, revision, message, ff }: MergeRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  const begin = async (head: ObjectId) => {
    const proven = proveRevision(required(revision, 'revision'));
    const commit = await resolveCommit(repository, proven, signal);
    await refuseOverIgnored(repository, { to: commit, from: head }, signal);
    const text = message === undefined ? await mergeMessage(repository, proven, signal) : proveMessage(message, MAX_MESSAGE);
    const flags = ['--no-edit', '--no-stat', '--no-progress', '--no-squash', '--commit', '--no-overwrite-ignore', '--no-autostash'];
    const joins = { auto: '--ff', only: '--ff-only', no: '--no-ff' }[ff];
    return ['merge', ...flags, joins, '--cleanup=whitespace', `--message=${text}`, commit];
  };
  return await carryOut(repository, { operation: 'merge', action, protectedBranches: [] }, begin, signal);
}

/** What git itself would say. It is given an id, which says nothing. */
async function mergeMessage(repository: Repository, revision: Revision, signal: AbortSignal): Promise<string> {
  const kinds = [
    ['refs/heads/', 'branch'],
    ['refs/remotes/', 'remote-tracking branch'],
    ['refs/tags/', 'tag'],
  ] as const;
  const found = await lookUp(
    repository,
    kinds.map(([prefix]) => `${prefix}${revision}`),
    signal,
  );
  const kind = kinds[found.findIndex((object) => typeof object === 'object')]?.[1] ?? 'commit';
  const into = await currentBranch(repository, signal);
  return `Merge ${kind} '${revision}'${into === undefined || into === 'main' || into === 'master' ? '' : ` into ${into}`}`;
}
