import * as z from 'zod';
import { holidaysIn, yearsOf } from '../domain/calendar.ts';
import { definePrompt } from '../tool.ts';

/** Puts the holidays of a year into the conversation, with the question what to make of them. */
export const planLeave = definePrompt({
  name: 'plan_leave',
  title: 'Plan leave',
  description: 'Asks when to take leave so that a year has the longest breaks.',
  arguments: z.strictObject({
    year: z
      .string()
      .regex(/^\d{4}$/, 'must be a year such as 2027')
      .describe('Year'),
  }),
  messages: ({ year }, { calendar }) => [
    {
      role: 'user',
      text: `When do I take leave in ${year} for the longest breaks? The holidays are: ${holidaysIn(calendar, year).join(', ')}.`,
    },
  ],
  complete: { year: (typed, _settled, { calendar }) => yearsOf(calendar).filter((year) => year.startsWith(typed)) },
  audit: ['year'],
});
