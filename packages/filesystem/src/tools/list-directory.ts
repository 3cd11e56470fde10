import { visibleName } from '@touchstone-mcp/core/visible';
import * as z from 'zod';
import { listDirectory as list } from '../domain/list.ts';
import { Spellings } from '../domain/spelling.ts';
import { defineTool } from '../tool.ts';

/** Room for the line that says how to go on: a cursor may have 340 characters. */
const ROOM_FOR_CURSOR = 500;

const entry = z.object({
  name: z.string(),
  type: z.enum(['file', 'directory', 'symlink', 'other']),
});

export const listDirectory = defineTool({
  name: 'list_directory',
  title: 'List directory',
  description: 'Names and kinds of what lies directly in a directory, sorted by name.',
  inputSchema: z.strictObject({
    path: z.string().describe('Directory'),
    limit: z.int().min(1).max(10_000).optional().describe('Most entries'),
    cursor: z.string().optional().describe('nextCursor of the last page'),
  }),
  outputSchema: z.object({
    path: z.string(),
    entries: z.array(entry),
    truncated: z.boolean(),
    nextCursor: z.string().optional(),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['path'],
  async handler({ path, limit, cursor }, { roots, maxResultChars, ...companions }) {
    await using directory = await roots.openDirectory(path, new Spellings(companions.signal));
    return { path: directory.path, ...(await list(directory, { limit, cursor, maxChars: maxResultChars - ROOM_FOR_CURSOR }, companions)) };
  },
  text({ entries, nextCursor }) {
    const lines = entries.map(({ name, type }) => `${type === 'directory' ? '[DIR]' : '[FILE]'} ${visibleName(name)}`);
    if (nextCursor !== undefined) lines.push('', `[More entries follow. Call again with cursor ${nextCursor}.]`);
    return lines.length === 0 ? '(empty directory)' : lines.join('\n');
  },
});
