import { argumentOf, CONTAINER_USER, imageOf, type Listing, repositoryOf } from './listing.ts';
import { code, collapsed, fenced, json } from './markdown.ts';

/** How a client starts a server. */
interface Launch {
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
}

/** How to install the server in each client: links where there are some, then what to write where. */
export function installBlock(listing: Listing): string {
  const name = listing.server.name;
  const launch = launchOf(listing);
  const servers = { [name]: launch };
  const vscode = vsCodeOf(listing, launch);
  const links = `[Install in Cursor](${cursorLink(name, launch)}) · [Install in VS Code](${vsCodeLink(name, vscode)})`;
  const file = (path: string, data: unknown) => [`In ${path}:`, fenced('json', json(data))] as const;
  return [
    links,
    ...hintOf(listing),
    collapsed(
      'Claude Desktop',
      `Open the bundle (\`.mcpb\`) of a [release](${repositoryOf(listing)}/releases), or write into \`claude_desktop_config.json\` (Settings, Developer):`,
      fenced('json', json({ mcpServers: servers })),
    ),
    collapsed('Claude Code', fenced('sh', `claude mcp add ${name}${flags('--env', launch)} -- ${shell(launch)}`)),
    collapsed('Cursor', ...file('`~/.cursor/mcp.json`, or `.cursor/mcp.json` of a project', { mcpServers: servers })),
    collapsed('VS Code', ...file('`.vscode/mcp.json`', vsCodeFile(name, vscode))),
    collapsed('Windsurf', ...file('`~/.codeium/windsurf/mcp_config.json`', { mcpServers: servers })),
    collapsed('Zed', ...file('`settings.json`', { context_servers: servers })),
    collapsed('Codex', 'In `~/.codex/config.toml`:', fenced('toml', toml(name, launch))),
    collapsed('Gemini CLI', ...file('`~/.gemini/settings.json`, or `.gemini/settings.json` of a project', { mcpServers: servers })),
    collapsed('JetBrains', ...file('Settings, Tools, AI Assistant, Model Context Protocol (MCP)', { mcpServers: servers })),
    collapsed('Docker', dockerHintOf(listing), fenced('json', json({ mcpServers: { [name]: containerOf(listing, launch) } }))),
  ].join('\n\n');
}

/** The server through npx, with an example of what it cannot do without. A secret is in the environment, never in an argument. */
function launchOf(listing: Listing): Launch {
  const args = ['-y', listing.facts.name, ...examplesOf(listing)];
  const secret = secretOf(listing);
  return { command: 'npx', args, ...(secret === undefined ? {} : { env: { [secret.name]: secret.example } }) };
}

/** At most one argument. */
function examplesOf(listing: Listing): string[] {
  const example = argumentOf(listing)?.placeholder;
  return typeof example === 'string' ? [example] : [];
}

/** What the server is about, where that is a secret. */
function secretOf({ own }: Listing) {
  const { key, env: name, placeholder: example, description } = own.find(({ positional, secret }) => positional && secret) ?? {};
  return key !== undefined && name !== undefined && typeof example === 'string' ? { key, name, example, description } : undefined;
}

function hintOf(listing: Listing): string[] {
  const example = examplesOf(listing)[0] ?? secretOf(listing)?.example;
  return example === undefined ? [] : [`Put your own in place of ${code(example)}.`];
}

function dockerHintOf(listing: Listing): string {
  const owner = ` On Linux the container is to run as you: put what \`id -u\` and \`id -g\` say in place of ${code(CONTAINER_USER)}.`;
  return `In the configuration of any client.${argumentOf(listing)?.path === 'directory' ? owner : ''}`;
}

/** VS Code fills in the folder that is open, and asks for secrets. */
function vsCodeOf(listing: Listing, { command, args }: Launch) {
  const isDirectory = argumentOf(listing)?.path === 'directory';
  const secret = secretOf(listing);
  const server = {
    type: 'stdio',
    command,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of VS Code
    args: isDirectory ? [...args.slice(0, 2), '${workspaceFolder}'] : args,
    ...(secret === undefined ? {} : { env: { [secret.name]: `\${input:${secret.key}}` } }),
  };
  const inputs =
    secret === undefined ? undefined : [{ type: 'promptString', id: secret.key, description: secret.description, password: true }];
  return { server, inputs };
}

function vsCodeFile(name: string, { server, inputs }: ReturnType<typeof vsCodeOf>) {
  return { ...(inputs === undefined ? {} : { inputs }), servers: { [name]: server } };
}

function vsCodeLink(name: string, { server, inputs }: ReturnType<typeof vsCodeOf>): string {
  const query = [
    `name=${name}`,
    ...(inputs === undefined ? [] : [`inputs=${inUrl(JSON.stringify(inputs))}`]),
    `config=${inUrl(JSON.stringify(server))}`,
  ];
  return `https://insiders.vscode.dev/redirect/mcp/install?${query.join('&')}`;
}

function cursorLink(name: string, launch: Launch): string {
  const config = inUrl(Buffer.from(JSON.stringify(launch)).toString('base64'));
  return `https://cursor.com/en/install-mcp?name=${name}&config=${config}`;
}

/** Parentheses would end a link in Markdown. */
function inUrl(text: string): string {
  return encodeURIComponent(text).replace(/[()]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
}

/** It needs no more. */
const LOCKED = ['--read-only', '--cap-drop', 'ALL'];

/** A directory is mounted under the path that it has outside, so that paths mean the same, and used as whom it belongs to. */
function containerOf(listing: Listing, { env }: Launch): Launch {
  const examples = examplesOf(listing);
  const isDirectory = argumentOf(listing)?.path === 'directory';
  const mounts = isDirectory ? examples.flatMap((path) => ['--user', CONTAINER_USER, '--mount', `type=bind,src=${path},dst=${path}`]) : [];
  const variables = Object.keys(env ?? {}).flatMap((name) => ['-e', name]);
  const args = ['run', '-i', '--rm', ...LOCKED, ...mounts, ...variables, imageOf(listing), ...examples];
  return { command: 'docker', args, ...(env === undefined ? {} : { env }) };
}

function toml(name: string, { command, args, env }: Launch): string {
  // Strings and lists of strings are spelled in TOML as in JSON.
  const variables = Object.entries(env ?? {}).map(([variable, value]) => `${variable} = ${JSON.stringify(value)}`);
  return [
    `[mcp_servers.${name}]`,
    `command = ${JSON.stringify(command)}`,
    `args = ${json(args)}`,
    ...(variables.length === 0 ? [] : ['', `[mcp_servers.${name}.env]`, ...variables]),
  ].join('\n');
}

function flags(flag: string, { env = {} }: Launch): string {
  return Object.entries(env)
    .map(([variable, value]) => ` ${flag} ${quoted(`${variable}=${value}`)}`)
    .join('');
}

function shell({ command, args }: Launch): string {
  return [command, ...args].map(quoted).join(' ');
}

/** For a POSIX shell, as it is where nothing in it means anything to one. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
