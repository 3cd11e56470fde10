import type { HealthCheck } from './check.ts';

/** Transaction numbers and multixact numbers run out here; autovacuum forces its way long before, at its `freeze_max_age`. */
const LIMIT = '2147483647';

const XID_AGE = `current_setting('autovacuum_freeze_max_age')::int8`;
const MULTIXACT_AGE = `current_setting('autovacuum_multixact_freeze_max_age')::int8`;

/** Age and what is normal for it. */
const level = (age: string, normal: string) => `
  case when ${age} > 0.7 * ${LIMIT} then 'critical' when ${age} > 2 * ${normal} then 'warn' else 'ok' end`;

export const wraparound: HealthCheck = {
  good: 'No database is here.',
  bad: 'databases and tables are old',
  sql: `
    with age as (
      select datname as name, age(datfrozenxid) as xids, mxid_age(datminmxid) as multixacts from pg_database where datallowconn
    ), relation as (
      select format('%I.%I', n.nspname, c.relname) as name, greatest(age(c.relfrozenxid), age(t.relfrozenxid)) as xids,
        greatest(mxid_age(c.relminmxid), mxid_age(t.relminmxid)) as multixacts
      from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_class t on t.oid = c.reltoastrelid
      where c.relkind in ('r', 'm')
    )
    (select ${level('xids', XID_AGE)} as level, format('database %I', name) as object,
      format('Its oldest transaction is %s transactions old, %s %% of what is possible.',
        xids, round(100.0 * xids / ${LIMIT}, 1)) as detail,
      case when xids > 2 * ${XID_AGE} then 'VACUUM (FREEZE); -- in that database' end as fix, xids::float8 as weight
    from age order by xids desc limit 3)
    union all
    select ${level('multixacts', MULTIXACT_AGE)}, format('database %I', name),
      format('Its oldest multixact is %s numbers old, %s %% of what is possible.', multixacts, round(100.0 * multixacts / ${LIMIT}, 1)),
      'VACUUM (FREEZE); -- in that database', multixacts::float8
    from age where multixacts > 2 * ${MULTIXACT_AGE}
    union all
    select ${level('greatest(xids, multixacts)', XID_AGE)}, name,
      format('Not frozen for %s transactions and %s multixacts.', xids, multixacts),
      format('VACUUM (FREEZE) %s;', name), greatest(xids, multixacts)::float8
    from relation where xids > ${XID_AGE} or multixacts > ${MULTIXACT_AGE}
    union all
    select 'warn', format('prepared transaction %L', gid),
      format('Prepared %s ago and never ended: it holds back vacuum.', date_trunc('second', clock_timestamp() - prepared)),
      format('ROLLBACK PREPARED %L;', gid), extract(epoch from clock_timestamp() - prepared)
    from pg_prepared_xacts where clock_timestamp() - prepared > interval '1 hour'`,
};
