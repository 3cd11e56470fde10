import { git } from './command.ts';
import { refuseOverIgnored } from './ignored.ts';
import { type ObjectId, objectIdOf, resolveCommit } from './names.ts';
import { refuseRewritingProtected } from './protection.ts';
import type { Repository } from './repository.ts';
import { type Action, carryOut, type Outcome, required } from './sequence.ts';

/** Makes the commits since `revision` anew on top of it, or on top of `onto`. */
export async function rebase(
  repository: Repository,
  { action, revision, onto }: { action: Action; revision?: string | undefined; onto?: string | undefined },
  protectedBranches: readonly string[],
  signal: AbortSignal,
): Promise<Outcome> {
  const begin = async (head: ObjectId) => {
    const upstream = await resolveCommit(repository, required(revision, 'revision'), signal);
    const base = onto === undefined ? upstream : await resolveCommit(repository, onto, signal);
    await refuseRewritingProtected(repository, base, protectedBranches, signal);
    await refuseOverIgnored(repository, { to: base, from: head }, signal);
    await refuseOverIgnored(repository, { commits: await commitsSince(repository, upstream, signal) }, signal);
    const flags = [
      '--merge',
      '--no-stat',
      '--no-autostash',
      '--no-autosquash',
      '--no-fork-point',
      '--no-rerere-autoupdate',
      '--empty=drop',
    ];
    return ['rebase', ...flags, '--onto', base, upstream];
  };
  return await carryOut(repository, { operation: 'rebase', action, protectedBranches }, begin, signal);
}

/** Those that will be made anew, one after the other: a file may come with one and go with another. */
async function commitsSince(repository: Repository, upstream: ObjectId, signal: AbortSignal): Promise<ObjectId[]> {
  const { stdout } = await git(repository, ['rev-list', '--no-merges', 'HEAD', '--not', upstream], { signal });
  return stdout.toString().split('\n').slice(0, -1).map(objectIdOf);
}
