/** Whether a name of a file or directory fits. */
export type NameTest = (name: string) => boolean;

/** How many UTF-16 units at a position fit one character of a pattern: 0 means that they do not. */
type Step = (name: string, at: number) => number;

const STAR = Symbol('*');
type Token = string | Step | typeof STAR;

/**
 * Makes a test of one segment of a glob: `*`, `?`, `[a-z]`, `[!a]` and `\` before a character that stands for itself. Undefined where a
 * bracket is not closed. No regular expression is made, so none can explode (CVE-2026-26996): with `?` or brackets, the time of a test is at
 * most the product of both lengths, and without them little more than that of looking for each text once.
 */
export function compileName(segment: string): NameTest | undefined {
  const tokens = tokensOf(segment);
  if (tokens === undefined) return undefined;
  const pieces = piecesOf(tokens);
  if (pieces !== undefined) return (name) => fitsPieces(name, pieces);
  const shortest = tokens.filter((token) => token !== STAR).length;
  return (name) => name.length >= shortest && fits(tokens, name);
}

function tokensOf(segment: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (let at = 0; at < segment.length; ) {
    const part = tokenAt(segment, at);
    if (part === undefined) return undefined;
    // Stars in a row are one star.
    if (part.token !== STAR || tokens.at(-1) !== STAR) tokens.push(part.token);
    at = part.end;
  }
  return tokens;
}

interface Part {
  readonly token: Token;
  readonly end: number;
}

function tokenAt(segment: string, at: number): Part | undefined {
  const character = segment[at];
  if (character === '*') return { token: STAR, end: at + 1 };
  if (character === '?') return { token: anyCharacter, end: at + 1 };
  if (character === '[') return setAt(segment, at + 1);
  const start = character === '\\' && at + 1 < segment.length ? at + 1 : at;
  const codePoint = segment.codePointAt(start) ?? 0;
  return { token: String.fromCodePoint(codePoint), end: start + widthOf(codePoint) };
}

const anyCharacter: Step = (name, at) => widthOf(name.codePointAt(at));

function widthOf(codePoint: number | undefined): number {
  if (codePoint === undefined) return 0;
  return codePoint > 0xffff ? 2 : 1;
}

/** The set of characters between brackets, the first of which has been passed. */
function setAt(segment: string, start: number): Part | undefined {
  const negated = segment[start] === '!' || segment[start] === '^';
  const ranges: (readonly [low: number, high: number])[] = [];
  const first = negated ? start + 1 : start;
  for (let at = first; at < segment.length; ) {
    // A closing bracket that comes first stands for itself.
    if (segment[at] === ']' && at > first) return { token: setStep(ranges, negated), end: at + 1 };
    const low = memberAt(segment, at);
    const ranged = segment[low.end] === '-' && low.end + 1 < segment.length && segment[low.end + 1] !== ']';
    const high = ranged ? memberAt(segment, low.end + 1) : low;
    ranges.push([low.codePoint, high.codePoint]);
    at = high.end;
  }
  return undefined;
}

function memberAt(segment: string, at: number): { readonly codePoint: number; readonly end: number } {
  const start = segment[at] === '\\' && at + 1 < segment.length ? at + 1 : at;
  const codePoint = segment.codePointAt(start) ?? 0;
  return { codePoint, end: start + widthOf(codePoint) };
}

function setStep(ranges: readonly (readonly [number, number])[], negated: boolean): Step {
  return (name, at) => {
    const codePoint = name.codePointAt(at);
    if (codePoint === undefined) return 0;
    return ranges.some(([low, high]) => low <= codePoint && codePoint <= high) === negated ? 0 : widthOf(codePoint);
  };
}

/** Whether a name is made of these pieces, in order, with anything between them: `['a', 'b']` is `a*b`. Each is looked for once, leftmost. */
export function fitsPieces(name: string, pieces: readonly string[]): boolean {
  const first = pieces[0] ?? '';
  const last = pieces[pieces.length - 1] ?? '';
  if (pieces.length < 2) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (let index = 1; index < pieces.length - 1; index += 1) {
    const piece = pieces[index] ?? '';
    const found = name.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return at <= name.length - last.length;
}

/** The texts between the stars, if there is nothing else. */
function piecesOf(tokens: readonly Token[]): readonly string[] | undefined {
  const pieces = [''];
  for (const token of tokens) {
    if (typeof token === 'function') return undefined;
    if (token === STAR) pieces.push('');
    else pieces[pieces.length - 1] += token;
  }
  return pieces;
}

/** After a mismatch only the last star is given one character more: what is before it has been matched as early as can be. */
function fits(tokens: readonly Token[], name: string): boolean {
  let token = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    const next = tokens[token];
    if (next === STAR) {
      star = token;
      token += 1;
      starAt = at;
      continue;
    }
    const width = stepWidth(next, name, at);
    if (width > 0) {
      token += 1;
      at += width;
    } else if (star >= 0) {
      starAt += 1;
      at = starAt;
      token = star + 1;
    } else {
      return false;
    }
  }
  return token === tokens.length || (token === tokens.length - 1 && tokens[token] === STAR);
}

function stepWidth(token: Exclude<Token, typeof STAR> | undefined, name: string, at: number): number {
  if (typeof token === 'string') return name.startsWith(token, at) ? token.length : 0;
  return token?.(name, at) ?? 0;
}
