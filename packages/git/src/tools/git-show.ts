import * as z from 'zod';
import { show } from '../domain/show.ts';
import { showText } from '../domain/show-text.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

/** Room for headers of files and the line that says how to go on. */
const ROOM_FOR_NOTES = 600;

export const gitShow = defineTool({
  name: 'git_show',
  title: 'Show',
  description: 'A commit with its patches, or <revision>:<path>: a file or directory in it.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    revision: z.string().describe('Commit, branch or tag'),
    paths: fields.paths,
    context_lines: fields.context_lines,
    stat: z.boolean().default(false).describe('No patches'),
    cursor: fields.cursor,
  }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['repo_path', 'revision', 'paths'],
  async handler({ repo_path, context_lines, stat, paths = [], ...query }, { repositories, maxResultChars, signal, progress }) {
    using repository = await repositories.open(repo_path, { signal });
    const asked = { ...query, paths, contextLines: context_lines, statOnly: stat, maxChars: maxResultChars - ROOM_FOR_NOTES };
    return { ...(await show(repository, asked, { signal, progress })) };
  },
  // The schema keeps what the handler returns, but not its types.
  text: (shown) => showText(shown as unknown as Parameters<typeof showText>[0]),
});
