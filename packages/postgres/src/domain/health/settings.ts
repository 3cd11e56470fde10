import type { HealthCheck } from './check.ts';

/** Only what is wrong wherever it is found; tuning is not guessed at. */
export const settings: HealthCheck = {
  good: 'No setting endangers data, and none waits for a restart.',
  bad: 'findings about settings',
  sql: `
    select 'critical' as level, name as object, why as detail,
      format('ALTER SYSTEM SET %s = %s; SELECT pg_reload_conf();', name, good) as fix, 1 as weight
    from (values
      ('fsync', 'on', 'Off: a crash of the machine may destroy the database.'),
      ('full_page_writes', 'on', 'Off: a crash of the machine may leave torn pages.'),
      ('zero_damaged_pages', 'off', 'On: damaged pages are emptied without a word.'),
      ('ignore_checksum_failure', 'off', 'On: damaged pages are read as if they were good.')
    ) as known (name, good, why) where current_setting(name, true) <> good
    union all
    select 'warn', name, 'Was changed, and waits for a restart.', null, 0 from pg_settings where pending_restart
    union all
    select 'critical', format('database %I', datname), format('%s pages failed their checksum, the last one on %s.', checksum_failures,
      to_char(checksum_last_failure, 'YYYY-MM-DD HH24:MI')), null, checksum_failures
    from pg_stat_database where checksum_failures > 0`,
};
