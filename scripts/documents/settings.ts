import type { Listing } from '@touchstone-mcp/core/manifest';

const FLAG = /(?<![\w-])--[a-z][\w-]*/g;
const FLAG_IN_PROSE = /`(--[a-z][\w-]*)/g;

/** Flags that every command has. */
const COMMON = ['--help', '--version'];

/** What a text calls a flag of a server and is none: where it is started, and in `--code` of prose. */
export function unknownFlags(text: string, { server, own, common }: Listing): string[] {
  const known = new Set([...COMMON, ...[...own, ...common].flatMap(({ flag }) => flag ?? [])]);
  const command = new RegExp(`(?:@touchstone-mcp/|touchstone-)${server.name}\\b`);
  const started = text.split('\n').flatMap((line) => line.split(command)[1]?.match(FLAG) ?? []);
  const named = [...text.matchAll(FLAG_IN_PROSE)].map(([, flag = '']) => flag);
  return [...started, ...named].filter((flag) => !known.has(flag));
}

/** What a text calls a variable of a server and is none. */
export function unknownVariables(text: string, { server, own, common }: Listing): string[] {
  const known = new Set([...own, ...common].flatMap(({ env, envFile }) => [env, envFile]));
  const prefix = `TOUCHSTONE_${server.name.toUpperCase().replaceAll('-', '_')}_`;
  const named = text.match(new RegExp(`\\b${prefix}[A-Z_]*[A-Z]\\b`, 'g')) ?? [];
  return named.filter((name) => !known.has(name));
}
