import { type Sifting, type SiftLimits, sift } from './html-sift.ts';
import { createPieces, flat } from './pieces.ts';

const BREAKS =
  /^(?:p|div|br|li|tr|h[1-6]|ul|ol|dl|dt|dd|table|section|article|header|footer|nav|main|aside|pre|blockquote|hr|form|details|summary|figure)$/;

/** The text of a page, a line for each block: one pass without a tree, for pages of which no tree can be made. */
export function plainText(html: string, limits: SiftLimits, report: Sifting): string {
  const text = createPieces();
  for (const piece of sift(html, limits, report)) {
    if (piece.kind === 'text') text.add(flat(piece.text.replace(/\s+/g, ' ')));
    else if (BREAKS.test(piece.name)) text.add('\n');
    else if (piece.kind === 'open' && (piece.name === 'td' || piece.name === 'th')) text.add('\t');
  }
  return trimmedLines(text.toString());
}

/** Lines without white space around them, and none that is empty. Linear, where an expression would look at long white space again and again. */
export function trimmedLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}
