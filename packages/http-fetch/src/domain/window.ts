/** A part of a text that is read piece by piece. Offsets are UTF-16 units; the parts put together are the whole text. */
export interface TextWindow {
  readonly text: string;
  /** Where it begins. */
  readonly start: number;
  /** Where the next begins, undefined at the end. */
  readonly next: number | undefined;
}

/** Where a part may end, the best first. A border in its first half would make it too short. */
const BORDERS = ['\n\n', '\n', ' '];

/** The part of a text that begins at `start` and has about `maxLength` units at most: it ends with a paragraph, a line or a word, never in a character. */
export function windowOf(text: string, start: number, maxLength: number): TextWindow {
  const begin = wholeCharacter(text, Math.min(start, text.length));
  const end = begin + maxLength;
  if (end >= text.length) return { text: text.slice(begin), start: begin, next: undefined };
  const next = borderIn(text, begin, end) ?? wholeCharacter(text, end);
  // A character of two units in a window of one.
  const moved = next > begin ? next : begin + 2;
  return { text: text.slice(begin, moved), start: begin, next: moved < text.length ? moved : undefined };
}

function borderIn(text: string, begin: number, end: number): number | undefined {
  const ends = BORDERS.map((border) => text.lastIndexOf(border, end - border.length) + border.length);
  return ends.find((each, index) => each - (BORDERS[index]?.length ?? 0) >= begin + (end - begin) / 2);
}

/** The index itself, or the one before it where it lies between the halves of a character. */
function wholeCharacter(text: string, index: number): number {
  const [before, after] = [text.charCodeAt(index - 1), text.charCodeAt(index)];
  const splits = before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
  return splits ? index - 1 : index;
}
