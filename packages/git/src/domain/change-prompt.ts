import { ToolError } from '@touchstone-mcp/core/errors';
import { type Changes, readChanges } from './changes.ts';
import { changesText } from './changes-text.ts';
import type { Comparison } from './comparison.ts';
import { silent } from './progress.ts';
import type { Repository } from './repository.ts';
import { statLine } from './show-text.ts';
import { counted } from './text.ts';

/** Context lines of a patch that is to be described: enough to see where it is. */
const CONTEXT_LINES = 3;

/** Files that are named where the patches do not fit. */
const MAX_FILES = 100;

/** A diff as the matter of a prompt: the patches that fit, and where they do not all fit, the files as well. `not_found` where nothing differs. */
export async function describeChanges(
  repository: Repository,
  comparison: Comparison,
  { title, nothing, maxChars }: { title: string; nothing: string; maxChars: number },
  signal: AbortSignal,
): Promise<string> {
  const read = (output: 'patch' | 'stat', chars: number) =>
    readChanges(repository, comparison, { output, context_lines: CONTEXT_LINES }, chars, { signal, progress: silent });
  const { nextCursor, ...changes }: Changes = await read('patch', maxChars * 0.75);
  if (changes.total.files === 0) throw new ToolError('not_found', nothing);
  const text = changesText(title, changes);
  if (nextCursor === undefined) return text;
  const { files, total } = await read('stat', maxChars * 0.2);
  const named = files.slice(0, MAX_FILES);
  return [
    text,
    `[The other patches are left out. All ${counted(total.files, 'file')}, or the first of them:]`,
    ...named.map(statLine),
  ].join('\n');
}
