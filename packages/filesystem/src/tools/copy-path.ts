import { visibleName } from '@touchstone-mcp/core/visible';
import * as z from 'zod';
import { copyPath as copy } from '../domain/copy.ts';
import { defineTool } from '../tool.ts';

export const copyPath = defineTool({
  name: 'copy_path',
  title: 'Copy path',
  description:
    'Copies a file, or a directory with everything in it, to a name that nothing has. Links are copied as links. Nothing is ever replaced.',
  inputSchema: z.strictObject({
    source: z.string().describe('What to copy, absolute or relative to the first allowed directory'),
    destination: z.string().describe('Path of the copy, including its name'),
  }),
  outputSchema: z.object({
    source: z.string(),
    destination: z.string(),
    copied: z.number().describe('Files, directories and links'),
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  audit: ['source', 'destination'],
  handler: ({ source, destination }, { writable, ...companions }) => copy(writable, source, destination, companions),
  text: ({ source, destination }) => `Successfully copied ${visibleName(source)} to ${visibleName(destination)}`,
});
