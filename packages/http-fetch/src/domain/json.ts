import { createPieces } from './pieces.ts';

/** Longer single lines are set out. */
const MAX_COMPACT_CHARACTERS = 400;

/** JSON to read: as it came where it is short or has lines, else set out with one space for each level. No number loses a digit. */
export function readableJson(text: string): { value: unknown; content: string } | undefined {
  if (isTooDeep(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What is called JSON and is none is text.
    return undefined;
  }
  const trimmed = text.trim();
  return { value, content: trimmed.length > MAX_COMPACT_CHARACTERS && !trimmed.includes('\n') ? indented(trimmed) : trimmed };
}

/** Levels of what people write. Parsers keep a record of each outside of the heap that is limited. */
const MAX_DEPTH = 1_000;

/** Whether JSON is nested deeper than anybody writes. */
export function isTooDeep(json: string): boolean {
  let depth = 0;
  for (const [token] of json.matchAll(/["[\]{}]|\\./gs)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** Sticky, and without a way back: what is broken ends the search. */
const PIECE = /\s*("[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},:]|[^\s[\]{},:"]+)/gy;
const MAX_INDENT = 20;

/** Works on the text, since parsed numbers are rounded and repeated keys are lost. */
function indented(json: string): string {
  const out = createPieces();
  let depth = 0;
  let last = '';
  const newLine = () => out.add(`\n${' '.repeat(Math.min(depth, MAX_INDENT))}`);
  for (const [, piece = ''] of json.matchAll(PIECE)) {
    const opened = last === '[' || last === '{';
    const closes = piece === ']' || piece === '}';
    if (closes) depth -= 1;
    // Empty ones stay together.
    if (opened !== closes || last === ',') newLine();
    out.add(piece === ':' ? ': ' : piece);
    if (piece === '[' || piece === '{') depth += 1;
    last = piece;
  }
  return out.toString();
}
