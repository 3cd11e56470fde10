/** Reads fields from bytes that come in chunks, each up to a delimiter of its own: for output where a name may hold what ends a line. */
export class ByteScanner {
  readonly #chunks: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(chunks: AsyncIterator<Buffer>) {
    this.#chunks = chunks;
  }

  /** The bytes up to this one, which is left out; of more than `keep`, the beginning. Undefined where the output ends before it. */
  async until(delimiter: number, keep: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    for (let kept = 0; await this.#fill(); ) {
      const end = this.#chunk.indexOf(delimiter, this.#at);
      const part = this.#chunk.subarray(this.#at, end === -1 ? undefined : end).subarray(0, keep - kept);
      // Even an empty part of a chunk would keep all of it in memory.
      if (part.length > 0) parts.push(part);
      kept += part.length;
      this.#at = end === -1 ? this.#chunk.length : end + 1;
      if (end !== -1) return Buffer.concat(parts);
    }
    return undefined;
  }

  /** Whether this is what comes next, in which case it is skipped. */
  async skip(text: string): Promise<boolean> {
    while (this.#chunk.length - this.#at < text.length && (await this.#more()));
    if (this.#chunk.toString('latin1', this.#at, this.#at + text.length) !== text) return false;
    this.#at += text.length;
    return true;
  }

  async #fill(): Promise<boolean> {
    return this.#at < this.#chunk.length || (await this.#more());
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done) return false;
    const left = this.#chunk.subarray(this.#at);
    this.#chunk = left.length === 0 ? value : Buffer.concat([left, value]);
    this.#at = 0;
    return true;
  }
}
