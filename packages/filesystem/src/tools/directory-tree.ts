import * as z from 'zod';
import { directoryTree as tree, treeLines } from '../domain/tree-page.ts';
import { defineTool } from '../tool.ts';

/** Room for the words around a cursor. */
const ROOM_FOR_NOTE = 200;

const node = z.object({
  name: z.string(),
  type: z.enum(['file', 'directory', 'symlink', 'other']),
  error: z.boolean().optional(),
  get children() {
    return z.array(node).optional();
  },
});

export const directoryTree = defineTool({
  name: 'directory_tree',
  title: 'Directory tree',
  description: 'Names below a directory as an indented tree, without what .gitignore excludes.',
  inputSchema: z.strictObject({
    path: z.string().describe('Directory'),
    excludePatterns: z.array(z.string()).optional().describe('Globs to leave out'),
    // Each level is two levels of JSON, and common readers stop at 64.
    maxDepth: z.int().min(1).max(25).default(25).describe('Levels to go down'),
    respectGitignore: z.boolean().default(true).describe('false: ignored files too'),
    limit: z.int().min(1).max(10_000).default(10_000).describe('Most names'),
    cursor: z.string().optional().describe('nextCursor of the last page'),
  }),
  outputSchema: z.object({
    path: z.string(),
    tree: z.array(node),
    truncated: z.boolean(),
    nextCursor: z.string().optional(),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['path'],
  handler: ({ path, excludePatterns, respectGitignore, ...limits }, { roots, maxResultChars, ...companions }) =>
    tree(roots, path, { ...limits, maxChars: maxResultChars - ROOM_FOR_NOTE }, { excludePatterns, respectGitignore }, companions),
  text({ tree, nextCursor }) {
    const lines = treeLines(tree);
    if (nextCursor !== undefined) lines.push('', `[More follows. Call again with cursor ${nextCursor}, or with a smaller maxDepth.]`);
    return lines.length === 0 ? '(empty directory)' : lines.join('\n');
  },
});
