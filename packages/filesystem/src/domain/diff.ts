import { visibleName } from '@touchstone-mcp/core/visible';
import { formatPatch, structuredPatch } from 'diff';

/** Beyond any of these, two texts are too different for a diff to be worth its time, which grows with the square of it (FS-139). */
const MAX_MS = 250;
const MAX_CHANGED_LINES = 5_000;
const MAX_LINES = 50_000;

/** Lines around a change. */
const CONTEXT = 4;

/** What changed, for a reader. */
export interface Diff {
  readonly diff: string;
  /** Whether something is missing in it: its end, or, where the texts are too different, all of it but a sentence. */
  readonly truncated: boolean;
}

/** A unified diff of two texts, in whole lines within a budget of characters; a sentence in its place where it would take too long. */
export function unifiedDiff(path: string, before: string, after: string, budget: number): Diff {
  const diff = patch(visibleName(path), before, after);
  if (diff === undefined) {
    return {
      diff: `[Too much changed for a diff: ${lineCount(before)} lines before, ${lineCount(after)} lines after.]\n`,
      truncated: true,
    };
  }
  if (diff.length <= budget) return { diff, truncated: false };
  const cut = diff.slice(0, diff.lastIndexOf('\n', budget) + 1);
  return { diff: `${cut}[The diff goes on: ${lineCount(cut)} of its ${lineCount(diff)} lines are here.]\n`, truncated: true };
}

/** A diff as a block of Markdown, in the form of the official server: fenced by more backticks than it has in a row. */
export function fenced(diff: string): string {
  const longest = Math.max(2, ...(diff.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}diff\n${diff}${fence}\n\n`;
}

/** Compares only what lies between the first change and the last: a large file with one change takes no longer than a small one. */
function patch(name: string, before: string, after: string): string | undefined {
  const start = startOfContext(before, commonStart(before, after));
  const end = endOfContext(before, commonEnd(before.slice(start), after.slice(start)));
  const [left, right] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  if (Math.max(lineCount(left), lineCount(right)) > MAX_LINES) return undefined;
  const limits = { context: CONTEXT, timeout: MAX_MS, maxEditLength: MAX_CHANGED_LINES };
  const found = structuredPatch(name, name, left, right, 'original', 'modified', limits);
  if (found === undefined) return undefined;
  const skipped = lineCount(before.slice(0, start));
  const hunks = found.hunks.map((hunk) => ({ ...hunk, oldStart: hunk.oldStart + skipped, newStart: hunk.newStart + skipped }));
  return formatPatch({ ...found, hunks });
}

/** Where the lines begin that stand before a change as its context. */
function startOfContext(text: string, common: number): number {
  let start = text.lastIndexOf('\n', common - 1);
  for (let lines = 0; lines < CONTEXT && start > 0; lines += 1) start = text.lastIndexOf('\n', start - 1);
  return common === 0 ? 0 : start + 1;
}

/** How much of the common end is left when the lines that stand after a change as its context are taken away. */
function endOfContext(text: string, common: number): number {
  let start = text.indexOf('\n', text.length - common);
  for (let lines = 0; lines < CONTEXT && start !== -1; lines += 1) start = text.indexOf('\n', start + 1);
  return start === -1 ? 0 : text.length - start - 1;
}

/** How many characters two texts begin with alike. */
export function commonStart(left: string, right: string): number {
  const most = Math.min(left.length, right.length);
  let length = 0;
  while (length < most && left[length] === right[length]) length += 1;
  return length;
}

/** How many characters two texts end with alike. */
export function commonEnd(left: string, right: string): number {
  const most = Math.min(left.length, right.length);
  let length = 0;
  while (length < most && left[left.length - 1 - length] === right[right.length - 1 - length]) length += 1;
  return length;
}

function lineCount(text: string): number {
  let lines = text === '' || text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
