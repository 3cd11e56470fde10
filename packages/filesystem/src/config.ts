import * as z from 'zod';
import { MAX_MEDIA_BYTES, MAX_MEDIA_BYTES_EVER } from './domain/media.ts';
import { PROTECTED_NAMES } from './domain/policy.ts';

/** Settings of the filesystem server. */
export const configSchema = z.strictObject({
  directories: z
    .array(z.string().min(1))
    .min(1, 'name at least one directory')
    .describe('Directories that may be read, and with --write be written, with everything below them.')
    .meta({ positional: true, path: 'directory', placeholder: '/a/directory' }),
  write: z.boolean().default(false).describe('Allow creating, changing, moving and copying files.').meta({ dialog: true }),
  destructive: z.boolean().default(false).describe('Allow deleting as well (needs --write).').meta({ dialog: true }),
  readOnlyDir: z
    .array(z.string().min(1))
    .default([])
    .describe('Directories that may be read but never written, also inside a directory that may be written.')
    .meta({ path: 'directory', placeholder: '/a/directory/to/keep' }),
  denyWrite: z
    .array(z.string().min(1))
    .default([...PROTECTED_NAMES])
    .describe('Names never written, at any depth, with all below them; replaces the whole list. * stands for any characters.'),
  clientRoots: z
    .enum(['narrow', 'ignore'])
    .default('narrow')
    .describe('Whether the roots of a client (2025, stdio) narrow the directories to what lies in both, or count for nothing.'),
  maxMediaBytes: z
    .int()
    .min(1_000)
    .max(MAX_MEDIA_BYTES_EVER)
    .default(MAX_MEDIA_BYTES)
    .describe('Largest file that read_media_file sends. In base64 it becomes a third larger.'),
  oneFilesystem: z
    .boolean()
    .default(false)
    .describe('Stay on the file system of each directory: what is mounted below it (on Linux bind mounts too) is listed, never entered.'),
  denyHardlinks: z
    .boolean()
    .default(false)
    .describe('Read no file that has several names (hard links), since one of them may be outside. None is ever written.'),
});
