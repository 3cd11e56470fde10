/** Writes blocks of text, line by line, so that nesting costs nothing and it is known where everything lies. */
export interface Writer {
  /** How many characters have been written. */
  readonly length: number;
  /** A block of lines; a blank line before it unless it is `tight` or the first in its item. Returns where it begins. */
  block(text: string, tight?: boolean): number;
  /** Runs something whose first line begins with `first`, and the others with `rest`; a blank line before it if `gap`. Writes nothing if it writes nothing. */
  within(level: { first: string; rest: string; gap: boolean }, run: () => void): void;
  toString(): string;
}

interface Level {
  first: string | undefined;
  readonly rest: string;
  readonly gap: boolean;
}

/** Deeper levels go on at this one, or every line of a page of lists in lists would be indented by hundreds of characters. */
const MAX_LEVELS = 16;

/** A writer that has written nothing. */
export function createWriter(): Writer {
  const lines: string[] = [];
  const levels: Level[] = [];
  let length = 0;

  const add = (line: string) => {
    lines.push(line);
    length += line.length + 1;
  };
  const prefix = () =>
    levels
      .map((level) => {
        const { first, rest } = level;
        level.first = undefined;
        return first ?? rest;
      })
      .join('');
  /** A blank line before what comes, unless it is the first, or what it begins wants to stand close. */
  const separate = (tight: boolean) => {
    const begun = levels.findIndex(({ first }) => first !== undefined);
    const gap = begun === -1 ? !tight : levels[begun]?.gap === true;
    const around = begun === -1 ? levels : levels.slice(0, begun);
    if (lines.length > 0 && gap)
      add(
        around
          .map(({ rest }) => rest)
          .join('')
          .trimEnd(),
      );
  };

  return {
    get length() {
      return length;
    },
    block(text, tight = false) {
      separate(tight);
      const start = length;
      for (const line of text.split('\n')) add(`${prefix()}${line}`.trimEnd());
      return start;
    },
    within(level, run) {
      if (levels.length >= MAX_LEVELS) return run();
      levels.push({ ...level });
      run();
      levels.pop();
    },
    toString: () => lines.join('\n'),
  };
}
