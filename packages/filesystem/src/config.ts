import * as z from 'zod';

/** Settings of the filesystem server. */
export const configSchema = z.strictObject({
  directories: z
    .array(z.string().min(1))
    .min(1, 'name at least one directory, for example: touchstone-filesystem ~/projects')
    .describe('Directories that may be read, with everything below them.')
    .meta({ positional: true }),
});
