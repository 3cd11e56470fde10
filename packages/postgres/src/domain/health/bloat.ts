import { type HealthCheck, OWN_SCHEMA, size } from './check.ts';

/** Bytes of a page that rows cannot have, and of a row or an entry that are not data. */
const PAGE_HEADER = 24;
const ROW_OVERHEAD = 28;
const ENTRY_OVERHEAD = 12;

const aligned = (width: string) => `(ceil((${width}) / 8.0) * 8)`;

/** Rows times their average width as ANALYZE has sampled it, against the pages that there are. TOAST and deduplication are left out. */
export const bloat: HealthCheck = {
  good: 'No table or index is estimated to waste 1 MB and a third of its pages.',
  bad: 'tables and indexes are estimated to be half empty',
  sql: `
    with width as (
      select s.schemaname, s.tablename, s.attname, s.avg_width * (1 - s.null_frac) as bytes from pg_stats s where not s.inherited
    ), relation as (
      select c.oid, format('%I.%I', n.nspname, c.relname) as name, n.nspname, c.relname, c.reltuples, c.relpages, c.relkind,
        current_setting('block_size')::int as page,
        coalesce((select option_value::int from pg_options_to_table(c.reloptions) where option_name = 'fillfactor'),
          case c.relkind when 'i' then 90 else 100 end) as fill
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'm', 'i') and c.reltuples > 0 and ${OWN_SCHEMA}
    ), data as (
      select r.oid, ${ROW_OVERHEAD} + ${aligned('sum(w.bytes)')} as bytes
      from relation r join width w on w.schemaname = r.nspname and w.tablename = r.relname where r.relkind <> 'i'
      group by r.oid
      having count(*) = (select count(*) from pg_attribute a where a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped)
      union all
      select r.oid, ${ENTRY_OVERHEAD} + ${aligned('sum(w.bytes)')}
      from relation r join pg_index x on x.indexrelid = r.oid join pg_class t on t.oid = x.indrelid
      join pg_class i on i.oid = r.oid join pg_am on pg_am.oid = i.relam and amname = 'btree'
      join pg_attribute a on a.attrelid = t.oid and a.attnum = any (x.indkey)
      join width w on w.schemaname = r.nspname and w.tablename = t.relname and w.attname = a.attname
      group by r.oid, x.indnatts having count(*) = x.indnatts
    ), estimate as (
      select r.*, r.relpages - ceil(r.reltuples * d.bytes / ((r.page - ${PAGE_HEADER}) * r.fill / 100.0)) as wasted
      from relation r join data d using (oid)
    )
    select case when wasted >= 0.5 * relpages and wasted * page >= 10 << 20 then 'warn' else 'ok' end as level, name as object,
      format('An estimated %s of %s (%s %%) are empty.', ${size('wasted * page')}, ${size('relpages::numeric * page')},
        round(100 * wasted::numeric / relpages)) as detail,
      case when relkind = 'i' then format('REINDEX INDEX CONCURRENTLY %s;', name)
        else format('VACUUM (FULL, ANALYZE) %s; -- locks it meanwhile; pg_repack does not', name) end as fix,
      wasted * page as weight
    from estimate where wasted * page >= 1 << 20 and wasted >= 0.33 * relpages
    union all
    select 'unseen', null, format('The statistics of %s tables are hidden from this role.', count(*)),
      format('GRANT SELECT ON ALL TABLES IN SCHEMA %s TO %I;', string_agg(distinct quote_ident(n.nspname), ', '), current_user), 0
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm') and not has_table_privilege(c.oid, 'select') and ${OWN_SCHEMA} having count(*) > 0`,
};
