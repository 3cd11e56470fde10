const waiting = new Map<string, Buffer>();

/**
 * Takes the bytes of a file from a handler to the `content` of its tool, which core gives a copy of the structured output and nothing
 * else. They are known by their hash, so they are the same for all who ask for them. Core asks in the turn of the event loop in which
 * the handler returns, so whoever hands over returns at once, and what was not taken by the end of the turn never will be.
 */
export function handOver(sha256: string, bytes: Buffer): void {
  waiting.set(sha256, bytes);
  setImmediate(() => waiting.delete(sha256));
}

/** What was handed over under a hash in this turn of the event loop. */
export function takeOver(sha256: string): Buffer {
  const bytes = waiting.get(sha256);
  if (bytes === undefined) throw new Error('Nothing was handed over');
  return bytes;
}
