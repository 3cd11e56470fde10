import { ToolError } from '../errors.ts';

/** Structured content or a resource may have this many times the characters of one answer's text: field names and numbers weigh something. */
export const STRUCTURE_FACTOR = 5;

/** All that one answer sends but media, for each character that its text may have: 250 kB by default. */
const BYTES_PER_CHAR = 6.25;

/** Something whose size is bounded: how it is called, and what to do where it is too large. */
export interface Sized {
  readonly name: string;
  readonly hint: string;
}

/** The refusal of what has more characters (or bytes) than it may. */
export function tooLarge({ name, hint }: Sized, size: number, limit: number, unit = 'characters'): ToolError {
  return new ToolError('too_large', `The ${name} has ${size} ${unit}; the limit is ${limit}.`, { hint });
}

/** Throws ToolError where the JSON of what is sent, which has `atMost` so many bytes, has more than an answer of `maxChars` may. */
export function refuseManyBytes(what: Sized, sent: unknown, atMost: number, maxChars: number): void {
  // Most answers are far from it, and need not be written twice to know.
  if (atMost <= maxChars * BYTES_PER_CHAR) return;
  const bytes = Buffer.byteLength(JSON.stringify(sent));
  if (bytes > maxChars * BYTES_PER_CHAR) throw tooLarge(what, bytes, maxChars * BYTES_PER_CHAR, 'bytes');
}
