import type { Session } from './database.ts';
import { oneLine } from './identifier.ts';
import { VISIBLE_RELATION, VISIBLE_SCHEMA } from './visible.ts';

/** Most tables of a map. */
const MAX_TABLES = 500;

/** $1 is a schema, or null for all but the system's. A column that refers to a table says so; what has many columns is cut. */
const MAP = `
  select
    case c.relkind when 'v' then 'view ' when 'm' then 'materialized view ' when 'f' then 'foreign table ' else '' end
      || format('%I.%I', n.nspname, c.relname) as name,
    left(obj_description(c.oid, 'pg_class'), 120) as comment, c.reltuples::int8 as rows, c.relkind in ('r', 'm') as counted,
    (select string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, null) || coalesce(' -> ' || (
        select format('%I.%I', fn.nspname, f.relname) from pg_constraint k
        join pg_class f on f.oid = k.confrelid join pg_namespace fn on fn.oid = f.relnamespace
        where k.conrelid = c.oid and k.contype = 'f' and k.conkey = array[a.attnum] order by k.conname limit 1), ''), ', ' order by a.attnum)
      from pg_attribute a where a.attrelid = c.oid and a.attnum between 1 and 40 and not a.attisdropped
        and has_column_privilege(c.oid, a.attnum, 'select, insert, update, references')) || case when c.relnatts > 40 then ', ...' else '' end as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where not c.relispartition and ${VISIBLE_SCHEMA} and ${VISIBLE_RELATION}
  order by n.nspname, c.relname limit ${MAX_TABLES + 1}`;

interface MappedTable {
  readonly name: string;
  readonly comment: string | null;
  readonly rows: number;
  readonly counted: boolean;
  readonly columns: string | null;
}

/** All tables and views of a database, or of one schema, a line each with columns and references, as many as `maxChars` have room for. */
export async function mapOf(session: Session, schema: string | undefined, maxChars: number): Promise<string[]> {
  const tables = await session.rows<MappedTable>(MAP, [schema ?? null]);
  const lines: string[] = [];
  let room = maxChars;
  for (const table of tables) {
    const line = lineOf(table);
    room -= line.length + 1;
    if (room < 0 || lines.length === MAX_TABLES) return [...lines, '[There are more: list_objects names them all.]'];
    lines.push(line);
  }
  return lines;
}

function lineOf({ name, comment, rows, counted, columns }: MappedTable): string {
  const size = counted && rows >= 0 ? ` ~${rows} rows` : '';
  return `${oneLine(name)} (${oneLine(columns ?? '')})${size}${comment === null ? '' : ` - ${oneLine(comment)}`}`;
}
