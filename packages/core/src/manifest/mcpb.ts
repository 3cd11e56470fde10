import type { Option } from '../config/options.ts';
import { argumentOf, askedFor, type Listing, readmeOf, repositoryOf, textOf, titleOf } from './listing.ts';

/**
 * The manifest of the server's bundle (`.mcpb`): what a person is asked for becomes arguments and variables. Where a server talks to others than
 * those that the operator names, its README must say under `## Privacy` what leaves the machine.
 */
export function bundleManifest(listing: Listing) {
  const { server, facts, tools, hasPrompts } = listing;
  const repository = repositoryOf(listing);
  const entryPoint = `server/node_modules/${facts.name}/dist/main.js`;
  const asked = askedFor(listing);
  const isArgument = ({ key, required }: Option) => required && key === argumentOf(listing)?.key;
  return {
    manifest_version: '0.3',
    name: `touchstone-${server.name}`,
    display_name: `Touchstone ${server.title}`,
    version: facts.version,
    description: facts.description,
    author: { name: 'Touchstone contributors', url: repository },
    repository: { type: 'git', url: repository },
    homepage: repository,
    documentation: readmeOf(listing),
    support: `${repository}/issues`,
    license: facts.license,
    keywords: facts.keywords,
    server: {
      type: 'node',
      entry_point: entryPoint,
      mcp_config: {
        command: 'node',
        args: [`\${__dirname}/${entryPoint}`, ...asked.filter(isArgument).map(reference)],
        env: Object.fromEntries(asked.filter((option) => !isArgument(option)).map((option) => [option.env, reference(option)])),
      },
    },
    tools: tools.filter(({ needs }) => needs.length === 0).map(({ name, description }) => ({ name, description })),
    // With what a person switches on there are more.
    tools_generated: tools.some(({ needs }) => needs.length > 0),
    // A manifest can hold a prompt's text only, and ours are made when they are asked for.
    prompts_generated: hasPrompts,
    ...(talksToOthers(listing) ? { privacy_policies: [`${readmeOf(listing)}#privacy`] } : {}),
    compatibility: { platforms: ['darwin', 'win32', 'linux'], runtimes: { node: facts.engines.node } },
    user_config: Object.fromEntries(asked.map((option) => [option.key, question(option, asked)])),
  };
}

/** Whether a tool of the server talks to others than the systems that the operator names. */
export function talksToOthers({ tools }: Listing): boolean {
  return tools.some(({ openWorld }) => openWorld);
}

/** Who reads a dialog sees no flags, but the titles of their fields. */
function inDialog(description: string, asked: readonly Option[]): string {
  return description.replace(/--[a-z][a-z-]*/g, (flag) => {
    const option = asked.find((other) => other.flag === flag);
    return option === undefined ? flag : titleOf(option);
  });
}

function reference({ key }: Option): string {
  return `\${user_config.${key}}`;
}

/** A field of the dialog, among the others. Without a default its name would reach the server instead of a value. */
function question(option: Option, asked: readonly Option[]) {
  const { key, required, secret, path, type, choices } = option;
  const description = inDialog(option.description, asked);
  const field = {
    title: titleOf(option),
    description: choices === undefined ? description : `${description} (${choices.join(', ')})`,
    required,
  };
  if (type === 'number' && option.default === undefined)
    throw new TypeError(`Setting ${key} is a number without a default: no dialog can ask for it`);
  if (path === 'directory') return { type: 'directory', ...field, multiple: type === 'list' };
  if (type === 'boolean' || type === 'number') return { type, ...field, default: option.default };
  return {
    type: path ?? 'string',
    ...field,
    ...(secret ? { sensitive: true } : {}),
    ...(required ? {} : { default: textOf(option.default) ?? '' }),
  };
}
