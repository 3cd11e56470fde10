import * as z from 'zod';
import { type Pulled, pull, pulledText } from '../domain/pull.ts';
import { changeRepository } from '../domain/writing.ts';
import { defineTool, fields } from '../tool.ts';

export const gitPull = defineTool({
  name: 'git_pull',
  title: 'Pull',
  description: 'Fetches what the current branch follows and fast-forwards to it.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    remote: z.string().optional().describe('Its name'),
    branch: z.string().optional().describe('Its branch'),
    merge: z.boolean().default(false).describe('Make a merge commit where there is no fast-forward and no conflict'),
  }),
  outputSchema: z.looseObject({ remote: z.string(), commit: z.string() }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  audit: ['repo_path', 'remote', 'branch', 'merge'],
  handler: ({ repo_path, ...request }, { repositories, network, signal, progress }) =>
    changeRepository(repositories, repo_path, signal, async (repository) => ({
      ...(await pull(repository, network, request, { signal, progress })),
    })),
  // The schema keeps what the handler returns, but not its types.
  text: (pulled) => pulledText(pulled as unknown as Pulled),
});
