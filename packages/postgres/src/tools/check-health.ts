import * as z from 'zod';
import { checkOne, HEALTH_CHECK_NAMES, type HealthReport } from '../domain/health.ts';
import { defineTool } from '../tool.ts';

/** Characters of one row of a check, fully used. */
const ROW = 1_500;

export const checkHealth = defineTool({
  name: 'check_health',
  title: 'Check health',
  description:
    'Looks for trouble: who blocks whom, bloat, vacuum, indexes that can go, sequences at their end, replication. Says what would fix it.',
  inputSchema: z.strictObject({
    checks: z.array(z.enum(HEALTH_CHECK_NAMES)).min(1).optional().describe('By default all'),
  }),
  outputSchema: z.object({
    // Whole in the answer, and short in tools/list.
    checks: z.array(z.looseObject({ check: z.string(), status: z.enum(['ok', 'warn', 'critical', 'unknown']), summary: z.string() })),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['checks'],
  async handler({ checks: names = HEALTH_CHECK_NAMES }, { databases, maxResultChars, progress, signal }) {
    const wanted = HEALTH_CHECK_NAMES.filter((name) => names.includes(name));
    const maxRows = Math.max(1, Math.min(20, Math.floor(maxResultChars / wanted.length / ROW)));
    const checks: HealthReport[] = [];
    await databases.get().read(
      async (session) => {
        for (const [done, name] of wanted.entries()) {
          progress(done, wanted.length, name);
          checks.push(await checkOne(session, name, maxRows));
        }
      },
      { signal },
    );
    return { checks };
  },
  // What the handler returns, which the schema keeps whole.
  text: ({ checks }) => (checks as unknown as HealthReport[]).flatMap(linesOf).join('\n'),
});

function linesOf({ check, status, summary, rows, more }: HealthReport): string[] {
  const details = rows.filter(({ level, detail }) => level !== 'ok' || detail !== summary);
  return [
    `${check}: ${status}. ${summary}`,
    ...details.map(
      ({ level, object, detail, fix }) =>
        `- [${level}] ${object === undefined ? '' : `${object}: `}${detail}${fix === undefined ? '' : ` Fix: ${fix}`}`,
    ),
    ...(more === undefined ? [] : [`- (${more} more)`]),
  ];
}
