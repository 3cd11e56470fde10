/** Rows of the table: id, a statement, its answer to a superuser and to a role of few powers, why. */
export type ToldRow = readonly [id: string, sql: string, superuser: 'ok' | 'denied', reader: 'ok' | 'denied', why: string];

/** In a setting, and in statistics of passwords. */
export const SECRET = 'hunter2-told';

/** What is a secret only where a server has one, and only for roles that it would tell. */
export const toldRows: readonly ToldRow[] = [
  ['PG-034', "select * from pg_settings where name = 'primary_conninfo'", 'denied', 'ok', 'a view of all settings'],
  ['PG-034', 'select count(*) from pg_catalog."pg_settings"', 'denied', 'ok', 'the same by another spelling'],
  ['PG-034', 'select * from public.told_view', 'denied', 'ok', 'a view of a superuser, in which it is asked who reads'],
  ['PG-034', "select current_setting('primary' || '_conninfo')", 'denied', 'denied', 'a name that is put together'],
  ['PG-034', "select current_setting(n) from (values ('primary_conninfo')) v (n)", 'denied', 'denied', 'a name that is a value'],
  ['PG-034', `select current_setting('primary_conninfo' collate "C")`, 'denied', 'denied', 'a name with a collation'],
  ['PG-034', "select current_setting('primary_conninfo, too'::varchar(16))", 'denied', 'denied', 'a name that a cast cuts'],
  ['PG-034', "select current_setting('primary_conninfo  '::bpchar)", 'denied', 'denied', 'a name that a cast trims'],
  ['PG-034', "select current_setting('work' || '_mem')", 'denied', 'ok', 'any name may be the one'],
  ['PG-034', "select current_setting('work_mem'::text), current_setting('work_mem', true)", 'ok', 'ok', 'a name that is written out'],
  ['PG-034', "select * from pg_stats where attname = 'rolpassword'", 'denied', 'ok', 'samples of password hashes'],
  ['PG-034', 'select histogram_bounds from pg_catalog.pg_stats', 'denied', 'ok', 'the same among all samples'],
  ['PG-034', 'select * from pg_stats_ext', 'ok', 'ok', 'no statistics of that kind can be made of catalogs'],
];
