import * as z from 'zod';
import { type Explanation, explain } from '../domain/explain.ts';
import { defineTool } from '../tool.ts';

export const explainQuery = defineTool({
  name: 'explain_query',
  title: 'Explain query',
  description: 'Plan of a statement, and what is slow in it.',
  inputSchema: z.strictObject({
    sql: z.string().describe('One statement, without EXPLAIN'),
    params: z
      .array(z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .optional()
      .describe('Values bound to $1, $2, ...'),
    analyze: z.boolean().optional().describe('Run it: reads only'),
    hypotheticalIndexes: z.array(z.string()).optional().describe('orders (day, id): needs hypopg'),
  }),
  // Whole in the answer, and short in tools/list.
  outputSchema: z.looseObject({ plan: z.string() }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  async handler({ sql, params, analyze, hypotheticalIndexes }, { databases, maxResultChars, allowFunctions, signal }) {
    const request = { sql, values: params, analyze, hypotheticalIndexes, maxChars: Math.floor(maxResultChars / 2) };
    return { ...(await databases.get().read((session) => explain(session, request, { allowFunctions }), { signal })) };
  },
  text(output) {
    // What the handler returns, which the schema keeps whole.
    const { plan, findings } = output as unknown as Explanation;
    return [plan, ...(findings.length === 0 ? [] : ['', ...findings.map((finding) => `- ${finding}`)])].join('\n');
  },
});
