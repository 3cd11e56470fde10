/** Names that mean something inside a network only, or this machine (RFC 6761, 6762, 7686, 8375, 9476, ICANN's .internal, Kubernetes, habit). */
const INNER = new Set([
  ...['localhost', 'localdomain', 'local', 'internal', 'svc', 'onion', 'alt', 'test', 'invalid'],
  ...['lan', 'home', 'corp', 'intranet', 'private', 'home.arpa'],
]);

/** A host as URLs have it (lower case, ASCII, no final dot), or undefined for what is none. Ports, paths and stars are none. */
export function parseHost(text: string): string | undefined {
  const url = URL.parse(`http://${text}/`);
  if (url === null || text.includes('*') || /[/\\?#@\s]/.test(text)) return undefined;
  return url.port === '' && (text.startsWith('[') || !text.includes(':')) ? normalHost(url.hostname) : undefined;
}

/** Whether one of the hosts, as `parseHost` gives them, is this one or stands above it by labels; `*` covers all. */
export function coversHost(hosts: readonly string[], host: string): boolean {
  return hosts.some((each) => each === '*' || host === each || host.endsWith(`.${each}`));
}

/** A host name in lower case without its final dot. */
export function normalHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

/** Whether a name can only be one of an inner network: it has one label, or ends as such names do. */
export function isInnerName(host: string): boolean {
  const labels = host.split('.');
  return labels.length < 2 || INNER.has(labels.slice(-1).join()) || INNER.has(labels.slice(-2).join('.'));
}

/** Whether DNS can have the name at all: no label is empty or above 63 bytes, and the whole not above 253. */
export function isDnsName(host: string): boolean {
  return host.length <= 253 && host.split('.').every((label) => label.length >= 1 && label.length <= 63);
}
