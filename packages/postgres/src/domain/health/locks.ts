import { GRANT_MONITOR, type HealthCheck } from './check.ts';

/** A session that waits may wait for several. The one to end is the one that waits for nobody itself. */
export const locks: HealthCheck = {
  good: 'No session waits for a lock.',
  bad: 'waits for locks',
  sql: `
    with waiting as (
      select distinct on (l.pid) l.pid, l.mode, clock_timestamp() - l.waitstart as waited, pg_blocking_pids(l.pid) as blockers,
        case when d.datname = current_database() then l.relation::regclass::text end as relation, l.locktype
      from pg_locks l left join pg_database d on d.oid = l.database where not l.granted order by l.pid, l.waitstart
    ), pair as (
      select w.*, b.pid as blocker from waiting w, unnest(w.blockers) as b (pid)
    ), told as (
      select pair.*, w.usename, left(w.query, 200) as waiting_query, b.state, left(b.query, 200) as blocking_query, case
        when blocker = 0 then 'a prepared transaction'
        else format('pid %s of %I (%s, in its transaction for %s)', blocker, b.usename, coalesce(b.state, 'state hidden'),
          coalesce(date_trunc('second', clock_timestamp() - b.xact_start)::text, '?')) end as holder
      from pair join pg_stat_activity w on w.pid = pair.pid and w.datname = current_database()
      left join pg_stat_activity b on b.pid = blocker
    )
    select case when waited > interval '1 minute' then 'critical' else 'warn' end as level, format('pid %s of %I', pid, usename) as object,
      format('Waits %s for %s on %s, held by %s. Waiting: %s Blocking: %s',
        coalesce(date_trunc('second', waited)::text, 'since just now'), mode, coalesce(relation, locktype), holder,
        waiting_query, blocking_query) as detail,
      case when blocker <> 0 and not exists (select from waiting where waiting.pid = blocker) then
        format('SELECT %s(%s);', case when state = 'active' then 'pg_cancel_backend' else 'pg_terminate_backend' end, blocker) end as fix,
      extract(epoch from coalesce(waited, '0')) as weight
    from told
    union all
    select 'unseen', null, 'The statements of other roles are hidden from this role.', ${GRANT_MONITOR}, 0
    where exists (select from told) and not pg_has_role('pg_read_all_stats', 'usage')`,
};
