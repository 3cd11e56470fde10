import { GRANT_MONITOR, type HealthCheck, size } from './check.ts';

const NOW = `case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end`;

/** A slot that nobody reads keeps WAL until the disk is full. */
export const replication: HealthCheck = {
  good: 'No standby is connected, and no slot is there.',
  bad: 'findings about replication',
  sql: `
    with standby as (
      select *, pg_wal_lsn_diff(${NOW}, replay_lsn) as lag from pg_stat_replication
    ), slot as (
      select *, pg_wal_lsn_diff(${NOW}, restart_lsn) as kept from pg_replication_slots
    )
    select case when lag > 1::numeric * (1 << 30) or replay_lag > interval '10 minutes' then 'critical'
        when lag > 100 << 20 or replay_lag > interval '1 minute' then 'warn' else 'ok' end as level,
      format('standby %s (pid %s)', coalesce(nullif(application_name, ''), '?'), pid) as object,
      format('%s, %s behind%s.', coalesce(state, 'state hidden'), coalesce(${size('lag')}, '?'),
        coalesce(', ' || date_trunc('millisecond', replay_lag), '')) as detail,
      null as fix, coalesce(lag, 0) as weight
    from standby
    union all
    select case when wal_status in ('lost', 'unreserved') or kept > 10::numeric * (1 << 30) then 'critical'
        when not active then 'warn' else 'ok' end,
      format('slot %s (%s)', slot_name, slot_type),
      format('%s, keeps %s of WAL%s.', case when active then 'In use' else 'Nobody reads it' end, coalesce(${size('kept')}, 'nothing'),
        case when wal_status <> 'reserved' then ', status ' || wal_status end),
      case when not active then format('SELECT pg_drop_replication_slot(%L); -- if its reader will not come back', slot_name) end,
      coalesce(kept, 0)
    from slot
    union all
    select case when lag > interval '10 minutes' then 'warn' else 'ok' end, null,
      format('This server is a standby, and has replayed up to %s ago.', date_trunc('second', lag)), null, 0
    from (select clock_timestamp() - pg_last_xact_replay_timestamp() as lag) as own where pg_is_in_recovery() and lag is not null
    union all
    select 'unseen', null, 'The lag of standbys is hidden from this role.', ${GRANT_MONITOR}, 0
    where exists (select from standby) and not pg_has_role('pg_read_all_stats', 'usage')`,
};
