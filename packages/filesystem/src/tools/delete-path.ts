import { visibleName } from '@touchstone-mcp/core/visible';
import * as z from 'zod';
import { removePath } from '../domain/remove.ts';
import { defineTool } from '../tool.ts';

export const deletePath = defineTool({
  name: 'delete_path',
  title: 'Delete path',
  description: 'Deletes a file, a link, or a directory, for good. A directory that is not empty needs recursive. Links are not followed.',
  inputSchema: z.strictObject({
    path: z.string().describe('What to delete, absolute or relative to the first allowed directory'),
    recursive: z.boolean().default(false).describe('Delete a directory with everything in it'),
  }),
  outputSchema: z.object({
    path: z.string(),
    deleted: z.number().describe('Files, directories and links'),
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  audit: ['path', 'recursive'],
  confirm: ({ path, recursive }) => `Delete ${visibleName(path)}${recursive ? ' with everything in it' : ''} for good?`,
  handler: ({ path, recursive }, { writable, ...companions }) => removePath(writable, path, recursive, companions),
  text: ({ path }) => `Successfully deleted ${visibleName(path)}`,
});
