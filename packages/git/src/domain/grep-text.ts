import { visibleName } from '@touchstone-mcp/core/visible';
import type { GrepPage } from './grep.ts';

/** What was found: each file's name, and behind it its lines, indented, as `12:text`, or `12-text` for those around a match. */
export function grepText({ files, nextCursor }: GrepPage): string {
  const lines = files.flatMap(({ path, count, lines: found = [] }) => [
    count === undefined ? nameOf(path) : `${nameOf(path)}: ${count}`,
    ...found.map(({ line, text, context }) => `  ${line}${context ? '-' : ':'}${text}`),
  ]);
  if (lines.length === 0) return 'No matches found';
  return [...lines, ...(nextCursor === undefined ? [] : [`[More match. Call again with cursor ${nextCursor}]`])].join('\n');
}

/** A name that begins with a space would pass for a line. */
function nameOf(path: string): string {
  const name = visibleName(path);
  return name.startsWith(' ') ? JSON.stringify(path) : name;
}
