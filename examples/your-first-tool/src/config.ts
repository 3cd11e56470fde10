import * as z from 'zod';

/** Settings of the calendar server. */
export const configSchema = z.strictObject({
  // #region settings
  holidays: z.array(z.iso.date()).default([]).describe('Days on which nobody works, such as 2027-01-01.'),
  maxDays: z.int().min(1).max(100_000).default(3_660).describe('Days in the longest range that is counted.'),
  // #endregion
});
