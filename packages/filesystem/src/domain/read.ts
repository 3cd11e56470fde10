import { ToolError } from '@touchstone-mcp/core/errors';
import type { EncodingName } from './encoding.ts';
import { fileError } from './errno.ts';
import { notInEncoding } from './file-type.ts';
import { cutFirst, type Fit, fitFirst, fitLast, SMALLEST_ROOM, weightOf } from './fit.ts';
import { type Gathered, gatherLines, gatherTail, type Range } from './gather.ts';
import { type LineEnding, lineEndingOf } from './line-ending.ts';
import type { ProvenFile } from './roots.ts';

/** Which lines to read: the first, the last, or a range counted from 1 with both ends. Without any, all. */
export interface Window {
  readonly head?: number | undefined;
  readonly tail?: number | undefined;
  readonly startLine?: number | undefined;
  readonly endLine?: number | undefined;
  /** How many bytes of the file to read of them at most, which is 4 at least. */
  readonly maxBytes?: number | undefined;
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
  readonly encoding: EncodingName;
  /** How the lines in `content` end. */
  readonly lineEnding: LineEnding;
  /** Hash of the whole file in hexadecimal, where all of it went by. */
  readonly sha256: string | undefined;
}

/**
 * Reads a window of a text file in UTF-8 or UTF-16, in memory bounded by the budget (in characters of content), whatever the size of the
 * file. A byte order mark is left out. Binary files, other encodings and contradictory windows are `invalid_input`; `signal` stops it
 * between chunks.
 */
export async function readText(file: ProvenFile, window: Window, budget: number, signal?: AbortSignal): Promise<TextRead> {
  refuseContradiction(window);
  const { head, tail, startLine = 1, endLine = head ?? Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY } = window;
  const range = { first: startLine, last: endLine };
  const room = { chars: budget, bytes: maxBytes };
  const reading = { file, budget: Math.min(budget, maxBytes), signal };
  try {
    if (tail === undefined) {
      const gathered = await gatherLines(reading, range);
      return resultOf(gathered, fitFirst(gathered.bytes, room, gathered.encoding), range, file);
    }
    const gathered = await gatherTail(reading, tail);
    return tailResultOf(gathered, fitLast(gathered.bytes, room, gathered.encoding), file);
  } catch (error) {
    throw fileError(error, file.path);
  }
}

/** As much of a text that was read from its start as a smaller budget would have left of it. */
export function shorten(text: TextRead, budget: number): TextRead {
  const { content, whole, cut } = cutFirst(text.content, budget);
  if (whole) return text;
  const { startLine = 1, endLine = 1 } = text;
  const next = startLine + countLines(content);
  return {
    ...text,
    ...partOf(content, cut),
    startLine: content === '' ? undefined : startLine,
    endLine: content === '' ? undefined : next - 1,
    truncated: true,
    nextLine: next <= endLine ? next : text.nextLine,
    cutLine: cut ? startLine : undefined,
  };
}

/**
 * The same text with its number before each line, in whole lines within the budget: the first of them, or the `last` as of a tail.
 * Without numbers where they are not known.
 */
export function numberLines(text: TextRead, budget: number, keep: 'first' | 'last' = 'first'): TextRead {
  const { startLine, endLine } = text;
  if (startLine === undefined || endLine === undefined) return text;
  const width = String(endLine).length;
  const lines = text.content.split(/(?<=\n)/).map((line, index) => `${String(startLine + index).padStart(width)}\t${line}`);
  const count = countThatFit(keep === 'first' ? lines : lines.toReversed(), budget);
  if (count === lines.length) return { ...text, content: lines.join('') };
  const cut = { ...text, truncated: true, cutLine: undefined };
  if (keep === 'last') return { ...cut, content: lines.slice(-count).join(''), startLine: endLine - count + 1, nextLine: undefined };
  const next = startLine + count;
  return { ...cut, content: lines.slice(0, count).join(''), endLine: next - 1, nextLine: next };
}

/** At least one, or the next window would be this one again. */
function countThatFit(lines: readonly string[], budget: number): number {
  let room = budget;
  const overflow = lines.findIndex((line) => {
    room -= weightOf(line);
    return room < 0;
  });
  return overflow === -1 ? lines.length : Math.max(1, overflow);
}

function refuseContradiction({ head, tail, startLine, endLine, maxBytes }: Window): void {
  // The official server's sentence; clients match it.
  if (head !== undefined && tail !== undefined) throw refused('Cannot specify both head and tail parameters simultaneously');
  const ranged = startLine !== undefined || endLine !== undefined;
  if (ranged && (head ?? tail) !== undefined) throw refused('Cannot combine head or tail with startLine or endLine');
  if (startLine !== undefined && endLine !== undefined && endLine < startLine) throw refused('endLine is before startLine');
  const numbers = [head, tail, startLine, endLine].filter((number) => number !== undefined);
  if (!numbers.every((number) => Number.isInteger(number) && number > 0)) throw refused('Lines are counted in whole numbers from 1');
  if (maxBytes !== undefined && maxBytes < SMALLEST_ROOM) throw refused(`maxBytes is ${SMALLEST_ROOM} at least`);
}

function refused(message: string): ToolError {
  return new ToolError('invalid_input', message, { hint: 'Give head, or tail, or startLine and endLine.' });
}

function resultOf(gathered: Gathered, fit: Fit, { first, last }: Range, file: ProvenFile): TextRead {
  const common = commonOf(gathered, fit, file);
  const { content, totalLines } = common;
  const next = first + countLines(content);
  return {
    ...common,
    startLine: content === '' ? undefined : first,
    endLine: content === '' ? undefined : next - 1,
    nextLine: fit.whole || next > Math.min(last, totalLines ?? last) ? undefined : next,
    cutLine: fit.cut ? first : undefined,
  };
}

function tailResultOf(gathered: Gathered, fit: Fit, file: ProvenFile): TextRead {
  const common = commonOf(gathered, fit, file);
  const { content, totalLines } = common;
  const endLine = content === '' ? undefined : totalLines;
  return {
    ...common,
    startLine: endLine === undefined ? undefined : endLine - countLines(content) + 1,
    endLine,
    nextLine: undefined,
    cutLine: fit.cut ? (totalLines ?? 'last') : undefined,
  };
}

function commonOf({ start, encoding, totalLines, sha256 }: Gathered, { content, whole, cut, wellFormed }: Fit, file: ProvenFile) {
  const { path, stats } = file;
  if (!wellFormed) throw notInEncoding(start, encoding, { path, size: stats.size });
  return { ...partOf(content, cut), totalLines, truncated: !whole, size: stats.size, encoding: encoding.name, sha256 };
}

function partOf(content: string, cut: boolean) {
  // A line that was cut between the two characters of its end has none.
  return { content, lineEnding: lineEndingOf(cut && content.endsWith('\r') ? content.slice(0, -1) : content) };
}

function countLines(text: string): number {
  let lines = text === '' || text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
