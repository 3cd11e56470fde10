import { expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import type { CommonConfig } from './config/common.ts';
import { type CallContext, defineServer, promptDefiner, resourceDefiner, type Tool, type ToolContext, toolDefiner } from './define.ts';

interface Dependencies {
  database: { rows: number };
}

const defineTool = toolDefiner<Dependencies>();

const literal = {
  name: 'count_rows',
  title: 'Count rows',
  description: 'Counts.',
  inputSchema: z.strictObject({ table: z.string(), limit: z.int().default(10), deep: z.boolean().optional() }),
  outputSchema: z.object({ count: z.number(), unit: z.string().default('rows') }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
};

test('the handler receives the parsed input, the dependencies and the context', () => {
  defineTool({
    ...literal,
    handler(input, context) {
      expectTypeOf(input).toEqualTypeOf<{ table: string; limit: number; deep?: boolean | undefined }>();
      expectTypeOf(context).toEqualTypeOf<Dependencies & ToolContext>();
      expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
      return { count: context.database.rows };
    },
  });
});

test('the handler returns what the outputSchema takes, at once or later', () => {
  defineTool({ ...literal, handler: () => ({ count: 1 }) });
  defineTool({ ...literal, handler: async () => ({ count: 1, unit: 'rows' }) });
  // @ts-expect-error a field is missing
  defineTool({ ...literal, handler: () => ({}) });
  // @ts-expect-error a field has another type
  defineTool({ ...literal, handler: () => ({ count: '1' }) });
  // @ts-expect-error a promise of another type
  defineTool({ ...literal, handler: async () => ({ count: '1' }) });
  defineTool({ ...literal, handler: () => ({ count: 1 }), deprecated: 'Use count_all (since 1.4.0).' });
  // @ts-expect-error a deprecation says what to use instead
  defineTool({ ...literal, handler: () => ({ count: 1 }), deprecated: true });
  // @ts-expect-error nothing is returned
  defineTool({ ...literal, handler: () => {} });
});

test('text receives the checked output', () => {
  defineTool({
    ...literal,
    handler: () => ({ count: 1 }),
    text(output) {
      expectTypeOf(output).toEqualTypeOf<{ count: number; unit: string }>();
      return output.unit;
    },
  });
});

test('a tool attaches blocks of the three shapes, a resource none', () => {
  defineTool({
    ...literal,
    handler(_input, { attach }) {
      attach({ type: 'image', data: '', mimeType: 'image/png' });
      attach({ type: 'audio', data: '', mimeType: 'audio/wav' });
      attach({ type: 'resource', resource: { uri: 'file:///a', mimeType: 'text/plain', blob: '' } });
      // @ts-expect-error text is not attached
      attach({ type: 'text', text: '' });
      // @ts-expect-error no type of the specification's
      attach({ type: 'blob', data: '', mimeType: 'image/png' });
      // @ts-expect-error bytes are sent in base64
      attach({ type: 'image', data: new Uint8Array(), mimeType: 'image/png' });
      // @ts-expect-error a picture has a type
      attach({ type: 'image', data: '' });
      return { count: 1 };
    },
  });
  // @ts-expect-error there is no such hook
  defineTool({ ...literal, handler: () => ({ count: 1 }), content: () => [] });
  expectTypeOf<CallContext>().not.toHaveProperty('attach');
});

test('every hint is set', () => {
  const { readOnlyHint, ...others } = literal.annotations;
  // @ts-expect-error a hint is missing
  defineTool({ ...literal, annotations: others, handler: () => ({ count: 1 }) });
  // @ts-expect-error a hint is not known
  defineTool({ ...literal, annotations: { ...others, readOnlyHint: undefined }, handler: () => ({ count: 1 }) });
  defineTool({ ...literal, annotations: { ...others, readOnlyHint }, handler: () => ({ count: 1 }) });
});

test('audit names arguments only', () => {
  defineTool({ ...literal, audit: ['table', 'limit'], handler: () => ({ count: 1 }) });
  // @ts-expect-error no argument has that name
  defineTool({ ...literal, audit: ['tables'], handler: () => ({ count: 1 }) });
});

test('what a tool needs, its server must give', () => {
  const tool = defineTool({ ...literal, handler: (_input, { database }) => ({ count: database.rows }) });
  expectTypeOf(tool).toEqualTypeOf<Tool<Dependencies>>();
  // @ts-expect-error a server that gives something else
  const wrong: Tool<{ files: string[] }> = tool;
  expectTypeOf(wrong).not.toBeAny();
});

test('what is to be confirmed depends on the parsed input', () => {
  const handler = () => ({ count: 1 });
  defineTool({ ...literal, handler, confirm: ({ table, limit }) => (limit > 1 ? `Count "${table}"?` : undefined) });
  // @ts-expect-error an argument that does not exist
  defineTool({ ...literal, handler, confirm: ({ tables }) => tables });
  // @ts-expect-error a question is text
  defineTool({ ...literal, handler, confirm: () => true });
});

test('a resource receives the variables of its template', () => {
  const defineResource = resourceDefiner<Dependencies>();
  const names = { name: 'rows', title: 'Rows', description: 'Rows.' };
  const read = () => ({ text: '' });
  defineResource({
    ...names,
    uriTemplate: 'db://{schema}/{+rest}',
    read(variables, { database, signal }) {
      expectTypeOf(variables).toEqualTypeOf<Record<'schema' | 'rest', string>>();
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      return { blob: new Uint8Array(database.rows) };
    },
    complete: { schema: (typed, { rest }) => [typed, rest ?? ''] },
    watch({ schema }, changed, { signal }) {
      expectTypeOf(schema).toEqualTypeOf<string>();
      signal.addEventListener('abort', changed);
    },
    audit: ['schema'],
  });
  defineResource({ ...names, uriTemplate: 'db://all', read });
  // @ts-expect-error a variable that does not exist
  defineResource({ ...names, uriTemplate: 'db://{schema}', read, audit: ['table'] });
  // @ts-expect-error another one
  defineResource({ ...names, uriTemplate: 'db://{schema}', read, complete: { table: () => [] } });
  // @ts-expect-error neither text nor bytes
  defineResource({ ...names, uriTemplate: 'db://all', read: () => ({ json: {} }) });
});

test('a prompt receives its parsed arguments', () => {
  const definePrompt = promptDefiner<Dependencies>();
  const names = { name: 'explain_table', title: 'Explain table', description: 'Explains.' };
  const messages = () => [{ role: 'user' as const, text: '' }];
  const args = z.strictObject({ table: z.string(), depth: z.enum(['short', 'long']).default('short'), schema: z.string().optional() });
  definePrompt({
    ...names,
    arguments: args,
    messages(given, context) {
      expectTypeOf(given).toEqualTypeOf<{ table: string; depth: 'short' | 'long'; schema?: string | undefined }>();
      expectTypeOf(context).toEqualTypeOf<Dependencies & CallContext>();
      return [{ role: 'assistant', resource: { uri: 'db://x', text: '' } }];
    },
    complete: { table: (typed, { schema }) => [typed, schema ?? ''] },
    audit: ['table'],
  });
  definePrompt({ ...names, messages });
  definePrompt({ ...names, messages: async () => messages() });
  // @ts-expect-error an argument that is no text
  definePrompt({ ...names, arguments: z.strictObject({ rows: z.number() }), messages });
  // @ts-expect-error an argument that does not exist
  definePrompt({ ...names, arguments: args, messages, audit: ['tables'] });
  // @ts-expect-error another one
  definePrompt({ ...names, arguments: args, messages, complete: { tables: () => [] } });
  // @ts-expect-error nobody says it
  definePrompt({ ...names, messages: () => [{ text: '' }] });
});

test('roots narrow the dependencies to others of the same kind, which can be disposed of', () => {
  const base = { name: 'x', title: 'X', version: '1.0.0', envPrefix: 'X', instructions: 'X.', tools: () => [] };
  const configSchema = z.strictObject({ narrow: z.boolean().default(true) });
  const open = async () => ({ database: { rows: 1 }, async [Symbol.asyncDispose]() {} });
  defineServer<Dependencies, typeof configSchema>({
    ...base,
    configSchema,
    open,
    narrow: ({ narrow }) =>
      narrow
        ? async (dependencies, roots) => {
            expectTypeOf(dependencies).toEqualTypeOf<Dependencies>();
            expectTypeOf(roots).toEqualTypeOf<readonly string[]>();
            return await open();
          }
        : undefined,
  });
  // @ts-expect-error nobody could give back what they hold
  defineServer<Dependencies, typeof configSchema>({ ...base, configSchema, open, narrow: () => async (dependencies) => dependencies });
});

test('a server: tools and open receive the settings, open returns the dependencies and how to dispose of them', () => {
  const base = { name: 'x', title: 'X', version: '1.0.0', envPrefix: 'X', instructions: 'X.' };
  const configSchema = z.strictObject({ write: z.boolean().default(false), roots: z.array(z.string()).optional() });
  const tool = defineTool({ ...literal, handler: () => ({ count: 1 }) });
  const disposable = { async [Symbol.asyncDispose]() {} };
  defineServer<Dependencies, typeof configSchema>({
    ...base,
    configSchema,
    tools(config) {
      expectTypeOf(config).toEqualTypeOf<{ write: boolean; roots?: string[] | undefined }>();
      return [tool];
    },
    async open(config) {
      expectTypeOf(config.write).toEqualTypeOf<boolean>();
      expectTypeOf(config.callTimeoutMs).toEqualTypeOf<number>();
      expectTypeOf<typeof config>().toExtend<CommonConfig>();
      return { database: { rows: 1 }, ...disposable };
    },
  });
  // @ts-expect-error open gives less than the tools need
  defineServer<Dependencies, typeof configSchema>({ ...base, configSchema, tools: () => [tool], open: async () => disposable });
  defineServer<Dependencies, typeof configSchema>({
    ...base,
    configSchema,
    tools: () => [tool],
    // @ts-expect-error nobody could close it
    open: async () => ({ database: { rows: 1 } }),
  });
});
