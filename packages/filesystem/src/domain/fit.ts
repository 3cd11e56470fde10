import { decode, type Encoding, encode, isWellFormed } from './encoding.ts';

/** What of some text goes into an answer. */
export interface Cut {
  readonly content: string;
  /** Whether this is all of it. */
  readonly whole: boolean;
  /** Whether a line had to be broken because it alone is longer than the budget. */
  readonly cut: boolean;
}

/** The same for bytes. */
export interface Fit extends Cut {
  /** Whether the bytes behind `content` are what their encoding promises. */
  readonly wellFormed: boolean;
}

/** Bytes that hold any character, in any encoding. */
export const SMALLEST_ROOM = 4;

/** How much may go into an answer: UTF-16 units of text, and bytes of the file, of which there must be SMALLEST_ROOM. */
export interface Room {
  readonly chars: number;
  readonly bytes: number;
}

/** The first whole lines that fit. */
export function fitFirst(bytes: Buffer, room: Room, encoding: Encoding): Fit {
  const text = decode(bytes, encoding);
  const cut = cutFirst(text, Math.min(room.chars, unitsInFirst(bytes, room.bytes, encoding)));
  if (cut.whole) return { ...cut, wellFormed: isWellFormed(bytes, encoding) };
  const behind = encode(cut.content, encoding);
  return { ...cut, wellFormed: behind.equals(bytes.subarray(0, behind.length)) };
}

/** The last whole lines that fit. */
export function fitLast(bytes: Buffer, room: Room, encoding: Encoding): Fit {
  const text = decode(bytes, encoding);
  const cut = cutLast(text, Math.min(room.chars, unitsInLast(bytes, room.bytes, encoding)));
  if (cut.whole) return { ...cut, wellFormed: isWellFormed(bytes, encoding) };
  const behind = encode(cut.content, encoding);
  return { ...cut, wellFormed: behind.equals(bytes.subarray(bytes.length - behind.length)) };
}

/** The first whole lines of a text that fit into a budget of UTF-16 units. */
export function cutFirst(text: string, budget: number): Cut {
  if (text.length <= budget) return { content: text, whole: true, cut: false };
  const end = budget > 0 ? text.lastIndexOf('\n', budget - 1) + 1 : 0;
  return { content: end > 0 ? text.slice(0, end) : withoutHalves(text.slice(0, budget)), whole: false, cut: end === 0 };
}

function cutLast(text: string, budget: number): Cut {
  if (text.length <= budget) return { content: text, whole: true, cut: false };
  const start = text.indexOf('\n', text.length - budget - 1) + 1;
  const cut = start === 0 || start === text.length;
  return { content: cut ? withoutHalves(text.slice(text.length - budget)) : text.slice(start), whole: false, cut };
}

/** How many UTF-16 units the first `maxBytes` hold, as far as their last whole character. */
function unitsInFirst(bytes: Buffer, maxBytes: number, encoding: Encoding): number {
  if (bytes.length <= maxBytes) return Number.POSITIVE_INFINITY;
  let end = maxBytes - (maxBytes % encoding.unitBytes);
  if (encoding.unitBytes === 1) while (end > 0 && isInsideCharacter(bytes[end])) end -= 1;
  return withoutHalves(decode(bytes.subarray(0, end), encoding)).length;
}

function unitsInLast(bytes: Buffer, maxBytes: number, encoding: Encoding): number {
  if (bytes.length <= maxBytes) return Number.POSITIVE_INFINITY;
  let start = bytes.length - maxBytes;
  start += start % encoding.unitBytes;
  if (encoding.unitBytes === 1) while (start < bytes.length && isInsideCharacter(bytes[start])) start += 1;
  return withoutHalves(decode(bytes.subarray(start), encoding)).length;
}

/** Whether a byte of UTF-8 goes on with a character that began before it. */
function isInsideCharacter(byte = 0): boolean {
  return (byte & 0xc0) === 0x80;
}

/** Without the half of a surrogate pair that a cut has left at either end. */
function withoutHalves(text: string): string {
  return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');
}
