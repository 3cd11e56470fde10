import path from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import { windowsNameFault } from './path-windows.ts';

/** Between the names of a path that is sorted: below every character, so that a directory's names come right after it. */
export const BETWEEN_NAMES = '\0';

/** Names that are no UTF-8 may be told apart by nothing that is shown, so a position also says how many alike lie before it. */
const BEFORE_ALIKE = '\0\0';

/** Bytes that say how many are alike. */
const MOST_FOR_ALIKE = 12;

/** Where a page has ended. */
export interface Position {
  readonly names: readonly string[];
  /** How many that have these names were shown, in the order of the disk. */
  readonly alike: number;
}

/** A position in a walk, in letters that no guard on the way to the client and back changes. */
export function cursorAt(names: readonly string[], alike = 1): string {
  return Buffer.from(names.join(BETWEEN_NAMES) + (alike > 1 ? BEFORE_ALIKE + alike : '')).toString('base64url');
}

/** How many characters a cursor has at most that ends a page at these names. */
export function cursorLength(names: readonly string[]): number {
  const bytes = names.reduce((sum, name) => sum + Buffer.byteLength(name) + 1, MOST_FOR_ALIKE);
  return Math.ceil((4 * bytes) / 3);
}

/** The position of a cursor, each of its names a single name, whoever wrote it. */
export function positionOf(cursor: string): Position {
  const [text = '', count = '1', ...rest] = Buffer.from(cursor, 'base64url').toString().split(BEFORE_ALIKE);
  const names = text.split(BETWEEN_NAMES);
  const alike = Number(count);
  const fits = rest.length === 0 && /^\d{1,9}$/.test(count) && cursorAt(names, alike) === cursor;
  if (fits && names.every(isSingleName)) return { names, alike };
  throw new ToolError('invalid_input', 'This cursor is none of this server.', {
    hint: 'Pass nextCursor of the page before, or no cursor.',
  });
}

/** The names of a cursor that stands for no more than names. */
export function namesOfCursor(cursor: string): readonly string[] {
  return positionOf(cursor).names;
}

/** Whether a text can be nothing but the name of something in a directory: anything else must never be looked up in one. */
export function isSingleName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) return false;
  return path.sep === '/' || (!name.includes(path.sep) && windowsNameFault(name) === undefined);
}
