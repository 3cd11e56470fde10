import type { Option } from '../config/options.ts';
import { argumentOf, type Listing, readmeOf, type ToolFacts } from './listing.ts';
import { code, collapsed, plain, table } from './markdown.ts';

/** The tools of a server, with their arguments and with what brings each. */
export function toolsBlock({ tools }: Listing): string {
  return table(
    ['tool', 'what it does', 'arguments', 'needs'],
    tools.map((tool) => [code(tool.name), plain(tool.description), argumentsOf(tool), tool.needs.map(code).join(' ')]),
  );
}

/** `path`, `head?`: a question mark is for what may be left out. */
function argumentsOf(tool: ToolFacts): string {
  return tool.arguments.map(({ name, required }) => code(required ? name : `${name}?`)).join(', ');
}

/** Every setting, the server's own first. */
export function settingsBlock({ own, common }: Listing): string {
  return [settingsTable(own), collapsed('Settings of all servers', settingsTable(common))].join('\n\n');
}

function settingsTable(options: readonly Option[]): string {
  const rows = options.map((option) => [nameOf(option), variablesOf(option), defaultOf(option), explanationOf(option)]);
  return table(['setting', 'variable', 'default', 'what it is'], rows);
}

function nameOf({ flag, positional, key, type }: Option): string {
  if (positional) return code(`${key.toUpperCase()}${type === 'list' ? '...' : ''}`);
  return code(flag ?? key);
}

function variablesOf({ env, envFile, envAlias }: Option): string {
  const names = [env, envFile, envAlias].filter((name) => name !== undefined);
  return names.length === 0 ? '(`--config` file only)' : names.map(code).join('<br>');
}

function defaultOf({ default: value, required, type }: Option): string {
  if (required) return 'required';
  if (type === 'list') return ((value ?? []) as readonly unknown[]).map((item) => code(String(item))).join(', ');
  return value === undefined || type === 'object' ? '' : code(String(value));
}

function explanationOf({ description, secret, choices, type }: Option): string {
  const values = choices === undefined ? '' : ` ${type === 'list' ? 'Any' : 'One'} of ${choices.map(code).join(', ')}.`;
  return `${secret ? '**Secret.** ' : ''}${plain(description)}${values}`;
}

/** The servers of the repository, one row each. */
export function serversBlock(listings: readonly Listing[]): string {
  const rows = listings.map((listing) => {
    const { facts } = listing;
    return [`[\`${facts.name}\`](${facts.repository.directory})`, plain(facts.description), countOf(listing)];
  });
  return table(['server', 'what it is for', 'tools'], rows);
}

/** `9, or 30 with --write and --toolsets` */
function countOf({ tools }: Listing): string {
  const always = tools.filter(({ needs }) => needs.length === 0).length;
  const flags = new Set(tools.flatMap(({ needs }) => needs.map((need) => need.split(' ')[0] ?? need)));
  return flags.size === 0 ? `${always}` : `${always}, or ${tools.length} with ${[...flags].map(code).join(' ')}`;
}

/** The repository in the form of llmstxt.org: what it is, and where a model finds what about it. */
export function llmsText(listings: readonly Listing[], documents: readonly { title: string; url: string; about: string }[]): string {
  const servers = listings.map((listing) => {
    const { server, facts, tools } = listing;
    const start = ['npx -y', facts.name, argumentOf(listing)?.placeholder].filter((part) => part !== undefined).join(' ');
    return `- [${server.title}](${readmeOf(listing)}): ${facts.description} Start: \`${start}\`. Tools: ${tools.map(toolAndNeeds).join(', ')}.`;
  });
  return [
    '# Touchstone',
    '> Reference MCP (Model Context Protocol) servers in TypeScript, for use in production and to learn from.',
    'Every server is read-only unless it is told otherwise, confined to what its operator names, and speaks stdio and Streamable HTTP (`--http`).',
    ['## Servers', '', ...servers].join('\n'),
    ['## Documents', '', ...documents.map(({ title, url, about }) => `- [${title}](${url}): ${about}`)].join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

function toolAndNeeds({ name, needs }: ToolFacts): string {
  return needs.length === 0 ? name : `${name} (${needs.join(' ')})`;
}
