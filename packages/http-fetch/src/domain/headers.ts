import { ToolError } from '@touchstone-mcp/core/errors';

/** Headers as they came, under lower-case names. A repeated one is joined as RFC 9110, 5.3 says. */
export class ResponseHeaders {
  readonly #values: ReadonlyMap<string, string>;

  constructor(raw: Readonly<Record<string, string | string[] | undefined>>) {
    this.#values = new Map(
      Object.entries(raw).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), [value].flat().join(', ')]])),
    );
  }

  get(name: string): string | undefined {
    return this.#values.get(name.toLowerCase());
  }

  entries(): Iterable<[name: string, value: string]> {
    return this.#values.entries();
  }
}

/** What a model may set. Everything else is the client's, the operator's, or a key to something inside. */
const MODEL_HEADERS = new Set([
  ...['accept', 'accept-language', 'content-type', 'content-language', 'if-match', 'if-none-match', 'if-modified-since'],
  ...['if-unmodified-since', 'idempotency-key', 'prefer', 'range', 'x-github-api-version'],
]);

const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Proves headers that a model wants to send: known names, one line each. Throws a ToolError that names the first which is not. */
export function allowHeaders(given: Readonly<Record<string, string>>): Record<string, string> {
  const names = Object.keys(given);
  const refused = names.find((name) => !MODEL_HEADERS.has(name.toLowerCase()));
  if (refused !== undefined) {
    throw new ToolError('denied', `The header ${JSON.stringify(refused)} may not be set.`, {
      hint: `Allowed: ${[...MODEL_HEADERS].join(', ')}.`,
    });
  }
  const broken = names.find((name) => !isHeader(name, given[name] ?? ''));
  if (broken !== undefined)
    throw new ToolError('invalid_input', `The value of ${broken} is no header's.`, { hint: 'One line of Latin-1.' });
  return Object.fromEntries(names.map((name) => [name.toLowerCase(), given[name] ?? '']));
}

/** Whether name and value can stand in a request as they are. */
export function isHeader(name: string, value: string): boolean {
  return NAME.test(name) && VALUE.test(value) && value === value.trim();
}
