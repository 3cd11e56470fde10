/**
 * Characters that a person does not see and a terminal or a model obeys: control characters but tab and line ends, bidirectional
 * overrides, zero-width marks, halves of surrogate pairs (which strict JSON readers refuse), and the tag block that can spell hidden
 * instructions. Joiners and variation selectors stay: scripts and emoji need them.
 */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;
const EVERY_INVISIBLE = new RegExp(INVISIBLE.source, 'gu');

/** The same text with every invisible character written out, such as `\u{202e}`, so that nothing is hidden and nothing is lost. */
export function makeVisible(text: string): string {
  if (!INVISIBLE.test(text)) return text;
  return text.replace(EVERY_INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** The same for text that is JSON already, in JSON's own escapes: what it says does not change, and it is one line to every reader. */
export function escapeInvisible(json: string): string {
  if (!INVISIBLE.test(json)) return json;
  return json.replace(EVERY_INVISIBLE, (character) => character.split('').map(escapeUnit).join(''));
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Data that may be sent: how many characters all its strings have, and how many of them were added to make others visible. */
export interface Sanitized<Value> {
  value: Value;
  characters: number;
  added: number;
}

/**
 * The same data as JSON knows it, every string made visible. What JSON has no word for must not fail when the answer is written, after
 * the work is done: a bigint becomes its digits, a date what its `toJSON` says. Beyond `limit` characters nothing is made visible any more, since nobody will see it.
 */
export function sanitizeData<Value>(value: Value, limit = Number.POSITIVE_INFINITY): Sanitized<Value> {
  let characters = 0;
  let added = 0;
  const visible = (text: string) => {
    characters += text.length;
    if (characters > limit) return text;
    const result = makeVisible(text);
    added += result.length - text.length;
    characters += result.length - text.length;
    return result;
  };
  const visit = (item: unknown): unknown => {
    if (typeof item === 'string') return visible(item);
    if (typeof item === 'bigint') return visible(String(item));
    characters += 4;
    if (Array.isArray(item)) return item.map(visit);
    if (item === null || typeof item !== 'object') return item;
    if ('toJSON' in item && typeof item.toJSON === 'function') return visit(item.toJSON());
    return Object.fromEntries(Object.entries(item).map(([key, member]) => [visible(key), visit(member)]));
  };
  const sanitized = visit(value) as Value;
  return { value: sanitized, characters, added };
}
