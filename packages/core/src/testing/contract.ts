import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import type { commonSchema } from '../config/common.ts';
import type { ServerLiteral } from '../define.ts';
import { deprecationFits } from '../guards/deprecation.ts';
import type { ListedPrompt } from '../prompts.ts';
import type { ListedTemplate } from '../resources.ts';
import { GENERATIONS, type Generation } from './clients.ts';
import { connect, type ListedTool, type TestClient } from './connect.ts';

/**
 * The suite that every server runs: tools/list of each configuration, with the schemas of answers, is a snapshot in `contract/<configuration>.json` beside the test
 * (those of resource templates and prompts in `<configuration>.resources.json` and `.prompts.json`), the same for every generation of
 * clients, and all obey the house rules. `budgets` are the most bytes that tools/list may have in a configuration, as JSON and without
 * those schemas: every client pays for them in every conversation.
 */
export function contractSuite<Dependencies, Config extends z.ZodObject, Name extends string>(
  server: ServerLiteral<Dependencies, Config>,
  configurations: Record<Name, z.input<Config> & z.input<typeof commonSchema>>,
  budgets: Partial<Record<NoInfer<Name>, number>> = {},
): void {
  describe.each(Object.keys(configurations) as Name[])('%s configuration', (configuration) => {
    const settings = configurations[configuration];
    const budget = budgets[configuration];

    test('tools/list is the one on record', async () => {
      const [first, ...others] = await Promise.all(GENERATIONS.map((generation) => told(server, settings, generation, TOOLS)));
      for (const other of others) expect(other).toEqual(first);
      await expect(`${JSON.stringify(first, undefined, 2)}\n`).toMatchFileSnapshot(`contract/${configuration}.json`);
    });

    test.skipIf(server.resources === undefined)('the resource templates are those on record, and obey the house rules', async () => {
      const [first = [], ...others] = await Promise.all(GENERATIONS.map((generation) => told(server, settings, generation, TEMPLATES)));
      for (const other of others) expect(other).toEqual(first);
      await expect(`${JSON.stringify(first, undefined, 2)}\n`).toMatchFileSnapshot(`contract/${configuration}.resources.json`);
      expect(first.flatMap((template) => templateViolations(template))).toEqual([]);
    });

    test.skipIf(server.prompts === undefined)('the prompts are those on record, and obey the house rules', async () => {
      const [first = [], ...others] = await Promise.all(GENERATIONS.map((generation) => told(server, settings, generation, PROMPTS)));
      for (const other of others) expect(other).toEqual(first);
      await expect(`${JSON.stringify(first, undefined, 2)}\n`).toMatchFileSnapshot(`contract/${configuration}.prompts.json`);
      expect(new Set(first.map(({ name }) => name)).size).toBe(first.length);
      expect(first.flatMap((prompt) => promptViolations(prompt))).toEqual([]);
    });

    test('tools/list is the same in every process', async () => {
      expect(await told(server, settings, 'modern', TOOLS)).toEqual(await told(server, settings, 'modern', TOOLS));
    });

    test.skipIf(budget === undefined)('tools/list keeps to its budget', async () => {
      expect(overspending(await told(server, { ...settings, listOutputSchemas: false }, 'modern', TOOLS), budget)).toBeUndefined();
    });

    test('every tool obeys the house rules', async () => {
      const tools = await told(server, settings, 'modern', TOOLS);
      expect(tools.length).toBeGreaterThan(0);
      expect(new Set(tools.map((tool) => tool.name)).size).toBe(tools.length);
      expect(tools.flatMap((tool) => violations(tool))).toEqual([]);
    });
  });

  test('the instructions stand alone in their first 512 characters', () => {
    expect(server.instructions.length).toBeGreaterThan(0);
    expect(server.instructions.slice(0, 512)).toMatch(/[.!?]/);
    expect(server.instructions).not.toMatch(INVISIBLE);
  });
}

const INVISIBLE = /[^\P{C}\n]/u;
const HINTS = ['readOnlyHint', 'destructiveHint', 'openWorldHint'];
const COMBINATORS = ['anyOf', 'oneOf', 'allOf', 'not', '$ref'];

const TOOLS = (client: TestClient) => client.listTools();
const TEMPLATES = (client: TestClient) => client.listResourceTemplates();
const PROMPTS = (client: TestClient) => client.listPrompts();

