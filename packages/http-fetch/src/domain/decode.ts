import { pipeline, type Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { ToolError } from '@touchstone-mcp/core/errors';
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
  readonly bytes: Buffer;
  /** Bytes as they came, compressed. */
  readonly wireBytes: number;
  /** Whether it is not whole, because of its size or of time. */
  readonly truncated: boolean;
}

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
 * Reads a body until its end, `maxBytes`, or a time that `isTimeUp` knows the errors of. Memory is bounded by `maxBytes`, whatever the
 * compression: each layer waits for the next.
 */
export async function readBody(
  source: Readable,
  contentEncoding: string,
  maxBytes: number,
  isTimeUp: (error: unknown) => boolean,
): Promise<Body> {
  let wireBytes = 0;
  async function* counted(): Bytes {
    for await (const chunk of source as Bytes) {
      wireBytes += chunk.length;
      yield chunk;
    }
  }
  const chunks: Buffer[] = [];
  let size = 0;
  const body = (truncated: boolean): Body => ({ bytes: Buffer.concat(chunks, Math.min(size, maxBytes)), wireBytes, truncated });
  try {
    const decoded = encodingsOf(contentEncoding).reduceRight<Bytes>((inner, name) => DECODERS.get(name)?.(inner) ?? inner, counted());
    for await (const chunk of decoded) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes || (size > RATIO_FLOOR_BYTES && size > wireBytes * MAX_RATIO)) return body(true);
    }
  } catch (error) {
    if (size === 0 || !isTimeUp(error)) throw error;
    return body(true);
  } finally {
    // A decoder that is left alone may still wait for the next piece: the connection must not.
    source.on('error', () => {}).destroy();
  }
  return body(false);
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
