import { isUtf8 } from 'node:buffer';

/** How a text is written in bytes: one of the encodings that can be read. Only UTF-8 does without a byte order mark. */
export interface Encoding {
  readonly name: 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be';
  /** The byte order mark that the file begins with, in Latin-1. */
  readonly mark: string;
  /** Bytes of a code unit. Every unit begins at a multiple of it. */
  readonly unitBytes: 1 | 2;
  /** What `Buffer.indexOf` looks for to find the end of a line. With `utf16le` it compares whole units. */
  readonly lineEnd: number | string;
  readonly searchedAs: 'utf8' | 'utf16le';
}

export type EncodingName = Encoding['name'];

const UTF_8: Encoding = { name: 'utf-8', mark: '', unitBytes: 1, lineEnd: 10, searchedAs: 'utf8' };

const MARKED: readonly Encoding[] = [
  { ...UTF_8, name: 'utf-8-bom', mark: '\xef\xbb\xbf' },
  { name: 'utf-16le', mark: '\xff\xfe', unitBytes: 2, lineEnd: '\n', searchedAs: 'utf16le' },
  // The same units with their bytes swapped.
  { name: 'utf-16be', mark: '\xfe\xff', unitBytes: 2, lineEnd: '\u0a00', searchedAs: 'utf16le' },
];

/** The encoding that a file's first bytes promise: what their byte order mark says, else UTF-8. Whether it is true, `isWellFormed` tells. */
export function encodingOf(start: Buffer): Encoding {
  return MARKED.find(({ mark }) => start.toString('latin1', 0, mark.length) === mark) ?? UTF_8;
}

/** The text of some bytes; half a character at either end becomes a replacement character, or half a surrogate pair. */
export function decode(bytes: Buffer, { name, unitBytes }: Encoding): string {
  if (unitBytes === 1) return bytes.toString();
  const units = bytes.subarray(0, bytes.length - (bytes.length % 2));
  return (name === 'utf-16le' ? units : Buffer.from(units).swap16()).toString('utf16le');
}

/** Whether some bytes are what their encoding promises, no character broken. */
export function isWellFormed(bytes: Buffer, encoding: Encoding): boolean {
  return encoding.unitBytes === 1 ? isUtf8(bytes) : bytes.length % 2 === 0 && decode(bytes, encoding).isWellFormed();
}

/** The bytes of a text, without a byte order mark. */
export function encode(text: string, { name, unitBytes }: Encoding): Buffer {
  if (unitBytes === 1) return Buffer.from(text);
  const units = Buffer.from(text, 'utf16le');
  return name === 'utf-16le' ? units : units.swap16();
}

/** So many bytes always hold more characters than the budget, even with a broken character at either end. A multiple of a unit. */
export function bytesBeyond(budget: number, { unitBytes }: Encoding): number {
  // In UTF-8, three bytes make one UTF-16 unit at least.
  return (unitBytes === 1 ? 3 : 2) * budget + 8;
}
