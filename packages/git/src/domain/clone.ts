import { mkdir, writeFile } from 'node:fs/promises';
import { ToolError } from '@touchstone-mcp/core/errors';
import { switchToNew } from './checkout.ts';
import { fetchInto } from './fetch.ts';
import { lockForWriting } from './locks.ts';
import { isBranchName, lookUp, proveBranchName, type RefName } from './names.ts';
import { gitRemote, type Network } from './network.ts';
import { type NewDirectory, newDirectory } from './new-directory.ts';
import { type Progress, TRANSFERRED, type Waiting } from './progress.ts';
import { proveRemoteUrl, type RemoteUrl } from './remote-url.ts';
import type { Repositories } from './repositories.ts';
import type { Repository } from './repository.ts';
import { follow } from './tracking.ts';
import { gitWrite } from './writing.ts';

/** What git_clone is asked for. */
export interface CloneRequest {
  readonly url: string;
  /** Without it, the last name of the URL, in the only allowed directory. */
  readonly path?: string | undefined;
  /** Without it, the one that the remote has checked out. */
  readonly branch?: string | undefined;
  /** Commits of one branch, and no more. */
  readonly depth?: number | undefined;
}

/** A repository that was made. */
export interface Cloned {
  readonly path: string;
  readonly url: string;
  /** Undefined where the remote has no commits yet, or none that a branch is at. */
  readonly branch?: string | undefined;
  readonly commit?: string | undefined;
  /** Branches and tags that came. */
  readonly refs: number;
}

/** The name that a remote has in a clone. It cannot be chosen, and keeps the rules. */
const ORIGIN = proveBranchName('origin');

/**
 * Clones a remote into a new or empty directory: an empty repository of ours, a fetch, a checkout, so that the walls of these hold here too.
 * What does not succeed leaves nothing behind.
 */
export async function clone(repositories: Repositories, network: Network, request: CloneRequest, waiting: Waiting): Promise<Cloned> {
  const url = proveRemoteUrl(request.url, network.rules);
  const branch = request.branch === undefined ? undefined : proveBranchName(request.branch);
  using place = await newDirectory(request.path ?? nameOf(url), repositories.boundary);
  await claim(place);
  try {
    return await cloneInto(repositories, network, { url, branch, depth: request.depth, place }, waiting);
  } catch (error) {
    await place.remove();
    throw error;
  }
}

interface Clone {
  readonly url: RemoteUrl;
  readonly branch: RefName | undefined;
  readonly depth: number | undefined;
  readonly place: NewDirectory;
}

async function cloneInto(
  repositories: Repositories,
  network: Network,
  { url, branch, depth, place }: Clone,
  waiting: Waiting,
): Promise<Cloned> {
  const { signal } = waiting;
  await layRepository(place, url);
  const head = await asking(repositories, place, signal, (repository) => headOf(repository, network, url, waiting));
  const wanted = branch ?? head.branch;
  const only = depth === undefined ? undefined : wanted;
  await configure(place, url, { only, sha256: head.sha256 });
  return await asking(repositories, place, signal, async (repository) => {
    const flags = depth === undefined ? ['--tags'] : [`--depth=${depth}`, '--no-tags'];
    const source = { remote: { name: ORIGIN, url }, refspecs: [refspecOf(only)], flags };
    const { count } = await fetchInto(repository, network, source, waiting);
    const commit = wanted === undefined ? undefined : await checkOut(repository, wanted, branch !== undefined, waiting);
    return { path: repository.path, url: url.text, refs: count, ...(commit === undefined ? {} : { branch: wanted, commit }) };
  });
}

async function asking<Result>(
  repositories: Repositories,
  { held }: NewDirectory,
  signal: AbortSignal,
  ask: (repository: Repository) => Promise<Result>,
): Promise<Result> {
  using repository = await repositories.open(held.path, { signal, write: true });
  if (repository.workTree?.stats.ino !== held.stats.ino)
    throw new ToolError('conflict', 'The directory was replaced.', { hint: 'Try again.' });
  using _turn = await lockForWriting(repository, signal);
  return await ask(repository);
}

