import { ToolError } from '@touchstone-mcp/core/errors';

/** One array: more than any text, and most fonts. */
const MAX_ONE_BYTES = 4 * 1024 * 1024;
/** All that are alive at the same time, beside those that there were before: the file itself. */
const MAX_LIVE_BYTES = 16 * 1024 * 1024;
/** How much may be made before those that are alive are counted. */
const COUNTED_EVERY_BYTES = 4 * 1024 * 1024;

const KINDS = [
  ...(['ArrayBuffer', 'Uint8Array', 'Uint8ClampedArray', 'Int8Array', 'Uint16Array', 'Int16Array'] as const),
  ...(['Uint32Array', 'Int32Array', 'Float32Array', 'Float64Array'] as const),
];

/** What came of the bounds. */
export interface BufferBounds {
  /** How many buffers were refused. */
  readonly refused: number;
}

let bounds: { refused: number; liveBefore: number } | undefined;

/**
 * Bounds the buffers of this thread, for code that makes them as large as a stranger says: the heap of a thread has a limit, its buffers have
 * none. From then on what is too large throws a RangeError. Buffers that the platform makes by itself are not seen, so what unpacks streams goes.
 */
export function boundBuffers(): BufferBounds {
  bounds ??= install();
  bounds.refused = 0;
  bounds.liveBefore = process.memoryUsage().arrayBuffers;
  return bounds;
}

function install(): { refused: number; liveBefore: number } {
  const found = { refused: 0, liveBefore: 0 };
  let sinceCounted = 0;
  const charge = (bytes: number) => {
    sinceCounted += bytes;
    const live = () => process.memoryUsage().arrayBuffers - found.liveBefore;
    if (bytes > MAX_ONE_BYTES || (sinceCounted > COUNTED_EVERY_BYTES && live() + bytes > MAX_LIVE_BYTES)) {
      found.refused += 1;
      throw new RangeError('Array buffer allocation failed');
    }
    if (sinceCounted > COUNTED_EVERY_BYTES) sinceCounted = 0;
  };
  for (const kind of KINDS) bound(kind, charge);
  Reflect.deleteProperty(globalThis, 'DecompressionStream');
  return found;
}

function bound(kind: (typeof KINDS)[number], charge: (bytes: number) => void): void {
  const original = globalThis[kind];
  const width = 'BYTES_PER_ELEMENT' in original ? original.BYTES_PER_ELEMENT : 1;
  const bounded: typeof original = new Proxy(original, {
    construct(target, args, newTarget): object {
      const [size] = args;
      if (typeof size === 'number') charge(size * width);
      else if (Array.isArray(size) || (ArrayBuffer.isView(size) && 'length' in size)) charge(Number(size.length) * width);
      return Reflect.construct(target, args, newTarget === bounded ? target : newTarget);
    },
  });
  Object.defineProperty(globalThis, kind, { value: bounded, configurable: true, writable: true });
}

/** The refusal of what cannot be read within the bounds. */
export function tooLargePdf(): ToolError {
  return new ToolError('too_large', 'The PDF cannot be read within the limits of time and memory.', { hint: 'Give the user the link.' });
}
