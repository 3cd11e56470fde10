import { expect, test } from 'vitest';
import { openCalendar } from './calendar.ts';
import { workdaysBetween } from './workdays.ts';

const calendar = openCalendar(['2027-01-01', '2027-12-25'], 366);

test.each([
  ['2027-01-01', '2027-01-31', 20, ['2027-01-01']],
  ['2027-01-02', '2027-01-03', 0, []], // a weekend
  ['2027-12-25', '2027-12-25', 0, []], // a holiday on a Saturday takes no workday away
  ['2028-02-28', '2028-03-01', 3, []], // a leap year
  ['2027-01-01', '2027-12-31', 260, ['2027-01-01']],
])('%s to %s has %i workdays', (from, to, workdays, holidays) => {
  expect(workdaysBetween(calendar, from, to)).toEqual({ workdays, holidays });
});

test.each([
  ['2027-01-02', '2027-01-01', 'invalid_input'],
  ['2027-01-01', '2028-01-02', 'too_large'],
])('%s to %s is refused as %s', (from, to, code) => {
  expect(() => workdaysBetween(calendar, from, to)).toThrow(expect.objectContaining({ code }));
});
