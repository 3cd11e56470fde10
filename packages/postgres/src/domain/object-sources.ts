import { VISIBLE_RELATION, VISIBLE_SCHEMA } from './visible.ts';

/** What may be asked for: `table` are foreign ones too, `view` are materialized ones too. */
export const OBJECT_KINDS = ['schema', 'table', 'view', 'function', 'index', 'sequence', 'enum', 'extension'] as const;

/** One of them. */
export type ObjectKind = (typeof OBJECT_KINDS)[number];

/** Where the objects of a kind stand in the catalogs: which there are, and what to say of each on one page of them. Constant text. */
export interface ObjectSource {
  /** A query of (oid, kind, schema, name). $1 is the wanted schema or null, $2 the wanted pattern or null. */
  readonly objects: string;
  /** A query of (detail, comment, rows, bytes) of the object `page`. Takes no lock: a table that is being altered must not hold up a list. */
  readonly details: string;
}

const SCHEMA = `n.nspname::text collate "C" as schema`;

/** What an extension has brought is known by the extension's name, unless somebody looks for it. */
const notOfExtension = (catalog: string, oid: string) => `
  ($1::text is not null or $2::text is not null or not exists (
    select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.deptype = 'e'))`;

const NO_SIZE = 'null::bigint as rows, null::bigint as bytes';

/** Pages as of the last vacuum or analyze: the relation's own, and those of what it is made of. */
const pagesOf = (oids: string) => `
  (select sum(o.relpages)::bigint * current_setting('block_size')::bigint from pg_class o where o.oid = any (array(${oids})))`;

const relation = (relkinds: string): ObjectSource => ({
  objects: `
    select c.oid, ${SCHEMA}, c.relname::text collate "C" as name,
      case c.relkind when 'v' then 'view' when 'm' then 'materialized_view' when 'f' then 'foreign_table' else 'table' end as kind
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in (${relkinds}) and (not c.relispartition or $2::text is not null)
      and ${notOfExtension('pg_class', 'c.oid')} and ${VISIBLE_SCHEMA} and ${VISIBLE_RELATION}`,
  details: `
    with recursive part (oid) as (
      select page.oid union
      select k.oid from part join pg_inherits i on i.inhparent = part.oid join pg_class k on k.oid = i.inhrelid and k.relispartition
    ), leaf as (select l.oid, l.reltoastrelid, l.reltuples from part join pg_class l using (oid) where l.relkind <> 'p' and l.reltuples >= 0)
    select obj_description(c.oid, 'pg_class') as comment,
      case when c.relkind = 'p' then 'partitioned by ' || pg_get_partkeydef(c.oid)
        when c.relispartition then 'partition of ' || (select inhparent::regclass from pg_inherits where inhrelid = c.oid) end as detail,
      case when c.relkind in ('r', 'p', 'm') then (select sum(reltuples)::bigint from leaf) end as rows,
      case when c.relkind in ('r', 'p', 'm') and exists (select from leaf) then ${pagesOf(`
        select oid from leaf union all select reltoastrelid from leaf union all
        select indexrelid from pg_index join leaf on indrelid in (leaf.oid, leaf.reltoastrelid)`)} end as bytes
    from pg_class c where c.oid = page.oid`,
});

const index: ObjectSource = {
  objects: `
    select i.oid, ${SCHEMA}, i.relname::text collate "C" as name, 'index' as kind
    from pg_class i join pg_index x on x.indexrelid = i.oid join pg_class c on c.oid = x.indrelid join pg_namespace n on n.oid = i.relnamespace
    where (not i.relispartition or $2::text is not null) and ${notOfExtension('pg_class', 'c.oid')}
      and ${VISIBLE_SCHEMA} and ${VISIBLE_RELATION}`,
  details: `
    select obj_description(page.oid, 'pg_class') as comment, null::bigint as rows, ${pagesOf('select page.oid')} as bytes,
      'on ' || x.indrelid::regclass || ' (' || (
        select string_agg(coalesce(quote_ident(a.attname), '(expression)'), ', ' order by k.place)
        from unnest(x.indkey::int2[]) with ordinality as k (attnum, place)
        left join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.attnum where k.place <= x.indnkeyatts
      ) || ')' || case when x.indisunique then ' unique' else '' end || case when x.indpred is null then '' else ' partial' end
        || case when x.indisvalid then '' else ' invalid' end as detail
    from pg_index x where x.indexrelid = page.oid`,
};

