/** How a call tells its client how far it is. */
export type Progress = (done: number, total: number, message: string) => void;

/** Of work that nobody is told about. */
export const silent: Progress = () => {};

/** What long work waits for, and to whom it tells how far it is. */
export interface Waiting {
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** Tells how many of so many things are done, in steps of a hundredth: whoever waits needs no more. */
export function hundredths(progress: Progress, what: string): (done: number, total: number) => void {
  let told = 0;
  return (done, total) => {
    const percent = Math.floor((100 * done) / total);
    if (percent <= told) return;
    told = percent;
    progress(done, total, `${done} of ${total} ${what}`);
  };
}

/** What git counts while it talks to a remote, in the order in which it does. */
const TRANSFER = ['Counting objects', 'Compressing objects', 'Writing objects', 'Receiving objects', 'Resolving deltas'];
/** The same while it lays files. */
const CHECKOUT = ['Updating files'];
/** Steps of a transfer, after which those of a checkout come. */
export const TRANSFERRED = TRANSFER.length * 100;
const COUNTED = new RegExp(`^(?:remote: )?(${[...TRANSFER, ...CHECKOUT].join('|')}): +(\\d{1,3})% `);
const OTHER = /^(?:remote: )?(?:Enumerating objects: |Total \d|Delta compression using )/;

/** Lines of the remote's own words that are kept: it may send any number, and hide what git says behind them. */
const MAX_REMOTE_LINES = 20;

/** Characters of a line that has not ended yet. */
const MAX_PENDING = 2_000;

/**
 * Reads git's stderr: lines of progress are told to the client, in words of ours and never going back, and left out; the rest is kept.
 * A remote writes some of them, so that nothing of their text is passed on.
 */
export function progressReader(progress: Progress, work: 'transfer' | 'checkout'): (text: string) => string {
  const phases = work === 'transfer' ? TRANSFER : CHECKOUT;
  let [pending, told, remoteLines] = ['', 0, 0];
  const keeps = (line: string): boolean => {
    const [, phase = '', percent = ''] = COUNTED.exec(line) ?? [];
    if (phase !== '') {
      const done = phases.indexOf(phase) * 100 + Math.min(100, Number(percent));
      if (done > told) progress(done, phases.length * 100, `${phase}: ${Math.min(100, Number(percent))}%`);
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
