import type { IncomingMessage } from 'node:http';

/** Which Host and Origin headers a server takes: the defence against DNS rebinding (CVE-2025-66414) and against web pages. */
export interface HeaderPolicy {
  hosts: ReadonlySet<string>;
  origins: ReadonlySet<string>;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Loopback names and the bound address with the port, and what the operator allows. */
export function headerPolicy(
  boundHost: string,
  port: number,
  allowedHosts: readonly string[],
  allowedOrigins: readonly string[],
): HeaderPolicy {
  const names = [...LOOPBACK, boundHost.includes(':') ? `[${boundHost}]` : boundHost];
  // Clients leave out the port that is the scheme's own.
  const own = [...names.map((name) => `${name}:${port}`), ...(port === 80 ? names : [])];
  const hosts = [...own, ...allowedHosts].map((host) => host.toLowerCase());
  return {
    hosts: new Set(hosts),
    origins: new Set([...own.map((host) => `http://${host}`), ...allowedOrigins.map(originOf)]),
  };
}

/** As browsers send it. That of an extension is not known to URL, which calls it `null`: so would call itself any sandboxed page. */
function originOf(allowed: string): string {
  const { origin } = new URL(allowed);
  return origin === 'null' ? allowed : origin;
}

/** Says why a request is refused, or undefined. */
export function headerProblem({ url, headers, headersDistinct }: IncomingMessage, policy: HeaderPolicy): string | undefined {
  const [host, ...others] = headersDistinct['host'] ?? [];
  if (host === undefined || others.length > 0 || !policy.hosts.has(host.toLowerCase())) {
    return 'Host is not allowed. Name it in httpAllowedHosts if this server is meant to be reached by it.';
  }
  // A target such as http://evil.com/mcp names a second host, and beats the header (RFC 9112, section 3.2.2).
  if (!url?.startsWith('/')) return 'The request target must be a path.';
  // Browsers send it, other clients do not. `null` is what a sandboxed page sends.
  if (headers.origin !== undefined && !policy.origins.has(headers.origin)) {
    return 'Origin is not allowed. Name it in httpAllowedOrigins if that page may call this server.';
  }
  return undefined;
}

/** Whether an address can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
