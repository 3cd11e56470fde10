import { GRANT_MONITOR, type HealthCheck } from './check.ts';

/** Whoever may not see the sessions of others still sees that they are there. */
export const connections: HealthCheck = {
  good: 'No session is connected.',
  bad: 'findings about connections',
  sql: `
    with client as (
      select *, clock_timestamp() - state_change as idle, clock_timestamp() - xact_start as age from pg_stat_activity
      where datid is not null and coalesce(backend_type, 'client backend') = 'client backend'
    ), used as (
      select count(*) as clients, current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0) as most from client
    )
    select case when clients >= 0.95 * most then 'critical' when clients >= 0.8 * most then 'warn' else 'ok' end as level, null as object,
      format('%s of %s connections are in use.', clients, most) as detail,
      case when clients >= 0.8 * most then 'Put a pooler such as PgBouncer in between, or raise max_connections.' end as fix, 1e9 as weight
    from used
    union all
    select case when idle > interval '1 hour' then 'critical' else 'warn' end, format('pid %s of %I', pid, usename),
      format('Idle in a transaction for %s, which keeps its locks and holds back vacuum. Last statement: %s',
        date_trunc('second', idle), left(query, 200)),
      format('SELECT pg_terminate_backend(%s);', pid), extract(epoch from idle)
    from client where state like 'idle in transaction%' and idle > interval '5 minutes'
    union all
    select 'warn', format('pid %s of %I', pid, usename),
      format('In one transaction for %s, which holds back vacuum. Statement: %s', date_trunc('second', age), left(query, 200)),
      format('SELECT pg_cancel_backend(%s);', pid), extract(epoch from age)
    from client where state = 'active' and age > interval '1 hour'
    union all
    select 'unseen', null, format('What %s sessions of other roles are doing is hidden from this role.', count(*)), ${GRANT_MONITOR}, 0
    from client where backend_type is null having count(*) > 0`,
};
