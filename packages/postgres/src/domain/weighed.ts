import { ToolError } from '@touchstone-mcp/core/errors';
import type { BoundValue, Session } from './database.ts';
import { toDatabaseError } from './errors.ts';
import { oneLine } from './identifier.ts';
import { type Candidate, candidatesOf } from './index-candidates.ts';
import { indexedTables, type TableOf } from './indexed-tables.ts';
import { type PlannedStatement, planOf, provePlan, recoverably } from './plan.ts';
import type { Policy } from './query.ts';
import { parseStatement } from './statement.ts';
import { rawQueries } from './workload.ts';

/** What a database has to do: one statement, or what pg_stat_statements has counted. */
export interface Load {
  readonly sql?: string | undefined;
  readonly values?: readonly BoundValue[] | undefined;
}

/** A statement with what it costs now, and what it weighs among the others. */
export interface Weighed {
  readonly statement: PlannedStatement;
  readonly values: readonly BoundValue[];
  /** Its beginning, to be shown. */
  readonly query: string;
  readonly weight: number;
  readonly costBefore: number;
  cost: number;
  readonly candidates: readonly Candidate[];
}

/** A statement that could not be planned. */
export type Skipped = { readonly query: string; readonly why: string };

/** Says how far the work is. */
export type Progress = (done: number, total: number, message: string) => void;

/** The statements of a load, planned. */
export interface WeighedStatements {
  readonly weighed: Weighed[];
  readonly skipped: Skipped[];
  /** Names of the tables that they read. */
  readonly tables: ReadonlySet<string>;
}

const MAX_STATEMENTS = 30;
const MAX_QUERY = 200;

/** SELECT and WITH, perhaps in parentheses or behind a comment. */
const READS = String.raw`^(\s|\(|/\*.*?\*/|--[^\n]*\n)*(select|with)\M`;

/** Plans the statements of a load. Throws for one statement what explaining it would throw, for a workload what `rawQueries` throws. */
export async function weighedStatements(session: Session, load: Load, policy: Policy, progress: Progress): Promise<WeighedStatements> {
  const { sql, values = [] } = load;
  if (sql !== undefined) {
    const { tableOf, tables } = await lookUp(session, sql);
    return { weighed: [await weigh(session, sql, values, 1, tableOf, policy)], skipped: [], tables };
  }
  const { queries } = await rawQueries(session, { order: 'total', limit: MAX_STATEMENTS, maxQueryChars: 100_000, pattern: READS });
  const found = { weighed: [] as Weighed[], skipped: [] as Skipped[], tables: new Set<string>() };
  for (const [done, { query, totalMs }] of queries.entries()) {
    progress(done, queries.length, 'planning the workload');
    try {
      await recoverably(session, async () => {
        const { tableOf, tables } = await lookUp(session, query);
        // Most of such statements are of tools that look into the catalogs, like this one.
        if (tables.size > 0) found.weighed.push(await weigh(session, query, [], totalMs, tableOf, policy));
        for (const name of tables) found.tables.add(name);
      });
    } catch (error) {
      found.skipped.push({ query: shortened(query), why: reasonOf(error) });
    }
  }
  return found;
}

/** A constant may stand where no parameter can, a table may be gone: the other statements still count. */
function reasonOf(error: unknown): string {
  const known = toDatabaseError(error);
  if (!(known instanceof ToolError) || known.code === 'timeout' || known.code === 'unavailable') throw error;
  return known.message;
}

/** The tables that a statement names and that are worth an index. */
async function lookUp(session: Session, query: string): Promise<{ tableOf: TableOf; tables: ReadonlySet<string> }> {
  const { names } = await parseStatement(query);
  const tableOf = await indexedTables(session, names);
  return { tableOf, tables: new Set(names.flatMap(({ schema, name }) => tableOf(schema, name)?.name ?? [])) };
}

async function weigh(
  session: Session,
  query: string,
  values: readonly BoundValue[],
  weight: number,
  tableOf: TableOf,
  policy: Policy,
): Promise<Weighed> {
  const statement = await provePlan(session, query, false, policy);
  const { cost } = await planOf(session, statement, values);
  const candidates = candidatesOf(statement.parsed, tableOf);
  return { statement, values, query: shortened(query), weight, costBefore: cost, cost, candidates };
}

function shortened(query: string): string {
  return oneLine(query.slice(0, MAX_QUERY), MAX_QUERY);
}
