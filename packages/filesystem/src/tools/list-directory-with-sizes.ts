import * as z from 'zod';
import { formatSize, listSizes, sizeLine } from '../domain/details.ts';
import { Spellings } from '../domain/spelling.ts';
import { defineTool } from '../tool.ts';

/** Room for the sums and the note below them. */
const ROOM_FOR_SUMS = 300;

export const listDirectoryWithSizes = defineTool({
  name: 'list_directory_with_sizes',
  title: 'List directory with sizes',
  description: 'Like list_directory, with sizes in bytes.',
  inputSchema: z.strictObject({
    path: z.string().describe('Directory'),
    sortBy: z.enum(['name', 'size']).default('name').describe('size: largest first'),
    limit: z.int().min(1).max(10_000).default(1_000).describe('Most entries'),
  }),
  outputSchema: z.object({
    entries: z.array(z.object({ name: z.string(), type: z.enum(['file', 'directory', 'symlink', 'other']), size: z.number().optional() })),
    files: z.number(),
    directories: z.number(),
    totalSize: z.number(),
    truncated: z.boolean(),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['path'],
  async handler({ path, ...limits }, { roots, maxResultChars, ...companions }) {
    await using directory = await roots.openDirectory(path, new Spellings(companions.signal));
    return await listSizes(directory, { ...limits, maxChars: maxResultChars - ROOM_FOR_SUMS }, companions);
  },
  text({ entries, files, directories, totalSize, truncated }) {
    const sums = ['', `Total: ${files} files, ${directories} directories`, `Combined size: ${formatSize(totalSize)}`];
    const note = truncated ? [`[Only ${entries.length} entries are shown. list_directory goes on page by page.]`] : [];
    return [...entries.map(sizeLine), ...sums, ...note].join('\n');
  },
});
