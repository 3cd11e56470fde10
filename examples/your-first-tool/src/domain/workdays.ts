import { ToolError } from '@touchstone-mcp/core/errors';
import type { Calendar } from './calendar.ts';

const DAY_MS = 86_400_000;
const SUNDAY = 0;
const SATURDAY = 6;

/** The workdays of a range, and the holidays that took one away. Throws where the range is empty, or longer than may be counted. */
export function workdaysBetween({ holidays, maxDays }: Calendar, from: string, to: string): { workdays: number; holidays: string[] } {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  if (last < first) throw new ToolError('invalid_input', '"to" lies before "from"', { hint: 'Exchange them.' });
  const days = (last - first) / DAY_MS + 1;
  if (days > maxDays) throw new ToolError('too_large', `The range has ${days} days`, { hint: `Ask for at most ${maxDays} at a time.` });

  const weekdays = Array.from({ length: days }, (_, index) => new Date(first + index * DAY_MS)).filter(isWeekday);
  const free = weekdays.map((day) => day.toISOString().slice(0, 10)).filter((day) => holidays.has(day));
  return { workdays: weekdays.length - free.length, holidays: free };
}

function isWeekday(day: Date): boolean {
  return day.getUTCDay() !== SUNDAY && day.getUTCDay() !== SATURDAY;
}
