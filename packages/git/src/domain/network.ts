import { randomUUID } from 'node:crypto';
import { isAbsolute, join } from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import { addressesOf } from './address.ts';
import { type CommandOptions, type CommandResult, git } from './command.ts';
import { NOWHERE } from './environment.ts';
import { findProgram, type InstalledGit, isProgram } from './installed.ts';
import { hasShell, needProgram, needShell } from './programs.ts';
import { type Progress, progressReader } from './progress.ts';
import { remoteError } from './remote-errors.ts';
import { type HostRule, parseHostRule, type RemoteUrl } from './remote-url.ts';
import type { Repository } from './repository.ts';
import { sshEnvironment, type TransportSettings, transportConfig } from './transport.ts';
import { isBelow, type Version, versionWords } from './version.ts';

/** What the operator says about remotes. */
export interface NetworkSettings extends TransportSettings {
  readonly allowHosts: readonly string[];
}

/** How remotes are talked to. */
export interface Network {
  readonly rules: readonly HostRule[];
  readonly settings: NetworkSettings;
  /** Where ssh is; undefined where there is none, or no shell by which git could start it. */
  readonly ssh: string | undefined;
}

/** No remote may be talked to. */
export const CLOSED: Network = { rules: [], settings: { allowHosts: [] }, ssh: undefined };

/** What a call to a remote waits for and tells. */
export interface RemoteOptions {
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Exit codes that are no failure. By default 0. */
  readonly okCodes?: readonly number[];
  /** What reflogs say. */
  readonly reflog?: string;
  /** Further settings, from our code only; `*` in a key is the remote. */
  readonly config?: CommandOptions['config'];
}

/** The first git that can be held to addresses of ours (http.curloptResolve). */
const OLDEST: Version = [2, 37, 0];

/** How long git may take to tell where its programs are. */
const START_MS = 10_000;

/** Faults of old commits that are common and harmless; large hosts accept them, too. */
const HARMLESS = ['badTimezone', 'missingSpaceBeforeDate', 'zeroPaddedFilemode'];

/** Reads the settings. Throws a ToolError that an operator can act on. */
export async function openNetwork(settings: NetworkSettings, installed: InstalledGit, shell?: string): Promise<Network> {
  const { version } = installed;
  const rules = settings.allowHosts.map(parseHostRule);
  if (rules.length === 0) throw fault('The toolset remote needs allowHosts.', 'Name the hosts: --allow-hosts github.com');
  if (isBelow(version, OLDEST)) {
    throw fault(
      `The toolset remote needs git ${versionWords(OLDEST)} or newer: an older one cannot be held to addresses.`,
      'Install a newer git, or leave the toolset out.',
    );
  }
  for (const name of ['caFile', 'sshKey', 'sshKnownHosts'] as const) {
    const path = settings[name];
    if (path !== undefined && (!isAbsolute(path) || /[\p{Cc}"%]/u.test(path))) throw fault(`${name} must be an absolute path.`);
  }
  const { credentialHelper } = settings;
  if (credentialHelper !== undefined && !/^[\w-]+$/.test(credentialHelper) && !isAbsolute(credentialHelper)) {
    throw fault('credentialHelper must be a name, such as osxkeychain, or begin with an absolute path.');
  }
  await provePrograms(settings, rules, installed, shell);
  return { rules, settings, ssh: (await hasShell(shell)) ? await findProgram('ssh') : undefined };
}

/** That what the settings ask for by name can run: ssh, where it is meant, and the helper. */
async function provePrograms(
  { credentialHelper, sshKey, sshKnownHosts }: NetworkSettings,
  rules: readonly HostRule[],
  { run }: InstalledGit,
  shell: string | undefined,
): Promise<void> {
  const wantsSsh = [
    [sshKey, 'sshKey'],
    [sshKnownHosts, 'sshKnownHosts'],
    [rules.find(({ scheme }) => scheme === 'ssh'), 'allowHosts with ssh://'],
  ] as const;
  const ssh = wantsSsh.find(([value]) => value !== undefined)?.[1];
  if (ssh !== undefined) {
    await needShell(ssh, 'ssh', shell);
    await needProgram(ssh, 'ssh');
  }
  if (credentialHelper === undefined) return;
  await needShell('credentialHelper', 'helpers', shell);
  if (isAbsolute(credentialHelper)) return await needProgram('credentialHelper', credentialHelper.split(/\s/)[0] ?? '');
  const name = `git-credential-${credentialHelper}`;
  const ownPath = (await run(['--exec-path'], { signal: AbortSignal.timeout(START_MS) })).toString().trim();
  if (!(await isProgram(join(ownPath, process.platform === 'win32' ? `${name}.exe` : name)))) await needProgram('credentialHelper', name);
}

function fault(message: string, hint = 'Correct the setting.'): ToolError {
  return new ToolError('invalid_input', message, { hint });
}

/**
 * Runs a git command that talks to a remote. `args` are given the name that the remote has for this command alone, which no
 * configuration can know, so that its proven URL is all that git knows of it. Throws a ToolError for a code that is not ok.
 */
export async function gitRemote(
  repository: Repository,
  network: Network,
  url: RemoteUrl,
  args: (remote: string) => readonly string[],
  { signal, progress, okCodes = [0], reflog, config = [] }: RemoteOptions,
): Promise<CommandResult> {
  const addresses = await addressesOf(url, signal);
  const remote = `touchstone-${randomUUID()}`;
  const own = config.map(([key, value]) => [key.replace('*', remote), value] as const);
  const [command = ''] = args(remote);
  const result = await git(repository, args(remote), {
    signal,
    write: true,
    okCodes: EVERY_CODE,
    config: [[`remote.${remote}.url`, url.text], ...ALWAYS, ...transportConfig(network.settings, url, addresses), ...own],
    env: {
      // The user's own configuration too could rewrite the URL, name a proxy, or let a program answer.
      GIT_CONFIG_GLOBAL: NOWHERE,
      HOME: NOWHERE,
      GIT_ALLOW_PROTOCOL: url.scheme,
      ...(reflog === undefined ? {} : { GIT_REFLOG_ACTION: reflog }),
      ...(url.scheme === 'ssh' ? sshEnvironment({ ...network.settings, ssh: network.ssh }, url, addresses) : {}),
    },
    onStderr: progressReader(progress, 'transfer'),
  });
  if (okCodes.includes(result.code)) return result;
  throw remoteError(command, url, result);
}

const EVERY_CODE = Array.from({ length: 256 }, (_, code) => code);

const ALWAYS: readonly (readonly [string, string])[] = [
  ['transfer.fsckObjects', 'true'],
  ...HARMLESS.map((name) => [`fetch.fsck.${name}`, 'ignore'] as const),
  // Files that a remote would have us fetch from elsewhere.
  ['transfer.bundleURI', 'false'],
  ['fetch.uriProtocols', ''],
  ['fetch.output', 'full'],
  ['core.abbrev', 'no'],
];
