import * as z from 'zod';
import { required } from '../domain/sequence.ts';
import { addWorktree } from '../domain/worktree-add.ts';
import { removeWorktree } from '../domain/worktree-remove.ts';
import { type WorktreeAnswer, worktreeText } from '../domain/worktree-text.ts';
import { listWorktrees } from '../domain/worktrees.ts';
import { changeRepository } from '../domain/writing.ts';
import { defineTool, fields } from '../tool.ts';

export const gitWorktree = defineTool({
  name: 'git_worktree',
  title: 'Work trees',
  description: 'Lists, adds and removes work trees. Without branch and revision, add makes a branch named like the directory.',
  inputSchema: z.strictObject({
    repo_path: fields.repo_path,
    action: z.enum(['list', 'add', 'remove']).describe('What to do'),
    path: z.string().optional().describe('For add, remove: its directory'),
    branch: z.string().optional().describe('For add: existing or new'),
    revision: z.string().optional().describe('For add: where a new branch starts; alone, the commit'),
    ignored: z.boolean().default(false).describe('For remove: delete ignored files too'),
  }),
  outputSchema: z.looseObject({ action: z.string() }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  audit: ['repo_path', 'action', 'path', 'branch', 'revision'],
  confirm: ({ action, ignored }) => (action === 'remove' && ignored ? 'Delete the work tree with its ignored files for good?' : undefined),
  handler: ({ repo_path, action, path, branch, revision, ignored }, { repositories, signal }) =>
    changeRepository(repositories, repo_path, signal, async (repository) => {
      if (action === 'list') return { action, worktrees: await listWorktrees(repository, repositories.boundary, signal) };
      const place = required(path, 'path');
      return action === 'add'
        ? { action, worktree: await addWorktree(repository, repositories, { path: place, branch, revision }, signal) }
        : { action, worktree: await removeWorktree(repository, repositories, { path: place, ignored }, signal) };
    }),
  // The schema keeps what the handler returns, but not its types.
  text: (answer) => worktreeText(answer as unknown as WorktreeAnswer),
});
