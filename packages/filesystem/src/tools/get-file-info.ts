import * as z from 'zod';
import { fileInfo } from '../domain/details.ts';
import { defineTool } from '../tool.ts';

export const getFileInfo = defineTool({
  name: 'get_file_info',
  title: 'Get file info',
  description: 'Size in bytes, times, type and permissions of a file or directory.',
  inputSchema: z.strictObject({ path: z.string().describe('File or directory') }),
  outputSchema: z.object({
    path: z.string(),
    type: z.enum(['file', 'directory', 'other']),
    size: z.number(),
    created: z.string(),
    modified: z.string(),
    accessed: z.string(),
    permissions: z.string(),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['path'],
  handler: ({ path }, { roots, signal }) => fileInfo(roots, path, signal),
  text: ({ type, size, created, modified, accessed, permissions }) =>
    [
      `size: ${size}`,
      `created: ${created}`,
      `modified: ${modified}`,
      `accessed: ${accessed}`,
      `isDirectory: ${type === 'directory'}`,
      `isFile: ${type === 'file'}`,
      `permissions: ${permissions}`,
    ].join('\n'),
});
