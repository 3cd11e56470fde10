import { ToolError } from '@touchstone-mcp/core/errors';
import type { BoundValue, Caps, Database, Page, Session, TransactionOptions } from './database.ts';
import { type FunctionFacts, functionFacts } from './functions.ts';
import { type ParsedStatement, type ProvenStatement, parseStatement, proveRead, proveWrite } from './statement.ts';

/** A caller's statement, and what it binds to `$1`, `$2`, ... */
export interface CallersStatement {
  sql: string;
  params: readonly BoundValue[];
}

/** What holds for every statement of a caller's. */
export interface Policy {
  /** Functions that may be called although they are VOLATILE. */
  allowFunctions: readonly string[];
}

/** Runs a statement that only reads. Throws ToolError `denied` for any other, without running it. */
export async function readPage(
  database: Database,
  { sql, params }: CallersStatement,
  caps: Caps,
  policy: Policy,
  options: TransactionOptions,
): Promise<Page> {
  const statement = await parseWithParams(sql, params);
  return await database.read(
    async (session) => await session.page(await judged(proveRead, statement, session, policy), params, { ...caps, last: true }),
    options,
  );
}

/** Runs one statement that may change data or tables, and undoes it with `dryRun`. Throws ToolError `denied` for any that it may not. */
export async function writePage(
  database: Database,
  { sql, params }: CallersStatement,
  caps: Caps,
  policy: Policy,
  options: TransactionOptions & { dryRun: boolean },
): Promise<Page> {
  const statement = await parseWithParams(sql, params);
  return await database.write(async (session) => {
    const page = await session.page(await judged(proveWrite, statement, session, policy), params, caps);
    // What was known of functions and views may just have changed.
    session.facts.clear();
    return page;
  }, options);
}

/** Parses a statement that takes these values. Throws ToolError `invalid_input` where it takes more or fewer. */
export async function parseWithParams(sql: string, params: readonly unknown[]): Promise<ParsedStatement> {
  const statement = await parseStatement(sql);
  if (params.some((value) => typeof value === 'string' && !value.isWellFormed())) {
    throw new ToolError('invalid_input', 'A value of params ends in half of a surrogate pair.', { hint: 'Send whole characters.' });
  }
  if (statement.parameters === params.length) return statement;
  throw new ToolError('invalid_input', `The statement has ${statement.parameters} placeholders, and params has ${params.length} values.`, {
    hint: 'Give params one value for each of $1, $2, ...',
  });
}

/** Judges a statement by what the database says of the names in it. */
export async function judged(
  prove: (statement: ParsedStatement, facts: FunctionFacts) => ProvenStatement,
  statement: ParsedStatement,
  session: Session,
  { allowFunctions }: Policy,
): Promise<ProvenStatement> {
  return prove(statement, await functionFacts(session, statement.names, allowFunctions, session.facts));
}
