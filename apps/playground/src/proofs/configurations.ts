import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { parse as parseToml } from 'smol-toml';
import * as z from 'zod';
import type { Launch } from '../clients.ts';

/** How one client is told to start a server. */
export interface Configuration {
  client: string;
  launch: Launch;
}

/** What each client calls its servers, in a file. Claude Code is told by a command. */
const KEYS: Readonly<Record<string, string | undefined>> = {
  'Claude Desktop': 'mcpServers',
  'Claude Code': undefined,
  Cursor: 'mcpServers',
  'VS Code': 'servers',
  Windsurf: 'mcpServers',
  Zed: 'context_servers',
  Codex: 'mcp_servers',
  'Gemini CLI': 'mcpServers',
  JetBrains: 'mcpServers',
  Docker: 'mcpServers',
};

const LINKS = ['Cursor', 'VS Code'];

// Strict: a client would leave out what it does not know, and start something else.
const launchSchema = z.strictObject({
  type: z.literal('stdio').optional(),
  command: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()).optional(),
});

const inputsSchema = z.array(
  z.strictObject({ type: z.literal('promptString'), id: z.string(), description: z.string(), password: z.literal(true) }),
);

/** What a README tells every client about a server: its links and its blocks of code. Throws for a client that is missing or cannot be read. */
export async function configurationsIn(readme: string, name: string): Promise<Configuration[]> {
  const block = /<!-- generated:install -->([\s\S]*?)<!-- \/generated -->/.exec(readme)?.[1] ?? '';
  const [top = '', ...sections] = block.split('<summary>');
  const links = [...top.matchAll(/\[Install in ([^\]]+)\]\((\S+)\)/g)].map(([, client = '', url = '']) => ({ client, url }));
  const told = sections.map((section) => ({ client: section.slice(0, section.indexOf('</summary>')), section }));
  assert.deepEqual([links.map(clientOf), told.map(clientOf)], [LINKS, Object.keys(KEYS)], 'the README must tell every client');
  return await Promise.all([
    ...links.map(({ client, url }) => read(`${client} (link)`, () => linked(client, url, name))),
    ...told.map(({ client, section }) => read(client, () => written(client, section, name))),
  ]);
}

function clientOf({ client }: { client: string }): string {
  return client;
}

async function read(client: string, launch: () => Launch | Promise<Launch>): Promise<Configuration> {
  try {
    return { client, launch: await launch() };
  } catch (cause) {
    throw new Error(`${client} could not use what the README tells it: see packages/core/src/manifest/install.ts`, { cause });
  }
}

/** What the README of the repository tells every client about a server. */
export function commonConfigurationIn(readme: string, name: string): Configuration {
  const [, text = ''] = /^```json\n(\{\n {2}"mcpServers"[\s\S]*?)\n```$/m.exec(readme) ?? [];
  return { client: 'the front page', launch: launchOf(JSON.parse(text).mcpServers[name]) };
}

function linked(client: string, url: string, name: string): Launch {
  const { searchParams } = new URL(url);
  assert.equal(searchParams.get('name'), name);
  const config = searchParams.get('config') ?? '';
  const json = client === 'Cursor' ? Buffer.from(config, 'base64').toString() : config;
  return launchOf(JSON.parse(json), JSON.parse(searchParams.get('inputs') ?? '[]'));
}

async function written(client: string, section: string, name: string): Promise<Launch> {
  const [[, language, text = ''] = [], ...more] = section.matchAll(/^```(\w+)\n([\s\S]*?)\n```$/gm);
  assert.equal(more.length, 0, 'there is more than one block of code');
  const key = KEYS[client];
  if (key === undefined) {
    assert.equal(language, 'sh');
    return await launchOfCommand(text, name);
  }
  const { [key]: servers = {}, inputs, ...rest } = language === 'toml' ? parseToml(text) : JSON.parse(text);
  assert.deepEqual([Object.keys(servers), Object.keys(rest)], [[name], []]);
  return launchOf(servers[name], inputs);
}

/** What a client reads. Each question that it would ask its user must be one that is written down. */
function launchOf(data: unknown, inputs: unknown = []): Launch {
  const { command, args, env } = launchSchema.parse(data);
  const asked = inputsSchema.parse(inputs).map(({ id }) => id);
  const used = Array.from(JSON.stringify([args, env]).matchAll(/\$\{input:([^}]+)\}/g), ([, id]) => id);
  assert.deepEqual(asked, used);
  return { command, args, ...(env === undefined ? {} : { env }) };
}

/** What `claude mcp add` would receive from a shell. A shell reads it, which has no other command. */
async function launchOfCommand(text: string, name: string): Promise<Launch> {
  const { stdout } = await promisify(execFile)('sh', ['-euc', `PATH=\nclaude() { printf '%s\\0' "$@"; }\n${text}`]);
  const { positionals, values } = parseArgs({
    args: stdout.split('\0').slice(0, -1),
    options: { env: { type: 'string', multiple: true, default: [] } },
    allowPositionals: true,
  });
  const [mcp, add, server, command = '', ...args] = positionals;
  assert.deepEqual([mcp, add, server], ['mcp', 'add', name]);
  const env = values.env.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  return { command, args, ...(env.length === 0 ? {} : { env: Object.fromEntries(env) }) };
}
