import * as z from 'zod';
import { workdaysBetween } from '../domain/workdays.ts';
import { day, defineTool } from '../tool.ts';

/** Counts the days on which somebody works. */
export const countWorkdays = defineTool({
  name: 'count_workdays',
  title: 'Count workdays',
  description: 'How many workdays a range of dates has, both ends included. Weekends and holidays are none.',
  inputSchema: z.strictObject({ from: day.describe('First day, YYYY-MM-DD'), to: day.describe('Last day') }),
  outputSchema: z.object({ workdays: z.int(), holidays: z.array(z.string()).describe('That would have been workdays') }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['from', 'to'],
  handler: ({ from, to }, { calendar }) => workdaysBetween(calendar, from, to),
  text: ({ workdays, holidays }) => `${workdays} workdays${holidays.length === 0 ? '' : `, without ${holidays.join(', ')}`}`,
});
