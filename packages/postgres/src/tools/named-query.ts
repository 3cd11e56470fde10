import * as z from 'zod';
import { type FittedPage, fitPage, pageText } from '../domain/formats.ts';
import type { NamedQuery } from '../domain/named-query.ts';
import { readPage } from '../domain/query.ts';
import { defineTool } from '../tool.ts';

/** Room for the lines that say how to go on. */
const ROOM_FOR_NOTES = 300;

/** A query of the operator's, of the `queries` in the configuration file, as a tool of its own: it reads, and takes named arguments. */
export function namedQuery(name: string, { description, sql, params, database }: NamedQuery) {
  const types = { string: z.string(), number: z.number(), boolean: z.boolean() };
  const shape = Object.fromEntries(
    Object.entries(params).map(([param, { type, ...said }]) => [param, types[type].describe(said.description)]),
  );
  return defineTool({
    name,
    title: name.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase()),
    description: /[.!?]$/.test(description) ? description : `${description}.`,
    inputSchema: z.strictObject(shape),
    // Whole in the answer, and short in tools/list.
    outputSchema: z.looseObject({ rows: z.array(z.array(z.unknown())), truncated: z.boolean() }),
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async handler(input, { databases, maxRows, maxResultChars, allowFunctions, signal }) {
      const values = Object.keys(params).map((param) => input[param] ?? null);
      const caps = { maxRows, maxChars: maxResultChars };
      const page = await readPage(databases.get(database), { sql, params: values }, caps, { allowFunctions }, { signal });
      return { ...fitPage(page, 'json', maxResultChars - ROOM_FOR_NOTES) };
    },
    // What the handler returns, which the schema keeps whole.
    text: (output) => pageText(output as unknown as FittedPage),
  });
}
