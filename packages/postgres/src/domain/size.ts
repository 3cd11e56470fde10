const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** A number of bytes as PostgreSQL writes it (`pg_size_pretty`): `512 bytes`, `96 kB`, `3.4 GB`. */
export function sizeOf(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  const amount = bytes / 1024 ** power;
  return `${amount < 10 && power > 0 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[power]}`;
}

/** Bytes of text and structure together that core sends for each character of text that an answer may have. */
const BYTES_PER_CHAR = 6.25;

/** How many characters of its answer an item takes, which is sent as a line of text and as data. */
export function chargeOf(item: unknown, line: string): number {
  const bytes = Buffer.byteLength(line) + Buffer.byteLength(JSON.stringify(item));
  return Math.max(line.length + 1, bytes / BYTES_PER_CHAR);
}
