import * as z from 'zod';
import { type Description, describe } from '../domain/description.ts';
import { fitDescription } from '../domain/description-fit.ts';
import { descriptionLines } from '../domain/description-text.ts';
import { findRelation } from '../domain/relation.ts';
import { sampleRows } from '../domain/sample.ts';
import { defineTool } from '../tool.ts';

export const describeTable = defineTool({
  name: 'describe_table',
  title: 'Describe table',
  description: 'Columns, keys, indexes, references, comments and size of a table or view.',
  inputSchema: z.strictObject({
    table: z.string().describe('Name, or schema.name'),
    sample: z.int().min(0).max(20).default(0).describe('Rows to show'),
  }),
  outputSchema: z.looseObject({ columns: z.array(z.unknown()) }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['table'],
  handler: ({ table, sample }, { databases, maxResultChars, allowFunctions, signal }) =>
    databases.get().read(
      async (session) => {
        const relation = await findRelation(session, table);
        const { description, readable } = await describe(session, relation);
        if (sample === 0 || readable.length === 0) return { ...fitDescription(description, maxResultChars) };
        const caps = { maxRows: sample, maxChars: Math.floor(maxResultChars / 4) };
        const rows = await sampleRows(session, relation, readable, caps, { allowFunctions });
        return { ...fitDescription(description, Math.floor(maxResultChars / 2)), sample: rows };
      },
      { signal },
    ),
  // The schema keeps what the handler returns, but not its types: they would cost every session tokens.
  text: (output) => descriptionLines(output as unknown as Description).join('\n'),
});
