import { visibleName } from '@touchstone-mcp/core/visible';
import { listed } from './listed.ts';
import type { Conflict } from './operation.ts';
import type { Outcome } from './sequence.ts';
import type { Staged } from './staging.ts';
import { changeLine } from './status-text.ts';
import { counted } from './text.ts';

/** The same, with as many files as have room in an answer. */
export function shortOutcome({ files, ...outcome }: Outcome, maxResultChars: number): { state: string; [field: string]: unknown } {
  return { ...outcome, ...(files === undefined ? {} : { files: listed(files, maxResultChars) }) };
}

/** How an operation stands, as text. */
export function outcomeText({ state, operation, commit = '', files = [], count = 0, next = [] }: Outcome): string {
  switch (state) {
    case 'done':
      return `The ${operation} is done. HEAD is at ${commit}`;
    case 'unchanged':
      return `Nothing to do: HEAD stays at ${commit}`;
    case 'aborted':
      return `The ${operation} is aborted. HEAD is at ${commit}`;
    case 'empty':
      return `The ${operation} waits: this commit changes nothing here any more.\n${nextLine(next)}`;
    case 'conflict':
      return `The ${operation} waits for ${counted(count, 'file')} in conflict:\n${conflictLines(files, count)}\n${nextLine(next)}`;
  }
}

/** `  both modified: path` */
export function conflictLines(files: readonly Conflict[], count = files.length): string {
  const lines = files.map(({ kind, path }) => `  ${kind}: ${visibleName(path)}`);
  return [...lines, ...moreLine(count - files.length)].join('\n');
}

/** What is staged, each file one line, behind a line that says what was done. */
export function stagedText(done: string, { staged, count }: Staged): string {
  if (count === 0) return `${done}\nNothing is staged now`;
  return [done, `Staged now (${count}):`, ...staged.map(changeLine), ...moreLine(count - staged.length)].join('\n');
}

function nextLine(next: readonly string[]): string {
  return `Next: ${next.join('; or ')}`;
}

function moreLine(more: number): string[] {
  return more === 0 ? [] : [`  [${more} more]`];
}
