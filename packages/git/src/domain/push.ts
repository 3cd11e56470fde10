import { ToolError } from '@touchstone-mcp/core/errors';
import { currentBranch } from './head.ts';
import { lookUp, type ObjectId, proveBranchName, type RefName, resolveCommit, shown } from './names.ts';
import { gitRemote, type Network } from './network.ts';
import type { Waiting } from './progress.ts';
import { refuseProtected } from './protection.ts';
import { findRemote, type Remote } from './remotes.ts';
import type { Repository } from './repository.ts';
import { oneLine, withoutCredentials } from './text.ts';
import { follow } from './tracking.ts';

/** What became of a ref of a remote. */
export interface Pushed {
  readonly remote: string;
  readonly url: string;
  /** Whole: `refs/heads/main`. */
  readonly ref: string;
  readonly state: 'new' | 'updated' | 'forced' | 'deleted' | 'unchanged';
  /** What it was at there, as far as the remote says so. */
  readonly old?: string | undefined;
  readonly new?: string | undefined;
  /** What the remote said: its words, not ours. */
  readonly messages?: string[] | undefined;
}

/** What git_push is asked for: a branch (by default the one that is checked out), or a tag. */
export interface PushRequest {
  readonly remote?: string | undefined;
  readonly branch?: string | undefined;
  readonly tag?: string | undefined;
  /** Whether the branch follows the remote one from now on. */
  readonly setUpstream: boolean;
}

/** What rewriting or deleting a branch of a remote needs to know. */
export interface RewriteRequest {
  readonly remote?: string | undefined;
  readonly branch: string;
  /** What the branch must be at there; by default what was last fetched. */
  readonly expected?: string | undefined;
  readonly protectedBranches: readonly string[];
}

/** Characters of a line of the remote's, and how many lines. */
const MAX_MESSAGE = 300;
const MAX_MESSAGES = 10;

const PUSH = ['push', '--porcelain', '--progress', '--no-follow-tags', '--no-signed', '--recurse-submodules=no', '--no-force'];

/** Pushes one branch or tag to the same name. Nothing there is rewritten or deleted. */
export async function push(repository: Repository, network: Network, request: PushRequest, waiting: Waiting): Promise<Pushed> {
  if (request.branch !== undefined && request.tag !== undefined) throw new ToolError('invalid_input', 'Push a branch or a tag, not both.');
  const remote = await findRemote(repository, { name: request.remote, purpose: 'push', rules: network.rules }, waiting.signal);
  const ref = await refOf(repository, request, waiting.signal);
  const id = await objectAt(repository, ref, waiting.signal);
  const pushed = await pushTo(repository, network, { remote, ref, flags: [], refspec: `${id}:${ref}` }, waiting);
  if (request.setUpstream && ref.startsWith('refs/heads/')) {
    await follow(repository, proveBranchName(ref.slice('refs/heads/'.length)), remote.name, ref, waiting.signal);
  }
  return pushed;
}

/** Replaces a branch there by the local one of the same name, if it is still at the commit that is expected. */
export async function pushForce(repository: Repository, network: Network, request: RewriteRequest, waiting: Waiting): Promise<Pushed> {
  const { remote, ref, lease } = await leaseOf(repository, network, request, 'rewritten', waiting.signal);
  const id = await objectAt(repository, ref, waiting.signal);
  return await pushTo(repository, network, { remote, ref, flags: [lease], refspec: `${id}:${ref}` }, waiting);
}

/** Deletes a branch there, if it is still at the commit that is expected. The local one stays. */
export async function deleteRemoteBranch(
  repository: Repository,
  network: Network,
  request: RewriteRequest,
  waiting: Waiting,
): Promise<Pushed> {
  const { remote, ref, lease } = await leaseOf(repository, network, request, 'deleted', waiting.signal);
  return await pushTo(repository, network, { remote, ref, flags: [lease], refspec: `:${ref}` }, waiting);
}

async function refOf(repository: Repository, { branch, tag }: PushRequest, signal: AbortSignal): Promise<string> {
  if (tag !== undefined) return `refs/tags/${proveBranchName(tag)}`;
  const name = branch ?? (await currentBranch(repository, signal));
  if (name === undefined) throw new ToolError('invalid_input', 'No branch is checked out: say which.', { hint: 'Set branch.' });
  return `refs/heads/${proveBranchName(name)}`;
}

