import { ToolError } from '@touchstone-mcp/core/errors';

/** A place in the order of objects (schema, kind, name, oid), in letters that nothing on the way to the client and back changes. */
export function cursorAt(place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** The place of a cursor, to be bound as four values: whoever wrote it, at worst a list begins there. Throws ToolError `invalid_input`. */
export function placeOf(cursor: string): unknown[] {
  const place = jsonOf(Buffer.from(cursor, 'base64url').toString());
  if (Array.isArray(place) && place.length === 4) {
    const [schema, kind, name, oid] = place;
    const isName = (part: unknown) => typeof part === 'string' && !part.includes('\0');
    if ([schema, kind, name].every(isName) && Number.isSafeInteger(oid)) return place;
  }
  throw new ToolError('invalid_input', 'This cursor is none of this server.', {
    hint: 'Pass nextCursor of the page before, or no cursor.',
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
