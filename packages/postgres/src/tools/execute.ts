import * as z from 'zod';
import { destructionOf } from '../domain/destruction.ts';
import { type FittedPage, fitPage, pageText } from '../domain/formats.ts';
import { writePage } from '../domain/query.ts';
import { defineTool } from '../tool.ts';

/** Room for what was done, and for the lines that say what is missing. */
const ROOM_FOR_NOTES = 400;

export const execute = defineTool({
  name: 'execute',
  title: 'Execute',
  description:
    'Runs one SQL statement that changes data or tables, in a transaction of its own. Use dryRun first to see what it would change: all is undone then.',
  inputSchema: z.strictObject({
    sql: z.string().describe('INSERT, UPDATE, DELETE, MERGE (RETURNING shows rows), CREATE, ALTER, DROP, ...'),
    params: z
      .array(z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .default([])
      .describe('Values bound to $1, $2, ...'),
    dryRun: z.boolean().default(false).describe('Report, and undo'),
    timeoutMs: z.int().min(1).optional().describe("Milliseconds, at most the server's limit"),
  }),
  // Whole in the answer, and short in tools/list.
  outputSchema: z.looseObject({
    command: z.string(),
    affected: z.number().optional().describe('Rows'),
    dryRun: z.boolean(),
    rows: z.array(z.array(z.unknown())).describe('Of RETURNING'),
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  async confirm({ sql, dryRun }) {
    const what = dryRun ? undefined : await destructionOf(sql);
    return what === undefined ? undefined : `This statement ${what}. Run it? ${JSON.stringify(sql)}`;
  },
  async handler({ dryRun, timeoutMs = Number.POSITIVE_INFINITY, ...input }, { databases, allowFunctions, signal, ...limits }) {
    const caps = { maxRows: limits.maxRows, maxChars: limits.maxResultChars };
    const options = { signal, dryRun, timeoutMs: Math.min(timeoutMs, limits.callTimeoutMs) };
    const page = await writePage(databases.get(), input, caps, { allowFunctions }, options);
    const { command, affected } = page;
    return { command, affected, dryRun, ...fitPage(page, 'json', limits.maxResultChars - ROOM_FOR_NOTES) };
  },
  text({ command, affected, dryRun, ...output }) {
    const done = `${command}${affected === undefined ? '' : ` ${affected}`}${dryRun ? ' (undone: this was a dry run)' : ''}`;
    // What the handler returns, which the schema keeps whole.
    const page = output as unknown as FittedPage;
    return page.columns.length === 0 ? done : `${done}\n${pageText(page)}`;
  },
});
