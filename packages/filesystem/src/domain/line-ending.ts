/** How the lines of a text end. `cr` only where nothing else ends a line: elsewhere a bare carriage return is a character. */
export type LineEnding = 'lf' | 'crlf' | 'cr' | 'mixed' | 'none';

/** The line ends of a text, `none` if it has none. */
export function lineEndingOf(text: string): LineEnding {
  let [alone, together] = [false, false];
  for (let at = text.indexOf('\n'); at !== -1 && !(alone && together); at = text.indexOf('\n', at + 1)) {
    if (text[at - 1] === '\r') together = true;
    else alone = true;
  }
  if (alone && together) return 'mixed';
  if (alone || together) return together ? 'crlf' : 'lf';
  return text.includes('\r') ? 'cr' : 'none';
}
