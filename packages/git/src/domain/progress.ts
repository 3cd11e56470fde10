/** How a call tells its client how far it is. */
export type Progress = (done: number, total: number, message: string) => void;

/** What git counts on the way, in the order in which it does. */
const PHASES = ['Counting objects', 'Compressing objects', 'Writing objects', 'Receiving objects', 'Resolving deltas'];
const COUNTED = new RegExp(`^(?:remote: )?(${PHASES.join('|')}): +(\\d{1,3})% `);
const OTHER = /^(?:remote: )?(?:Enumerating objects: |Total \d|Delta compression using )/;

/** Lines of the remote's own words that are kept: it may send any number, and hide what git says behind them. */
const MAX_REMOTE_LINES = 20;

/** Characters of a line that has not ended yet. */
const MAX_PENDING = 2_000;

/**
 * Reads git's stderr: lines of progress are told to the client, in words of ours and never going back, and left out; the rest is kept.
 * A remote writes some of them, so that nothing of their text is passed on.
 */
export function progressReader(progress: Progress): (text: string) => string {
  let [pending, told, remoteLines] = ['', 0, 0];
  const keeps = (line: string): boolean => {
    const [, phase = '', percent = ''] = COUNTED.exec(line) ?? [];
    if (phase !== '') {
      const done = PHASES.indexOf(phase) * 100 + Math.min(100, Number(percent));
      if (done > told) progress(done, PHASES.length * 100, `${phase}: ${Math.min(100, Number(percent))}%`);
      told = Math.max(told, done);
      return false;
    }
    if (OTHER.test(line) || line.trim() === '') return false;
    if (line.startsWith('remote: ')) remoteLines += 1;
    return !line.startsWith('remote: ') || remoteLines <= MAX_REMOTE_LINES;
  };
  return (text) => {
    // A line end of two characters may arrive in two parts.
    const lines = (pending + text).split(/\r\n|\n|\r(?=[^\n])/);
    pending = (lines.pop() ?? '').slice(-MAX_PENDING);
    return lines
      .filter(keeps)
      .map((line) => `${line}\n`)
      .join('');
  };
}
