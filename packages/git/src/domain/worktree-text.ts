import { visibleName } from '@touchstone-mcp/core/visible';
import type { Worktree } from './worktrees.ts';

/** What git_worktree answers. */
export type WorktreeAnswer =
  | { readonly action: 'list'; readonly worktrees: readonly Worktree[] }
  | { readonly action: 'add' | 'remove'; readonly worktree: Worktree };

/** A line for each work tree. */
export function worktreeText(answer: WorktreeAnswer): string {
  if (answer.action === 'list') return answer.worktrees.map(line).join('\n') || 'No work trees';
  return `${answer.action === 'add' ? 'Added' : 'Removed'} ${line(answer.worktree)}`;
}

function line({ path, branch, commit, locked, missing }: Worktree): string {
  const at = commit === undefined ? 'no commits' : commit.slice(0, 10);
  const notes = [locked ? 'locked' : '', missing ? 'its directory is gone' : ''].filter(Boolean).join(', ');
  const place = path === undefined ? '[outside the allowed directories]' : visibleName(path);
  return `${place} ${at} ${branch === undefined ? '(detached)' : `[${visibleName(branch)}]`}${notes === '' ? '' : ` (${notes})`}`;
}
