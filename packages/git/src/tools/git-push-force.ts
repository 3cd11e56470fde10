import { visibleName } from '@touchstone-mcp/core/visible';
import * as z from 'zod';
import { type Pushed, pushForce } from '../domain/push.ts';
import { pushedText } from '../domain/push-text.ts';
import { changeRepository } from '../domain/writing.ts';
import { defineTool, fields } from '../tool.ts';

export const gitPushForce = defineTool({
  name: 'git_push_force',
  title: 'Push over',
  description: 'Replaces a branch of a remote by the local one, if it is still at the commit that is expected.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    remote: z.string().optional().describe('Its name'),
    branch: z.string().describe('Branch'),
    expected: z.string().optional().describe('Commit; default: as last fetched'),
  }),
  outputSchema: z.looseObject({ remote: z.string(), ref: z.string(), state: z.string() }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  audit: ['repo_path', 'remote', 'branch', 'expected'],
  confirm: ({ branch }) => `Replace the branch ${visibleName(branch)} of the remote? Commits that only it has would be lost.`,
  handler: ({ repo_path, ...request }, { repositories, network, protectedBranches, signal, progress }) =>
    changeRepository(repositories, repo_path, signal, async (repository) => ({
      ...(await pushForce(repository, network, { ...request, protectedBranches }, { signal, progress })),
    })),
  // The schema keeps what the handler returns, but not its types.
  text: (pushed) => pushedText(pushed as unknown as Pushed),
});
