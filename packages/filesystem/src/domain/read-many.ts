import { ToolError, toToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { weightOf } from './fit.ts';
import { readText, shorten, type TextRead } from './read.ts';
import type { Roots } from './roots.ts';
import { Spellings } from './spelling.ts';

/** Files that are read at the same time. */
const CONCURRENCY = 8;

/** Room for what `filesText` writes around a file: the end of its heading, the line to the next one, and the note that it was cut. */
const ROOM_AROUND = 80;

/** How much of each file, and of all of them. */
export interface ManyLimits {
  /** Only so many lines of each. */
  readonly head: number | undefined;
  /** Characters for all of them together, with what `filesText` writes around them. */
  readonly maxChars: number;
}

/** One of several files, by the path that was asked for: its text, or why there is none. */
export type FileRead = { readonly path: string } & (TextRead | { readonly error: ToolError });

/**
 * Reads several text files, a few at a time, each from its start. They keep their order, and one that cannot be read keeps no other from
 * it. The room is shared fairly: what small files leave over goes to large ones, and those are cut after a whole line. It is `too_large`
 * where not even the names have room.
 */
export async function readMany(roots: Roots, paths: readonly string[], limits: ManyLimits, signal: AbortSignal): Promise<FileRead[]> {
  const files: FileRead[] = [];
  const around = paths.reduce((sum, path) => sum + visibleName(path).length + ROOM_AROUND, 0);
  const partOf = (...more: readonly number[]) => {
    const left = limits.maxChars - around - files.reduce((sum, file) => sum + errorLength(file), 0);
    if (left < paths.length) throw tooMany(paths.length);
    return fairPart([...files.flatMap(wishOf), ...more], left);
  };
  const queue = paths.entries();
  const spellings = new Spellings(signal);
  const work = async () => {
    // The last part may be smaller, since others are still to come, but never larger. So all that is held is not much more than the answer.
    for (const [index, path] of queue)
      files[index] = await readOne(roots, path, partOf(Number.POSITIVE_INFINITY), { head: limits.head, signal, spellings });
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  const part = partOf();
  return files.map((file) => ('error' in file ? file : { ...file, ...shorten(file, part) }));
}

/**
 * The part of `total` up to which all wishes can be met alike: a smaller wish gets what it wants, and what it leaves over is shared by the
 * others. Infinite where there is enough for all.
 */
export function fairPart(wishes: readonly number[], total: number): number {
  let left = total;
  for (const [index, wish] of wishes.toSorted((one, other) => one - other).entries()) {
    const part = Math.floor(left / (wishes.length - index));
    if (wish > part) return part;
    left -= wish;
  }
  return Number.POSITIVE_INFINITY;
}

/** One file as it is written out. */
export interface FileText {
  readonly path: string;
  readonly content?: string | undefined;
  readonly truncated?: boolean | undefined;
  readonly nextLine?: number | undefined;
  readonly error?: { readonly message: string } | undefined;
}

/** The files as the official server writes them, and below what was cut how to go on. */
export function filesText(files: readonly FileText[]): string {
  return files.map(fileText).join('\n---\n');
}

function fileText({ path, content = '', truncated, nextLine, error }: FileText): string {
  if (error !== undefined) return `${visibleName(path)}: Error - ${error.message}`;
  const goOn = nextLine === undefined ? 'its last line is longer' : `read_text_file goes on with startLine ${nextLine}`;
  return `${visibleName(path)}:\n${content}\n${truncated ? `[Cut here: ${goOn}.]\n` : ''}`;
}

/** What all files of one call share. */
interface Sharing {
  readonly head: number | undefined;
  readonly signal: AbortSignal;
  readonly spellings: Spellings;
}

async function readOne(roots: Roots, path: string, budget: number, { head, signal, spellings }: Sharing): Promise<FileRead> {
  try {
    await using file = await roots.openFile(path, spellings);
    return { path, ...(await readText(file, { head }, budget, signal)) };
  } catch (error) {
    signal.throwIfAborted();
    return { path, error: toToolError(error) };
  }
}

function errorLength(file: FileRead): number {
  return 'error' in file ? file.error.message.length : 0;
}

/** How many characters a file would have: of one that was cut already, more than there are for it. */
function wishOf(file: FileRead): number[] {
  if ('error' in file) return [];
  return [file.truncated ? Number.POSITIVE_INFINITY : weightOf(file.content)];
}

function tooMany(count: number): ToolError {
  return new ToolError('too_large', `${count} files have no room in one answer`, { hint: 'Ask for fewer files in one call.' });
}
