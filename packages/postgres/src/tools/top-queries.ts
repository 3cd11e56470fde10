import * as z from 'zod';
import { sizeOf } from '../domain/size.ts';
import { heaviestQueries, ORDERS, type Order, type Workload, type WorkloadQuery } from '../domain/workload.ts';
import { defineTool } from '../tool.ts';

/** Characters of one statement, and of what is said of it beside. */
const MAX_QUERY = 1_000;
const FIGURES = 200;

// Object.keys forgets which.
const orders = Object.keys(ORDERS) as [Order, ...Order[]];

export const topQueries = defineTool({
  name: 'top_queries',
  title: 'Top queries',
  description: 'The statements that cost this database most, from pg_stat_statements.',
  inputSchema: z.strictObject({
    orderBy: z.enum(orders).default('total').describe('Time in all, mean time, calls, bytes read, temporary bytes'),
    limit: z.int().min(1).max(100).default(10).describe('Most statements'),
  }),
  // Whole in the answer, and short in tools/list.
  outputSchema: z.looseObject({ queries: z.array(z.looseObject({ id: z.string(), query: z.string() })) }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['orderBy', 'limit'],
  async handler({ orderBy, limit }, { databases, maxResultChars, signal }) {
    const maxQueryChars = Math.max(80, Math.min(MAX_QUERY, Math.floor(maxResultChars / limit) - FIGURES));
    return { ...(await databases.get().read((session) => heaviestQueries(session, { order: orderBy, limit, maxQueryChars }), { signal })) };
  },
  text(output) {
    // What the handler returns, which the schema keeps whole.
    const { queries, since, unseen } = output as unknown as Workload;
    const lines = queries.map((query, index) => `${index + 1}. ${lineOf(query)}`);
    const notes = [...(since === null ? [] : [`[Counted since ${since}]`]), ...(unseen === undefined ? [] : [`[${unseen}]`])];
    return [...(lines.length === 0 ? ['No statement was counted'] : lines), ...notes].join('\n');
  },
});

function lineOf({ query, calls, totalMs, meanMs, share, rowsPerCall, readBytes, tempBytes, cacheHit }: WorkloadQuery): string {
  const cache = cacheHit === undefined ? '' : ` (cache ${cacheHit} %)`;
  const temporary = tempBytes > 0 ? `, temporary ${sizeOf(tempBytes)}` : '';
  const time = `${share} % of the time: ${totalMs} ms in ${calls} calls of ${meanMs} ms`;
  return `${time}, ${rowsPerCall} rows a call, read ${sizeOf(readBytes)}${cache}${temporary}\n${query}`;
}
