import { ToolError } from '@touchstone-mcp/core/errors';
import { UNSAFE_IN_NAME } from '@touchstone-mcp/core/visible';

/** A relation as somebody has named it: a schema, unless left out, and a name. */
export interface RelationName {
  readonly schema: string | null;
  readonly name: string;
}

/** One part of a name and the dot after it: in quotes, in quotes with escapes, or bare. */
const PART = /\s*(?:(U&)?"((?:[^"]|"")+)"|([^".]+?))\s*(\.|$)/iuy;

/** `\0061` or `\+01f600`, and the backslash itself, as in `U&"..."`. */
const ESCAPE = /\\(\\|\+[0-9a-f]{6}|[0-9a-f]{4})/gi;

/**
 * What a text may mean as the name of a relation, likeliest first: as it is written, then folded as PostgreSQL folds bare names, then
 * as one name with everything in it. A caller that has read `Orders` or `my.table` somewhere need not know when to quote.
 */
export function readingsOf(text: string): RelationName[] {
  const parts = partsOf(text);
  const readings: RelationName[] = [];
  for (const read of [(part: Part) => part.text, (part: Part) => (part.quoted ? part.text : part.text.toLowerCase())]) {
    const [first = '', second] = parts.map(read);
    if (parts.length === 1) readings.push({ schema: null, name: first });
    if (parts.length === 2 && second !== undefined) readings.push({ schema: first, name: second });
  }
  return [...readings, { schema: null, name: text }];
}

interface Part {
  readonly text: string;
  readonly quoted: boolean;
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  const part = new RegExp(PART);
  for (let dot = '.'; dot === '.'; ) {
    const [, escaped, quoted, bare = '', end] = part.exec(text) ?? [];
    if (end === undefined) return [];
    const inQuotes = quoted?.replaceAll('""', '"');
    parts.push({ text: (escaped === undefined ? inQuotes : inQuotes?.replace(ESCAPE, characterOf)) ?? bare, quoted: quoted !== undefined });
    dot = end;
  }
  return parts;
}

function characterOf(_whole: string, code: string): string {
  const point = Number.parseInt(code.replace('+', ''), 16);
  return code === '\\' || point > 0x10ffff ? '\\' : String.fromCodePoint(point);
}

const EVERY_UNSAFE = new RegExp(UNSAFE_IN_NAME, 'gv');

/**
 * Names that PostgreSQL has quoted (`quote_ident`, `%I.%I`), as one line of visible text that means the same in a statement: unsafe
 * characters become the escapes of `U&"..."`. So a table called `x<newline>table y` cannot forge a second entry.
 */
export function visibleIdentifier(quoted: string): string {
  if (!UNSAFE_IN_NAME.test(quoted)) return quoted;
  return quoted.replace(QUOTED, (part) =>
    UNSAFE_IN_NAME.test(part) ? `U&${part.replaceAll('\\', '\\\\').replace(EVERY_UNSAFE, escapeOf)}` : part,
  );
}

const QUOTED = /"(?:[^"]|"")*"/g;

function escapeOf(character: string): string {
  const code = character.codePointAt(0)?.toString(16) ?? '';
  return code.length > 4 ? `\\+${code.padStart(6, '0')}` : `\\${code.padStart(4, '0')}`;
}

/** Text of the database's (an expression, a comment, a name) as one line of visible text, with an ellipsis where it was cut at `length`. */
export function oneLine(text: string, length = Number.POSITIVE_INFINITY): string {
  const line = visibleIdentifier(text).replace(/[\s\u0085]+/g, (space) => (LINE_END.test(space) ? ' ' : space));
  return line.replace(EVERY_UNSAFE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`) + (text.length >= length ? '...' : '');
}

const LINE_END = /[\t\n\v\f\r\u0085\u2028\u2029]/;

/** Two names in quotes, every character of them escaped. */
const MAX_NAME = 1_000;

/** The same text, unless no name in PostgreSQL, or part of one, can be like it. */
export function storable(text: string): string {
  if (!text.includes('\0') && text.length <= MAX_NAME) return text;
  throw new ToolError('invalid_input', 'No name in PostgreSQL can be like this.', { hint: 'A name has at most 63 bytes, and no NUL.' });
}
