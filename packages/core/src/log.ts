import { type Logger, pino } from 'pino';
import { redactor } from './guards/redact.ts';
import { escapeInvisible } from './guards/sanitize.ts';

export type { Logger } from 'pino';

/** Where log lines go. `process.stderr` fits. */
export interface LogSink {
  readonly writableLength: number;
  write(line: string): unknown;
}

/** Lines waiting for a reader of stderr beyond this many characters are dropped: a client that never reads it must not cost us memory. */
export const MAX_WAITING = 1 << 20;

/**
 * A logger of JSON lines. Every line, causes and stacks included, is redacted as a whole just before it is written, and shows a terminal
 * nothing that it would obey.
 */
export function createLog(level: string, secrets: readonly string[], sink: LogSink): Logger {
  const redact = redactor(secrets);
  const destination = {
    write(line: string) {
      if (sink.writableLength < MAX_WAITING) sink.write(line);
    },
  };
  return pino(
    {
      level,
      base: null,
      timestamp: isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: (line) => escapeInvisible(redact(line)) },
    },
    destination,
  );
}

let now = 0;
let written = '';

/** Under load many lines share a millisecond, and writing it as ISO 8601 costs more than the rest of a line. */
function isoTime(): string {
  const time = Date.now();
  if (time !== now) written = `,"time":"${new Date(time).toISOString()}"`;
  now = time;
  return written;
}
