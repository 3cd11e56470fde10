import { visibleName } from '@touchstone-mcp/core/visible';
import * as z from 'zod';
import { movePath } from '../domain/move.ts';
import { defineTool } from '../tool.ts';

export const moveFile = defineTool({
  name: 'move_file',
  title: 'Move file',
  description: 'Moves or renames a file or directory. Fails if anything has the new name already; nothing is ever replaced.',
  inputSchema: z.strictObject({
    source: z.string().describe('What to move, absolute or relative to the first allowed directory'),
    destination: z.string().describe('Its new path, including its new name'),
  }),
  outputSchema: z.object({ source: z.string(), destination: z.string() }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  audit: ['source', 'destination'],
  handler: ({ source, destination }, { writable, signal }) => movePath(writable, source, destination, signal),
  text: ({ source, destination }) => `Successfully moved ${visibleName(source)} to ${visibleName(destination)}`,
});
