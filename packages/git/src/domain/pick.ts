import { refuseOverIgnored } from './ignored.ts';
import { proveRevision, resolveCommits } from './names.ts';
import type { Repository } from './repository.ts';
import { type Action, carryOut, type Outcome, required } from './sequence.ts';

/** What git_cherry_pick and git_revert are asked for. */
export interface PickRequest {
  readonly action: Action;
  readonly revisions?: readonly string[] | undefined;
  /** Of a merge: which parent counts as the one before it, from 1. */
  readonly mainline?: number | undefined;
}

/** Makes what commits changed again on top of HEAD, in the order given; or with `revert` undoes it. */
export async function pick(
  repository: Repository,
  operation: 'cherry-pick' | 'revert',
  { action, revisions, mainline }: PickRequest,
  protectedBranches: readonly string[],
  signal: AbortSignal,
): Promise<Outcome> {
  const begin = async () => {
    const commits = await resolveCommits(repository, required(revisions, 'revisions').map(proveRevision), signal);
    await refuseOverIgnored(repository, { commits, undo: operation === 'revert' }, signal);
    const parent = mainline === undefined ? [] : [`--mainline=${mainline}`];
    return [operation, '--no-edit', '--no-rerere-autoupdate', ...parent, ...commits];
  };
  return await carryOut(repository, { operation, action, protectedBranches }, begin, signal);
}
