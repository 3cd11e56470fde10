import { ToolError } from '@touchstone-mcp/core/errors';
import { fileError } from './errno.ts';
import { notUtf8 } from './file-type.ts';
import { bytesBeyond, type Fit, fitFirst, fitLast } from './fit.ts';
import { type Gathered, gatherLines, gatherTail, type Range } from './gather.ts';
import type { ProvenFile } from './roots.ts';

/** Which lines to read: the first, the last, or a range counted from 1 with both ends. Empty means all. */
export interface Window {
  readonly head?: number | undefined;
  readonly tail?: number | undefined;
  readonly startLine?: number | undefined;
  readonly endLine?: number | undefined;
}

/** Text of a file, in whole lines with their line ends. */
export interface TextRead {
  readonly content: string;
  /** Numbers of the first and the last line in `content`. Missing if there is none, or for the tail of a file too long to count. */
  readonly startLine: number | undefined;
  readonly endLine: number | undefined;
  /** Only where the whole file was counted. */
  readonly totalLines: number | undefined;
  /** Whether something that was asked for is missing, because of the budget. */
  readonly truncated: boolean;
  /** Where to go on, if there is more of what was asked for. */
  readonly nextLine: number | undefined;
  /** The line that is longer than the whole budget, so that only its beginning (of the last line of a tail: its end) is in `content`. */
  readonly cutLine: number | 'last' | undefined;
  /** Bytes of the file when it was opened; 0 for files that do not know. */
  readonly size: number;
}

/**
 * Reads a window of a UTF-8 text file in memory bounded by the budget (in characters of content), whatever the size of the file. A byte
 * order mark is left out. Binary files, other encodings and contradictory windows are `invalid_input`; `signal` stops it between chunks.
 */
export async function readText(file: ProvenFile, window: Window, budget: number, signal?: AbortSignal): Promise<TextRead> {
  refuseContradiction(window);
  const { head, tail, startLine = 1, endLine = head ?? Number.POSITIVE_INFINITY } = window;
  const range = { first: startLine, last: endLine };
  const reading = { file, maxBytes: bytesBeyond(budget), signal };
  try {
    if (tail === undefined) {
      const gathered = await gatherLines(reading, range);
      return resultOf(gathered, fitFirst(gathered.bytes, budget), range, file);
    }
    const gathered = await gatherTail(reading, tail);
    return tailResultOf(gathered, fitLast(gathered.bytes, budget), file);
  } catch (error) {
    throw fileError(error, file.path);
  }
}

/** The same text with its number before each line, in whole lines within the budget. Without numbers where they are not known. */
export function numberLines(text: TextRead, budget: number): TextRead {
  const { startLine, endLine } = text;
  if (startLine === undefined || endLine === undefined) return text;
  const width = String(endLine).length;
  const lines = text.content.split(/(?<=\n)/).map((line, index) => `${String(startLine + index).padStart(width)}\t${line}`);
  let room = budget;
  const overflow = lines.findIndex((line) => {
    room -= line.length;
    return room < 0;
  });
  // One line is always there, or the next window would be this one again.
  const count = overflow === -1 ? lines.length : Math.max(1, overflow);
  const numbered = { ...text, content: lines.slice(0, count).join('') };
  const next = startLine + count;
  return count === lines.length ? numbered : { ...numbered, endLine: next - 1, truncated: true, nextLine: next, cutLine: undefined };
}

function refuseContradiction({ head, tail, startLine, endLine }: Window): void {
  // The official server's sentence; clients match it.
  if (head !== undefined && tail !== undefined) throw refused('Cannot specify both head and tail parameters simultaneously');
  const ranged = startLine !== undefined || endLine !== undefined;
  if (ranged && (head ?? tail) !== undefined) throw refused('Cannot combine head or tail with startLine or endLine');
  if (startLine !== undefined && endLine !== undefined && endLine < startLine) throw refused('endLine is before startLine');
  const numbers = [head, tail, startLine, endLine].filter((number) => number !== undefined);
  if (!numbers.every((number) => Number.isInteger(number) && number > 0)) throw refused('Lines are counted in whole numbers from 1');
}

function refused(message: string): ToolError {
  return new ToolError('invalid_input', message, { hint: 'Give head, or tail, or startLine and endLine.' });
}

function resultOf({ start, totalLines }: Gathered, fit: Fit, { first, last }: Range, file: ProvenFile): TextRead {
  const content = provenText(fit, start, file);
  const next = first + countLines(content);
  return {
    content,
    startLine: content === '' ? undefined : first,
    endLine: content === '' ? undefined : next - 1,
    totalLines,
    truncated: !fit.whole,
    nextLine: fit.whole || next > Math.min(last, totalLines ?? last) ? undefined : next,
    cutLine: fit.cut ? first : undefined,
    size: file.stats.size,
  };
}

function tailResultOf({ start, totalLines }: Gathered, fit: Fit, file: ProvenFile): TextRead {
  const content = provenText(fit, start, file);
  const endLine = content === '' ? undefined : totalLines;
  return {
    content,
    startLine: endLine === undefined ? undefined : endLine - countLines(content) + 1,
    endLine,
    totalLines,
    truncated: !fit.whole,
    nextLine: undefined,
    cutLine: fit.cut ? (totalLines ?? 'last') : undefined,
    size: file.stats.size,
  };
}

function provenText(fit: Fit, start: Buffer, file: ProvenFile): string {
  if (!fit.utf8) throw notUtf8(start, { path: file.path, size: file.stats.size });
  return fit.content;
}

function countLines(text: string): number {
  let lines = text === '' || text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
