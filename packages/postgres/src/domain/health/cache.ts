import type { HealthCheck } from './check.ts';

/** Few reads say nothing: a database that has just begun reads everything once. */
export const cache: HealthCheck = {
  good: 'No block has been read yet.',
  bad: 'findings about the cache',
  sql: `
    select case when blks_read > 100000 and hit < 0.9 then 'warn' else 'ok' end as level, null as object,
      format('%s %% of blocks came from shared_buffers (%s), %s were read since %s.', round(100 * hit, 1),
        current_setting('shared_buffers'), blks_read, coalesce(to_char(stats_reset, 'YYYY-MM-DD'), 'statistics began')) as detail,
      case when blks_read > 100000 and hit < 0.9
        then 'Look with top_queries (orderBy: reads) for what reads so much, before raising shared_buffers.' end as fix, 0 as weight
    from pg_stat_database cross join lateral (select blks_hit::numeric / nullif(blks_hit + blks_read, 0) as hit) as ratio
    where datname = current_database() and hit is not null`,
};
