import * as z from 'zod';
import { createBranch } from '../domain/branch-changes.ts';
import { changeRepository } from '../domain/writing.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

export const gitCreateBranch = defineTool({
  name: 'git_create_branch',
  title: 'Create branch',
  description: 'Creates a branch without switching.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    branch_name: z.string().describe('Name'),
    base_branch: z.string().optional().describe('Or a commit; HEAD by default'),
  }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  audit: ['repo_path', 'branch_name', 'base_branch'],
  handler: ({ repo_path, branch_name, base_branch }, { repositories, signal }) =>
    changeRepository(repositories, repo_path, signal, async (repository) => ({
      ...(await createBranch(repository, branch_name, base_branch, signal)),
    })),
  text: ({ branch, from }) => `Created branch '${branch}' from '${from}'`,
});
