import { ToolError } from '@touchstone-mcp/core/errors';

/** Cuts a stream of bytes at a separator. `too_large` where there are more than `maxBytes` in all, or no end in sight within a record. */
export async function* records(chunks: AsyncIterable<Buffer>, separator: number, maxBytes: number): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > maxBytes) {
      throw new ToolError('too_large', 'Too much matches.', {
        hint: 'Narrow the search: a longer pattern, a glob, or a smaller directory.',
      });
    }
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(separator); end !== -1; end = bytes.indexOf(separator, start)) {
      yield bytes.subarray(start, end);
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
  if (rest.length > 0) yield rest;
}
