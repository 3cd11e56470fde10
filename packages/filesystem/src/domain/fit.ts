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

/** Characters that are written out on the way to the client, in up to nine characters each. */
const HIDDEN = /(?!\t|\n|\r|\u200c|\u200d|[\ufe00-\ufe0f])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** What a hidden character weighs more than it is long: text may become twice as long by them, and three bytes a character as others may. */
const HIDDEN_WEIGHT = 4;

/** How much room a text takes: its UTF-16 units, and more for characters that are written out. */
export function weightOf(text: string): number {
  return text.length + HIDDEN_WEIGHT * (text.match(HIDDEN)?.length ?? 0);
}

/** The first whole lines that fit. */
export function fitFirst(bytes: Buffer, room: Room, encoding: Encoding): Fit {
  const text = decode(bytes, encoding);
  const cut = cutAfter(text, Math.min(unitsFromStart(text, room.chars), unitsInFirst(bytes, room.bytes, encoding)));
  if (cut.whole) return { ...cut, wellFormed: isWellFormed(bytes, encoding) };
  const behind = encode(cut.content, encoding);
  return { ...cut, wellFormed: behind.equals(bytes.subarray(0, behind.length)) };
}

/** The last whole lines that fit. */
export function fitLast(bytes: Buffer, room: Room, encoding: Encoding): Fit {
  const text = decode(bytes, encoding);
  const cut = cutBefore(text, Math.min(unitsFromEnd(text, room.chars), unitsInLast(bytes, room.bytes, encoding)));
  if (cut.whole) return { ...cut, wellFormed: isWellFormed(bytes, encoding) };
  const behind = encode(cut.content, encoding);
  return { ...cut, wellFormed: behind.equals(bytes.subarray(bytes.length - behind.length)) };
}

/** The first whole lines of a text that fit into a budget of UTF-16 units. */
export function cutFirst(text: string, budget: number): Cut {
  return cutAfter(text, unitsFromStart(text, budget));
}

function cutAfter(text: string, units: number): Cut {
  if (text.length <= units) return { content: text, whole: true, cut: false };
  const end = units > 0 ? text.lastIndexOf('\n', units - 1) + 1 : 0;
  return { content: end > 0 ? text.slice(0, end) : withoutHalves(text.slice(0, units)), whole: false, cut: end === 0 };
}

function cutBefore(text: string, units: number): Cut {
  if (text.length <= units) return { content: text, whole: true, cut: false };
  const start = text.indexOf('\n', text.length - units - 1) + 1;
  const cut = start === 0 || start === text.length;
  return { content: cut ? withoutHalves(text.slice(text.length - units)) : text.slice(start), whole: false, cut };
}

/** How many UTF-16 units of the beginning of a text weigh no more than a budget. */
function unitsFromStart(text: string, budget: number): number {
  const hidden = [...text.slice(0, budget).matchAll(HIDDEN)];
  return unitsBefore(
    hidden.map(({ index, 0: { length } }) => ({ from: index, to: index + length })),
    budget,
  );
}

function unitsFromEnd(text: string, budget: number): number {
  const end = text.slice(-budget);
  const hidden = [...end.matchAll(HIDDEN)].toReversed();
  return unitsBefore(
    hidden.map(({ index, 0: { length } }) => ({ from: end.length - index - length, to: end.length - index })),
    budget,
  );
}

/** The same, of hidden characters by their distance from where the counting starts. */
function unitsBefore(hidden: readonly { readonly from: number; readonly to: number }[], budget: number): number {
  let room = budget;
  for (const { from, to } of hidden) {
    if (to + HIDDEN_WEIGHT > room) return Math.min(from, room);
    room -= HIDDEN_WEIGHT;
  }
  return room;
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
