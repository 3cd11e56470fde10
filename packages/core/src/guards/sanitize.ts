/**
 * Characters that a person does not see and a terminal or a model obeys: control characters but tab and line ends, bidirectional
 * overrides, zero-width marks, whatever Unicode says is not shown by default (such as the tag block, which can spell hidden instructions),
 * and halves of surrogate pairs (which strict JSON readers refuse). Joiners and the common variation selectors stay, which scripts and
 * emoji need, and so do the number signs of Arabic and its kin, which are seen although they are of the kind "format".
 */
const INVISIBLE =
  /[[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\p{Cs}]--[\t\n\r\u200c\u200d\ufe00-\ufe0f\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]]/v;
const EVERY_INVISIBLE = new RegExp(INVISIBLE.source, 'gv');

/** Most text is plain, and plain text is seen to be so in a third of the time. */
const NOT_PLAIN = /[^\t\n\r -~]/;

function hidesSomething(text: string): boolean {
  return NOT_PLAIN.test(text) && INVISIBLE.test(text);
}

/** The same text with every invisible character written out, such as `\u{202e}`, so that nothing is hidden and nothing is lost. */
export function makeVisible(text: string): string {
  if (!hidesSomething(text)) return text;
  return text.replace(EVERY_INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** The same for text that is JSON already, in JSON's own escapes: what it says does not change, and it is one line to every reader. */
export function escapeInvisible(json: string): string {
  if (!hidesSomething(json)) return json;
  return json.replace(EVERY_INVISIBLE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return character.split('').map(escapeUnit).join('');
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** What has no place in a name: all that is not seen, ends a line, moves along it or reorders it. Joiners and the common variation selectors stay. */
export const UNSAFE_IN_NAME = /[[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\p{Cs}]--[\u200c\u200d\ufe00-\ufe0f]]/v;
const EVERY_UNSAFE_IN_NAME = new RegExp(UNSAFE_IN_NAME.source, 'gv');

/**
 * A name as one line of text that no other name can produce: plain names as they are, the empty one and names with unsafe characters (or a
 * leading quote) as a JSON string, the way `ls` and `git` quote theirs. So a file called `x<newline>[DIR] y` cannot forge a second entry.
 */
export function visibleName(name: string): string {
  if (name !== '' && !name.startsWith('"') && !UNSAFE_IN_NAME.test(name)) return name;
  return JSON.stringify(name).replace(EVERY_UNSAFE_IN_NAME, escapeCharacter);
}

/** At most so many bytes does a text have as a JSON string with a comma: visible text has no longer escapes than those of line ends and quotes. */
export function jsonBytesAtMost(visibleText: string): number {
  return (NOT_PLAIN.test(visibleText) ? 3 : 2) * visibleText.length + 3;
}

/** What else than strings may have as JSON, with a comma. */
const MOST_BYTES = 25;

/** Data that may be sent: how many characters all its strings have, how many of them were added to make others visible, and at most so many bytes of JSON. */
export interface Sanitized<Value> {
  value: Value;
  characters: number;
  added: number;
  bytes: number;
}

/**
 * The same data as JSON knows it, every string made visible; what needs no change is not copied. What JSON has no word for must not fail when
 * the answer is written, after the work is done: a bigint becomes its digits, a date what its `toJSON` says. Beyond `limit` characters nothing is
 * made visible any more, since nobody will see it.
 */
export function sanitizeData<Value>(value: Value, limit = Number.POSITIVE_INFINITY): Sanitized<Value> {
  let characters = 0;
  let added = 0;
  let bytes = 0;
  const visible = (text: string) => {
    characters += text.length;
    if (characters > limit) return text;
    const result = makeVisible(text);
    added += result.length - text.length;
    characters += result.length - text.length;
    bytes += jsonBytesAtMost(result);
    return result;
  };
  const visit = (item: unknown): unknown => {
    if (typeof item === 'string') return visible(item);
    if (typeof item === 'bigint') return visible(String(item));
    characters += 4;
    bytes += MOST_BYTES;
    if (Array.isArray(item)) return mapped(item, visit);
    if (item === null || typeof item !== 'object') return item;
    if ('toJSON' in item && typeof item.toJSON === 'function') return visit(item.toJSON());
    const keys = Object.keys(item);
    const names = mapped(keys, visible);
    const members = Object.values(item);
    const sent = mapped(members, visit);
    return names === keys && sent === members ? item : Object.fromEntries(names.map((name, index) => [name, sent[index]]));
  };
  const sanitized = visit(value) as Value;
  return { value: sanitized, characters, added, bytes };
}

/** The same array where nothing changes: most of what is large consists of many small ones. */
function mapped<Item, Mapped>(items: readonly Item[], map: (item: Item) => Mapped): readonly (Item | Mapped)[] {
  let copy: (Item | Mapped)[] | undefined;
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index] as Item;
    const made = map(item);
    if (copy !== undefined) copy.push(made);
    else if (!Object.is(made, item)) copy = [...items.slice(0, index), made];
  }
  return copy ?? items;
}
