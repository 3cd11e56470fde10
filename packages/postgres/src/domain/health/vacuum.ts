import { type HealthCheck, OWN_SCHEMA } from './check.ts';

const option = (name: string) => `(select option_value from pg_options_to_table(c.reloptions) where option_name = '${name}')`;
const setting = (name: string) => `coalesce(${option(name)}, current_setting('${name}', true))`;

/** The threshold is autovacuum's own, with what a table has set for itself. */
export const vacuum: HealthCheck = {
  good: 'No table has more dead rows than autovacuum lets pass.',
  bad: 'findings about vacuum',
  sql: `
    with stat as (
      select format('%I.%I', n.nspname, c.relname) as name, s.n_dead_tup as dead, s.n_live_tup as live,
        greatest(s.last_vacuum, s.last_autovacuum) as last, coalesce(${option('autovacuum_enabled')}::bool, true) as enabled,
        least(
          ${setting('autovacuum_vacuum_threshold')}::float8
            + ${setting('autovacuum_vacuum_scale_factor')}::float8 * greatest(c.reltuples, 0),
          nullif(${setting('autovacuum_vacuum_max_threshold')}::float8, -1)) as threshold
      from pg_stat_user_tables s join pg_class c on c.oid = s.relid join pg_namespace n on n.oid = c.relnamespace where ${OWN_SCHEMA}
    )
    select case when dead > 5 * threshold and dead > 100000 then 'critical' else 'warn' end as level, name as object,
      format('%s dead rows beside %s live ones, past the threshold of %s. Last vacuum: %s.%s', dead, live, round(threshold::numeric),
        coalesce(to_char(last, 'YYYY-MM-DD HH24:MI'), 'never'),
        case when enabled then '' else ' Autovacuum is switched off for it.' end) as detail,
      format('VACUUM (ANALYZE) %s;', name) as fix, dead::float8 as weight
    from stat where dead > threshold and dead >= 1000
    union all
    select 'warn', name, 'Autovacuum is switched off for it.', format('ALTER TABLE %s RESET (autovacuum_enabled);', name), 0
    from stat where not enabled and not (dead > threshold and dead >= 1000)
    union all
    select 'critical', null, 'Autovacuum is switched off.', 'ALTER SYSTEM SET autovacuum = on; SELECT pg_reload_conf();', 1e18
    where not (current_setting('autovacuum')::bool and current_setting('track_counts')::bool)`,
};
