import type { Session } from './database.ts';
import { visibleIdentifier } from './identifier.ts';
import type { Relation } from './relation.ts';
import { VISIBLE_RELATION, VISIBLE_SCHEMA } from './visible.ts';

/** Most tables of a database that are listed. */
const MAX_TABLES = 1_000;

/** One more than a client may be offered, so that it hears of more. */
const MAX_NAMES = 101;

const RELATIONS = `
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where ${VISIBLE_SCHEMA} and ${VISIBLE_RELATION}`;

const TABLES = `
  select n.nspname::text as schema, c.relname::text as name, format('%I.%I', n.nspname, c.relname) as shown,
    left(obj_description(c.oid, 'pg_class'), 200) as comment
  ${RELATIONS} and not c.relispartition order by n.nspname, c.relname limit ${MAX_TABLES}`;

const SCHEMA_NAMES = `select distinct n.nspname::text as name ${RELATIONS} and starts_with(n.nspname, $2) order by 1 limit ${MAX_NAMES}`;

const TABLE_NAMES = `select distinct c.relname::text as name ${RELATIONS} and starts_with(c.relname, $2) order by 1 limit ${MAX_NAMES}`;

const COLUMNS = `
  select a.attname::text as column_name, format_type(a.atttypid, a.atttypmod) as data_type
  from pg_attribute a where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped
    and has_column_privilege(a.attrelid, a.attnum, 'select, insert, update, references') order by a.attnum`;

/** A table or view, its names as they are. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
  /** Both, as a statement needs them, in one visible line. */
  readonly shown: string;
  readonly comment: string | null;
}

/** The first tables and views of all schemas that the role may use, in the order of their names. */
export async function tableNames(session: Session): Promise<TableName[]> {
  const names = await session.rows<TableName>(TABLES, [null]);
  return names.map((name) => ({ ...name, shown: visibleIdentifier(name.shown) }));
}

/** The schemas with tables whose names begin so. */
export function schemasThatBegin(session: Session, typed: string): Promise<string[]> {
  return namesBy(session, SCHEMA_NAMES, [null, typed]);
}

/** The tables of a schema, or of all, whose names begin so. */
export function tablesThatBegin(session: Session, schema: string | undefined, typed: string): Promise<string[]> {
  return namesBy(session, TABLE_NAMES, [schema ?? null, typed]);
}

/** The columns of a relation, as the first PostgreSQL server for MCP gave them. */
export function columnsOf(session: Session, { oid }: Relation): Promise<{ column_name: string; data_type: string }[]> {
  return session.rows(COLUMNS, [oid]);
}

async function namesBy(session: Session, sql: string, values: readonly (string | null)[]): Promise<string[]> {
  // Nothing begins with what no name can hold.
  if (values.some((value) => value?.includes('\0'))) return [];
  return (await session.rows<{ name: string }>(sql, values)).map(({ name }) => name);
}
