import { ToolError } from '@touchstone-mcp/core/errors';

/** A position in a list, in letters that no guard on the way to the client and back changes. */
export function cursorOf(position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** The position of a cursor, each part of the kind that is expected. `invalid_input` for whatever this server has not written. */
export function positionOf<const Kinds extends readonly ('string' | 'number')[]>(
  cursor: string,
  kinds: Kinds,
): { [Index in keyof Kinds]: Kinds[Index] extends 'string' ? string : number } {
  const parts = parse(cursor);
  const fits = Array.isArray(parts) && parts.length === kinds.length && kinds.every((kind, index) => isOf(kind, parts[index]));
  if (!fits)
    throw new ToolError('invalid_input', 'This cursor is none of this server.', {
      hint: 'Pass nextCursor of the page before, or no cursor.',
    });
  // Checked part by part just now; the type cannot follow a loop.
  return parts as never;
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor.slice(0, 10_000), 'base64url').toString());
  } catch {
    return undefined;
  }
}

function isOf(kind: 'string' | 'number', part: unknown): boolean {
  if (kind === 'string') return typeof part === 'string';
  return typeof part === 'number' && Number.isSafeInteger(part) && part >= 0;
}
