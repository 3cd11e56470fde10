import { MAX_MEDIA_BYTES, sniffed } from './media.ts';

/** What one request may take. Times in milliseconds. */
export interface Limits {
  /** Until a connection stands, TLS included. */
  readonly connectMs: number;
  /** From the request to the end of the answer's headers. */
  readonly headersMs: number;
  /** Between two pieces of the body. */
  readonly idleMs: number;
  /** For everything, redirects and retries included. A body that is not whole by then is cut. */
  readonly totalMs: number;
  /** Bytes of a body once decompressed. A longer one is cut. */
  readonly maxBytes: number;
}

/** Bytes of a text that are read. What follows would not fit into memory as a tree, nor into any answer. */
export const MAX_TEXT_BYTES = 2 * 1024 * 1024;

/** How many bytes of a body are of use, by its beginning: a PDF is read whole or not at all, media up to what is attached. */
export function usefulBytesOf(start: Uint8Array, maxBytes: number): number {
  const type = sniffed(start);
  if (type === 'application/pdf') return maxBytes;
  return Math.min(maxBytes, /^(?:image|audio)/.test(type ?? '') ? MAX_MEDIA_BYTES + 1 : MAX_TEXT_BYTES);
}

/**
 * Bytes that are read of an answer that may be followed by another request of the same call: a redirect, a gateway that failed. So few need no
 * room, and a call that has room waits for no turn.
 */
export const MAX_PASSING_BYTES = 65_536;

/** Bytes that the headers of an answer may have. */
export const MAX_HEADER_BYTES = 65_536;

/** Interim answers (1xx) before the real one. */
export const MAX_INTERIM = 10;

/** How many encodings may lie around a body. Nobody needs two; a third is an attack. */
export const MAX_LAYERS = 2;

/** A body that has grown beyond the floor may be this many times what came over the wire: text reaches 20, a bomb 1,000 and more. */
export const MAX_RATIO = 200;
export const RATIO_FLOOR_BYTES = 1_000_000;

/** Limits that leave half a call's time to connect, and a fifth of it for what is done with the page. */
export function limitsFor(callTimeoutMs: number, maxBytes: number): Limits {
  const totalMs = Math.ceil(callTimeoutMs * 0.8);
  const within = (ms: number) => Math.min(ms, Math.ceil(totalMs / 2));
  return { connectMs: within(10_000), headersMs: within(15_000), idleMs: within(10_000), totalMs, maxBytes };
}
