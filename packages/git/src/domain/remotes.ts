import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { git } from './command.ts';
import { parseSettings, type Setting } from './configuration.ts';
import { currentBranch } from './head.ts';
import { isBranchName, proveBranchName, type RefName, shown } from './names.ts';
import { type HostRule, proveRemoteUrl, type RemoteUrl } from './remote-url.ts';
import type { Repository } from './repository.ts';

/** A remote of a repository, on a host that is allowed. */
export interface Remote {
  readonly name: RefName;
  readonly url: RemoteUrl;
  /** Refspecs that write below `refs/remotes/<name>/` and nowhere else, whatever the repository says. */
  readonly refspecs: readonly string[];
}

/** What a branch follows. */
export interface Upstream {
  readonly remote: string;
  /** Its name there, without `refs/heads/`. */
  readonly branch: RefName;
}

/** What of the repository's settings is about remotes, in the stand-in that git itself sees. */
async function settingsOf(repository: Repository, signal: AbortSignal): Promise<Setting[]> {
  const args = ['config', '--local', '--null', '--get-regexp', '^(remote|branch)\\.'];
  const { stdout } = await git(repository, args, { signal, okCodes: [0, 1] });
  return parseSettings(stdout);
}

/**
 * The remote of this name; without one, that of the branch that is checked out, else `origin`, else the only one. `not_found` where there is
 * none, and the errors of `proveRemoteUrl`.
 */
export async function findRemote(
  repository: Repository,
  { name, purpose, rules }: { name: string | undefined; purpose: 'fetch' | 'push'; rules: readonly HostRule[] },
  signal: AbortSignal,
): Promise<Remote> {
  const settings = await settingsOf(repository, signal);
  const valuesOf = (remote: string, key: string) => valuesIn(settings, 'remote', remote, key);
  const names = [...new Set(settings.flatMap((each) => (each.section === 'remote' && each.name === 'url' ? [each.subsection ?? ''] : [])))];
  const wanted = name ?? (await defaultRemote(repository, settings, { purpose, names }, signal));
  if (wanted === undefined || !names.includes(wanted)) {
    const hint = names.length === 0 ? 'This repository has no remotes.' : `Remotes: ${names.slice(0, 20).map(visibleName).join(', ')}`;
    throw new ToolError('not_found', wanted === undefined ? 'Say which remote.' : `No such remote: ${shown(wanted)}`, { hint });
  }
  const proven = proveBranchName(wanted);
  const pushed = purpose === 'push' ? valuesOf(wanted, 'pushurl') : [];
  const urls = pushed.length > 0 ? pushed : valuesOf(wanted, 'url');
  if (purpose === 'push' && urls.length > 1) {
    throw new ToolError('conflict', 'This remote has several URLs to push to.', {
      hint: 'Tell the user: this server pushes to one at a time.',
    });
  }
  const own = valuesOf(wanted, 'fetch').filter((refspec) => isOwn(refspec, wanted));
  const refspecs = own.length > 0 ? own : [`+refs/heads/*:refs/remotes/${wanted}/*`];
  return { name: proven, url: proveRemoteUrl(urls[0] ?? '', rules), refspecs };
}

/** What a branch follows on a remote. Undefined where it follows nothing, or something that is no branch of a remote. */
export async function upstreamOf(repository: Repository, branch: string, signal: AbortSignal): Promise<Upstream | undefined> {
  const settings = await settingsOf(repository, signal);
  const remote = valuesIn(settings, 'branch', branch, 'remote').at(-1);
  const merge = valuesIn(settings, 'branch', branch, 'merge').at(-1);
  if (remote === undefined || merge === undefined || remote === '.' || !merge.startsWith('refs/heads/')) return undefined;
  return { remote, branch: proveBranchName(merge.slice('refs/heads/'.length)) };
}

function valuesIn(settings: readonly Setting[], section: string, subsection: string, key: string): string[] {
  return settings.flatMap((each) =>
    each.section === section && each.subsection === subsection && each.name === key && each.value !== undefined ? [each.value] : [],
  );
}

async function defaultRemote(
  repository: Repository,
  settings: readonly Setting[],
  { purpose, names }: { purpose: 'fetch' | 'push'; names: readonly string[] },
  signal: AbortSignal,
): Promise<string | undefined> {
  const branch = (await currentBranch(repository, signal)) ?? '';
  const pushed = [
    ...valuesIn(settings, 'branch', branch, 'pushremote').slice(-1),
    ...settings.flatMap(({ section, subsection, name, value }) =>
      section === 'remote' && subsection === undefined && name === 'pushdefault' && value !== undefined ? [value] : [],
    ),
  ];
  const candidates = [...(purpose === 'push' ? pushed : []), ...valuesIn(settings, 'branch', branch, 'remote').slice(-1), 'origin'];
  return candidates.find((each) => names.includes(each)) ?? (names.length === 1 ? names[0] : undefined);
}

/** Whether a refspec brings branches, and puts them where this remote's are. Any other could overwrite one's own branches. */
function isOwn(refspec: string, remote: string): boolean {
  const [, from = '', to = ''] = /^\+?refs\/heads\/([^:]+):refs\/remotes\/([^:]+)$/.exec(refspec) ?? [];
  if (!to.startsWith(`${remote}/`)) return false;
  const pattern = /^[^*]*\*[^*]*$/;
  if (pattern.test(from) !== pattern.test(to)) return false;
  return [from, to].every((each) => isBranchName(each.replace('*', 'x')));
}
