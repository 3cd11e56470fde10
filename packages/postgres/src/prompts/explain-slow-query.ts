import * as z from 'zod';
import { definePrompt } from '../prompt.ts';

export const explainSlowQuery = definePrompt({
  name: 'explain_slow_query',
  title: 'Explain slow query',
  description: 'Why a query is slow, from its plan, and what would make it faster.',
  arguments: z.strictObject({ sql: z.string().min(1).describe('The query') }),
  messages: ({ sql }) => [
    {
      role: 'user',
      text: [
        'This query on PostgreSQL is slow:',
        fenced(sql),
        '1. Call explain_query with it. If it only reads and may take its time, ask for the times as well (analyze).',
        '2. Find the step that costs most, and where the rows that came differ most from those that were expected.',
        '3. Call describe_table for the tables of that step: which indexes, how many rows, when last analyzed.',
        '4. Propose the smallest change that helps: an index, another form of the query, fresh statistics. Prove it with explain_query, and ' +
          'with suggest_indexes if that tool is there.',
        'Answer with the cause in one sentence, the change as SQL, and the cost before and after. Change nothing yourself.',
      ].join('\n\n'),
    },
  ],
});

/** The fence is longer than any in the text, which therefore cannot end it. */
function fenced(sql: string): string {
  const longest = Math.max(2, ...[...sql.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sql\n${sql}\n${fence}`;
}
