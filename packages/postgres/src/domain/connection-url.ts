import { ToolError } from '@touchstone-mcp/core/errors';

/** What a URL says of a database; what it leaves out comes from PG* variables. */
export interface Address {
  host?: string;
  port?: number;
  user?: string;
  password?: string;
  database?: string;
  /** `sslmode` and its like. */
  params: Readonly<Record<string, string>>;
}

/** The parts as the standard delimits them, but that a password may have an `@` and a `:`. */
const STRICT =
  /^(?:(?<user>[^:@/?#]*)(?::(?<password>[^/?#]*))?@)?(?<host>[^@/?#]*)(?:\/(?<database>[^@/?#]*))?(?:\?(?<query>(?:\w+=[^&]*(?:&|$))*))?$/;

/** Where that does not fit, a password has what a URL forbids: then it ends at the last `@`. */
const LENIENT = /^(?<user>[^:@]*):(?<password>.*)@(?<host>[^@/?#]*)(?:\/(?<database>[^?]*))?(?:\?(?<query>.*))?$/s;

/** Reads `postgres://user:password@host:port/database?sslmode=...`. The error says nothing of what was given: it may be a secret. */
export function parseConnectionUrl(url: string): Address {
  const rest = /^postgres(?:ql)?:\/\/(.*)$/s.exec(url.trim())?.[1];
  const parts = rest === undefined ? undefined : partsOf(rest);
  if (parts === undefined) throw malformed('It must look like postgres://user@host:5432/database.');
  const params = Object.fromEntries(new URLSearchParams(parts['query'] ?? ''));
  const [, name, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(parts['host'] ?? '') ?? [];
  if (name === undefined) throw malformed('Its host must be one name or address, with a port perhaps.');
  return {
    ...given('host', params['host'] ?? decode(name).replace(/^\[(.*)\]$/, '$1')),
    ...given('user', params['user'] ?? decode(parts['user'])),
    ...given('password', params['password'] ?? decode(parts['password'])),
    ...given('database', params['dbname'] ?? decode(parts['database'])),
    ...portOf(params['port'] ?? port),
    params,
  };
}

function partsOf(rest: string): Record<string, string> | undefined {
  const strict = STRICT.exec(rest)?.groups;
  // Without a user, an @ among the parameters may be the end of a password with a ? in it.
  const sure = strict !== undefined && (strict['user'] !== undefined || !strict['query']?.includes('@'));
  return sure ? strict : (LENIENT.exec(rest)?.groups ?? strict);
}

function given<Key extends string>(key: Key, value: string): { [key in Key]?: string } {
  // The key is the type's: TypeScript does not compute it.
  return value === '' ? {} : ({ [key]: value } as { [key in Key]?: string });
}

function portOf(text: string | undefined): { port?: number } {
  if (text === undefined || text === '') return {};
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw malformed('Its port must be a number up to 65535.');
  return { port };
}

/** A stray % stands for itself. */
function decode(text = ''): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (escaped) => {
    try {
      return decodeURIComponent(escaped);
    } catch {
      return escaped;
    }
  });
}

function malformed(hint: string): ToolError {
  return new ToolError('invalid_input', 'The URL of the database cannot be read.', { hint });
}
