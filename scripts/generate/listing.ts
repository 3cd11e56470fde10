import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type AnyServer, commonSchema, type Option, optionsOf } from '@touchstone-mcp/core';
import type { Listing, PackageFacts, ToolFacts } from '@touchstone-mcp/core/manifest';
import { connect, type ListedTool } from '@touchstone-mcp/core/testing';

type Settings = Record<string, unknown>;

/** A setting that brings tools: on its own, or one item of a list. */
interface Switch {
  label: string;
  key: string;
  value: unknown;
}

/** A server as its listings describe it, and what its clients are told in each configuration on record: file name -> JSON. */
export interface ReadServer {
  listing: Listing;
  contract: Map<string, string>;
}

/** Imports the server in a package's folder, and lists what it offers through a client. Nothing is opened: what is listed depends on settings only. */
export async function readServer(folder: string): Promise<ReadServer> {
  // What these modules export is checked where they are: a server by `defineServer`, the configurations by its schema.
  const { server } = (await importFrom(folder, 'src/server.ts')) as { server: AnyServer };
  const { configurations } = (await importFrom(folder, 'test/configurations.ts')) as { configurations: Record<string, Settings> };
  const facts = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageFacts;
  const unopened = { ...server, open: async () => ({ async [Symbol.asyncDispose]() {} }) };
  const options = optionsOf(commonSchema.extend(server.configSchema.shape), server.envPrefix);
  const own = options.filter(({ key }) => key in server.configSchema.shape);
  const common = options.filter((option) => !own.includes(option));
  const tools = await toolsOf(unopened, own);
  return {
    listing: { server, facts, own, common, tools, hasPrompts: server.prompts !== undefined },
    contract: await contractOf(unopened, configurations),
  };
}

function importFrom(folder: string, path: string): Promise<unknown> {
  return import(pathToFileURL(join(folder, path)).href);
}

/** Every tool that a server has, in the order in which all of them are listed. A tool needs each switch without which it is gone, all others being on. */
async function toolsOf(server: AnyServer, own: readonly Option[]): Promise<ToolFacts[]> {
  const switches = switchesOf(own);
  const base = exampleOf(own);
  const names = async (on: readonly Switch[]) => (await listTools(server, turnOn(base, on))).map(({ name }) => name);
  const all = await listTools(server, turnOn(base, switches));
  const without = new Map<string, string[]>();
  for (const one of switches) without.set(one.label, await names(switches.filter((other) => other !== one)));
  const tools = all.map((tool) =>
    factsOf(
      tool,
      [...without].filter(([, left]) => !left.includes(tool.name)).map(([label]) => label),
    ),
  );
  const always = tools.filter(({ needs }) => needs.length === 0).map(({ name }) => name);
  const byDefault = await names([]);
  // The rule above fails for a tool that one of two switches brings.
  if (always.join() !== byDefault.join()) throw new Error(`${server.name}: by default there are ${byDefault}, and switches say ${always}`);
  return tools;
}

function switchesOf(own: readonly Option[]): Switch[] {
  return own.flatMap(({ key, type, flag, choices = [] }): Switch[] => {
    if (flag === undefined) return [];
    if (type === 'boolean') return [{ label: flag, key, value: true }];
    return type === 'list' ? choices.map((choice) => ({ label: `${flag} ${choice}`, key, value: choice })) : [];
  });
}

function turnOn(base: Settings, switches: readonly Switch[]): Settings {
  const settings = { ...base };
  for (const { key, value } of switches) settings[key] = value === true ? true : [...((settings[key] ?? []) as unknown[]), value];
  return settings;
}

/** Settings made of the examples that the schema gives. */
function exampleOf(own: readonly Option[]): Settings {
  const examples = own.filter(({ placeholder }) => placeholder !== undefined);
  return Object.fromEntries(examples.map(({ key, type, placeholder }) => [key, type === 'list' ? [placeholder] : placeholder]));
}

function factsOf({ name, description = '', inputSchema, annotations }: ListedTool, needs: string[]): ToolFacts {
  // Contract tests see to it that it is such a schema.
  const { properties = {}, required = [] } = inputSchema as { properties?: object; required?: string[] };
  return {
    name,
    description,
    arguments: Object.keys(properties).map((argument) => ({ name: argument, required: required.includes(argument) })),
    needs,
    openWorld: annotations?.['openWorldHint'] === true,
  };
}

async function listTools(server: AnyServer, settings: Settings): Promise<ListedTool[]> {
  await using client = await connect(server, settings);
  return await client.listTools();
}

/** The files of `test/contract`, as the contract suite compares them. */
async function contractOf(server: AnyServer, configurations: Record<string, Settings>): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [name, settings] of Object.entries(configurations)) {
    await using client = await connect(server, settings);
    const record = (file: string, told: unknown) => files.set(file, `${JSON.stringify(told, undefined, 2)}\n`);
    record(`${name}.json`, await client.listTools());
    if (server.resources !== undefined) record(`${name}.resources.json`, await client.listResourceTemplates());
    if (server.prompts !== undefined) record(`${name}.prompts.json`, await client.listPrompts());
  }
  return files;
}
