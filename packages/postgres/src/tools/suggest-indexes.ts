import * as z from 'zod';
import { sizeOf } from '../domain/size.ts';
import { type Advice, type Suggestion, suggestIndexes as suggest } from '../domain/suggest.ts';
import { defineTool } from '../tool.ts';

export const suggestIndexes = defineTool({
  name: 'suggest_indexes',
  title: 'Suggest indexes',
  description:
    "Indexes that would make a statement, or all of pg_stat_statements, cheaper by the planner's estimate (hypopg). Creates none.",
  inputSchema: z.strictObject({
    sql: z.string().optional().describe('One statement; by default the workload'),
    params: z
      .array(z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .optional()
      .describe('Values bound to $1, $2, ...'),
    limit: z.int().min(1).max(10).default(5).describe('Most indexes'),
  }),
  // Whole in the answer, and short in tools/list.
  outputSchema: z.looseObject({ costed: z.boolean(), suggestions: z.array(z.looseObject({ sql: z.string(), reason: z.string() })) }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['limit'],
  async handler({ sql, params, limit }, { databases, allowFunctions, progress, signal }) {
    const request = { sql, values: params, limit };
    return { ...(await databases.get().read((session) => suggest(session, request, { allowFunctions }, progress), { signal })) };
  },
  text(output) {
    // What the handler returns, which the schema keeps whole.
    const { costed, suggestions, statements, skipped, redundant } = output as unknown as Advice;
    const notes = [
      ...(costed ? [] : ['[A guess by the shape of the SQL: with CREATE EXTENSION hypopg the planner would decide.]']),
      ...(skipped.length === 0
        ? []
        : [`[${skipped.length} statements could not be planned, such as: ${skipped[0]?.query} (${skipped[0]?.why})]`]),
    ];
    return [
      ...(suggestions.length === 0 ? [`No index would help the ${statements} statements that were looked at.`] : suggestions.map(linesOf)),
      ...redundant.map((index) => `Could go: ${index}`),
      ...notes,
    ].join('\n');
  },
});

function linesOf({ sql, reason, gain, bytes, helps }: Suggestion): string {
  const estimate = gain === undefined || bytes === undefined ? '' : `: saves ${gain} %, takes ${sizeOf(bytes)}`;
  const helped = helps.map(
    ({ query, costBefore, costAfter }) => `  helps${costBefore === undefined ? '' : ` (cost ${costBefore} -> ${costAfter})`}: ${query}`,
  );
  return [`${sql}\n  ${reason}${estimate}`, ...helped].join('\n');
}
