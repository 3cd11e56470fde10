import { visibleName } from '@touchstone-mcp/core/visible';
import type { Changes } from './changes.ts';
import { statLine } from './show-text.ts';
import { counted } from './text.ts';

/** A diff behind the title that the official server gives it. */
export function changesText(title: string, changes: Changes): string {
  const { output, total, files, patches = [], nextCursor } = changes;
  const next = nextCursor === undefined ? [] : [`[More follows. Call again with cursor ${nextCursor}]`];
  if (total.files === 0) return `${title}\nNo changes`;
  if (output === 'names') return [title, ...files.map(({ path }) => visibleName(path)), ...next].join('\n');
  if (output === 'patch') return [title, ...withoutPatch(changes), ...patches.map(({ text }) => text), ...next].join('\n');
  return [title, ...files.map(statLine), sumLine(changes), ...tooLong(changes), ...next].join('\n');
}

function withoutPatch({ files }: Changes): string[] {
  return files.map((file) => `[No patch: ${statLine(file)}${file.generated ? ', set paths' : ''}]`);
}

function sumLine({ total: { files, added, deleted, truncated } }: Changes): string {
  return `${files}${truncated ? ' or more' : ''} ${files === 1 ? 'file' : 'files'} changed, +${added} -${deleted}`;
}

function tooLong({ tooLong: is, files, total }: Changes): string[] {
  if (is === undefined) return [];
  const more = total.files - files.length;
  return [
    ...(more === 0 ? [] : [`[${counted(more, 'more file')}: set output to names or stat for pages of them]`]),
    '[The patch is too long for one answer: set paths, or output to patch for pages of it]',
  ];
}
