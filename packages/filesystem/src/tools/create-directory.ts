import { visibleName } from '@touchstone-mcp/core/visible';
import * as z from 'zod';
import { makeDirectory } from '../domain/make-directory.ts';
import { defineTool } from '../tool.ts';

export const createDirectory = defineTool({
  name: 'create_directory',
  title: 'Create directory',
  description: 'Creates a directory, and those above it that are missing. One that exists already is left as it is.',
  inputSchema: z.strictObject({ path: z.string().describe('Directory, absolute or relative to the first allowed directory') }),
  outputSchema: z.object({
    path: z.string(),
    created: z.boolean().describe('Whether anything was missing'),
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['path'],
  handler: ({ path }, { writable, signal }) => makeDirectory(writable, path, signal),
  text: ({ path }) => `Successfully created directory ${visibleName(path)}`,
});
