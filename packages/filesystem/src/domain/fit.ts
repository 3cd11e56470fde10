import { isUtf8 } from 'node:buffer';

/** What of some bytes goes into an answer. */
export interface Fit {
  readonly content: string;
  /** Whether this is all of it. */
  readonly whole: boolean;
  /** Whether a line had to be broken because it alone is longer than the budget. */
  readonly cut: boolean;
  /** Whether the bytes behind `content` are UTF-8. */
  readonly utf8: boolean;
}

/** So many bytes always hold more characters than the budget, even with a broken character at either end: 3 bytes make one at least. */
export function bytesBeyond(budget: number): number {
  return 3 * budget + 8;
}

/** The first whole lines that fit into a budget of UTF-16 units. */
export function fitFirst(bytes: Buffer, budget: number): Fit {
  const text = bytes.toString();
  if (text.length <= budget) return { content: text, whole: true, cut: false, utf8: isUtf8(bytes) };
  const end = text.lastIndexOf('\n', budget - 1) + 1;
  const content = end > 0 ? text.slice(0, end) : withoutHalves(text.slice(0, budget));
  const encoded = Buffer.from(content);
  return { content, whole: false, cut: end === 0, utf8: encoded.equals(bytes.subarray(0, encoded.length)) };
}

/** The last whole lines that fit into a budget of UTF-16 units. */
export function fitLast(bytes: Buffer, budget: number): Fit {
  const text = bytes.toString();
  if (text.length <= budget) return { content: text, whole: true, cut: false, utf8: isUtf8(bytes) };
  const start = text.indexOf('\n', text.length - budget - 1) + 1;
  const cut = start === 0 || start === text.length;
  const content = cut ? withoutHalves(text.slice(text.length - budget)) : text.slice(start);
  const encoded = Buffer.from(content);
  return { content, whole: false, cut, utf8: encoded.equals(bytes.subarray(bytes.length - encoded.length)) };
}

/** Without the half of a surrogate pair that a cut has left at either end. */
function withoutHalves(text: string): string {
  return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');
}
