import { type ErrorCode, ToolError, toToolError } from '@touchstone-mcp/core/errors';

/** What an error of the server's says that we look at; its `detail` and `where` may hold values of rows. */
interface ServerError {
  code: string;
  message: string;
  severity?: string;
  position?: string;
  hint?: string;
  routine?: string;
}

/** What becomes of an SQLSTATE: a code, what the model should do, and whether the server's own sentence is repeated. */
interface Translation {
  code: ErrorCode;
  /** Instead of the server's sentence, which may name hosts, users or files. */
  message?: string;
  hint?: string;
}

const LOOK_UP = 'Look it up with list_objects or describe_table, and qualify the name with its schema.';
const LESS = 'Ask for less: a narrower WHERE, fewer joins, or a lower LIMIT.';
const TELL = 'Tell the user: this is not a matter of the arguments.';
const AGAIN = 'Try again in a moment; if it stays so, tell the user.';

/** By SQLSTATE, or by its class (the first two characters). https://www.postgresql.org/docs/current/errcodes-appendix.html */
const BY_STATE: Readonly<Record<string, Translation>> = {
  '08': { code: 'unavailable', message: 'The connection to the database failed.', hint: AGAIN },
  '08P01': { code: 'invalid_input', hint: 'Give as many params as the statement has placeholders.' },
  '0A': { code: 'invalid_input' },
  '21': { code: 'invalid_input' },
  '22': { code: 'invalid_input' },
  '22021': {
    code: 'invalid_input',
    hint: "Text must be UTF-8 without NUL. Of a stored value that is not, read the bytes: convert_to(column, 'SQL_ASCII').",
  },
  '23': { code: 'invalid_input' },
  '23503': { code: 'conflict', hint: 'A row that is referred to must exist, and one that others refer to must stay.' },
  '23505': { code: 'conflict', hint: 'Such a row is there already: look at it, then change it or choose another value.' },
  '23P01': { code: 'conflict', hint: 'It collides with a row that is there already.' },
  '25': { code: 'denied' },
  '25006': { code: 'denied', hint: 'Only reading is allowed here. The operator can allow writing with --write.' },
  '25P03': { code: 'timeout', message: 'The transaction took too long.', hint: LESS },
  '28': {
    code: 'denied',
    message: 'The database refuses the login of this server.',
    hint: 'Tell the user to check user name, password, sslmode and pg_hba.conf.',
  },
  '2B': { code: 'conflict' },
  '2F': { code: 'invalid_input' },
  '38': { code: 'invalid_input' },
  '39': { code: 'invalid_input' },
  '3D': { code: 'unavailable', message: 'The database that is configured does not exist.', hint: TELL },
  '3F': { code: 'not_found', hint: LOOK_UP },
  '40': { code: 'conflict', hint: 'Another session changed the same rows: try again.' },
  '42': { code: 'invalid_input' },
  '42501': { code: 'denied', hint: 'The role of this server may not do that. Tell the user which privilege is missing.' },
  '42703': { code: 'not_found', hint: 'Look at the columns with describe_table.' },
  '42704': { code: 'not_found', hint: LOOK_UP },
  '42883': { code: 'not_found', hint: 'Check its name and the types of its arguments; a cast may be missing.' },
  '42P01': { code: 'not_found', hint: LOOK_UP },
  '42P18': { code: 'invalid_input', hint: 'Give the parameter a type, such as $1::text.' },
  '44': { code: 'invalid_input' },
  '53': { code: 'unavailable', message: 'The database is out of a resource.', hint: AGAIN },
  '53300': { code: 'unavailable', message: 'The database takes no more connections.', hint: AGAIN },
  '53400': { code: 'too_large', message: 'The statement needs more room than the database allows.', hint: LESS },
  '54': { code: 'too_large', hint: 'Make the statement simpler.' },
  '55': { code: 'invalid_input' },
  '55006': { code: 'conflict' },
  '55P03': { code: 'conflict', message: 'Another session holds a lock that this statement needs.', hint: AGAIN },
  '57': { code: 'unavailable', message: 'The database ended the connection.', hint: AGAIN },
  '57014': { code: 'timeout', message: 'The statement took too long and was cancelled.', hint: LESS },
  '57P03': { code: 'unavailable', message: 'The database is starting or stopping.', hint: AGAIN },
  '58': {
    code: 'unavailable',
    message: 'The database has trouble with its system.',
    hint: "Tell the user: see the database server's log.",
  },
  HV: { code: 'unavailable', message: 'A foreign data source failed.', hint: TELL },
  P0: { code: 'invalid_input' },
};

