import { defineServer } from '@touchstone-mcp/core';
import manifest from '../package.json' with { type: 'json' };
import { configSchema } from './config.ts';
import { type Calendar, openCalendar } from './domain/calendar.ts';
import { planLeave } from './prompts/plan-leave.ts';
import { holidays } from './resources/holidays.ts';
import { tools } from './tools/index.ts';

/** What the handlers of this server receive. */
export interface Dependencies {
  calendar: Calendar;
}

/** The calendar server. */
export const server = defineServer({
  name: 'calendar',
  title: 'Calendar',
  version: manifest.version,
  envPrefix: 'TOUCHSTONE_CALENDAR',
  instructions: 'Knows the workdays and the holidays of one calendar. Dates are YYYY-MM-DD.',
  configSchema,
  tools: () => tools,
  resources: () => [holidays],
  prompts: () => [planLeave],
  open: async (config): Promise<Dependencies & AsyncDisposable> => ({
    calendar: openCalendar(config.holidays, config.maxDays),
    // Connections and files are closed here. A calendar in memory holds none.
    [Symbol.asyncDispose]: async () => {},
  }),
});