/** Refused where somebody else has just begun a repository there, which must not be taken away when this one fails. */
async function claim({ held }: NewDirectory): Promise<void> {
  await mkdir(held.below('.git')).catch((cause: unknown) => {
    throw new ToolError('conflict', 'A repository is being made there.', { hint: 'Name another directory.', cause });
  });
}

/** What git init makes, without a template. */
async function layRepository(place: NewDirectory, url: RemoteUrl): Promise<void> {
  const { held } = place;
  for (const name of ['objects', 'objects/info', 'objects/pack', 'refs', 'refs/heads', 'refs/tags'])
    await mkdir(held.below(`.git/${name}`));
  await writeFile(held.below('.git/HEAD'), 'ref: refs/heads/main\n');
  await configure(place, url, { only: undefined, sha256: false });
}

interface Settings {
  /** The one branch that is fetched, now and later; all where it is undefined. */
  readonly only: RefName | undefined;
  readonly sha256: boolean;
}

/** Everything in it is proven: a URL has no quotes and no backslash, a branch no line end and no backslash. */
async function configure({ held }: NewDirectory, url: RemoteUrl, { only, sha256 }: Settings): Promise<void> {
  const lines = [
    '[core]',
    `\trepositoryformatversion = ${sha256 ? 1 : 0}`,
    `\tfilemode = ${process.platform !== 'win32'}`,
    '\tbare = false',
    '\tlogallrefupdates = true',
    ...(process.platform === 'linux' ? [] : ['\tignorecase = true']),
    ...(process.platform === 'win32' ? ['\tsymlinks = false'] : []),
    ...(sha256 ? ['[extensions]', '\tobjectformat = sha256'] : []),
    '[remote "origin"]',
    `\turl = "${url.text}"`,
    `\tfetch = "${refspecOf(only).replaceAll('"', '\\"')}"`,
  ];
  await writeFile(held.below('.git/config'), `${lines.join('\n')}\n`);
}

function refspecOf(only: RefName | undefined): string {
  return `+refs/heads/${only ?? '*'}:refs/remotes/${ORIGIN}/${only ?? '*'}`;
}

/** Which branch a remote has checked out, and the format of its ids. */
async function headOf(repository: Repository, network: Network, url: RemoteUrl, waiting: Waiting) {
  const { stdout } = await gitRemote(repository, network, url, (remote) => ['ls-remote', '--symref', remote, 'HEAD'], waiting);
  const said = stdout.toString();
  const [, branch = ''] = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(said) ?? [];
  return {
    branch: isBranchName(branch) ? branch : undefined,
    sha256: /^[0-9a-f]{64}\tHEAD$/m.test(said),
  };
}

/** Undefined where the branch is not there and was not asked for: then there is nothing to check out. */
async function checkOut(repository: Repository, branch: RefName, asked: boolean, waiting: Waiting): Promise<string | undefined> {
  const { signal } = waiting;
  const [found] = await lookUp(repository, [`refs/remotes/${ORIGIN}/${branch}^{commit}`], signal);
  if (typeof found !== 'object') {
    if (!asked) return undefined;
    throw new ToolError('not_found', 'The remote has no such branch.', { hint: 'Leave branch out for the one that it has checked out.' });
  }
  const progress: Progress = (done, total, message) => waiting.progress(TRANSFERRED + done, TRANSFERRED + total, message);
  await switchToNew(repository, branch, found.id, { signal, progress });
  await gitWrite(repository, ['symbolic-ref', `refs/remotes/${ORIGIN}/HEAD`, `refs/remotes/${ORIGIN}/${branch}`], { signal });
  await follow(repository, branch, ORIGIN, `refs/heads/${branch}`, signal);
  return found.id;
}

function nameOf({ name }: RemoteUrl): string {
  if (/^[\w][\w.-]*$/.test(name)) return name;
  throw new ToolError('invalid_input', 'The URL gives no name for a directory.', { hint: 'Set path.' });
}
