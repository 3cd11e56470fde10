import type { Session } from './database.ts';
import type { IndexedTable } from './index-candidates.ts';
import type { Name } from './syntax.ts';
import { FIRST_IN_PATH } from './visible.ts';

/** Below so many rows a sequential scan is as good as any index. */
const TINY = 1_000;

/** Tables by name. `partitioned` cannot be indexed concurrently. */
export interface TableFacts extends IndexedTable {
  readonly partitioned: boolean;
}

const TABLES = `
  select distinct on (wanted.schema, wanted.name) wanted.schema, wanted.name as wanted, c.oid,
    format('%I.%I', n.nspname, c.relname) as name, c.relkind = 'p' as partitioned,
    (select json_agg(json_build_array(a.attname, quote_ident(a.attname))) from pg_attribute a join pg_type t on t.oid = a.atttypid
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and (t.typtype in ('e', 'd', 'r', 'm') or t.typcategory = 'A'
        or t.oid = 'varchar'::regtype or t.oid in (select opcintype from pg_opclass where opcdefault and opcmethod = 403))) as columns,
    (select json_agg((select json_agg(a.attname order by k) from generate_series(0, x.indnkeyatts - 1) as k
        left join pg_attribute a on a.attrelid = x.indrelid and a.attnum = x.indkey[k]))
      from pg_index x join pg_class i on i.oid = x.indexrelid
      where x.indrelid = c.oid and x.indisvalid and x.indpred is null and i.relam = 403) as indexes
  from unnest($1::text[], $2::text[]) as wanted (schema, name)
  join pg_class c on c.relname = wanted.name::name and c.relkind in ('r', 'm', 'p')
  join pg_namespace n on n.oid = c.relnamespace
    and case when wanted.schema is null then ${FIRST_IN_PATH} else n.nspname = wanted.schema::name end
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and not c.reltuples between 0 and ${TINY}
  order by wanted.schema, wanted.name`;

interface Row {
  schema: string | null;
  wanted: string;
  oid: number;
  name: string;
  partitioned: boolean;
  columns: [string, string][] | null;
  indexes: (string | null)[][] | null;
}

/** Finds a table by its name, with or without a schema. */
export type TableOf = (schema: string | null, name: string) => TableFacts | undefined;

/** Looks up those tables among `names` that are worth an index. */
export async function indexedTables(session: Session, names: readonly Name[]): Promise<TableOf> {
  const relations = names.filter(({ kind }) => kind === 'relation' || kind === 'target');
  const rows = await session.rows<Row>(TABLES, [relations.map(({ schema }) => schema), relations.map(({ name }) => name)]);
  // Two names of one table must be one table.
  const tables = new Map(
    rows.map(({ oid, name, partitioned, columns, indexes }) => [
      oid,
      { oid, name, partitioned, columns: new Map(columns), indexes: indexes ?? [] },
    ]),
  );
  const oids = new Map(rows.map(({ schema, wanted, oid }) => [`${schema ?? ''}\0${wanted}`, oid]));
  return (schema, name) => tables.get(oids.get(`${schema ?? ''}\0${name}`) ?? -1);
}
