import * as z from 'zod';
import { type GrepPage, grep } from '../domain/grep.ts';
import { grepText } from '../domain/grep-text.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

/** Room for the line that says how to go on. */
const ROOM_FOR_CURSOR = 300;

export const gitGrep = defineTool({
  name: 'git_grep',
  title: 'Grep',
  description: 'Searches what is staged, or a revision.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    pattern: z.string().describe('Perl regex'),
    literal: z.boolean().optional().describe('Plain text'),
    revision: z.string().optional().describe('Else the index'),
    paths: z.array(z.string()).optional().describe('*.ts, !dist/**'),
    contextLines: z.int().min(0).max(20).default(0).describe('Lines around'),
    output: z.enum(['lines', 'files', 'count']).default('lines').describe('List'),
    cursor: fields.cursor,
  }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['repo_path', 'revision', 'paths'],
  async handler({ repo_path, paths, ...query }, { repositories, maxResultChars, signal }) {
    using repository = await repositories.open(repo_path, { signal });
    return { ...(await grep(repository, { ...query, globs: paths ?? [], maxChars: maxResultChars - ROOM_FOR_CURSOR }, signal)) };
  },
  // The schema keeps what the handler returns, but not its types.
  text: (found) => grepText(found as unknown as GrepPage),
});
