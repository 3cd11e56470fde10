import * as z from 'zod';
import { contentLines } from '../domain/content-page.ts';
import { searchContent as search } from '../domain/search-content.ts';
import { defineTool } from '../tool.ts';

/** Room for the words around a cursor, and for the hint. */
const ROOM_FOR_NOTES = 200;

const line = z.object({
  line: z.number(),
  text: z.string(),
  context: z.boolean().optional(),
});

export const searchContent = defineTool({
  name: 'search_content',
  title: 'Search content',
  description: 'Lines of text files that match a regular expression, without what .gitignore excludes.',
  inputSchema: z.strictObject({
    path: z.string().describe('Directory or file'),
    pattern: z.string().describe('Rust regex, on single lines'),
    literal: z.boolean().default(false).describe('pattern is plain text, no regex'),
    caseSensitive: z.boolean().default(true).describe('false: a matches A'),
    glob: z.array(z.string()).default([]).describe('Only such files: *.ts, src/**, !*.test.ts'),
    contextLines: z.int().min(0).max(20).default(0).describe('Lines before and after each match'),
    output: z.enum(['lines', 'files', 'count']).default('lines').describe('count: lines per file'),
    respectGitignore: z.boolean().default(true).describe('false: ignored files too'),
    limit: z.int().min(1).max(10_000).default(100).describe('Most lines or files'),
    cursor: z.string().optional().describe('nextCursor of the last page'),
  }),
  outputSchema: z.object({
    files: z.array(z.object({ path: z.string(), count: z.number().optional(), lines: z.array(line).optional() })),
    truncated: z.boolean(),
    nextCursor: z.string().optional(),
    hint: z.string().optional(),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['path'],
  async handler({ path, glob, limit, cursor, ...query }, { roots, maxResultChars, ...companions }) {
    const limits = { limit, cursor, maxChars: maxResultChars - ROOM_FOR_NOTES };
    const { skipped, ...page } = await search(roots, path, { ...query, globs: glob }, limits, companions);
    return skipped === 0 ? page : { ...page, hint: `${skipped} directories could not be read.` };
  },
  text({ files, nextCursor, hint }) {
    const lines = files.length === 0 ? ['No matches found'] : contentLines(files);
    if (nextCursor !== undefined) lines.push('', `[More match. Call again with cursor ${nextCursor}]`);
    if (hint !== undefined) lines.push('', `[${hint}]`);
    return lines.join('\n');
  },
});
