import * as z from 'zod';
import { type Pushed, push } from '../domain/push.ts';
import { pushedText } from '../domain/push-text.ts';
import { changeRepository } from '../domain/writing.ts';
import { defineTool, fields } from '../tool.ts';

export const gitPush = defineTool({
  name: 'git_push',
  title: 'Push',
  description: 'Pushes one branch or tag under its own name. Never rewrites what is there.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    remote: z.string().optional().describe('Its name'),
    branch: z.string().optional().describe('Default: the current one'),
    tag: z.string().optional().describe('Instead of a branch'),
    set_upstream: z.boolean().default(false).describe('Follow it from now on'),
  }),
  outputSchema: z.looseObject({ remote: z.string(), ref: z.string(), state: z.string() }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  audit: ['repo_path', 'remote', 'branch', 'tag'],
  handler: ({ repo_path, set_upstream, ...request }, { repositories, network, signal, progress }) =>
    changeRepository(repositories, repo_path, signal, async (repository) => ({
      ...(await push(repository, network, { ...request, setUpstream: set_upstream }, { signal, progress })),
    })),
  // The schema keeps what the handler returns, but not its types.
  text: (pushed) => pushedText(pushed as unknown as Pushed),
});
