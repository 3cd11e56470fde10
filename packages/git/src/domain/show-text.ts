import { visibleName } from '@touchstone-mcp/core/visible';
import type { ChangedFile } from './diff.ts';
import { commitBlock } from './history.ts';
import type { PatchPage } from './patch.ts';
import type { ShownCommit, ShownDirectory, ShownFile } from './show.ts';
import { counted } from './text.ts';

/** What git_show has found, as text. */
export function showText(shown: ShownCommit | ShownFile | ShownDirectory): string {
  if (shown.kind === 'commit') {
    const { commit, stat, ...page } = shown;
    const merge = commit.parents.length > 1 ? '\n[A merge: beside its first parent]' : '';
    return [`${commitBlock(commit)}${merge}`, '', ...statLines(stat), ...patchLines(page)].join('\n');
  }
  const more = shown.nextCursor === undefined ? '' : `\n[More follows. Call again with cursor ${shown.nextCursor}]`;
  if (shown.kind === 'directory') return `${shown.entries.map(visibleName).join('\n')}${more}`;
  return shown.text === undefined ? `[Binary, ${shown.size} bytes]` : `${shown.text}${more}`;
}

/** `M src/a.ts +3 -1`, and a sum. */
function statLines({ files, added, deleted, truncated, total }: ShownCommit['stat']): string[] {
  if (total === 0) return ['No changes'];
  const more = total - files.length;
  return [
    ...files.map(statLine),
    ...(more > 0 ? [`[${counted(more, 'more file')}: set paths]`] : []),
    `${total}${truncated ? ' or more' : ''} ${total === 1 ? 'file' : 'files'} changed, +${added} -${deleted}`,
  ];
}

/** `R old -> new +3 -1` */
export function statLine({ path, from, change, added, deleted, binary, generated, ...sizes }: ChangedFile): string {
  const size = binary ? `binary${bytesOf(sizes)}` : added === undefined ? '' : `+${added} -${deleted}`;
  return `${change} ${from === undefined ? '' : `${visibleName(from)} -> `}${visibleName(path)} ${size}${generated ? ' generated' : ''}`.trimEnd();
}

function bytesOf({ bytesBefore, bytes }: Pick<ChangedFile, 'bytes' | 'bytesBefore'>): string {
  const both = [bytesBefore, bytes].filter((size) => size !== undefined);
  return both.length === 0 ? '' : ` ${both.join(' -> ')} bytes`;
}

/** The patches, and how to go on. */
function patchLines({ patches, nextCursor }: PatchPage): string[] {
  const next = nextCursor === undefined ? [] : [`[More patches follow. Call again with cursor ${nextCursor}]`];
  return [...patches.flatMap(({ text }) => ['', text]), ...next];
}
