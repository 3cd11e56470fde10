import * as z from 'zod';
import { type Blame, blame } from '../domain/blame.ts';
import { blameText } from '../domain/blame-text.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

/** Room for the line that says how to go on. */
const ROOM_FOR_CURSOR = 300;

const line = z.int().min(1);

export const gitBlame = defineTool({
  name: 'git_blame',
  title: 'Blame',
  description: 'Which commit each line of a file is from.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    path: z.string().describe('File'),
    revision: z.string().default('HEAD').describe('At this commit'),
    startLine: line.default(1).describe('First line'),
    endLine: line.optional().describe('Last line'),
    cursor: fields.cursor,
  }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['repo_path', 'revision', 'path'],
  async handler({ repo_path, ...query }, { repositories, maxResultChars, signal }) {
    using repository = await repositories.open(repo_path, { signal });
    return { ...(await blame(repository, { ...query, maxChars: maxResultChars - ROOM_FOR_CURSOR }, signal)) };
  },
  // The schema keeps what the handler returns, but not its types.
  text: (blamed) => blameText(blamed as unknown as Blame),
});
