/** `$${`, which is a literal `${`; or `${`, a name, and `}`, of which a mistake may leave out any. */
const MARK = /\$\$\{|\$\{([^}]*)(\}?)/g;

/** What a variable may be called. */
const NAME = /^[A-Za-z_]\w*$/;

/** The value of a variable, for the setting at a path. The name is undefined where what is written is none. */
export type Lookup = (name: string | undefined, path: readonly string[]) => string;

/** The same data with `${NAME}` replaced in every string, in one pass: a value is not looked through again. */
export function interpolate(data: unknown, lookup: Lookup, path: readonly string[]): unknown {
  if (typeof data === 'string') {
    return data.replace(MARK, (mark, name: string | undefined, end: string) => {
      if (mark === '$${') return '${';
      return lookup(end === '}' && NAME.test(name ?? '') ? name : undefined, path);
    });
  }
  if (Array.isArray(data)) return data.map((item, index) => interpolate(item, lookup, [...path, String(index)]));
  if (data === null || typeof data !== 'object') return data;
  return Object.fromEntries(Object.entries(data).map(([key, member]) => [key, interpolate(member, lookup, [...path, key])]));
}

/** Whether a string gets part of what it says from a variable. */
export function isInterpolated(text: string): boolean {
  return /(?<!\$)\$\{/.test(text);
}

/** Every string in the data, at any depth. */
export function stringsIn(data: unknown): string[] {
  if (typeof data === 'string') return [data];
  return data === null || typeof data !== 'object' ? [] : Object.values(data).flatMap(stringsIn);
}
