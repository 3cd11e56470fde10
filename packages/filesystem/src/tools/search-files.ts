import { visibleName } from '@touchstone-mcp/core/visible';
import * as z from 'zod';
import { searchFiles as search } from '../domain/search-names.ts';
import { defineTool } from '../tool.ts';

/** Room for the words around a cursor, and for the hints. */
const ROOM_FOR_NOTES = 400;

export const searchFiles = defineTool({
  name: 'search_files',
  title: 'Search files',
  description: 'Paths below a directory that match a glob, without what .gitignore excludes. For text in files use search_content.',
  inputSchema: z.strictObject({
    path: z.string().describe('Directory'),
    pattern: z.string().describe('Glob such as src/**/*.ts; without a slash: names at any depth'),
    excludePatterns: z.array(z.string()).optional().describe('Globs to leave out'),
    type: z.enum(['file', 'directory']).optional().describe('Only this kind'),
    respectGitignore: z.boolean().default(true).describe('false: ignored files too'),
    limit: z.int().min(1).max(10_000).default(1_000).describe('Most paths'),
    cursor: z.string().optional().describe('nextCursor of the last page'),
  }),
  outputSchema: z.object({
    matches: z.array(z.string()),
    truncated: z.boolean(),
    nextCursor: z.string().optional(),
    hint: z.string().optional(),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['path', 'pattern'],
  async handler({ path, excludePatterns, respectGitignore, ...query }, { roots, maxResultChars, ...companions }) {
    const limits = { ...query, maxChars: maxResultChars - ROOM_FOR_NOTES };
    const { skipped, ...page } = await search(roots, path, limits, { excludePatterns, respectGitignore }, companions);
    const exact = page.matches.length === 0 && !/[*?[{/.]/.test(query.pattern);
    const hints = [
      ...(exact ? ['Only names were searched, for exactly this one. To find text inside files use search_content.'] : []),
      ...(skipped > 0 ? [`${skipped} directories could not be read.`] : []),
    ];
    return hints.length === 0 ? page : { ...page, hint: hints.join(' ') };
  },
  text({ matches, nextCursor, hint }) {
    const notes = [
      ...(nextCursor === undefined ? [] : [`[More match. Call again with cursor ${nextCursor}]`]),
      ...(hint === undefined ? [] : [`[${hint}]`]),
    ];
    return [...(matches.length === 0 ? ['No matches found'] : matches.map(visibleName)), ...notes].join('\n');
  },
});