async function objectAt(repository: Repository, ref: string, signal: AbortSignal): Promise<ObjectId> {
  const [object] = await lookUp(repository, [ref], signal);
  if (typeof object === 'object') return object.id;
  throw new ToolError('not_found', `There is no ${shown(ref)} here.`, { hint: 'Ask git_branch, or commit first.' });
}

async function leaseOf(
  repository: Repository,
  network: Network,
  { remote: name, branch, expected, protectedBranches }: RewriteRequest,
  what: string,
  signal: AbortSignal,
): Promise<{ remote: Remote; ref: string; lease: string }> {
  const proven: RefName = proveBranchName(branch);
  refuseProtected(proven, protectedBranches, `${what} on a remote`);
  const remote = await findRemote(repository, { name, purpose: 'push', rules: network.rules }, signal);
  const known = expected === undefined ? `refs/remotes/${remote.name}/${proven}` : expected;
  const id = await resolveCommit(repository, known, signal);
  return { remote, ref: `refs/heads/${proven}`, lease: `--force-with-lease=refs/heads/${proven}:${id}` };
}

interface Push {
  readonly remote: Remote;
  readonly ref: string;
  readonly flags: readonly string[];
  readonly refspec: string;
}

async function pushTo(
  repository: Repository,
  network: Network,
  { remote, ref, flags, refspec }: Push,
  { signal, progress }: Waiting,
): Promise<Pushed> {
  const args = (nick: string) => [...PUSH, ...flags, nick, refspec];
  // So that what is known of the remote follows.
  const config = remote.refspecs.map((each) => ['remote.*.fetch', each] as const);
  const { stdout, stderr, code } = await gitRemote(repository, network, remote.url, args, { signal, progress, config, okCodes: [0, 1] });
  const messages = messagesIn(stderr);
  const [flag = '', summary = ''] = lineFor(stdout.toString(), ref);
  if (code !== 0 || flag === '!' || flag === '') throw rejection(summary, messages, stderr);
  const [, old, now] = /([0-9a-f]{40,64})\.{2,3}([0-9a-f]{40,64})/.exec(summary) ?? [];
  const sent = refspec.slice(0, refspec.indexOf(':'));
  return {
    remote: remote.name,
    url: remote.url.text,
    ref,
    state: ({ ' ': 'updated', '+': 'forced', '-': 'deleted', '*': 'new', '=': 'unchanged' } as const)[flag] ?? 'updated',
    ...(old === undefined ? {} : { old }),
    ...(sent === '' ? {} : { new: now ?? sent }),
    ...(messages.length === 0 ? {} : { messages }),
  };
}

/** `<flag>TAB<from>:<to>TAB<summary>` */
function lineFor(stdout: string, ref: string): [flag?: ' ' | '+' | '-' | '*' | '=' | '!', summary?: string] {
  for (const line of stdout.split('\n')) {
    const [, flag, to, summary] = /^([ +\-*=!])\t[^\t]*:([^\t]*)\t(.*)$/.exec(line) ?? [];
    if (to === ref) return [flag as '!', summary ?? ''];
  }
  return [];
}

function messagesIn(stderr: string): string[] {
  const lines = [...stderr.matchAll(/^remote: (.*)$/gm)].map(([, text = '']) =>
    oneLine(withoutCredentials(text)).slice(0, MAX_MESSAGE).toWellFormed(),
  );
  return lines.filter((line) => line !== '').slice(0, MAX_MESSAGES);
}

function rejection(summary: string, messages: readonly string[], stderr: string): ToolError {
  const cause = new Error(stderr);
  if (/\((?:non-fast-forward|fetch first|needs force|stale info)\)/.test(summary)) {
    const stale = summary.includes('stale info');
    return new ToolError(
      'conflict',
      stale ? 'The branch there is not at the commit that was expected.' : 'The remote has commits that are not here.',
      {
        hint: stale ? 'Fetch, and look at what is new before you try again.' : 'Fetch, then merge or rebase, and push again.',
        cause,
      },
    );
  }
  if (/\(already exists\)/.test(summary)) {
    return new ToolError('conflict', 'The remote has a tag of this name already, and it is another.', {
      hint: 'Choose another name.',
      cause,
    });
  }
  const [, reason = 'it does not say why'] = /\((.*)\)$/.exec(summary) ?? [];
  const said = [reason, ...messages].map((text) => oneLine(withoutCredentials(text)).slice(0, MAX_MESSAGE).toWellFormed()).join('; ');
  return new ToolError('denied', `The remote rejected it. In its own words: ${JSON.stringify(said)}`, { hint: 'Tell the user.', cause });
}
