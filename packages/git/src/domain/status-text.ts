import { visibleName } from '@touchstone-mcp/core/visible';
import type { Change, Status } from './status.ts';

/** A status as text, each entry one line. */
export function statusText(status: Status, ignored: readonly string[]): string {
  const { counts } = status;
  const lists = [
    ...listed('In conflict', status.conflicted, counts.conflicted),
    ...listed('Staged', status.staged, counts.staged),
    ...listed('Not staged', status.unstaged, counts.unstaged),
    ...listed('Untracked', status.untracked, counts.untracked),
  ];
  return [
    'Repository status:',
    ...headLines(status),
    ...(lists.length === 0 ? ['Nothing to commit, the work tree is clean'] : lists),
    ...ignoredLines(ignored),
  ].join('\n');
}

function headLines({ branch, commit, upstream, ahead = 0, behind = 0, operation, stashes }: Status): string[] {
  const at = commit === undefined ? 'no commits yet' : commit.slice(0, 10);
  const from = `${ahead === 0 ? '' : `, ahead ${ahead}`}${behind === 0 ? '' : `, behind ${behind}`}`;
  return [
    branch === undefined ? `Detached at ${at}` : `On branch ${visibleName(branch)} (${at})`,
    ...(upstream === undefined ? [] : [`Follows ${visibleName(upstream)}${from}`]),
    ...(operation === undefined ? [] : [`A ${operation} is in progress`]),
    ...(stashes === 0 ? [] : [`Stashes: ${stashes}`]),
  ];
}

function listed(title: string, changes: readonly Change[], count: number): string[] {
  if (count === 0) return [];
  const more = count - changes.length;
  return [`${title} (${count}):`, ...changes.map(changeLine), ...(more === 0 ? [] : [`  [${more} more]`])];
}

/** `  R old -> new` */
export function changeLine({ path, from, change }: Change): string {
  return `  ${change} ${from === undefined ? '' : `${visibleName(from)} -> `}${visibleName(path)}`;
}

/** What the repository would have had git do. */
function ignoredLines(ignored: readonly string[]): string[] {
  return ignored.length === 0 ? [] : [`[Not used, as they run programs or lead elsewhere: ${ignored.map(visibleName).join(', ')}]`];
}
