import { ToolError } from '@touchstone-mcp/core/errors';
import { literalAddress } from './address.ts';
import { coversHost, isDnsName, isInnerName, normalHost } from './hosts.ts';

declare const proven: unique symbol;

/** A URL that the operator's rules allow, as far as it can be told from its text. Only `allowUrl` makes one. */
export type AllowedUrl = URL & { readonly [proven]: 'AllowedUrl' };

/** Which URLs may be requested. */
export interface UrlRules {
  /** If any, the only hosts; by labels. */
  readonly allowHosts: readonly string[];
  /** Never these, by labels. */
  readonly denyHosts: readonly string[];
  readonly allowPorts: readonly number[];
  /** Names that may be inner ones; exactly these. */
  readonly privateHosts: readonly string[];
  /** The name of this machine. */
  readonly hostname: string;
}

/** Characters that a URL may have. */
export const MAX_URL_CHARS = 8_000;

/** https://fetch.spec.whatwg.org/#port-blocking, in ranges: protocols that take a request for one of theirs. */
const BAD_PORTS: readonly (readonly [from: number, to: number])[] = [
  ...[0, 1, 7, 9, 11, 13, 15, 17].map((port) => [port, port] as const),
  ...([
    [19, 23],
    [25, 25],
    [37, 37],
    [42, 43],
    [53, 53],
    [69, 69],
    [77, 77],
    [79, 79],
    [87, 87],
    [95, 95],
    [101, 104],
  ] as const),
  ...([
    [109, 111],
    [113, 113],
    [115, 115],
    [117, 117],
    [119, 119],
    [123, 123],
    [135, 135],
    [137, 137],
    [139, 139],
    [143, 143],
  ] as const),
  ...([
    [161, 161],
    [179, 179],
    [389, 389],
    [427, 427],
    [465, 465],
    [512, 515],
    [526, 526],
    [530, 532],
    [540, 540],
    [548, 548],
  ] as const),
  ...([
    [554, 554],
    [556, 556],
    [563, 563],
    [587, 587],
    [601, 601],
    [636, 636],
    [989, 990],
    [993, 993],
    [995, 995],
    [1719, 1720],
  ] as const),
  ...([
    [1723, 1723],
    [2049, 2049],
    [3659, 3659],
    [4045, 4045],
    [4190, 4190],
    [5060, 5061],
    [6000, 6000],
    [6566, 6566],
  ] as const),
  ...([
    [6665, 6669],
    [6679, 6679],
    [6697, 6697],
    [10080, 10080],
  ] as const),
];

/** Whether the Fetch standard blocks a port whatever an operator says. */
export function isBadPort(port: number): boolean {
  return BAD_PORTS.some(([from, to]) => port >= from && port <= to);
}

/** Proves what can be told from the text of a URL: scheme, port, credentials, lengths, lists of hosts. Throws a ToolError that says which. */
export function allowUrl(given: string, rules: UrlRules): AllowedUrl {
  if (given.length > MAX_URL_CHARS) throw new ToolError('invalid_input', `The URL has more than ${MAX_URL_CHARS} characters.`);
  const url = URL.parse(given);
  if (url === null) throw new ToolError('invalid_input', 'This is not a URL.', { hint: 'Give a whole one: https://example.com/page' });
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new ToolError('denied', 'Only http and https URLs can be fetched.');
  if (url.username !== '' || url.password !== '') {
    throw new ToolError('denied', 'The URL holds a user name or password, which is never sent.', {
      hint: 'Leave out what stands before the @.',
    });
  }
  const port = portOf(url);
  if (isBadPort(port) || !rules.allowPorts.includes(port))
    throw new ToolError('denied', `Port ${port} may not be used.`, { hint: `Allowed: ${rules.allowPorts.join(', ')}.` });
  // A final dot changes nothing in DNS, but everything for lists and certificates.
  const host = normalHost(url.hostname);
  checkHost(host, rules);
  url.hostname = host;
  // The one place where the type is made.
  return url as AllowedUrl;
}

function checkHost(host: string, { allowHosts, denyHosts, privateHosts, hostname }: UrlRules): void {
  if (literalAddress(host) === undefined) {
    if (!isDnsName(host)) throw new ToolError('invalid_input', 'The URL has no possible host name.');
    const inner = isInnerName(host) || host === normalHost(hostname);
    if (inner && !privateHosts.includes(host)) throw innerHost();
  }
  if (coversHost(denyHosts, host) || (allowHosts.length > 0 && !coversHost(allowHosts, host)))
    throw new ToolError('denied', `The operator does not allow ${host}.`, { hint: 'Try no other spelling of it. Tell the user.' });
}

/** The port that a URL means, written or not. */
export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

/** The refusal of every address inside: it tells nothing of what was found there. */
export function innerHost(): ToolError {
  return new ToolError('denied', 'The host of this URL is not a public one, and may not be fetched.', {
    hint: 'Only public hosts can be fetched. Tell the user: an operator can allow others with --allow-private.',
  });
}
