import { ToolError } from '@touchstone-mcp/core/errors';
import { gitRecords } from './command.ts';
import { objectIdOf, proveBranchName } from './names.ts';
import { gitRemote, type Network } from './network.ts';
import type { Waiting } from './progress.ts';
import { isAncestor } from './protection.ts';
import { remoteError } from './remote-errors.ts';
import type { RemoteUrl } from './remote-url.ts';
import { findRemote, type Remote } from './remotes.ts';
import type { Repository } from './repository.ts';

/** A ref that is not what it was. */
export interface RefUpdate {
  /** Whole: `refs/remotes/origin/main`. */
  readonly ref: string;
  readonly state: 'new' | 'updated' | 'forced' | 'deleted' | 'rejected';
  /** The object before, where there was one. */
  readonly old?: string | undefined;
  /** The object now, where there is one. */
  readonly new?: string | undefined;
  /** Why it was rejected. */
  readonly reason?: string | undefined;
}

/** What a fetch has brought. */
export interface Fetched {
  readonly remote: string;
  readonly url: string;
  readonly updates: RefUpdate[];
  /** How many there are, listed or not. */
  readonly count: number;
}

/** What git_fetch is asked for. */
export interface FetchRequest {
  readonly remote?: string | undefined;
  readonly branch?: string | undefined;
  readonly prune: boolean;
  readonly tags: boolean;
}

/** Updates that are listed, and how many of them are looked at for being forced. */
const MAX_LISTED = 100;
const MAX_COMPARED = 30;

/** What never happens on the way: no submodules, no maintenance, no FETCH_HEAD with a URL in it. */
const FETCH = [
  'fetch',
  '--progress',
  '--no-write-fetch-head',
  '--no-recurse-submodules',
  '--no-auto-maintenance',
  '--no-show-forced-updates',
];

/** Brings what a remote has, and says which refs changed. No branch of one's own does. */
export async function fetchRemote(repository: Repository, network: Network, request: FetchRequest, waiting: Waiting): Promise<Fetched> {
  const query = { name: request.remote, purpose: 'fetch' as const, rules: network.rules };
  const remote = await findRemote(repository, query, waiting.signal);
  const branch = request.branch === undefined ? undefined : proveBranchName(request.branch);
  const refspecs = branch === undefined ? remote.refspecs : [`+refs/heads/${branch}:refs/remotes/${remote.name}/${branch}`];
  const flags = [...(request.prune ? ['--prune'] : []), ...(request.tags ? ['--tags'] : [])];
  return await fetchInto(repository, network, { remote, refspecs, flags }, waiting);
}

/** The same for a remote that has been proven, with these refspecs. */
export async function fetchInto(
  repository: Repository,
  network: Network,
  { remote, refspecs, flags }: { remote: Pick<Remote, 'name' | 'url'>; refspecs: readonly string[]; flags: readonly string[] },
  { signal, progress }: Waiting,
): Promise<Fetched> {
  const before = await refsOf(repository, remote.name, signal);
  const options = { signal, progress, okCodes: [0, 1], reflog: `fetch ${remote.name}` };
  const args = (nick: string) => [...FETCH, ...flags, nick, ...refspecs];
  const { code, stderr } = await gitRemote(repository, network, remote.url, args, options);
  const rejected = code === 0 ? [] : rejectedIn(stderr);
  if (code !== 0 && rejected.length === 0) throw unfinished(remote.url, code, stderr);
  const after = await refsOf(repository, remote.name, signal);
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter((ref) => before.get(ref) !== after.get(ref)).sort();
  const listed = changed.slice(0, MAX_LISTED);
  const updates = await Promise.all(
    listed.map((ref, index) => updateOf(repository, { ref, old: before.get(ref), new: after.get(ref) }, index < MAX_COMPARED, signal)),
  );
  const count = changed.length + rejected.length;
  return { remote: remote.name, url: remote.url.text, updates: [...rejected.slice(0, MAX_LISTED), ...updates], count };
}

function unfinished(url: RemoteUrl, code: number, stderr: string): ToolError {
  if (!/cannot lock ref|could not be updated/.test(stderr)) return remoteError('fetch', url, { code, stderr });
  return new ToolError('conflict', 'Some refs could not be written.', {
    hint: 'A name may stand where a directory is needed: try again with prune.',
    cause: new Error(stderr),
  });
}

/** What a remote's branches and all tags are at. */
async function refsOf(repository: Repository, remote: string, signal: AbortSignal): Promise<Map<string, string>> {
  const refs = new Map<string, string>();
  const args = ['for-each-ref', '--format=%(refname) %(objectname) %(symref)%00', `refs/remotes/${remote}/`, 'refs/tags/'];
  for await (const record of gitRecords(repository, args, { signal })) {
    const [ref = '', id = '', symbolic = ''] = record.toString().replace(/^\n/, '').split(' ');
    // refs/remotes/origin/HEAD is another name for a ref that is here itself.
    if (ref !== '' && symbolic === '') refs.set(ref, id);
  }
  return refs;
}

async function updateOf(
  repository: Repository,
  update: { ref: string; old: string | undefined; new: string | undefined },
  compare: boolean,
  signal: AbortSignal,
): Promise<RefUpdate> {
  if (update.old === undefined) return { ...update, state: 'new' };
  if (update.new === undefined) return { ...update, state: 'deleted' };
  const branch = update.ref.startsWith('refs/remotes/');
  const forced = branch && compare && !(await isAncestor(repository, objectIdOf(update.old), objectIdOf(update.new), signal));
  return { ...update, state: forced ? 'forced' : 'updated' };
}

/** ` ! [rejected]        v1         -> v1  (would clobber existing tag)` */
function rejectedIn(stderr: string): RefUpdate[] {
  const lines = stderr.matchAll(/^ ! \[rejected\]\s+\S+\s+-> (\S+)\s+\((.*)\)$/gm);
  return [...lines].map(([, name = '', reason = '']) =>
    reason === 'would clobber existing tag'
      ? { ref: `refs/tags/${name}`, state: 'rejected', reason: 'a tag of this name is here already, and is another' }
      : { ref: `refs/remotes/${name}`, state: 'rejected', reason: 'no fast-forward' },
  );
}
