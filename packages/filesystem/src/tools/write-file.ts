import { visibleName } from '@touchstone-mcp/core/visible';
import * as z from 'zod';
import { writeFile as write } from '../domain/write.ts';
import { defineTool } from '../tool.ts';

export const writeFile = defineTool({
  name: 'write_file',
  title: 'Write file',
  description:
    'Writes a text file: replaces its content, creates it (mode create: only if it is not there), or adds to its end (append). ' +
    'Overwriting is atomic. To change a part of a file, use edit_file.',
  inputSchema: z.strictObject({
    path: z.string().describe('File, absolute or relative to the first allowed directory'),
    content: z.string().describe('All of the new content, or what append adds'),
    mode: z.enum(['overwrite', 'create', 'append']).default('overwrite').describe('What to do if the file exists'),
    expectedSha256: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/, 'a SHA-256 hash has 64 hexadecimal digits')
      .optional()
      .describe('Write only if this is the hash of the file so far'),
  }),
  outputSchema: z.object({
    path: z.string(),
    size: z.number().describe('Bytes of the whole file'),
    sha256: z.string().describe('Of the whole file, in hexadecimal'),
    created: z.boolean().describe('Whether the file is new'),
  }),
  // Twice appended is not once appended.
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  audit: ['path', 'mode'],
  handler: (request, { writable, signal }) => write(writable, request, signal),
  text: ({ path }) => `Successfully wrote to ${visibleName(path)}`,
});