/** What a client of the generation is told. What else is listed of resources depends on the machine. */
async function told<Dependencies, Config extends z.ZodObject, Told>(
  server: ServerLiteral<Dependencies, Config>,
  settings: z.input<Config> & z.input<typeof commonSchema>,
  generation: Generation,
  ask: (client: TestClient) => Promise<Told>,
): Promise<Told> {
  await using client = await connect(server, settings, generation);
  return await ask(client);
}

/** In words, by how much tools/list is over its budget of bytes as JSON, if it is and has one. */
export function overspending(tools: readonly ListedTool[], budget = Number.POSITIVE_INFINITY): string | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(tools));
  return bytes > budget ? `tools/list has ${bytes} bytes; the budget is ${budget}` : undefined;
}

/** Each house rule that a prompt breaks, in words. */
export function promptViolations(prompt: ListedPrompt): string[] {
  const { name, title, description, arguments: args = [] } = prompt;
  const rules: [boolean, string][] = [
    [/^[a-z]+(_[a-z]+)*$/.test(name), 'the name is in snake_case'],
    [(title ?? '') !== '', 'it has a title'],
    [/\.$/.test(description ?? ''), 'the description ends with a period'],
    [args.every((argument) => (argument.description ?? '') !== ''), 'every argument is described'],
    [!INVISIBLE.test(JSON.stringify(prompt)), 'no invisible characters'],
  ];
  return rules.filter(([holds]) => !holds).map(([, rule]) => `${name}: ${rule}`);
}

/** Each house rule that a template breaks, in words. */
export function templateViolations({ name, title, description, uriTemplate }: ListedTemplate): string[] {
  const rules: [boolean, string][] = [
    [/^[a-z]+$/.test(name), 'the name is one word'],
    [(title ?? '') !== '', 'it has a title'],
    [/\.$/.test(description ?? ''), 'the description ends with a period'],
    [!INVISIBLE.test(`${title}${description}${uriTemplate}`), 'no invisible characters'],
  ];
  return rules.filter(([holds]) => !holds).map(([, rule]) => `${name}: ${rule}`);
}

interface ObjectSchema {
  properties?: Record<string, { description?: string; deprecated?: boolean; properties?: unknown; items?: unknown }>;
  required?: string[];
  additionalProperties?: unknown;
}

/** Each house rule that a tool breaks, in words. */
export function violations(tool: ListedTool): string[] {
  const input: ObjectSchema = tool.inputSchema;
  const properties = Object.entries(input.properties ?? {});
  const hints = tool.annotations ?? {};
  const rules: [boolean, string][] = [
    [/^[a-z]+(_[a-z]+)*$/.test(tool.name), 'the name is verb_noun in snake_case, or a verb'],
    [(tool.title ?? '') !== '', 'it has a title'],
    [/\.$/.test(tool.description ?? ''), 'the description ends with a period'],
    [(tool.description ?? '').length <= 400, 'the description has at most 400 characters'],
    [!INVISIBLE.test(JSON.stringify(tool)), 'no invisible characters'],
    [COMBINATORS.every((key) => !(key in tool.inputSchema)), 'no combinator at the top of the input schema'],
    [input.additionalProperties === false, 'the input is strict'],
    [properties.every(([, { description }]) => (description ?? '') !== ''), 'every argument is described'],
    [deprecationFits(tool.description), 'if deprecated, it says what to use and since when'],
    [
      properties.every(([, { description, deprecated = false }]) => deprecationFits(description, deprecated)),
      'a deprecated argument says what to use and since when',
    ],
    [!properties.some(([name, { deprecated }]) => deprecated && input.required?.includes(name)), 'a deprecated argument can be left out'],
    [tool.outputSchema?.['type'] === 'object', 'the output is an object'],
    [HINTS.every((hint) => typeof hints[hint] === 'boolean'), 'the hints are set'],
    [hints['readOnlyHint'] !== 'idempotentHint' in hints, 'what changes something says whether a call may be repeated'],
    [!(hints['readOnlyHint'] && hints['destructiveHint']), 'what only reads destroys nothing'],
  ];
  return rules.filter(([holds]) => !holds).map(([, rule]) => `${tool.name}: ${rule}`);
}
