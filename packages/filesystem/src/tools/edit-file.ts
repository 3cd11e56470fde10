import * as z from 'zod';
import { fenced } from '../domain/diff.ts';
import { editFile as edit } from '../domain/edit.ts';
import { defineTool } from '../tool.ts';

/** Room for the fence and the line that says what is missing. */
const ROOM_FOR_FENCE = 500;

export const editFile = defineTool({
  name: 'edit_file',
  title: 'Edit file',
  description:
    'Replaces text in a file, all edits in order or none, and shows the difference. Each oldText must stand in the file exactly once, ' +
    'unless replaceAll is set. White space counts; line ends are matched and kept as they are in the file.',
  inputSchema: z.strictObject({
    path: z.string().describe('File, absolute or relative to the first allowed directory'),
    edits: z
      .array(
        z.strictObject({
          oldText: z.string().min(1).describe('Text to replace, exactly as in the file'),
          newText: z.string().describe('Text to put in its place, taken literally'),
          replaceAll: z.boolean().default(false).describe('Replace every occurrence'),
        }),
      )
      .min(1)
      .max(100)
      .describe('Each sees the result of those before it'),
    dryRun: z.boolean().default(false).describe('Only show the difference'),
    expectedSha256: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/, 'a SHA-256 hash has 64 hexadecimal digits')
      .optional()
      .describe('Edit only if this is the hash of the file so far'),
  }),
  outputSchema: z.object({
    path: z.string(),
    diff: z.string().describe('Unified diff'),
    diffTruncated: z.boolean().describe('Whether a part of the diff is missing'),
    replacements: z.number().describe('Places that were replaced'),
    dryRun: z.boolean().describe('Whether the file was left as it is'),
    size: z.number().describe('Bytes of the file after the edits'),
    sha256: z.string().describe('Of the file after the edits, in hexadecimal'),
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  audit: ['path', 'dryRun'],
  handler: (request, { writable, maxResultChars, signal }) => edit(writable, request, maxResultChars - ROOM_FOR_FENCE, signal),
  text: ({ diff }) => fenced(diff),
});
