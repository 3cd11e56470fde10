/** A long text that is made of small pieces. */
export interface Pieces {
  add(piece: string): void;
  toString(): string;
}

/** Pieces that lie around at the same time: each costs more than the words in it. */
const MAX_LOOSE = 4_096;

/** Gathers pieces, and joins them as it goes: a million of them would take ten times the memory of their text. */
export function createPieces(): Pieces {
  const joined: string[] = [];
  let loose: string[] = [];
  return {
    add(piece) {
      loose.push(piece);
      if (loose.length < MAX_LOOSE) return;
      joined.push(loose.join(''));
      loose = [];
    },
    toString: () => joined.join('') + loose.join(''),
  };
}

/**
 * The same text in one piece: what `replace` with a string has made is a tree of all its parts, in ten times the memory, until somebody asks for a
 * character.
 */
export function flat(text: string): string {
  text.charCodeAt(0);
  return text;
}
