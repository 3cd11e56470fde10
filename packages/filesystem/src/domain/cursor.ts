import path from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import { windowsNameFault } from './path-windows.ts';

/** Between the names of a path that is sorted: below every character, so that a directory's names come right after it. */
export const BETWEEN_NAMES = '\0';

/** A position in a walk, in letters that no guard on the way to the client and back changes. */
export function cursorAt(names: readonly string[]): string {
  return Buffer.from(names.join(BETWEEN_NAMES)).toString('base64url');
}

/** The names of a cursor, each a single name, whoever wrote it. */
export function namesOfCursor(cursor: string): readonly string[] {
  const names = Buffer.from(cursor, 'base64url').toString().split(BETWEEN_NAMES);
  if (cursorAt(names) === cursor && names.every(isSingleName)) return names;
  throw new ToolError('invalid_input', 'This cursor is none of this server.', {
    hint: 'Pass nextCursor of the page before, or no cursor.',
  });
}

/** Whether a text can be nothing but the name of something in a directory: anything else must never be looked up in one. */
export function isSingleName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) return false;
  return path.sep === '/' || (!name.includes(path.sep) && windowsNameFault(name) === undefined);
}
