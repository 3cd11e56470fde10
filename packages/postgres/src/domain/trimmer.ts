const DATA_ROW = 0x44;

/** Type byte and length of a message. */
const HEADER = 5;

/** The same, and the number of values. */
const ROW_HEADER = 7;

/** Other messages than rows are never so long, unless an error or a notice was made to be. */
const MAX_MESSAGE = 1 << 20;

/** Even a row of very many values shows something of each. */
const MIN_VALUE = 8;

/** A row that is too long, while it arrives. */
interface LongRow {
  /** What is left of it, so far. */
  parts: Buffer[];
  valuesLeft: number;
  bytesLeft: number;
  keep: number;
  drop: number;
  /** Follows a value of which something is dropped. */
  mark: Buffer | undefined;
}

/** A message that is no row, and longer than any honest one. */
export class OversizeMessage extends Error {}

/**
 * Shortens rows in the stream that a server sends, before anybody holds a whole one: a value may have a gigabyte. In a row longer than
 * `maxRowBytes` each value keeps at most its share of what is left, and ends with a NUL, which no text of PostgreSQL has, and its
 * true length. All else passes as it is.
 */
export class Trimmer {
  maxRowBytes = Number.POSITIVE_INFINITY;
  /** Bytes that the server has sent so far. */
  received = 0;
  /** The beginning of something that is not here yet. */
  #pending: Buffer = Buffer.alloc(0);
  /** Bytes of the present message that pass. */
  #pass = 0;
  #row: LongRow | undefined;

  /** What is to be read instead of `chunk`, in parts of it or of its own. Where that is nothing, it keeps nothing of it. Throws OversizeMessage. */
  push(chunk: Buffer): Buffer[] {
    this.received += chunk.length;
    const data = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const out: Buffer[] = [];
    // What lies between passes.
    let start = 0;
    let at = 0;
    while (at < data.length) {
      const passed = Math.min(this.#pass, data.length - at);
      this.#pass -= passed;
      at += passed;
      if (passed > 0) continue;
      const taken = this.#row === undefined ? this.#begin(data, at) : this.#take(this.#row, data, at);
      if (taken === 0 && this.#pass === 0) break;
      if (taken === 0) continue;
      if (at > start) out.push(data.subarray(start, at));
      at += taken;
      start = at;
      out.push(...this.#finished());
    }
    if (at > start) out.push(data.subarray(start, at));
    // A copy of some bytes, for the same reason as below.
    this.#pending = Buffer.from(data.subarray(at));
    return out;
  }

  /** Looks at the head of a message: lets it pass, or takes the head in, and returns how long that is; does neither where too little is here. */
  #begin(data: Buffer, at: number): number {
    if (data.length - at < ROW_HEADER) {
      // The shortest messages have no more than the first part of it.
      if (data.length - at >= HEADER && data.readUInt32BE(at + 1) < ROW_HEADER - 1) this.#pass = data.readUInt32BE(at + 1) + 1;
      return 0;
    }
    const length = data.readUInt32BE(at + 1) + 1;
    const isLongRow = data[at] === DATA_ROW && length > this.maxRowBytes;
    if (!isLongRow) {
      this.#pass = length;
      if (data[at] !== DATA_ROW && length > MAX_MESSAGE) throw new OversizeMessage(`A message of ${length} bytes`);
      return 0;
    }
    this.#row = longRow(data.readUInt16BE(at + HEADER), this.maxRowBytes);
    return ROW_HEADER;
  }

  /** Takes in a piece of a row. Returns how much that was: nothing, where too little is here. */
  #take(row: LongRow, data: Buffer, at: number): number {
    const left = data.length - at;
    if (row.keep > 0) {
      const kept = Math.min(row.keep, left);
      row.keep -= kept;
      // A copy: a view would keep the whole chunk in memory.
      row.parts.push(Buffer.from(data.subarray(at, at + kept)));
      return kept;
    }
    if (row.drop > 0) {
      const dropped = Math.min(row.drop, left);
      row.drop -= dropped;
      return dropped;
    }
    if (left < 4) return 0;
    beginValue(row, data.readInt32BE(at));
    return 4;
  }

  /** The present row, if it is whole. */
  #finished(): Buffer[] {
    const row = this.#row;
    if (row === undefined || row.keep > 0) return [];
    if (row.mark !== undefined) row.parts.push(row.mark);
    row.mark = undefined;
    if (row.drop > 0 || row.valuesLeft > 0) return [];
    this.#row = undefined;
    const [head = Buffer.alloc(0), ...values] = row.parts;
    head.writeUInt32BE(ROW_HEADER - 1 + values.reduce((sum, part) => sum + part.length, 0), 1);
    return [head, ...values];
  }
}

function longRow(values: number, maxRowBytes: number): LongRow {
  const head = Buffer.alloc(ROW_HEADER);
  head[0] = DATA_ROW;
  head.writeUInt16BE(values, HEADER);
  return { parts: [head], valuesLeft: values, bytesLeft: maxRowBytes, keep: 0, drop: 0, mark: undefined };
}

function beginValue(row: LongRow, length: number): void {
  const share = Math.max(MIN_VALUE, Math.floor(row.bytesLeft / row.valuesLeft));
  row.valuesLeft -= 1;
  // A NULL has the length -1, and no bytes.
  row.keep = Math.min(Math.max(length, 0), share);
  row.bytesLeft -= row.keep;
  row.drop = Math.max(length, 0) - row.keep;
  row.mark = row.drop > 0 ? Buffer.from(`\0${length}`) : undefined;
  const prefix = Buffer.alloc(4);
  prefix.writeInt32BE(row.mark === undefined ? length : row.keep + row.mark.length);
  row.parts.push(prefix);
}
