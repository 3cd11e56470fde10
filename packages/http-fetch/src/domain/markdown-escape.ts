/** One line of text of a page, in which nothing is Markdown. */
export function escapeLine(line: string): string {
  return escapeText(line.replace(/\s+/g, ' ').trim());
}

/**
 * Only what would change the meaning is escaped, since every backslash costs the reader: emphasis, code, HTML, and `](` and `]:`, by which
 * a page could write links and pictures of its own.
 */
export function escapeText(words: string): string {
  return words.replace(
    /\\(?=[!-/:-@[-`{-~])|`|\*(?! )|(?<! )\*|_(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])_|<(?=[a-z/!?])|\](?=[(:])|~(?=~)/giu,
    '\\$&',
  );
}
