import { randomUUID } from 'node:crypto';
import { ToolError } from '@touchstone-mcp/core/errors';
import type { BoundValue, Session } from './database.ts';
import { oneLine } from './identifier.ts';
import { sqlName } from './node-kinds.ts';
import { type PlanNode, readNodes } from './plan-text.ts';
import { judged, type Policy } from './query.ts';
import { type ParsedStatement, type ProvenStatement, parseStatement, proveRead } from './statement.ts';
import type { Name } from './syntax.ts';
import { FIRST_IN_PATH } from './visible.ts';

/** A statement whose plan may be had. Made by `provePlan` only. */
export interface PlannedStatement {
  /** With EXPLAIN before it. */
  readonly explain: ProvenStatement;
  /** With PREPARE before it, under this name: how it is planned for values that are not known. */
  readonly prepare: { readonly sql: string; readonly name: string };
  /** The statement itself, and what it names. */
  readonly parsed: ParsedStatement;
}

/** A plan as PostgreSQL shows it. */
export interface Plan {
  readonly lines: string[];
  readonly nodes: readonly PlanNode[];
  /** Of the root. */
  readonly cost: number;
  /** Whether it was made without knowing the values of the parameters. */
  readonly generic: boolean;
}

const PLANNED = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

const PLAIN = 'EXPLAIN';
const ANALYZE = 'EXPLAIN (ANALYZE, BUFFERS)';

/** Most lines and characters of a plan that are read: partitions by the hundred. */
const CAPS = { maxRows: 5_000, maxChars: 1_000_000 };

/**
 * Proves that PostgreSQL may plan a statement and, with `analyze`, run it. Throws what parseStatement and proveRead throw. EXPLAIN is put
 * before the text, and what comes out is parsed and judged again as a whole: it must be that one statement and nothing else.
 */
export async function provePlan(session: Session, sql: string, analyze: boolean, policy: Policy): Promise<PlannedStatement> {
  const parsed = await parseStatement(sql);
  if (parsed.kind === 'ExplainStmt') {
    throw new ToolError('invalid_input', 'The SQL has an EXPLAIN already.', { hint: 'Send the statement itself; analyze: true runs it.' });
  }
  if (!PLANNED.has(parsed.kind)) {
    throw new ToolError('denied', `There is no plan to be had of ${sqlName(parsed.kind)}.`, {
      hint: 'Plans are made for SELECT, INSERT, UPDATE, DELETE and MERGE.',
    });
  }
  const name = `touchstone_${randomUUID().replaceAll('-', '')}`;
  const prefix = `PREPARE ${name} AS `;
  // As long as the other: then their trees have the same places in them, and can be compared as they are.
  const explain = await parseStatement(`${(analyze ? ANALYZE : PLAIN).padEnd(prefix.length)}${sql}`);
  const proven = await judged(proveRead, explain, session, policy);
  const prepare = await parseStatement(`${prefix}${sql}`);
  if (prepare.kind !== 'PrepareStmt' || !isSameTree(prepare.fields['query'], explain.fields['query'])) {
    throw new ToolError('denied', 'The SQL means something else where EXPLAIN stands before it.', { hint: 'Send one plain statement.' });
  }
  return { explain: proven, prepare: { sql: prepare.sql, name }, parsed };
}

/** However deep: node's own comparison would run out of stack before the parser does. */
function isSameTree(one: unknown, other: unknown): boolean {
  const open: [unknown, unknown][] = [[one, other]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [left, right] = pair.map((side) => (typeof side === 'object' && side !== null ? Object.entries(side) : undefined));
    if (left === undefined || right === undefined) {
      if (pair[0] !== pair[1]) return false;
      continue;
    }
    const values = new Map(right);
    if (left.length !== right.length || left.some(([key]) => !values.has(key))) return false;
    for (const [key, value] of left) open.push([value, values.get(key)]);
  }
  return true;
}

/**
 * The plan of a statement for these values, or a generic one where it has parameters and no values are given. Throws ToolError
 * invalid_input where ANALYZE lacks values.
 */
