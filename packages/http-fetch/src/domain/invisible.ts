/**
 * Characters that no reader sees and a model obeys: control characters but tab and line ends, soft hyphens, fillers, bidirectional
 * overrides, zero-width marks, the private use area (icon fonts), the tag block and the supplementary variation selectors, both of which
 * can spell hidden words, and joiners and variation selectors in rows, which no script and no emoji needs.
 */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is for
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each is meant by itself
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ue000-\uf8ff\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e01ef}\u{f0000}-\u{10ffff}]|[\u200c\u200d\ufe00-\ufe0f]{2,}/gu;

/** The same text without the characters that cannot be seen. To be asked after the last decoding: `&#8203;` is one of them. */
export function visibleText(text: string): string {
  return text.replace(INVISIBLE, '').toWellFormed();
}
