import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import type { commonSchema } from '../config/common.ts';
import type { ServerLiteral } from '../define.ts';
import type { ListedTemplate } from '../resources.ts';
import { GENERATIONS, type Generation } from './clients.ts';
import { connect, type ListedTool } from './connect.ts';

/**
 * The suite that every server runs: tools/list of each configuration is a snapshot in `contract/<configuration>.json` beside the test
 * (that of resource templates in `<configuration>.resources.json`), the same for every generation of clients, and all obey the house rules.
 */
export function contractSuite<Dependencies, Config extends z.ZodObject>(
  server: ServerLiteral<Dependencies, Config>,
  configurations: Record<string, z.input<Config> & z.input<typeof commonSchema>>,
): void {
  describe.each(Object.entries(configurations))('%s configuration', (configuration, settings) => {
    test('tools/list is the one on record', async () => {
      const [first, ...others] = await Promise.all(GENERATIONS.map((generation) => listed(server, settings, generation)));
      for (const other of others) expect(other).toEqual(first);
      await expect(`${JSON.stringify(first, undefined, 2)}\n`).toMatchFileSnapshot(`contract/${configuration}.json`);
    });

    test.skipIf(server.resources === undefined)('the resource templates are those on record, and obey the house rules', async () => {
      const [first = [], ...others] = await Promise.all(GENERATIONS.map((generation) => listedTemplates(server, settings, generation)));
      for (const other of others) expect(other).toEqual(first);
      await expect(`${JSON.stringify(first, undefined, 2)}\n`).toMatchFileSnapshot(`contract/${configuration}.resources.json`);
      expect(first.flatMap((template) => templateViolations(template))).toEqual([]);
    });

    test('tools/list is the same in every process', async () => {
      expect(await listed(server, settings, 'modern')).toEqual(await listed(server, settings, 'modern'));
    });

    test('every tool obeys the house rules', async () => {
      const tools = await listed(server, settings, 'modern');
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
const HINTS = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'];
const COMBINATORS = ['anyOf', 'oneOf', 'allOf', 'not', '$ref'];

async function listed<Dependencies, Config extends z.ZodObject>(
  server: ServerLiteral<Dependencies, Config>,
  settings: z.input<Config> & z.input<typeof commonSchema>,
  generation: Generation,
): Promise<ListedTool[]> {
  await using client = await connect(server, settings, generation);
  return await client.listTools();
}

/** What else is listed of resources depends on the machine. */
async function listedTemplates<Dependencies, Config extends z.ZodObject>(
  server: ServerLiteral<Dependencies, Config>,
  settings: z.input<Config> & z.input<typeof commonSchema>,
  generation: Generation,
): Promise<ListedTemplate[]> {
  await using client = await connect(server, settings, generation);
  return await client.listResourceTemplates();
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
  properties?: Record<string, { description?: string; properties?: unknown; items?: unknown }>;
  additionalProperties?: unknown;
}

/** Each house rule that a tool breaks, in words. */
export function violations(tool: ListedTool): string[] {
  const input: ObjectSchema = tool.inputSchema;
  const hints = tool.annotations ?? {};
  const rules: [boolean, string][] = [
    [/^[a-z]+(_[a-z]+)+$/.test(tool.name), 'the name is verb_noun in snake_case'],
    [(tool.title ?? '') !== '', 'it has a title'],
    [/\.$/.test(tool.description ?? ''), 'the description ends with a period'],
    [(tool.description ?? '').length <= 400, 'the description has at most 400 characters'],
    [!INVISIBLE.test(JSON.stringify(tool)), 'no invisible characters'],
    [COMBINATORS.every((key) => !(key in tool.inputSchema)), 'no combinator at the top of the input schema'],
    [input.additionalProperties === false, 'the input is strict'],
    [Object.values(input.properties ?? {}).every((property) => (property.description ?? '') !== ''), 'every argument is described'],
    [tool.outputSchema?.['type'] === 'object', 'the output is an object'],
    [HINTS.every((hint) => typeof hints[hint] === 'boolean'), 'all four hints are set'],
    [!(hints['readOnlyHint'] && hints['destructiveHint']), 'what only reads destroys nothing'],
  ];
  return rules.filter(([holds]) => !holds).map(([, rule]) => `${tool.name}: ${rule}`);
}
