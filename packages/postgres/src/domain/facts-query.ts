import { SECRET_COLUMNS, SECRET_SETTINGS } from './secrets.ts';
import { ANY_SETTING, type Name } from './syntax.ts';
import { CALLERS_SCHEMAS } from './visible.ts';

/** Objects below this number were made with the database cluster, and are PostgreSQL's own: FirstNormalObjectId. */
const FIRST_NORMAL_OID = 16384;

const ofExtension = (catalog: string, oid: string) => `
  exists (select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.deptype = 'e')`;

/**
 * What names stand for: $1 their kinds, $2 their schemas or nulls, $3 the names. Each row is one thing that the name number `id` stands for:
 * a function that it calls, a relation, a definition in SQL, or, with nothing but nulls, something harmless. In encodings of one byte a
 * character PostgreSQL folds `É` as well, which our grammar does not: there a name also stands for what it is in small letters.
 *
 * Of what is not built in, it follows: types, those of arguments and results too, to their parts, checks and casts; operators to their
 * functions; aggregates to the functions they consist of; fields to functions of one argument; tables to their policies and, with all
 * partitions, to the handlers of foreign ones; views to their definitions, unless they belong to an extension.
 */
const FACTS = `
with recursive asked as (
  select * from unnest($1::text[], $2::name[], $3::name[]) with ordinality as w (kind, schema, name, id)
), wanted as (
  select * from asked union select kind, lower(schema::text collate "default")::name, lower(name::text collate "default")::name, id from asked
  where (select pg_encoding_max_length(encoding) = 1 from pg_database where datname = current_database())
), place as (
  select w.id, w.kind, w.name, n.oid as namespace from wanted w
  join pg_namespace n on n.nspname = w.schema or w.schema is null and n.nspname = any (${CALLERS_SCHEMAS})
), type (id, oid) as (
  select p.id, t.oid from place p join pg_type t on t.typnamespace = p.namespace and t.typname = p.name where p.kind in ('type', 'function')
  union select p.id, argument from place p join pg_proc f on f.pronamespace = p.namespace and f.proname = p.name,
    unnest(coalesce(f.proallargtypes, f.proargtypes::oid[]) || f.prorettype) argument
  where p.kind in ('function', 'keyword') and argument >= ${FIRST_NORMAL_OID}
  union
  select type.id, part.oid from type join pg_type t on t.oid = type.oid cross join lateral (
    select t.typbasetype union select t.typelem
    union select rngsubtype from pg_range where rngtypid = t.oid or rngmultitypid = t.oid
    union select atttypid from pg_attribute where attrelid = t.typrelid and attnum > 0 and not attisdropped
  ) as part (oid) where t.oid >= ${FIRST_NORMAL_OID}
), relation as (
  select p.id, c.oid, c.relname, c.relkind, c.relrowsecurity from place p
  join pg_class c on c.relnamespace = p.namespace and c.relname = p.name where p.kind in ('relation', 'target')
), family (id, oid) as (
  select id, oid from relation union select f.id, i.inhrelid from family f join pg_inherits i on i.inhparent = f.oid
), named (id, oid) as (
  select p.id, f.oid from place p join pg_proc f on f.pronamespace = p.namespace and f.proname = p.name
  where p.kind in ('function', 'keyword') or p.kind = 'field' and f.pronargs - f.pronargdefaults <= 1 and f.pronargs >= 1
  union select p.id, case when o.oid >= ${FIRST_NORMAL_OID} then o.oprcode end
  from place p join pg_operator o on o.oprnamespace = p.namespace and o.oprname = p.name where p.kind = 'operator'
  union select type.id, c.castfunc from type
  left join pg_cast c on type.oid in (c.castsource, c.casttarget) and type.oid >= ${FIRST_NORMAL_OID} and c.castfunc <> 0 and c.oid >= ${FIRST_NORMAL_OID}
  union select f.id, w.fdwhandler from family f join pg_foreign_table t on t.ftrelid = f.oid
  join pg_foreign_server s on s.oid = t.ftserver join pg_foreign_data_wrapper w on w.oid = s.srvfdw where w.fdwhandler <> 0
), called (id, oid) as (
  select id, oid from named
  union select n.id, part from named n join pg_aggregate a on a.aggfnoid = n.oid, unnest(array[a.aggtransfn, a.aggfinalfn, a.aggcombinefn,
    a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn]::oid[]) as part where part <> 0
), definition (id, sql) as (
  select id, pg_get_viewdef(oid) from relation where relkind = 'v' and oid >= ${FIRST_NORMAL_OID} and not ${ofExtension('pg_class', 'relation.oid')}
  union select r.id, 'select ' || pg_get_expr(polqual, polrelid) from relation r join pg_policy on polrelid = r.oid
  where r.relrowsecurity and polqual is not null
  union select type.id, 'select ' || pg_get_expr(conbin, 0) from type join pg_constraint on contypid = type.oid where type.oid <> 0 and conbin is not null
  union select c.id, 'select ' || pg_get_expr(proargdefaults, 0) from called c join pg_proc f on f.oid = c.oid
  where f.pronargdefaults > 0 and f.oid >= ${FIRST_NORMAL_OID}
)
select distinct c.id, n.nspname as schema, f.proname as function, f.provolatile = 'v' as volatile, f.oid < ${FIRST_NORMAL_OID} as built_in,
  (select e.extname from pg_depend d join pg_extension e on e.oid = d.refobjid
    where d.classid = 'pg_proc'::regclass and d.objid = f.oid and d.deptype = 'e' limit 1) as extension,
  null::name as relation, null::bool as tells, null::text as definition
from called c left join pg_proc f on f.oid = c.oid left join pg_namespace n on n.oid = f.pronamespace
union all select id, null, null, null, oid < ${FIRST_NORMAL_OID}, null, relname, relkind = 't', null from relation
union all select id, null, null, null, null, null, null, null, sql from definition`;

const listed = (texts: readonly string[]) => texts.map((text) => `'${text}'`).join();

/** What tells secrets to some roles only, and whether it would tell this one: samples of passwords, and settings that may hold one. */
const TELLING = `
union all select id, null, null, null, true, null, relname, true, null from relation where oid = 'pg_stats'::regclass
  and exists (select from pg_stats where schemaname = 'pg_catalog' and attname in (${listed(SECRET_COLUMNS)})
    and (most_common_vals is not null or histogram_bounds is not null))
union all select id, null, null, null, true, null, name, true, null
  from (select id, relname from relation where oid = 'pg_settings'::regclass
    union all select id, name from asked where kind = 'setting' and name = '${ANY_SETTING}') as asking (id, name)
  where exists (select from pg_settings s where s.name in (${listed(SECRET_SETTINGS)}) and setting <> '')`;

/** The query for what these names stand for. The views of the last part take PostgreSQL milliseconds to plan, and are seldom asked for. */
export function factsQuery(names: readonly Name[]): string {
  return names.some(({ name }) => ['pg_stats', 'pg_settings', ANY_SETTING].includes(name)) ? FACTS + TELLING : FACTS;
}
