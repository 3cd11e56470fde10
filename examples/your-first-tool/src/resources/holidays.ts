import { ToolError } from '@touchstone-mcp/core/errors';
import { holidaysIn, yearsOf } from '../domain/calendar.ts';
import { defineResource } from '../tool.ts';

/** The holidays of one year. */
export const holidays = defineResource({
  name: 'holidays',
  title: 'Holidays',
  description: 'The holidays of a year, one a line.',
  uriTemplate: 'calendar://holidays/{year}',
  mimeType: 'text/plain',
  list: ({ calendar }) => yearsOf(calendar).map((year) => ({ uri: `calendar://holidays/${year}`, name: `Holidays of ${year}` })),
  read({ year }, { calendar }) {
    const days = holidaysIn(calendar, year);
    if (days.length === 0)
      throw new ToolError('not_found', 'No holidays are known of that year', { hint: 'resources/list has the years.' });
    return { text: days.join('\n') };
  },
  complete: { year: (typed, _settled, { calendar }) => yearsOf(calendar).filter((year) => year.startsWith(typed)) },
  audit: ['year'],
});
