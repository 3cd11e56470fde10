import * as z from 'zod';
import { defineTool } from '../tool.ts';

export const listAllowedDirectories = defineTool({
  name: 'list_allowed_directories',
  title: 'List allowed directories',
  description: 'The directories that this server may read. Everything below them is allowed too, nothing else is.',
  inputSchema: z.strictObject({}),
  outputSchema: z.object({ directories: z.array(z.string()).describe('Absolute paths; relative paths start at the first') }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  handler: (_input, { roots }) => ({ directories: roots.list.map((root) => root.path) }),
  text: ({ directories }) => `Allowed directories:\n${directories.join('\n')}`,
});
