import { pipeline, type Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { ToolError } from '@touchstone-mcp/core/errors';
import { SMALL_BYTES } from './body-room.ts';
import { MAX_LAYERS, MAX_RATIO, RATIO_FLOOR_BYTES } from './limits.ts';

type Bytes = AsyncIterable<Buffer>;

/** What is asked for; nothing else is taken apart. */
export const ACCEPT_ENCODING = 'gzip, deflate, br, zstd';

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush, ZSTD_d_windowLogMax } = zlib.constants;

/** Many servers leave out the end of a stream, and what they sent is still whole: so each is flushed, not finished. */
const DECODERS: ReadonlyMap<string, (source: Bytes) => Bytes> = new Map([
  ['gzip', (source: Bytes) => through(source, zlib.createGunzip({ finishFlush: Z_SYNC_FLUSH }))],
  ['deflate', inflate],
  ['br', (source: Bytes) => through(source, zlib.createBrotliDecompress({ finishFlush: BROTLI_OPERATION_FLUSH }))],
  // RFC 9659: a window of 8 MB at most, else one frame could ask for gigabytes.
  [
    'zstd',
    (source: Bytes) => through(source, zlib.createZstdDecompress({ finishFlush: ZSTD_e_flush, params: { [ZSTD_d_windowLogMax]: 23 } })),
  ],
]);

/** A body as far as it was taken. */
export interface Body {
  /** Good until `release`. */
  readonly bytes: Buffer;
  /** Bytes as they came, compressed. */
  readonly wireBytes: number;
  /** Whether it is not whole. */
  readonly truncated: boolean;
  /** Whether the connection ended before it did. */
  readonly incomplete: boolean;
  /** Gives the memory of the bytes back. */
  readonly release: () => void;
}

/** How much of a body is read, and when. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** Bytes that are of use of a body that begins like this. */
  readonly usefulBytes: (start: Buffer) => number;
  /** Waits until there is room for a large one. */
  readonly enter: () => Promise<void>;
  /** What an error in the middle means: a limit, an end that came too early, or (undefined) that it is none of ours. */
  readonly endedBy: (error: unknown) => 'limit' | 'connection' | undefined;
}

/** Bytes by which a body is told. */
const START_BYTES = 1_024;

/** By which the memory of a body grows, one page after another. */
const GROWTH_BYTES = 128 * 1024;

/** The encodings that lie around a body, outermost last, from its Content-Encoding. Throws a ToolError for strange or too many ones. */
function encodingsOf(header: string): string[] {
  const names = header.split(',').map((name) =>
    name
      .trim()
      .toLowerCase()
      .replace(/^x-(?=gzip$)/, ''),
  );
  const encodings = names.filter((name) => name !== '' && name !== 'identity');
  if (encodings.length > MAX_LAYERS || !encodings.every((name) => DECODERS.has(name)))
    throw new ToolError('unavailable', 'The host sent an encoding that it was not asked for.', {
      hint: 'Tell the user: this page cannot be read.',
    });
  return encodings;
}

/**
 * Reads a body until its end, a limit, or an error that is the end of it. Memory is bounded by `maxBytes`, whatever the compression: each layer
 * waits for the next, and all for room.
 */
export async function readBody(source: Readable, contentEncoding: string, limits: BodyLimits): Promise<Body> {
  let wireBytes = 0;
  async function* counted(): Bytes {
    for await (const chunk of source as Bytes) {
      wireBytes += chunk.length;
      yield chunk;
    }
  }
  const gathered = new Gathered(limits.maxBytes);
  let useful: number | undefined;
  const body = (truncated: boolean, incomplete = false): Body => {
    const bytes = gathered.end().subarray(0, useful);
    return { bytes, wireBytes, truncated, incomplete, release: () => gathered.release() };
  };
  try {
    const decoded = encodingsOf(contentEncoding).reduceRight<Bytes>((inner, name) => DECODERS.get(name)?.(inner) ?? inner, counted());
    for await (const chunk of decoded) {
      const whole = gathered.add(chunk);
      const size = gathered.length;
      if (size >= START_BYTES) useful ??= limits.usefulBytes(gathered.bytes);
      if (!whole || size > (useful ?? size) || (size > RATIO_FLOOR_BYTES && size > wireBytes * MAX_RATIO)) return body(true);
      if (size > SMALL_BYTES) await limits.enter();
    }
  } catch (error) {
    const ended = limits.endedBy(error);
    if (gathered.length === 0 || ended === undefined) {
      gathered.release();
      throw error;
    }
    return body(true, ended === 'connection');
  } finally {
    // A decoder that is left alone may still wait for the next piece: the connection must not.
    source.on('error', () => {}).destroy();
  }
  return body(false);
}

/** Bytes in one piece: a body may come byte by byte, and a buffer for each would take a hundred times as much. */
class Gathered {
  // It grows where it is, and is given back when it is no longer needed, not when somebody collects garbage.
  readonly #memory: ArrayBuffer;
  #length = 0;

  constructor(maxBytes: number) {
    this.#memory = new ArrayBuffer(0, { maxByteLength: maxBytes });
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): Buffer {
    return Buffer.from(this.#memory, 0, this.#length);
  }

  /** Takes of the piece what there is room for, and says whether that was all of it. */
  add(piece: Buffer): boolean {
    const room = this.#memory.maxByteLength - this.#length;
    const taken = piece.subarray(0, room);
    const length = this.#length + taken.length;
    if (length > this.#memory.byteLength) this.#memory.resize(Math.min(length + GROWTH_BYTES, this.#memory.maxByteLength));
    new Uint8Array(this.#memory, this.#length).set(taken);
    this.#length = length;
    return taken.length === piece.length;
  }

  /** The bytes, in no more memory than they need. */
  end(): Buffer {
    this.#memory.resize(this.#length);
    return this.bytes;
  }

  release(): void {
    this.#length = 0;
    // It may have been given to a thread.
    if (!this.#memory.detached) this.#memory.resize(0);
  }
}

async function* through(source: Bytes, decoder: Transform): Bytes {
  // What fails reaches whoever reads.
  yield* pipeline(source, decoder, () => {});
}

/** `deflate` means zlib's format, and is often sent without its header (RFC 9110, 8.4.1.2); the first byte tells. */
async function* inflate(source: Bytes): Bytes {
  const rest = source[Symbol.asyncIterator]();
  const { value: first = Buffer.alloc(0) } = await rest.next();
  async function* whole(): Bytes {
    yield first;
    yield* { [Symbol.asyncIterator]: () => rest };
  }
  const options = { finishFlush: Z_SYNC_FLUSH };
  const hasHeader = ((first[0] ?? 0) & 0x0f) === 8;
  yield* through(whole(), hasHeader ? zlib.createInflate(options) : zlib.createInflateRaw(options));
}
