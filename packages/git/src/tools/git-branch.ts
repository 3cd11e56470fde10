import * as z from 'zod';
import { type BranchPage, readBranches } from '../domain/branches.ts';
import { branchesText } from '../domain/branches-text.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

/** Room for the line that says how to go on. */
const ROOM_FOR_CURSOR = 400;

export const gitBranch = defineTool({
  name: 'git_branch',
  title: 'Branches',
  description: 'Branches with their last commits.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    branch_type: z.enum(['local', 'remote', 'all']).default('local').describe('Which'),
    contains: z.string().optional().describe('With this commit'),
    not_contains: z.string().optional().describe('Without it'),
    tracking: z.boolean().optional().describe('Ahead, behind'),
    cursor: fields.cursor,
  }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['repo_path', 'branch_type', 'contains', 'not_contains'],
  async handler({ repo_path, branch_type, not_contains, ...query }, { repositories, maxResultChars, signal }) {
    using repository = await repositories.open(repo_path, { signal });
    const asked = { ...query, type: branch_type, notContains: not_contains, maxChars: maxResultChars - ROOM_FOR_CURSOR };
    return { ...(await readBranches(repository, asked, signal)) };
  },
  // The schema keeps what the handler returns, but not its types.
  text: (page) => branchesText(page as unknown as BranchPage),
});
