import type { Option } from '../config/options.ts';
import type { AnyServer } from '../define.ts';

/** What package.json says of a server, as far as listings need it. */
export interface PackageFacts {
  name: string;
  version: string;
  /** At most 100 characters, the registry's limit. */
  description: string;
  mcpName: string;
  license: string;
  keywords: readonly string[];
  engines: { node: string };
  repository: { url: string; directory: string };
}

/** A tool of tools/list, and what brings it. */
export interface ToolFacts {
  name: string;
  description: string;
  arguments: readonly { name: string; required: boolean }[];
  /** `--write`, `--toolsets remote`: without any one of them the tool does not exist. */
  needs: readonly string[];
  /** Whether it talks to others than the machine and the systems that the operator names. */
  openWorld: boolean;
}

/** A server as its README, server.json and bundle manifest describe it. */
export interface Listing {
  server: Pick<AnyServer, 'name' | 'title'>;
  facts: PackageFacts;
  /** The server's own settings. */
  own: readonly Option[];
  /** The settings that all servers have, `--config` included. */
  common: readonly Option[];
  tools: readonly ToolFacts[];
  hasPrompts: boolean;
}

/** `https://github.com/touchstone-mcp/touchstone` */
export function repositoryOf({ facts }: Listing): string {
  return facts.repository.url.replace(/^git\+|\.git$/g, '');
}

/** `https://github.com/touchstone-mcp/touchstone/blob/main/packages/git/README.md` */
export function readmeOf(listing: Listing): string {
  return `${repositoryOf(listing)}/blob/main/${listing.facts.repository.directory}/README.md`;
}

/** The first user of most Linux systems: an example of whom a container runs as, where a directory of that user's is mounted. */
export const CONTAINER_USER = '1000:1000';

/** `ghcr.io/touchstone-mcp/git:1.2.3` */
export function imageOf({ server, facts }: Listing): string {
  return `ghcr.io/touchstone-mcp/${server.name}:${facts.version}`;
}

/** The settings that a person is asked for where the server is installed; never those that are on their way out. */
export function askedFor({ own, common }: Listing): Option[] {
  return [...own, ...common].filter(({ dialog, deprecated }) => dialog && !deprecated);
}

/** The setting that arguments without a flag are for. A secret is none of them: command lines can be read by others. */
export function argumentOf({ own }: Listing): Option | undefined {
  return own.find(({ positional, secret }) => positional && !secret);
}

/** A default as a variable would hold it; undefined where there is none, or nothing in it. */
export function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.join(',');
  return value === undefined || typeof value === 'object' ? undefined : String(value);
}

/** `maxRows` -> `Max rows` */
export function titleOf({ key }: Option): string {
  const words = key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/\burl\b/, 'URL');
  return `${words[0]?.toUpperCase()}${words.slice(1)}`;
}
