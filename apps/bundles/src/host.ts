import { homedir } from 'node:os';
import { sep } from 'node:path';
import { getMcpConfigForManifest, type McpbManifestAny } from '@anthropic-ai/mcpb/browser';

/**
 * What hosts are known to do with a setting that nobody has filled in: take its default, which is what mcpb's own code does, send what an
 * empty field of a form holds, or leave out whatever would carry it.
 */
export const UNSET = ['takes the default', 'sends an empty text', 'leaves it out'] as const;

/** One of them. */
export type Unset = (typeof UNSET)[number];

/** What a user has filled in. */
export type Settings = Readonly<Record<string, string | number | boolean | string[]>>;

/** How a host starts a server. */
export interface Start {
  command: string;
  args: string[];
  env: Record<string, string>;
}

/** What a host makes of the `mcp_config` of a bundle that it has unpacked into `directory`. Throws where a required setting is missing. */
export async function startOf(manifest: McpbManifestAny, directory: string, settings: Settings, unset: Unset): Promise<Start> {
  const open = Object.keys(manifest.user_config ?? {}).filter((key) => !Object.hasOwn(settings, key));
  const blanks = unset === 'sends an empty text' ? open.map((key) => [key, '']) : [];
  const config = await getMcpConfigForManifest({
    manifest: unset === 'leaves it out' ? without(manifest, open) : manifest,
    extensionPath: directory,
    systemDirs: { HOME: homedir() },
    userConfig: { ...Object.fromEntries(blanks), ...settings },
    pathSeparator: sep,
  });
  if (config === undefined) throw new Error(`${manifest.name} needs a setting that is missing from ${Object.keys(settings).join(', ')}`);
  return { command: config.command, args: config.args ?? [], env: config.env ?? {} };
}

/** The keys of the settings that a text, or anything made of texts, mentions. */
export function mentioned(value: unknown): string[] {
  return [...JSON.stringify(value).matchAll(/\$\{user_config\.([^}]+)\}/g)].map(([, key = '']) => key);
}

function without(manifest: McpbManifestAny, keys: readonly string[]): McpbManifestAny {
  const stays = (text: string) => !mentioned(text).some((key) => keys.includes(key));
  const { args = [], env = {}, ...config } = manifest.server.mcp_config ?? { command: '' };
  const kept = { ...config, args: args.filter(stays), env: Object.fromEntries(Object.entries(env).filter(([, text]) => stays(text))) };
  // The versions of the manifest differ in what else may stand in it, which is left as it is.
  return { ...manifest, server: { ...manifest.server, mcp_config: kept } } as McpbManifestAny;
}
