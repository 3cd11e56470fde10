import { ToolError } from '@touchstone-mcp/core/errors';
import type { Database } from './database.ts';
import { judged, type Policy, parseWithParams } from './query.ts';
import { parseStatement, proveRead } from './statement.ts';

/** A query that the operator has written, with names for its `$1`, `$2`, ... in this order. */
export interface NamedQuery {
  description: string;
  sql: string;
  params: Readonly<Record<string, { type: 'string' | 'number' | 'boolean'; description: string }>>;
  database?: string | undefined;
}

/** Checks what can be checked without a database. Throws a ToolError that names the query. */
export async function checkNamedQuery(name: string, { sql, params, database }: NamedQuery, databases: readonly string[]): Promise<void> {
  if (database !== undefined && !databases.includes(database)) {
    throw new ToolError('invalid_input', `The query ${name} names the database ${database}.`, {
      hint: `There are: ${databases.join(', ')}.`,
    });
  }
  await parseWithParams(sql, Object.keys(params)).catch((error: unknown) => {
    throw about(name, error);
  });
}

/** Judges a query as each call of it will, so that the operator hears of it before the model does. Throws a ToolError that names it. */
export async function proveNamedQuery(name: string, { sql }: NamedQuery, database: Database, policy: Policy, signal: AbortSignal) {
  try {
    const statement = await parseStatement(sql);
    await database.read((session) => judged(proveRead, statement, session, policy), { signal });
  } catch (error) {
    throw about(name, error);
  }
}

function about(name: string, error: unknown): unknown {
  if (!(error instanceof ToolError)) return error;
  const options = { cause: error.cause, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  return new ToolError(error.code, `The query ${name} cannot be used. ${error.message}`, options);
}
