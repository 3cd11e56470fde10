/** Days on which nobody works, and how long a range may be counted. */
export interface Calendar {
  holidays: ReadonlySet<string>;
  maxDays: number;
}

/** A calendar with these holidays, in order and each once. */
export function openCalendar(holidays: readonly string[], maxDays: number): Calendar {
  return { holidays: new Set([...holidays].sort()), maxDays };
}

/** The years that have holidays. */
export function yearsOf({ holidays }: Calendar): string[] {
  return [...new Set([...holidays].map((day) => day.slice(0, 4)))];
}

/** The holidays of a year. */
export function holidaysIn({ holidays }: Calendar, year: string): string[] {
  return [...holidays].filter((day) => day.startsWith(`${year}-`));
}

/** Whether a text is a day that exists, as YYYY-MM-DD. */
export function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(`${text}T`);
}
