import { ToolError } from '@touchstone-mcp/core/errors';
import type { Session } from './database.ts';
import { toDatabaseError } from './errors.ts';
import { recoverably } from './plan.ts';
import { judged, type Policy } from './query.ts';
import { parseStatement, proveWrite } from './statement.ts';

/** An index that exists for the planner only. */
export interface HypotheticalIndex {
  readonly oid: number;
  /** What plans call it: `<13556>btree_orders_c`. */
  readonly name: string;
  /** As CREATE INDEX makes it. */
  readonly sql: string;
  /** Estimated. */
  readonly bytes: number;
}

/** Makes indexes for the planner of this session. */
export interface Hypopg {
  /** Throws ToolError invalid_input and denied for what is no plain CREATE INDEX, not_found for what it names. */
  create(definition: string): Promise<HypotheticalIndex>;
  drop(index: HypotheticalIndex): Promise<void>;
}

const WHERE = `
  select quote_ident(n.nspname) as schema, has_schema_privilege(n.oid, 'usage') as usable
  from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'hypopg'`;

/** Whether hypopg is installed in the database of this session, and may be used. */
export async function findHypopg(session: Session): Promise<{ schema: string } | undefined> {
  const [found] = await session.rows<{ schema: string; usable: boolean }>(WHERE);
  return found?.usable === true ? found : undefined;
}

/** Runs work with hypothetical indexes. They live in the connection, not in the transaction: none is there before, and none after. */
export async function withHypopg<Result>(
  session: Session,
  { schema }: { schema: string },
  policy: Policy,
  work: (hypopg: Hypopg) => Promise<Result>,
): Promise<Result> {
  const reset = () => session.rows(`select ${schema}.hypopg_reset()`);
  await reset();
  // With its first index in a connection hypopg 1.3 runs SQL of its own, which must not find what others have put into the path.
  await session.rows(`select from ${schema}.hypopg_create_index('create index on pg_catalog.pg_class (relname)')`);
  await reset();
  return await recoverably(session, () => work(hypopgIn(session, schema, policy)), reset);
}

function hypopgIn(session: Session, schema: string, policy: Policy): Hypopg {
  return {
    async create(definition) {
      const sql = await provenIndex(session, definition, policy);
      const made = await session
        .rowsAsCaller<Omit<HypotheticalIndex, 'sql'>>(
          `select indexrelid as oid, indexname as name, ${schema}.hypopg_relation_size(indexrelid) as bytes
          from ${schema}.hypopg_create_index($1::pg_catalog.text) /* touchstone */`,
          [sql],
        )
        .catch(refused);
      if (made[0] === undefined) throw refusal();
      return { ...made[0], sql };
    },
    async drop({ oid }) {
      await session.rows(`select ${schema}.hypopg_drop_index($1::oid)`, [oid]);
    },
  };
}

/** hypopg parses its text by itself: what it gets is one CREATE INDEX, judged as `execute` would judge it. */
async function provenIndex(session: Session, definition: string, policy: Policy): Promise<string> {
  const statement = await parseStatement(/^\s*create\b/i.test(definition) ? definition : `CREATE INDEX ON ${definition}`);
  if (statement.kind !== 'IndexStmt') {
    throw new ToolError('denied', 'A hypothetical index is made of CREATE INDEX only.', {
      hint: 'Such as: orders (customer_id, created_at)',
    });
  }
  return (await judged(proveWrite, statement, session, policy)).sql;
}

/** hypopg gives its errors no SQLSTATE of their own: there is no such column, no such method, or the method cannot do that. */
function refused(error: unknown): never {
  const known = toDatabaseError(error);
  throw known instanceof ToolError && known.code === 'internal' ? refusal(known) : error;
}

function refusal(cause?: unknown): ToolError {
  return new ToolError('invalid_input', 'hypopg cannot make that index.', {
    hint: 'Check the columns with describe_table, and whether the index method fits their types.',
    cause,
  });
}
