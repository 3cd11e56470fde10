/** A URI template that has been read once: the part of RFC 6570 that can be matched in one pass. */
export interface UriTemplate {
  /** The names of its variables, in order. */
  variables: readonly string[];
  /** The variables' values, percent-decoded, or undefined where a URI is not of this kind. */
  match(uri: string): Record<string, string> | undefined;
}

/** Longer URIs name nothing: a path of 4 kB, percent-encoded. */
const MAX_URI_CHARS = 16_384;

interface Variable {
  name: string;
  /** `{+name}`: whatever is left, slashes and all. */
  rest: boolean;
  /** The text that ends it; the empty one is the end of the URI. */
  until: string;
}

/**
 * Reads `{name}`, which ends where the text after it first occurs and holds no `/`, `?` or `#`, and `{+name}` at the very end. Each
 * character is looked at a fixed number of times, and nothing is tried twice (CVE-2026-0621). Throws on anything else: it is our bug.
 */
export function uriTemplate(template: string): UriTemplate {
  const [start = '', ...pieces] = template.split(/\{([^{}]*)\}/);
  const variables: Variable[] = [];
  for (let index = 0; index < pieces.length; index += 2) {
    const [, plus, name] = /^(\+?)([a-zA-Z_]\w*)$/.exec(pieces[index] ?? '') ?? [];
    const until = pieces[index + 1] ?? '';
    const last = index + 2 === pieces.length;
    if (name === undefined || (until === '' && !last) || (plus === '+' && (until !== '' || !last)))
      throw new Error(`Not a URI template: ${template}`);
    variables.push({ name, rest: plus === '+', until });
  }
  const names = variables.map(({ name }) => name);
  if (new Set(names).size < names.length || /[{}]/.test(start + variables.map(({ until }) => until).join('')))
    throw new Error(`Not a URI template: ${template}`);
  return { variables: names, match: (uri) => (uri.length > MAX_URI_CHARS ? undefined : match(uri, start, variables)) };
}

function match(uri: string, start: string, variables: readonly Variable[]): Record<string, string> | undefined {
  if (!uri.startsWith(start)) return undefined;
  const values: [string, string][] = [];
  let at = start.length;
  for (const { name, rest, until } of variables) {
    const end = until === '' ? uri.length : uri.indexOf(until, at);
    const value = end < 0 ? undefined : decoded(uri.slice(at, end), rest);
    if (value === undefined) return undefined;
    values.push([name, value]);
    at = end + until.length;
  }
  return at === uri.length ? Object.fromEntries(values) : undefined;
}

function decoded(raw: string, rest: boolean): string | undefined {
  if (raw === '' || (!rest && /[/?#]/.test(raw))) return undefined;
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}
