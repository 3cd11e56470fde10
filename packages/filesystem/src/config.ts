import * as z from 'zod';
import { PROTECTED_NAMES } from './domain/policy.ts';

/** Settings of the filesystem server. */
export const configSchema = z.strictObject({
  directories: z
    .array(z.string().min(1))
    .min(1, 'name at least one directory')
    .describe('Directories that may be read, and with --write be written, with everything below them.')
    .meta({ positional: true }),
  write: z.boolean().default(false).describe('Allow creating, changing, moving and copying files.'),
  destructive: z.boolean().default(false).describe('Allow deleting as well (needs --write).'),
  readOnlyDir: z
    .array(z.string().min(1))
    .default([])
    .describe('Directories that may be read but never written, also inside a directory that may be written.'),
  denyWrite: z
    .array(z.string().min(1))
    .default([...PROTECTED_NAMES])
    .describe('Names never written, at any depth, with all below them; replaces the whole list. * stands for any characters.'),
});
