import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { BETWEEN_NAMES, cursorAt, cursorLength, namesOfCursor, type Position } from './cursor.ts';
import { weightOf } from './fit.ts';

/** One line of a file. */
export interface FoundLine {
  readonly line: number;
  readonly text: string;
  /** It does not match itself, but is near one that does. */
  readonly context?: true;
}

/** A file that matches. */
export interface FoundFile {
  readonly path: string;
  /** How many of its lines match, if that was asked for. */
  count?: number;
  lines?: FoundLine[];
}

/** One page of files in the order of their paths. */
export interface ContentPage {
  readonly files: FoundFile[];
  readonly truncated: boolean;
  readonly nextCursor: string | undefined;
}

/** Where a page begins and how long it may be. */
export interface PageLimits {
  readonly cursor?: string | undefined;
  /** Matching lines, or files where lines are not shown. */
  readonly limit: number;
  /** Characters of a text with a heading a file and the number before each line. */
  readonly maxChars: number;
}

/** A line that was found, or the number of them. */
export interface Hit {
  readonly number: number;
  readonly text: string;
  readonly context: boolean;
}

/** Files as text: paths alone, paths with numbers, or under each path its lines, `12:` before those that match and `12-` before others. */
export function contentLines(files: readonly ShownFile[]): string[] {
  return files.flatMap(({ path, count, lines = [] }) => [
    ...(count === undefined ? [visibleName(path)] : [`${visibleName(path)}: ${count}`]),
    ...lines.map(({ line, text, context }) => `${line}${context ? '-' : ':'}${text}`),
  ]);
}

/** A file as the client gets it. */
interface ShownFile {
  readonly path: string;
  readonly count?: number | undefined;
  readonly lines?: readonly { readonly line: number; readonly text: string; readonly context?: boolean | undefined }[] | undefined;
}

/** Fills up with what is found, until no more fits. A cursor is the file and the line that were shown last. */
export class Page {
  matches = 0;
  readonly #files: FoundFile[] = [];
  readonly #output: 'files' | 'lines' | 'count';
  readonly #limit: number;
  readonly #after: { readonly key: string; readonly line: number };
  #last: { readonly key: string; readonly line: number } | undefined;
  #room: number;
  #measured = { key: '', length: cursorLength([String(Number.MAX_SAFE_INTEGER)]) };
  #truncated = false;

  constructor(output: 'files' | 'lines' | 'count', { cursor, limit, maxChars }: PageLimits) {
    this.#output = output;
    this.#limit = limit;
    this.#room = maxChars;
    this.#after = cursor === undefined ? { key: '', line: 0 } : positionOf(cursor);
  }

  /** Where its first file may be, if it is not the first page: a file of which lines were shown may have more. */
  get begin(): Position | undefined {
    const { key, line } = this.#after;
    return key === '' ? undefined : { names: key.split(BETWEEN_NAMES), alike: line > 0 ? 0 : 1 };
  }

  /** How many files are worth opening at once: of those of which lines are shown, a few may fill the page. */
  room(most: number): number {
    return Math.max(1, Math.min(this.#output === 'lines' ? most / 2 : most, this.#limit + 1 - this.matches));
  }

  /** Takes what was found in a file, and says whether more can be taken. */
  add(path: string, key: string, hit: Hit): boolean {
    const line = this.#output === 'lines' ? hit.number : 0;
    if (line > 0 && key === this.#after.key && line <= this.#after.line) return true;
    const known = this.#last?.key === key ? this.#files.at(-1) : undefined;
    this.#room -= (known === undefined ? fileCost(path) : 0) + (line > 0 ? lineCost(hit) : 0);
    const full = this.#room < this.#cursorLength(key) || (!hit.context && this.matches >= this.#limit);
    // At least one, or the next page would be this one again.
    if (full && this.#last !== undefined) {
      this.#truncated = true;
      return false;
    }
    this.#put(known ?? this.#begin(path), hit);
    this.#last = { key, line };
    return true;
  }

  /** Of one that ends the page in this file. */
  #cursorLength(key: string): number {
    if (this.#measured.key !== key) this.#measured = { key, length: cursorLength([String(Number.MAX_SAFE_INTEGER), key]) };
    return this.#measured.length;
  }

  #begin(path: string): FoundFile {
    const file: FoundFile = this.#output === 'lines' ? { path, lines: [] } : { path };
    this.#files.push(file);
    return file;
  }

  #put(file: FoundFile, { number, text, context }: Hit): void {
    file.lines?.push({ line: number, text, ...(context ? { context } : {}) });
    if (this.#output === 'count') file.count = number;
    if (!context) this.matches += 1;
  }

  result(): ContentPage {
    const nextCursor = this.#truncated && this.#last !== undefined ? cursorOf(this.#last) : undefined;
    return { files: this.#files, truncated: this.#truncated, nextCursor };
  }
}

function fileCost(path: string): number {
  return Math.max(visibleName(path).length + 12, (path.length + 40) / 5);
}

function lineCost({ number, text }: Hit): number {
  const shown = weightOf(text);
  return Math.max(String(number).length + 2 + shown, (shown + 30) / 5);
}

function cursorOf({ key, line }: { readonly key: string; readonly line: number }): string {
  return cursorAt([String(line), ...(key === '' ? [] : key.split(BETWEEN_NAMES))]);
}

function positionOf(cursor: string): { readonly key: string; readonly line: number } {
  const [line = '', ...names] = namesOfCursor(cursor);
  if (/^\d{1,15}$/.test(line)) return { key: names.join(BETWEEN_NAMES), line: Number(line) };
  throw new ToolError('invalid_input', 'This cursor is none of this search.', {
    hint: 'Pass nextCursor of the page before, or no cursor.',
  });
}
