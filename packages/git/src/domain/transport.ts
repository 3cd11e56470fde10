import { isIP } from 'node:net';
import { ToolError } from '@touchstone-mcp/core/errors';
import { NOWHERE, ofTheUser } from './environment.ts';
import type { RemoteUrl } from './remote-url.ts';

/** What the operator says about how remotes are reached. Paths are absolute. */
export interface TransportSettings {
  readonly credentialHelper?: string | undefined;
  /** Certificates of authorities beside those of the system. */
  readonly caFile?: string | undefined;
  /** A private key, instead of the user's own. */
  readonly sshKey?: string | undefined;
  /** Host keys, instead of the user's own file. */
  readonly sshKnownHosts?: string | undefined;
}

/** A host that says nothing for so long is not waited for. */
const SILENCE_S = 30;

const HTTP: readonly [string, string][] = [
  ['http.followRedirects', 'false'],
  ['http.sslVerify', 'true'],
  ['http.proxy', ''],
  ['http.cookieFile', ''],
  ['http.saveCookies', 'false'],
  ['http.delegation', 'none'],
  ['http.lowSpeedLimit', '1'],
  ['http.lowSpeedTime', String(SILENCE_S)],
];

/** Settings of a command that talks to a remote, over those of every command: the transport is held to what was proven. */
export function transportConfig(
  { credentialHelper, caFile }: TransportSettings,
  { scheme, host, port }: RemoteUrl,
  addresses: readonly string[],
): [string, string][] {
  if (scheme === 'ssh') return [];
  const bracketed = addresses.map((address) => (address.includes(':') ? `[${address}]` : address));
  return [
    ...HTTP,
    // An address as the host of a URL is dialled as it is.
    ...(isIP(host) === 0 ? [['http.curloptResolve', `${host}:${port}:${bracketed.join(',')}`] satisfies [string, string]] : []),
    ...(caFile === undefined ? [] : [['http.sslCAInfo', caFile] satisfies [string, string]]),
    ...(credentialHelper === undefined ? [] : [['credential.helper', helperOf(credentialHelper)] satisfies [string, string]]),
  ];
}

/** The operator's helper. It alone sees their home directory and configuration: git would look there for settings, and curl for passwords. */
function helperOf(helper: string): string {
  const variables = Object.entries({ ...ofTheUser(), GCM_INTERACTIVE: 'never' }).map(([name, value]) => `${name}=${quoted(value)}`);
  return `!unset GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM; ${variables.join(' ')} ${/^[\w-]+$/.test(helper) ? `git credential-${helper}` : helper}`;
}

/** Variables for a fixed ssh: no configuration, no questions, nothing forwarded, and only a host whose key is known, at the address that was judged. */
export function sshEnvironment(
  { ssh, sshKey, sshKnownHosts }: TransportSettings & { readonly ssh: string | undefined },
  { host, port }: RemoteUrl,
  [address = host]: readonly string[],
) {
  if (ssh === undefined) {
    throw new ToolError('unavailable', 'There is no ssh on PATH, or no /bin/sh by which git could start it.', {
      hint: 'Tell the user to install them (the published image has neither), or use https.',
    });
  }
  const options = {
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    UpdateHostKeys: 'no',
    CheckHostIP: 'no',
    HostName: address,
    HostKeyAlias: port === 22 ? host : `[${host}]:${port}`,
    CanonicalizeHostname: 'no',
    ProxyCommand: 'none',
    ProxyJump: 'none',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    ClearAllForwardings: 'yes',
    PermitLocalCommand: 'no',
    Tunnel: 'no',
    ControlMaster: 'no',
    ControlPath: 'none',
    ConnectTimeout: String(SILENCE_S),
    ...(sshKnownHosts === undefined ? {} : { UserKnownHostsFile: `"${sshKnownHosts}"`, GlobalKnownHostsFile: 'none' }),
    ...(sshKey === undefined ? {} : { IdentityFile: `"${sshKey}"`, IdentitiesOnly: 'yes', IdentityAgent: 'none' }),
  };
  const words = [ssh, '-F', NOWHERE, ...Object.entries(options).map(([name, value]) => `-o${name}=${value}`)];
  const agent = sshKey === undefined ? ofTheUser()['SSH_AUTH_SOCK'] : undefined;
  return {
    GIT_SSH_COMMAND: words.map(quoted).join(' '),
    GIT_SSH_VARIANT: 'ssh',
    ...(agent === undefined ? {} : { SSH_AUTH_SOCK: agent }),
  };
}

/** One word for a POSIX shell, which git hands these two to on every system. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
