import * as z from 'zod';
import { type FittedPage, FORMATS, fitPage, pageText } from '../domain/formats.ts';
import { readPage } from '../domain/query.ts';
import { defineTool } from '../tool.ts';

/** Room for the lines that say how to go on. */
const ROOM_FOR_NOTES = 300;

export const query = defineTool({
  name: 'query',
  title: 'Query',
  description: 'Rows of one SQL statement that reads.',
  inputSchema: z.strictObject({
    sql: z.string().describe('One statement'),
    params: z
      .array(z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .optional()
      .describe('Values bound to $1, $2, ...'),
    maxRows: z.int().min(1).optional().describe('Fewer rows than the default'),
    format: z.enum(FORMATS).default('json').describe('Of the text'),
    timeoutMs: z.int().min(1).optional().describe("Milliseconds, at most the server's limit"),
  }),
  // Whole in the answer, and short in tools/list.
  outputSchema: z.looseObject({
    rows: z.array(z.unknown()),
    truncated: z.boolean(),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  async handler({ sql, params = [], format, maxRows, timeoutMs }, { databases, allowFunctions, signal, ...limits }) {
    const caps = { maxRows: Math.min(maxRows ?? limits.maxRows, limits.maxRows), maxChars: limits.maxResultChars };
    const options = { signal, timeoutMs: Math.min(timeoutMs ?? limits.callTimeoutMs, limits.callTimeoutMs) };
    const page = await readPage(databases.get(), { sql, params }, caps, { allowFunctions }, options);
    return { ...fitPage(page, format, limits.maxResultChars - ROOM_FOR_NOTES) };
  },
  // What the handler returns, which the schema keeps whole.
  text: (output) => pageText(output as unknown as FittedPage),
});
