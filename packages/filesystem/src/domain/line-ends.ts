/** A text whose lines end with `\n`, and how they really end: all alike, or each as it does. */
export interface Lines {
  readonly text: string;
  readonly ends: string | readonly string[];
}

/** Reads the line ends of a text: `\n`, `\r\n`, or both. A bare `\r` ends lines only where nothing else does; elsewhere it is a character. */
export function parseLines(text: string): Lines {
  if (!text.includes('\r')) return { text, ends: '\n' };
  if (!text.includes('\n')) return { text: text.replaceAll('\r', '\n'), ends: '\r' };
  const plain = text.replaceAll('\r\n', '\n');
  const ends: string[] = [];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) ends.push(text[at - 1] === '\r' ? '\r\n' : '\n');
  const [first = '\n'] = ends;
  return { text: plain, ends: ends.every((end) => end === first) ? first : ends };
}

/** A text with `\n` for whatever ends a line in a text like the one given. */
export function plainText(text: string, { ends }: Lines): string {
  if (!text.includes('\r')) return text;
  return text.replaceAll(ends === '\r' ? /\r\n?/g : '\r\n', '\n');
}

/** The text with its line ends as they were. */
export function renderLines({ text, ends }: Lines): string {
  if (ends === '\n') return text;
  if (typeof ends === 'string') return text.replaceAll('\n', ends);
  return text
    .split('\n')
    .map((line, index, all) => (index === all.length - 1 ? line : line + (ends[index] ?? '\n')))
    .join('');
}