/** The privileges of what is no sequence cannot be asked for, and conditions have no order but that of CASE. */
const sequence: ObjectSource = {
  objects: `
    select c.oid, ${SCHEMA}, c.relname::text collate "C" as name, 'sequence' as kind
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${notOfExtension('pg_class', 'c.oid')} and ${VISIBLE_SCHEMA}
      and case c.relkind when 'S' then has_sequence_privilege(c.oid, 'usage, select, update') else false end`,
  details: `
    select obj_description(page.oid, 'pg_class') as comment, ${NO_SIZE},
      format_type(s.seqtypid, null) || coalesce(', of ' || (
        select d.refobjid::regclass || '.' || quote_ident(a.attname)
        from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
        where d.classid = 'pg_class'::regclass and d.objid = page.oid and d.deptype in ('a', 'i') limit 1), '') as detail
    from pg_sequence s where s.seqrelid = page.oid`,
};

const routine: ObjectSource = {
  objects: `
    select p.oid, ${SCHEMA}, p.proname::text collate "C" as name, 'function' as kind
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where ${notOfExtension('pg_proc', 'p.oid')} and ${VISIBLE_SCHEMA} and has_function_privilege(p.oid, 'execute')`,
  details: `
    select obj_description(p.oid, 'pg_proc') as comment, ${NO_SIZE},
      '(' || pg_get_function_arguments(p.oid) || ')' || coalesce(' -> ' || pg_get_function_result(p.oid), '') ||
        case p.prokind when 'p' then ' procedure' when 'a' then ' aggregate' when 'w' then ' window'
          else case p.provolatile when 'i' then ' immutable' when 's' then ' stable' else ' volatile' end end as detail
    from pg_proc p where p.oid = page.oid`,
};

const enumeration: ObjectSource = {
  objects: `
    select t.oid, ${SCHEMA}, t.typname::text collate "C" as name, 'enum' as kind
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where t.typtype = 'e' and ${notOfExtension('pg_type', 't.oid')} and ${VISIBLE_SCHEMA} and has_type_privilege(t.oid, 'usage')`,
  details: `
    select obj_description(page.oid, 'pg_type') as comment, ${NO_SIZE},
      (select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) from pg_enum where enumtypid = page.oid) as detail`,
};

/** Most extensions live in a schema that is hidden or is not theirs alone, so that it is no reason to leave one out. */
const extension: ObjectSource = {
  objects: `
    select e.oid, ${SCHEMA}, e.extname::text collate "C" as name, 'extension' as kind
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace where $1::text is null or n.nspname = $1`,
  details: `
    select obj_description(e.oid, 'pg_extension') as comment, ${NO_SIZE}, e.extversion as detail from pg_extension e where e.oid = page.oid`,
};

const schema: ObjectSource = {
  objects: `
    select n.oid, ${SCHEMA}, n.nspname::text collate "C" as name, 'schema' as kind from pg_namespace n where ${VISIBLE_SCHEMA}`,
  details: `
    select obj_description(page.oid, 'pg_namespace') as comment, ${NO_SIZE}, (
      select count(*) || ' tables and views' from pg_class c
      where c.relnamespace = page.oid and not c.relispartition and ${VISIBLE_RELATION}) as detail`,
};

/** The source of each kind. */
export const SOURCES: Readonly<Record<ObjectKind, ObjectSource>> = {
  schema,
  table: relation("'r', 'p', 'f'"),
  view: relation("'v', 'm'"),
  function: routine,
  index,
  sequence,
  enum: enumeration,
  extension,
};

/** What is meant where no kind is named. */
export const TABLES_AND_VIEWS = relation("'r', 'p', 'f', 'v', 'm'");
