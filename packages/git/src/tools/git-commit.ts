import { visibleName } from '@touchstone-mcp/core/visible';
import * as z from 'zod';
import { type Committed, commit } from '../domain/commit.ts';
import { counted } from '../domain/text.ts';
import { changeRepository } from '../domain/writing.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

export const gitCommit = defineTool({
  name: 'git_commit',
  title: 'Commit',
  description: 'Commits what is staged.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    message: z.string().describe('Message'),
    files: z.array(z.string()).min(1).optional().describe('Only these, staged first'),
    all: z.boolean().default(false).describe('Stage all tracked files'),
    amend: z.boolean().default(false).describe('Replace the last commit'),
  }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  audit: ['repo_path', 'files', 'all', 'amend'],
  handler: ({ repo_path, ...request }, { repositories, signal }) =>
    changeRepository(repositories, repo_path, signal, async (repository) => ({ ...(await commit(repository, request, signal)) })),
  text(committed) {
    // The schema keeps what the handler returns, but not its types.
    const { hash, branch, files, added, deleted, signed } = committed as unknown as Committed;
    const on = branch === undefined ? 'on no branch' : `on ${visibleName(branch)}`;
    return `Changes committed successfully with hash ${hash}\n${counted(files, 'file')} changed, +${added} -${deleted}, ${on}${signed ? ', signed' : ''}`;
  },
});
