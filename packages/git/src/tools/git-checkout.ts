import * as z from 'zod';
import { checkout } from '../domain/checkout.ts';
import { changeRepository } from '../domain/writing.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

export const gitCheckout = defineTool({
  name: 'git_checkout',
  title: 'Check out',
  description: 'Switches branches. Loses no changes.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    branch_name: z.string().describe('Local or remote; a tag or commit detaches HEAD'),
  }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  audit: ['repo_path', 'branch_name'],
  handler: ({ repo_path, branch_name }, { repositories, signal, progress }) =>
    changeRepository(repositories, repo_path, signal, async (repository) => ({
      ...(await checkout(repository, branch_name, { signal, progress })),
    })),
  text: ({ branch, commit, follows }) =>
    branch === undefined
      ? `HEAD is detached at ${commit}: what is committed now belongs to no branch`
      : `Switched to branch '${branch}'${follows === undefined ? '' : `, new, which follows '${follows}'`}`,
});
