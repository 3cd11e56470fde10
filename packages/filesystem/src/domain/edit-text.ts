import { setImmediate as nextTurn } from 'node:timers/promises';
import { ToolError } from '@touchstone-mcp/core/errors';
import { commonEnd, commonStart } from './diff.ts';
import { type Lines, parseLines, plainText, renderLines } from './line-ends.ts';
import { nearestLines } from './nearest.ts';

/** One replacement in a text. */
export interface Edit {
  readonly oldText: string;
  readonly newText: string;
  readonly replaceAll?: boolean | undefined;
}

/** A text after its edits. */
export interface EditedText {
  readonly text: string;
  readonly replacements: number;
  /** Before and after with every line end as `\n`, to compare them. */
  readonly before: string;
  readonly after: string;
}

/** Where `oldText` stands, as far as a refusal names it. */
const MAX_NAMED = 10;

/** Places that one edit replaces: each is held in memory. */
const MAX_REPLACEMENTS = 100_000;

/** Characters that take an edit long enough for others to notice. */
const LONG_TEXT = 100_000;

/**
 * Applies edits one after the other, all or none. Text is matched exactly, but for line ends: any matches any, those of lines that stay
 * are kept, and new lines take the style of their neighbours. An `oldText` that is missing, or there more than once without `replaceAll`,
 * is a conflict that says where to look. Other calls get their turn between two edits, where `signal` stops them.
 */
export async function applyEdits(text: string, edits: readonly Edit[], maxChars: number, signal?: AbortSignal): Promise<EditedText> {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  const original = parseLines(text.slice(mark.length));
  let lines = original;
  let replacements = 0;
  for (const [index, edit] of edits.entries()) {
    if (text.length > LONG_TEXT) await nextTurn();
    signal?.throwIfAborted();
    const { oldText, newText } = proven(edit, nameOf(index, edits), original);
    const matches = edit.replaceAll
      ? everyMatch(lines.text, oldText, nameOf(index, edits))
      : [onlyMatch(lines.text, oldText, nameOf(index, edits))];
    if (matches.length === 0) throw missing(lines.text, oldText, nameOf(index, edits));
    const grown = lines.text.length + matches.length * (newText.length - oldText.length);
    // One letter replaced by a page would fill the memory before it filled the disk.
    if (grown > maxChars) throw new ToolError('too_large', `The file would have ${grown} characters; the limit is ${maxChars}`);
    lines = replaceAt(lines, matches, oldText, newText);
    replacements += matches.length;
  }
  return { text: mark + renderLines(lines), replacements, before: original.text, after: lines.text };
}

function proven({ oldText, newText }: Edit, name: string, like: Lines): { oldText: string; newText: string } {
  const options = { hint: 'Nothing was changed. Give the text to replace as it stands in the file.' };
  if (oldText === '') throw new ToolError('invalid_input', `oldText of ${name} is empty`, options);
  if (!oldText.isWellFormed() || !newText.isWellFormed()) {
    throw new ToolError('invalid_input', `The text of ${name} has half of a surrogate pair`, options);
  }
  return { oldText: plainText(oldText, like), newText: plainText(newText, like) };
}

function nameOf(index: number, edits: readonly Edit[]): string {
  return edits.length === 1 ? 'the edit' : `edit ${index + 1}`;
}

function onlyMatch(text: string, wanted: string, name: string): number {
  const first = text.indexOf(wanted);
  if (first === -1) throw missing(text, wanted, name);
  const found = [first];
  // By one character, not by the length: in "aaa" there are two ways to replace "aa".
  for (let at = text.indexOf(wanted, first + 1); at !== -1 && found.length <= MAX_NAMED; at = text.indexOf(wanted, at + 1)) found.push(at);
  if (found.length === 1) return first;
  const more = found.length > MAX_NAMED;
  const numbers = found.slice(0, MAX_NAMED).map((at) => lineNumber(text, at));
  throw new ToolError('conflict', `oldText of ${name} is in the file ${more ? `more than ${MAX_NAMED}` : found.length} times`, {
    hint: `Nothing was changed. It stands at lines ${numbers.join(', ')}${more ? ', ...' : ''}. Add lines around it, or set replaceAll.`,
  });
}

function everyMatch(text: string, wanted: string, name: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length)) {
    if (found.length === MAX_REPLACEMENTS) {
      throw new ToolError('too_large', `oldText of ${name} is in the file more than ${MAX_REPLACEMENTS} times`, {
        hint: 'Nothing was changed. Give a longer oldText, or tell the user.',
      });
    }
    found.push(at);
  }
  return found;
}

function missing(text: string, wanted: string, name: string): ToolError {
  const near = nearestLines(text, wanted);
  return new ToolError('conflict', `oldText of ${name} is not in the file`, {
    hint: `Nothing was changed. ${near ?? 'No line is like it.'} Read the file again and give the text exactly.`,
  });
}

function lineNumber(text: string, at: number): number {
  return countLineEnds(text, 0, at) + 1;
}

function countLineEnds(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** Replaces at places that do not overlap, given in order. */
function replaceAt(lines: Lines, matches: readonly number[], oldText: string, newText: string): Lines {
  const pieces: string[] = [];
  let done = 0;
  for (const at of matches) {
    pieces.push(lines.text.slice(done, at), newText);
    done = at + oldText.length;
  }
  const text = pieces.join('') + lines.text.slice(done);
  if (typeof lines.ends === 'string') return { text, ends: lines.ends };
  return { text, ends: endsAfter(lines.text, lines.ends, matches, oldText, newText) };
}

/** The line ends of a text that mixes them, after a replacement: what is alike at both ends of old and new text has not been touched. */
function endsAfter(text: string, ends: readonly string[], matches: readonly number[], oldText: string, newText: string): string[] {
  const before = commonStart(oldText, newText);
  const after = commonEnd(oldText.slice(before), newText.slice(before));
  const removed = countLineEnds(oldText, before, oldText.length - after);
  const added = countLineEnds(newText, before, newText.length - after);
  if (removed === added) return [...ends];
  const result: string[] = [];
  let scanned = 0;
  let line = 0;
  let kept = 0;
  for (const at of matches) {
    line += countLineEnds(text, scanned, at + before);
    scanned = at + before;
    for (; kept < line; kept += 1) result.push(ends[kept] ?? '\n');
    const style = ends[line - 1] ?? ends[line + removed] ?? ends[line] ?? '\n';
    for (let count = 0; count < added; count += 1) result.push(style);
    kept += removed;
  }
  for (; kept < ends.length; kept += 1) result.push(ends[kept] ?? '\n');
  return result;
}
