/**
 * Characters that end a line, move a cursor, reorder text or are not seen at all. Joiners and the common variation selectors are left
 * alone: scripts and emoji need them.
 */
const UNSAFE = /(?!\u200c|\u200d|[\ufe00-\ufe0f])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\p{Cs}]/u;
const EVERY_UNSAFE = new RegExp(UNSAFE.source, 'gu');

/**
 * A name as one line of text that no other name can produce: plain names as they are, names with unsafe characters (or a leading quote)
 * as a JSON string, the way `ls` and `git` quote theirs. So a file called `x<newline>[DIR] y` cannot forge a second entry.
 */
export function visibleName(name: string): string {
  if (!name.startsWith('"') && !UNSAFE.test(name)) return name;
  return JSON.stringify(name).replace(EVERY_UNSAFE, unicodeEscapes);
}

function unicodeEscapes(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
