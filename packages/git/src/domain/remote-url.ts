import { isIP } from 'node:net';
import { ToolError } from '@touchstone-mcp/core/errors';

declare const proven: unique symbol;

type Scheme = 'https' | 'http' | 'ssh';

/** What a host allow-list of the operator names: a host, all below it, one port of it, or what lies below a path there. */
export interface HostRule {
  /** Undefined: https and ssh. */
  readonly scheme: Scheme | undefined;
  readonly host: string;
  /** Whether it means the hosts below this name, and not this one. */
  readonly below: boolean;
  readonly port: number | undefined;
  readonly path: readonly string[];
}

/** Where a remote is, on a host that the operator allows. Made by `proveRemoteUrl` only. */
export interface RemoteUrl {
  readonly [proven]: true;
  readonly scheme: Scheme;
  /** In lower case; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** As git is given it, and as a caller may see it: put together by us, with no password and, for https, no user. */
  readonly text: string;
  /** The last name of its path, without `.git`. */
  readonly name: string;
  /** Whether the operator has named this very host, rather than all below some name. */
  readonly named: boolean;
}

const PORTS: Readonly<Record<Scheme, number>> = { https: 443, http: 80, ssh: 22 };

const MAX_CHARS = 2_000;
const HOST = String.raw`(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])`;
/** In https, an address of mail may be one, escaped. */
const USER = /^[A-Za-z0-9_][\w.+-]*(?:%40[\w.-]+)?$/;
const RULE = new RegExp(String.raw`^(?:(https?|ssh)://)?(\*\.)?(${HOST})(?::(\d{1,5}))?((?:/[^/]+)*)/?$`, 'i');
const URL_FORM = new RegExp(String.raw`^(https?|ssh)://(?:([^/@]*)@)?(${HOST})(?::(\d{1,5}))?/(.+)$`, 'i');
/** `git@host:path`, which is ssh. With a second colon behind the first it would be a program (`ext::...`). */
const SCP_FORM = new RegExp(`^(?:([^/@:]*)@)?(${HOST}):([^:].*)$`, 'i');
/** Nothing that a shell, a terminal or a second parser could read as something else; no escaped dot, slash, backslash, percent or control. */
const PATH = /^(?!-)(?!.*%(?:2e|2f|5c|25|[01][\da-f]|7f|(?![\da-f]{2})))[^\s\p{C}"'`\\<>|^{}?#*[\]]+$/iu;

/** Reads an entry of allowHosts: `github.com`, `*.example.com`, `git.example.com:8443`, `github.com/acme`, `http://build.local`. Throws for anything else. */
export function parseHostRule(text: string): HostRule {
  const [, scheme, below, host, port, path = ''] = RULE.exec(text) ?? [];
  const segments = segmentsOf(path.slice(1));
  if (host === undefined || (below !== undefined && isAddress(host)) || segments === undefined) {
    throw new ToolError('invalid_input', `allowHosts has an entry that names no host: ${JSON.stringify(text)}`, {
      hint: 'Write github.com, *.example.com, git.example.com:8443, github.com/acme or http://build.local.',
    });
  }
  return {
    scheme: scheme?.toLowerCase() as Scheme | undefined,
    host: bare(host),
    below: below !== undefined,
    port: port === undefined ? undefined : Number(port),
    path: segments,
  };
}

/** Proves the URL of a remote. `invalid_input` for what is none or holds a password, `denied` for a scheme or a host that is not allowed. Never repeats it. */
export function proveRemoteUrl(text: string, rules: readonly HostRule[]): RemoteUrl {
  const { scheme, user, host, port, path, short } = parse(text);
  const segments = segmentsOf(short ? path.replace(/^\//, '') : path);
  if (!PATH.test(path) || segments === undefined || port < 1 || port > 65_535) throw malformed();
  if (user !== undefined && !USER.test(user)) throw malformed();
  const matching = rules.filter((rule) => allows(rule, { scheme, host, port }, segments));
  if (matching.length === 0) throw notAllowed({ scheme, host, port }, rules);
  const at = `${scheme === 'ssh' && user !== undefined ? `${user}@` : ''}${bracketed(host)}`;
  const given = short ? `${at}:${path}` : `${scheme}://${at}${port === PORTS[scheme] ? '' : `:${port}`}/${path}`;
  const url = { scheme, host, port, text: given, name: segments.at(-1) ?? '', named: matching.some(({ below }) => !below) };
  // The brand has no value: it says that this function alone makes one.
  return url as RemoteUrl;
}

interface Parts {
  readonly scheme: Scheme;
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Without the slash behind the host. */
  readonly path: string;
  /** Whether it is `git@host:path`. */
  readonly short: boolean;
}

function parse(text: string): Parts {
  if (text.length > MAX_CHARS) throw malformed();
  const [url, scheme = '', user, host = '', port, path = ''] = URL_FORM.exec(text) ?? [];
  if (url !== undefined) {
    const known = scheme.toLowerCase() as Scheme;
    return { scheme: known, user, host: bare(host), port: Number(port ?? PORTS[known]), path, short: false };
  }
  const [scp, who, name = '', rest = ''] = text.includes('://') ? [] : (SCP_FORM.exec(text) ?? []);
  if (scp !== undefined) return { scheme: 'ssh', user: who, host: bare(name), port: PORTS.ssh, path: rest, short: true };
  throw /^(?!(?:https?|ssh):)[a-z][a-z0-9+.-]*:\/\/|^[./~\\]|::/i.test(text) ? otherScheme() : malformed();
}

function allows(rule: HostRule, { scheme, host, port }: { scheme: Scheme; host: string; port: number }, path: readonly string[]): boolean {
  return (
    (rule.scheme === undefined ? scheme !== 'http' : rule.scheme === scheme) &&
    (rule.below ? host.endsWith(`.${rule.host}`) && !isAddress(host) : host === rule.host) &&
    port === (rule.port ?? PORTS[scheme]) &&
    rule.path.every((segment, index) => segment === path[index])
  );
}

/** The names in a path, the last one without `.git`. Undefined where one would mean another place. */
function segmentsOf(path: string): string[] | undefined {
  if (path === '') return [];
  const segments = path.replace(/\/$/, '').split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) return undefined;
  return segments.map((segment, index) => (index === segments.length - 1 ? segment.replace(/(.)\.git$/, '$1') : segment));
}

function bare(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$/g, '');
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function isAddress(host: string): boolean {
  return isIP(bare(host)) !== 0;
}

function malformed(): ToolError {
  return new ToolError('invalid_input', 'This is no URL of a remote that this server takes.', {
    hint: 'Use https://host/path or git@host:path, without a password in it.',
  });
}

function otherScheme(): ToolError {
  return new ToolError('denied', 'Remotes are reached over https and ssh only: never git://, never a path, never a program.', {
    hint: 'Use https://host/path or git@host:path.',
  });
}

function notAllowed({ scheme, host, port }: { scheme: Scheme; host: string; port: number }, rules: readonly HostRule[]): ToolError {
  const names = rules.map(ruleText).slice(0, 20).join(', ');
  return new ToolError('denied', `Not an allowed remote: ${scheme}, ${host}, port ${port}, or the path there.`, {
    hint: `Tell the user: the setting allowHosts names what is. Allowed: ${names}`,
  });
}

function ruleText({ scheme, host, below, port, path }: HostRule): string {
  return [
    scheme === undefined ? '' : `${scheme}://`,
    below ? '*.' : '',
    bracketed(host),
    port === undefined ? '' : `:${port}`,
    ...path.map((each) => `/${each}`),
  ].join('');
}
