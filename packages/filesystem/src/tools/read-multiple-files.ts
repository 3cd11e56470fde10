import * as z from 'zod';
import { filesText, readMany } from '../domain/read-many.ts';
import { defineTool } from '../tool.ts';

export const readMultipleFiles = defineTool({
  name: 'read_multiple_files',
  title: 'Read multiple files',
  description: 'The text of several files. They share the room of one answer; long ones are cut.',
  inputSchema: z.strictObject({
    paths: z.array(z.string()).min(1).max(100).describe('Files'),
    head: z.int().min(1).optional().describe('Only the first N lines of each'),
  }),
  outputSchema: z.object({
    files: z.array(
      z.object({
        path: z.string(),
        content: z.string().optional(),
        size: z.number().optional(),
        sha256: z.string().optional(),
        truncated: z.boolean().optional(),
        nextLine: z.number().optional(),
        error: z.object({ code: z.string(), message: z.string() }).optional(),
      }),
    ),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['paths'],
  handler: async ({ paths, head }, { roots, maxResultChars, signal }) => ({
    files: await readMany(roots, paths, { head, maxChars: maxResultChars }, signal),
  }),
  text: ({ files }) => filesText(files),
});
