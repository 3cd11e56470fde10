import { ToolError } from '@touchstone-mcp/core/errors';
import type { Session } from './database.ts';
import { oneLine } from './identifier.ts';
import { withoutPasswords } from './secrets.ts';

/** How the heaviest statements may be ordered: what each is the sum (or the mean) of. */
export const ORDERS = {
  total: 'total_ms',
  mean: 'total_ms / calls',
  calls: 'calls',
  reads: 'reads',
  temp: 'temp_bytes',
} as const;

/** One of them. */
export type Order = keyof typeof ORDERS;

/** A statement as pg_stat_statements knows it, of all users together. */
export type WorkloadQuery = {
  /** `queryid`, as text: it may be beyond what a number holds. */
  readonly id: string;
  /** With `$n` in place of constants. */
  readonly query: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly meanMs: number;
  /** Of the time of all statements in this database, in percent. */
  readonly share: number;
  readonly rowsPerCall: number;
  /** Bytes that were not in shared_buffers. */
  readonly readBytes: number;
  /** Percent of blocks that were; missing where none was touched. */
  readonly cacheHit?: number;
  /** Bytes that went to disk for want of work_mem. */
  readonly tempBytes: number;
};

/** The heaviest statements. */
export interface Workload {
  readonly queries: WorkloadQuery[];
  /** When counting began. */
  readonly since: string | null;
  /** What of it the role may not see, and what would help. */
  readonly unseen?: string;
}

/** Which statements to look for. */
export interface WorkloadQuestion {
  readonly order: Order;
  readonly limit: number;
  /** Characters of one statement. */
  readonly maxQueryChars: number;
  /** Only these: a regular expression of PostgreSQL's on the statement. */
  readonly pattern?: string;
}

const FIND = `
  select quote_ident(n.nspname) as schema, e.extversion as version, has_schema_privilege(n.oid, 'usage') as usable,
    pg_has_role('pg_read_all_stats', 'usage') as "seesAll", quote_ident(current_user) as role
  from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements'`;

interface Installation {
  schema: string;
  usable: boolean;
  seesAll: boolean;
  role: string;
}

/** The columns are those of all versions from 1.8 (PostgreSQL 13) on. Nested statements count in their callers already, and ours are not the load. */
const statementFor = (schema: string, order: Order) => `
  with statement as (
    select queryid::text as id, min(query) as query, sum(calls) as calls, sum(total_exec_time) as total_ms, sum(rows) as rows,
      sum(shared_blks_hit) as hits, sum(shared_blks_read) as misses, sum(shared_blks_read) * current_setting('block_size')::int8 as reads,
      sum(temp_blks_written) * current_setting('block_size')::int8 as temp_bytes
    from ${schema}.pg_stat_statements
    where dbid = (select oid from pg_database where datname = current_database()) and toplevel and queryid is not null
      and strpos(query, '/* touchstone */') = 0
    group by queryid
  ), share as (select *, 100 * total_ms / nullif(sum(total_ms) over (), 0) as share from statement)
  select id, left(query, $2) as query, calls::int8 as calls, total_ms as "totalMs", total_ms / calls as "meanMs",
    coalesce(share, 0)::float8 as share, (rows / calls)::float8 as "rowsPerCall", reads::int8 as "readBytes",
    temp_bytes::int8 as "tempBytes", (100.0 * hits / nullif(hits + misses, 0))::float8 as "cacheHit"
  from share where calls > 0 and ($3::text is null or query ~* $3) order by ${ORDERS[order]} desc, id limit $1`;

/**
 * The heaviest statements of this database. Throws ToolError unavailable, with what to run, where pg_stat_statements is not installed, not
 * loaded, or not for this role.
 */
export async function heaviestQueries(session: Session, question: WorkloadQuestion): Promise<Workload> {
  const { queries, ...workload } = await rawQueries(session, question);
  return {
    ...workload,
    queries: queries.map((query) => ({ ...query, query: oneLine(withoutPasswords(query.query), question.maxQueryChars) })),
  };
}

/** The same, with the statements as they are: to be parsed, not shown. */
export async function rawQueries(session: Session, { order, limit, maxQueryChars, pattern }: WorkloadQuestion): Promise<Workload> {
  const [found] = await session.rows<Installation>(FIND);
  if (found === undefined)
    throw unavailable('is not installed in this database', `run CREATE EXTENSION pg_stat_statements there. ${PRELOAD}`);
  const { schema, usable, seesAll, role } = found;
  if (!usable) throw unavailable('is in a schema that this role may not use', `run GRANT USAGE ON SCHEMA ${schema} TO ${role}`);
  const rows = await loaded(
    session.rows<WorkloadQuery & { cacheHit: number | null }>(statementFor(schema, order), [limit, maxQueryChars, pattern ?? null]),
  );
  const [info] = await session.rows<{ since: string | null }>(
    `select to_char(stats_reset, 'YYYY-MM-DD HH24:MI') as since from ${schema}.pg_stat_statements_info`,
  );
  return {
    queries: rows.map(rounded),
    since: info?.since ?? null,
    ...(seesAll ? {} : { unseen: `The texts of other roles' statements are hidden from this role: GRANT pg_read_all_stats TO ${role};` }),
  };
}

const PRELOAD = 'It also needs pg_stat_statements in shared_preload_libraries, and a restart of the server.';

async function loaded<Rows>(rows: Promise<Rows>): Promise<Rows> {
  try {
    return await rows;
  } catch (error) {
    // object_not_in_prerequisite_state
    if ((error as { code?: unknown }).code !== '55000') throw error;
    throw unavailable('is installed but not loaded', 'put it into shared_preload_libraries and restart the server', error);
  }
}

function unavailable(what: string, todo: string, cause?: unknown): ToolError {
  return new ToolError('unavailable', `pg_stat_statements ${what}.`, { hint: `Ask the user to ${todo.replace(/([^.])$/, '$1.')}`, cause });
}

function rounded({ cacheHit, ...row }: WorkloadQuery & { cacheHit: number | null }): WorkloadQuery {
  return {
    ...row,
    totalMs: round(row.totalMs),
    meanMs: round(row.meanMs),
    share: round(row.share),
    rowsPerCall: round(row.rowsPerCall),
    ...(cacheHit === null ? {} : { cacheHit: round(cacheHit) }),
  };
}

/** Three digits are enough of anything that was measured. */
function round(value: number): number {
  return Number(value.toPrecision(value < 1_000 ? 3 : Math.ceil(Math.log10(value + 1))));
}
