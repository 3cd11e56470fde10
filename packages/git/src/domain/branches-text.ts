import { visibleName } from '@touchstone-mcp/core/visible';
import type { Branch, BranchPage } from './branches.ts';

/** The list as git branch writes it, with what is known of the last commit behind each name. */
export function branchesText({ branches, detachedAt, nextCursor }: BranchPage): string {
  const lines = [
    ...(detachedAt === undefined ? [] : [`* (HEAD detached at ${detachedAt.slice(0, 10)})`]),
    ...branches.map(branchLine),
    ...(nextCursor === undefined ? [] : [`[More branches. Call again with cursor ${nextCursor}]`]),
  ];
  return lines.length === 0 ? 'No branches' : lines.join('\n');
}

function branchLine({ name, current, target, commit, date, subject, upstream, tracking }: Branch): string {
  const head = `${current ? '*' : ' '} ${visibleName(name)}`;
  if (target !== undefined) return `${head} -> ${visibleName(target)}`;
  const beside = upstream === undefined ? '' : ` [${visibleName(upstream)}${tracking === undefined ? '' : `: ${tracking}`}]`;
  return `${head} ${commit.slice(0, 10)} ${date.slice(0, 10)}${beside} ${subject}`.trimEnd();
}
