/**
 * Characters that a person does not see and a terminal or a model obeys: control characters but tab and line ends, bidirectional
 * overrides, zero-width marks, and the tag block that can spell hidden instructions. Joiners and variation selectors stay: scripts
 * and emoji need them.
 */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;
const EVERY_INVISIBLE = new RegExp(INVISIBLE.source, 'gu');

/** The same text with every invisible character written out, such as `\u{202e}`, so that nothing is hidden and nothing is lost. */
export function makeVisible(text: string): string {
  if (!INVISIBLE.test(text)) return text;
  return text.replace(EVERY_INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** The same plain data with every string made visible, and the number of characters in all its strings. */
export function sanitizeData<Value>(value: Value): { value: Value; characters: number } {
  let characters = 0;
  const visit = (item: unknown): unknown => {
    if (typeof item === 'string') {
      characters += item.length;
      return makeVisible(item);
    }
    characters += 4;
    if (Array.isArray(item)) return item.map(visit);
    if (item === null || typeof item !== 'object') return item;
    return Object.fromEntries(
      Object.entries(item).map(([key, member]) => {
        characters += key.length;
        return [makeVisible(key), visit(member)];
      }),
    );
  };
  return { value: visit(value) as Value, characters };
}
