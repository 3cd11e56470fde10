import { visibleName } from '@touchstone-mcp/core/visible';
import * as z from 'zod';
import { deleteBranch } from '../domain/branch-changes.ts';
import { changeRepository } from '../domain/writing.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

export const gitDeleteBranch = defineTool({
  name: 'git_delete_branch',
  title: 'Delete branch',
  description: 'Deletes a local branch that is merged, or with force any.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    branch_name: z.string().describe('Branch'),
    force: z.boolean().default(false).describe('Also when its commits are nowhere else'),
  }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  audit: ['repo_path', 'branch_name', 'force'],
  confirm: ({ branch_name, force }) => `Delete the branch ${visibleName(branch_name)}${force ? ', merged or not' : ''}?`,
  handler: ({ repo_path, branch_name, force }, { repositories, protectedBranches, signal }) =>
    changeRepository(repositories, repo_path, signal, async (repository) => ({
      ...(await deleteBranch(repository, { name: branch_name, force, protectedBranches }, signal)),
    })),
  text: ({ branch, commit }) => `Deleted branch '${branch}', which was at ${commit}`,
});
