/** Longer single lines are set out. */
const MAX_COMPACT_CHARACTERS = 400;

/** JSON to read: as it came where it is short or has lines, else set out with one space for each level. No number loses a digit. */
export function readableJson(text: string): { value: unknown; content: string } | undefined {
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

/** Sticky, and without a way back: what is broken ends the search. */
const PIECE = /\s*("[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},:]|[^\s[\]{},:"]+)/gy;
const MAX_INDENT = 20;

/** Works on the text, since parsed numbers are rounded and repeated keys are lost. */
function indented(json: string): string {
  const out: string[] = [];
  let depth = 0;
  let last = '';
  const newLine = () => out.push(`\n${' '.repeat(Math.min(depth, MAX_INDENT))}`);
  for (const [, piece = ''] of json.matchAll(PIECE)) {
    const opened = last === '[' || last === '{';
    const closes = piece === ']' || piece === '}';
    if (closes) depth -= 1;
    // Empty ones stay together.
    if (opened !== closes || last === ',') newLine();
    out.push(piece === ':' ? ': ' : piece);
    if (piece === '[' || piece === '{') depth += 1;
    last = piece;
  }
  return out.join('');
}
