import { ToolError } from '@touchstone-mcp/core/errors';
import type { Method } from './fetched.ts';
import { normalHost, parseHost } from './hosts.ts';

/** Which methods may be sent to which hosts: to exactly these. Only `apiRules` makes them. */
export type ApiRules = ReadonlyMap<string, readonly Method[]>;

/** The rules that an operator has written. Throws `invalid_input` for none, and for what is no host. */
export function apiRules(hosts: Readonly<Record<string, readonly Method[]>>): ApiRules {
  const rules = new Map(Object.entries(hosts).map(([entry, methods]) => [apiHost(entry), methods]));
  if (rules.size > 0) return rules;
  throw new ToolError('invalid_input', 'The toolset api needs apiHosts, in the --config file: the hosts, and what may be sent to each.');
}

/** Whether a method may be sent to a URL. */
export function allowsApi(rules: ApiRules, url: string, method: Method): boolean {
  return rules.get(hostOf(url))?.includes(method) === true;
}

/** Throws `denied` where it may not, and says what may. What is no URL passes: it is refused as such. */
export function checkApi(rules: ApiRules, url: string, method: Method): void {
  if (!URL.canParse(url) || allowsApi(rules, url, method)) return;
  const host = hostOf(url);
  const methods = rules.get(host);
  const [what, hint] =
    methods === undefined
      ? [`has no API at ${host}`, `APIs: ${[...rules.keys()].slice(0, 20).join(', ')}. Pages are read with fetch.`]
      : [`does not allow ${method} to ${host}`, `Allowed: ${methods.join(', ')}.`];
  throw new ToolError('denied', `The operator ${what}.`, { hint });
}

function hostOf(url: string): string {
  return normalHost(URL.parse(url)?.hostname ?? '');
}

function apiHost(entry: string): string {
  const host = parseHost(entry);
  if (host !== undefined) return host;
  throw new ToolError('invalid_input', `apiHosts: ${entry} is not a host name, such as api.example.com.`);
}
