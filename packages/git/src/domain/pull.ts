import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { type Fetched, fetchInto } from './fetch.ts';
import { fetchedText } from './fetch-text.ts';
import { currentBranch, currentCommit } from './head.ts';
import { refuseOverIgnored } from './ignored.ts';
import { merge } from './merge.ts';
import { proveBranchName, resolveCommit, shown } from './names.ts';
import type { Network } from './network.ts';
import { operationIn } from './operation.ts';
import type { Waiting } from './progress.ts';
import { findRemote, upstreamOf } from './remotes.ts';
import type { Repository } from './repository.ts';
import { gitWrite } from './writing.ts';

/** What git_pull is asked for. */
export interface PullRequest {
  readonly remote?: string | undefined;
  readonly branch?: string | undefined;
  /** Whether a merge commit may be made where a fast-forward is not possible. */
  readonly merge: boolean;
}

/** What came, and where the branch is now. */
export interface Pulled extends Fetched {
  readonly state: 'done' | 'unchanged';
  readonly commit: string;
}

/** Files in conflict that an error names. */
const MAX_NAMED = 10;

/** Fetches what the branch follows, and moves the branch there; a merge is made only if asked for, and only without conflicts. */
export async function pull(repository: Repository, network: Network, request: PullRequest, waiting: Waiting): Promise<Pulled> {
  const { signal } = waiting;
  const operation = await operationIn(repository);
  if (operation !== undefined) throw new ToolError('conflict', `A ${operation} is in progress.`, { hint: 'Continue or abort it first.' });
  const { remote, branch } = await sourceOf(repository, network, request, signal);
  const tracking = `refs/remotes/${remote.name}/${branch}`;
  const refspecs = [`+refs/heads/${branch}:${tracking}`];
  const fetched = await fetchInto(repository, network, { remote, refspecs, flags: [] }, waiting);
  if (!request.merge) return { ...fetched, ...(await fastForward(repository, tracking, signal)) };
  const message = `Merge remote-tracking branch '${remote.name}/${branch}'`;
  const start = { action: 'start', revision: tracking, message, ff: 'auto' } as const;
  const { state, commit = '', files = [] } = await merge(repository, start, signal);
  if (state === 'done' || state === 'unchanged') return { ...fetched, state, commit };
  await merge(repository, { action: 'abort', ff: 'auto' }, signal);
  const names = files.slice(0, MAX_NAMED).map(({ path }) => visibleName(path));
  throw new ToolError('conflict', `The two are fetched, and conflict: ${names.join(', ')}. Nothing was merged.`, {
    hint: `Use git_merge with ${remote.name}/${branch} to resolve that, if it is there; else tell the user.`,
  });
}

/** Nobody commits anything, so that nobody needs to be known. */
async function fastForward(repository: Repository, revision: string, signal: AbortSignal): Promise<Pick<Pulled, 'state' | 'commit'>> {
  const to = await resolveCommit(repository, revision, signal);
  const from = await currentCommit(repository, signal);
  await refuseOverIgnored(repository, { to, from }, signal);
  await gitWrite(repository, ['merge', '--ff-only', '--no-stat', '--no-progress', '--no-overwrite-ignore', '--no-autostash', to], {
    signal,
  });
  const commit = (await currentCommit(repository, signal)) ?? to;
  return { state: commit === from ? 'unchanged' : 'done', commit };
}

async function sourceOf(repository: Repository, network: Network, request: PullRequest, signal: AbortSignal) {
  const local = await currentBranch(repository, signal);
  const upstream = local === undefined ? undefined : await upstreamOf(repository, local, signal);
  const name = request.remote ?? upstream?.remote;
  const remote = await findRemote(repository, { name, purpose: 'fetch', rules: network.rules }, signal);
  const followed = upstream?.remote === remote.name ? upstream.branch : undefined;
  const branch = request.branch ?? followed;
  if (local !== undefined && branch !== undefined) return { remote, branch: proveBranchName(branch) };
  throw local === undefined
    ? new ToolError('conflict', 'No branch is checked out.', { hint: 'Check one out, or use git_fetch.' })
    : new ToolError('invalid_input', `${shown(local)} follows no branch there: say which.`, { hint: 'Set branch.' });
}

/** The same as text. */
export function pulledText(pulled: Pulled): string {
  return `${fetchedText(pulled)}\n${pulled.state === 'unchanged' ? 'Already up to date' : 'Now'} at ${pulled.commit}`;
}