export async function planOf(session: Session, statement: PlannedStatement, values: readonly BoundValue[], analyze = false): Promise<Plan> {
  const generic = statement.explain.parameters > 0 && values.length === 0;
  if (generic && analyze) {
    throw new ToolError('invalid_input', `analyze runs the statement, which needs ${statement.explain.parameters} params.`, {
      hint: 'Give params, or leave out analyze for the plan that fits any values.',
    });
  }
  const lines = await located(generic ? genericPlan(session, statement) : boundPlan(session, statement.explain, values), statement);
  const nodes = readNodes(lines);
  return { lines: lines.map((line) => oneLine(line)), nodes, cost: nodes[0]?.cost ?? 0, generic };
}

/** Places in PostgreSQL's errors, as places in the caller's own text. */
async function located<Result>(work: Promise<Result>, { explain, parsed }: PlannedStatement): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const place = Number((error as { position?: unknown }).position) - (explain.sql.length - parsed.sql.length);
    throw place > 0 ? Object.assign(error as Error, { position: String(place) }) : error;
  }
}

async function boundPlan(session: Session, explain: ProvenStatement, values: readonly BoundValue[]): Promise<string[]> {
  const { rows, truncated } = await session.page(explain, values, CAPS);
  return [...rows.map(([line]) => String(line)), ...(truncated ? ['(The plan is longer.)'] : [])];
}

/**
 * By PREPARE, because EXPLAIN (GENERIC_PLAN) is of PostgreSQL 16, and there takes no parameters by the extended protocol. A prepared
 * statement outlives the transaction, and hence is removed, after a failure as well.
 */
async function genericPlan(session: Session, { prepare: { sql, name }, explain: { parameters } }: PlannedStatement): Promise<string[]> {
  await session.rows(`SELECT set_config('plan_cache_mode', 'force_generic_plan', true)`);
  await session.rowsAsCaller(sql);
  return await recoverably(
    session,
    async () => {
      const nulls = Array.from({ length: parameters }, () => 'NULL').join(', ');
      const rows = await session.rowsAsCaller<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE ${name} (${nulls})`);
      return rows.map((row) => row['QUERY PLAN']);
    },
    () => session.rows(`DEALLOCATE ${name}`),
  );
}

/** Runs work so that the transaction can go on if it fails, and after either what undoes what no rollback does. */
export async function recoverably<Result>(session: Session, work: () => Promise<Result>, undo?: () => Promise<unknown>): Promise<Result> {
  await session.rows('SAVEPOINT touchstone');
  try {
    return await work();
  } catch (error) {
    await session.rows('ROLLBACK TO SAVEPOINT touchstone');
    throw error;
  } finally {
    await session.rows('RELEASE SAVEPOINT touchstone');
    await undo?.();
  }
}

/** What the planner knows of a table. */
export interface PlannedTable {
  /** Without its schema, as plans have it. */
  readonly name: string;
  /** As a statement needs it. */
  readonly full: string;
  /** -1 where nobody has ever counted. */
  readonly rows: number;
  readonly pages: number;
}

const TABLES = `
  select distinct quote_ident(c.relname) as name, format('%I.%I', n.nspname, c.relname) as full, c.reltuples as rows, c.relpages as pages
  from unnest($1::text[], $2::text[]) as wanted (schema, name)
  join pg_class c on c.relname = wanted.name::name and c.relkind in ('r', 'm', 'p')
  join pg_namespace n on n.oid = c.relnamespace
    and case when wanted.schema is null then ${FIRST_IN_PATH} else n.nspname = wanted.schema::name end
  where n.nspname <> 'pg_catalog'`;

/** The tables that a statement names. */
export function plannedTables(session: Session, names: readonly Name[]): Promise<PlannedTable[]> {
  const relations = names.filter(({ kind }) => kind === 'relation');
  return session.rows(TABLES, [relations.map(({ schema }) => schema), relations.map(({ name }) => name)]);
}
