import * as z from 'zod';
import { applyStash, dropStash, listStashes, pushStash, readStash } from '../domain/stash.ts';
import { stashText } from '../domain/stash-text.ts';
import { changeRepository } from '../domain/writing.ts';
import { anyOutput, defineTool, fields } from '../tool.ts';

export const gitStash = defineTool({
  name: 'git_stash',
  title: 'Stash',
  description: 'Puts changes aside, and back.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    action: z.enum(['push', 'list', 'show', 'apply', 'pop', 'drop']).describe('What to do'),
    index: z.int().min(0).max(99).default(0).describe('0 is the newest'),
    message: z.string().optional().describe('For push'),
    include_untracked: z.boolean().default(false).describe('For push'),
  }),
  outputSchema: anyOutput,
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  audit: ['repo_path', 'action', 'index'],
  confirm: ({ action, index }) => (action === 'drop' ? `Drop stash ${index} for good?` : undefined),
  handler: ({ repo_path, action, index, message, include_untracked }, { repositories, maxResultChars, signal }) =>
    changeRepository(repositories, repo_path, signal, async (repository) => {
      switch (action) {
        case 'push':
          return { action, stash: await pushStash(repository, { message, includeUntracked: include_untracked }, signal) };
        case 'list':
          return { action, stashes: await listStashes(repository, signal) };
        case 'show':
          return { action, ...(await readStash(repository, index, maxResultChars, signal)) };
        case 'drop':
          return { action, stash: await dropStash(repository, index, signal) };
        default:
          return { action, ...(await applyStash(repository, { index, drop: action === 'pop', maxResultChars }, signal)) };
      }
    }),
  // The schema keeps what the handler returns, but not its types.
  text: (answer) => stashText(answer as unknown as Parameters<typeof stashText>[0]),
});
