import { type HealthCheck, OWN_SCHEMA, size } from './check.ts';

/** Of one key column: its number, operator class, collation and order. */
const KEY = `concat_ws(' ', x.indkey[k], x.indclass[k], x.indcollation[k], x.indoption[k])`;

/** The same keys, and nothing that the other lacks. Of two that are equal, the constraint's stays, then the older. */
const DUPLICATE = `
  less.keys = more.keys and less.included <@ more.included and (more.indisunique or not less.indisunique)
  and (less.included <> more.included
    or (more.constrains, more.indisunique, less.indexrelid) > (false, less.indisunique, more.indexrelid))`;

/** The other begins with its keys. */
const PREFIX = `
  less.amname = 'btree' and not less.indisunique and less.included = '{}' and less.expressions is null
  and less.keys <> more.keys and less.keys = more.keys[:cardinality(less.keys)]`;

/** Indexes that may go: broken ones, those that another one covers, and those that nothing has asked since the statistics were reset. */
export const indexes: HealthCheck = {
  good: 'No index is invalid, duplicate or unused.',
  bad: 'indexes that cost more than they give',
  sql: `
    with idx as (
      select x.*, format('%I.%I', n.nspname, i.relname) as name, format('%I.%I', n.nspname, t.relname) as table_name,
        pg_relation_size(i.oid) as bytes, am.amname, coalesce(s.idx_scan, 0) as scans,
        pg_get_expr(x.indexprs, x.indrelid) as expressions, pg_get_expr(x.indpred, x.indrelid) as predicate,
        exists (select from pg_constraint k where k.conindid = x.indexrelid) as constrains,
        exists (select from pg_inherits where inhrelid = x.indexrelid) as inherits,
        array(select ${KEY} from generate_series(0, x.indnkeyatts - 1) k) as keys,
        array(select x.indkey[k] from generate_series(x.indnkeyatts, x.indnatts - 1) k order by 1) as included
      from pg_index x join pg_class i on i.oid = x.indexrelid join pg_am am on am.oid = i.relam join pg_class t on t.oid = x.indrelid
      join pg_namespace n on n.oid = t.relnamespace left join pg_stat_user_indexes s on s.indexrelid = x.indexrelid
      where i.relkind = 'i' and ${OWN_SCHEMA}
    ), covered as (
      select distinct on (less.indexrelid) less.*, more.name as by_name, less.keys = more.keys and less.included = more.included as same
      from idx less join idx more on more.indrelid = less.indrelid and more.indexrelid <> less.indexrelid
      where less.indisvalid and more.indisvalid and not less.constrains and not less.inherits and less.amname = more.amname
        and less.expressions is not distinct from more.expressions and less.predicate is not distinct from more.predicate
        and (${DUPLICATE} or ${PREFIX})
      order by less.indexrelid, same desc, more.bytes
    )
    select 'warn' as level, name as object,
      format('On %s, invalid: it is kept up to date (%s) but answers no query.', table_name, ${size('bytes')}) as detail,
      case when constrains then format('REINDEX INDEX CONCURRENTLY %s;', name)
        else format('DROP INDEX CONCURRENTLY %s; -- or REINDEX INDEX CONCURRENTLY', name) end as fix, 1e18 as weight
    from idx where not indisvalid and not exists (select from pg_stat_progress_create_index p where p.index_relid = indexrelid)
    union all
    select 'warn', name,
      format('On %s, %s %s (%s).', table_name, case when same then 'a duplicate of' else 'covered by' end, by_name, ${size('bytes')}),
      format('DROP INDEX CONCURRENTLY %s;', name), bytes
    from covered
    union all
    select 'warn', name,
      format('On %s, never used since %s (%s). Standbys count for themselves.', table_name, since, ${size('bytes')}),
      format('DROP INDEX CONCURRENTLY %s;', name), bytes
    from idx cross join (
      select coalesce(to_char(max(stats_reset), 'YYYY-MM-DD'), 'statistics began') as since
      from pg_stat_database where datname = current_database()) as statistics
    where scans = 0 and indisvalid and not indisunique and not constrains and not inherits and bytes >= 1 << 20
      and indexrelid not in (select indexrelid from covered)`,
};
