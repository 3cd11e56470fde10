import { visibleName } from '@touchstone-mcp/core/visible';
import * as z from 'zod';
import { resetHard } from '../domain/discard.ts';
import { changeRepository } from '../domain/writing.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

export const gitResetHard = defineTool({
  name: 'git_reset_hard',
  title: 'Hard reset',
  description: 'Makes branch, index and work tree what a commit is. What is not committed is lost.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    revision: z.string().default('HEAD').describe('Branch, tag or commit'),
  }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  audit: ['repo_path', 'revision'],
  confirm: ({ revision }) => `Throw away all changes that are not committed, and go to ${visibleName(revision)}?`,
  handler: ({ repo_path, revision }, { repositories, protectedBranches, signal }) =>
    changeRepository(repositories, repo_path, signal, (repository) => resetHard(repository, revision, protectedBranches, signal)),
  text: ({ commit }) => `HEAD is at ${commit}, and nothing is changed`,
});
