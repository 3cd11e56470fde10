import { visibleName } from '@touchstone-mcp/core/visible';
import type { DiffStat } from './diff.ts';
import { conflictLines } from './outcome-text.ts';
import type { Applied, Stash } from './stash.ts';

/** What git_stash did, or found. */
export type StashAnswer =
  | { readonly action: 'push' | 'drop'; readonly stash: Stash }
  | { readonly action: 'list'; readonly stashes: readonly Stash[] }
  | ({ readonly action: 'show'; readonly stash: Stash; readonly count: number } & DiffStat)
  | ({ readonly action: 'apply' | 'pop' } & Applied);

/** The same as text. */
export function stashText(answer: StashAnswer): string {
  switch (answer.action) {
    case 'push':
      return `Stashed: ${stashLine(answer.stash)}`;
    case 'drop':
      return `Dropped: ${stashLine(answer.stash)}`;
    case 'list':
      return answer.stashes.length === 0 ? 'No stashes' : answer.stashes.map(stashLine).join('\n');
    case 'show': {
      const files = answer.files.map(
        ({ change, path, added, deleted }) => `${change} ${visibleName(path)}${added === undefined ? '' : ` +${added} -${deleted}`}`,
      );
      const more = answer.count - files.length;
      return [stashLine(answer.stash), ...files, ...(more === 0 ? [] : [`[${more} more]`])].join('\n');
    }
    default:
      return answer.conflicts.length === 0
        ? `Brought back: ${stashLine(answer.stash)}`
        : `Brought back, with conflicts; the stash is kept. Resolve them and stage the files with git_add:\n${conflictLines(answer.conflicts, answer.count)}`;
  }
}

function stashLine({ index, commit, date, message }: Stash): string {
  return `${index} ${commit.slice(0, 10)} ${date} ${message}`;
}