/** Longest sentence of a server that is repeated: a value may be part of it. */
const MAX_MESSAGE = 500;

/** What node, TLS and pg say when a connection cannot be made or is lost; their messages name hosts. */
const UNREACHABLE: readonly [RegExp, string, string][] = [
  [/^(ENOTFOUND|EAI_AGAIN)/, 'The host of the database is not known.', TELL],
  [/^(ECONNREFUSED|ENOENT|EACCES)/, 'Nothing listens where the database should be.', AGAIN],
  [/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|timeout expired)/, 'The database cannot be reached.', AGAIN],
  [/does not support SSL/, 'The database offers no TLS, which sslmode demands.', TELL],
  [
    /^(ERR_TLS|ERR_SSL|CERT|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|HOSTNAME)|SSL connection/,
    'The TLS certificate of the database is not trusted.',
    'Tell the user to check sslmode and sslrootcert.',
  ],
  [
    /password must be|no password/i,
    'The database wants a password, and none is configured.',
    'Tell the user to set PGPASSFILE, PGPASSWORD or DATABASE_URL.',
  ],
  [/^(ECONNRESET|EPIPE)|Connection terminated|not queryable|Connection ended/, 'The connection to the database was lost.', AGAIN],
];

/** A statement that failed, in words for the model. Values of rows, SQL, hosts and users stay out of it, and out of its cause, which is logged. */
export function toDatabaseError(error: unknown): ToolError {
  if (error instanceof ToolError) return error;
  return (error instanceof Error ? (isServerError(error) ? translate(error) : unreachable(error)) : undefined) ?? toToolError(error);
}

/** Whether a connection that could not be made may be made a moment later: the server starts, or has no place for the moment. */
export function isPassing(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code ?? '');
  return /^(ECONN|EPIPE|EAI_AGAIN|53300|57P03)/.test(code) || /Connection terminated/.test(String((error as Error).message));
}

/** A statement of our own that the server does not understand is our mistake, and no matter of the caller's arguments. */
export function asOurOwn(error: unknown): unknown {
  if (!(error instanceof Error) || !isServerError(error) || !error.code.startsWith('42') || error.code === '42501') return error;
  return new ToolError('internal', 'The database did not understand a statement of this server.', {
    hint: TELL,
    cause: { sqlstate: error.code, routine: error.routine },
  });
}

function isServerError(error: Error): error is Error & ServerError {
  return 'severity' in error && 'code' in error && /^[0-9A-Z]{5}$/.test(String(error.code));
}

function translate({ code: state, message, position, hint, routine }: ServerError): ToolError {
  const found = BY_STATE[state] ?? BY_STATE[state.slice(0, 2)];
  const cause = { sqlstate: state, routine };
  if (found === undefined) return new ToolError('internal', 'The database failed to answer.', { hint: TELL, cause });
  const where = position === undefined ? '' : ` (at character ${position})`;
  // Of names and syntax only: there a hint is made of identifiers, elsewhere it may hold values.
  const advice = [state.startsWith('42') ? hint : undefined, found.hint].filter((part) => part !== undefined).join(' ');
  return new ToolError(found.code, found.message ?? `${message.slice(0, MAX_MESSAGE)}${where}`, {
    ...(advice === '' ? {} : { hint: advice }),
    cause,
  });
}

function unreachable(error: Error): ToolError | undefined {
  const code = String((error as { code?: unknown }).code ?? '');
  const [, message, hint] = UNREACHABLE.find(([pattern]) => pattern.test(code) || pattern.test(error.message)) ?? [];
  return message === undefined
    ? undefined
    : new ToolError('unavailable', message, { ...(hint === undefined ? {} : { hint }), cause: { code } });
}
