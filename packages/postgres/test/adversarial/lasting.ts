/** Rows of the table: id, the tool, what it is asked, why. */
export type LastingRow = readonly [id: string, tool: 'query' | 'execute', args: Readonly<Record<string, unknown>>, why: string];

/** Says what a session has that a new one has not. */
export const SESSION = `
  select (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid())::int as locks,
    (select count(*) from pg_prepared_statements)::int as prepared, (select count(*) from pg_cursors where name <> '')::int as cursors,
    (select count(*) from pg_listening_channels())::int as channels, to_regclass('pg_temp.leftover') is null as clean,
    current_user = session_user as self, current_setting('transaction_read_only') as reading, current_setting('search_path') as path,
    current_setting('work_mem') as memory, current_setting('statement_timeout') as time, nullif(current_setting('touchstone.left', true), '') as kept`;

/** A function that leaves in a session all that one can leave there. */
export const POISON = `
  create table once (id int primary key);
  create function poison(fails bool) returns int language plpgsql as $$ begin
    perform pg_advisory_lock(7), pg_advisory_lock_shared(8), set_config('search_path', 'evil', false), set_config('touchstone.left', 'x', false);
    set work_mem = '1MB'; set statement_timeout = 0; set default_transaction_read_only = off;
    execute 'listen channel'; execute 'create temp table leftover ()';
    if not exists (select from pg_prepared_statements) then execute 'prepare leftover as select 1'; end if;
    execute 'declare leftover cursor with hold for select 1';
    execute 'set role pg_monitor';
    if fails then raise exception 'done'; end if;
    return 1;
  end $$;
  create function poison_quietly() returns int stable language plpgsql as $$ begin
    perform pg_advisory_lock(7), set_config('search_path', 'evil', false), set_config('work_mem', '1MB', false), set_config('role', 'pg_monitor', false);
    return 1;
  end $$;`;

/** What must leave nothing on a connection that the next call gets. */
export const lastingRows: readonly LastingRow[] = [
  ['PG-096', 'query', { sql: 'select 1 / 0' }, 'a statement that fails'],
  ['PG-096', 'query', { sql: 'select nope' }, 'one that is not understood'],
  ['PG-096', 'query', { sql: 'select poison_quietly()' }, 'a function that says it is STABLE'],
  ['PG-096', 'query', { sql: 'select poison_quietly(), 1 / (random() * 0)::int' }, 'the same, and it fails'],
  ['PG-096', 'query', { sql: 'select poison_quietly(), g from generate_series(1, 5000) g' }, 'the same, and not read to the end'],
  ['PG-094', 'query', { sql: 'select poison_quietly(), pg_sleep(600)', timeoutMs: 200 }, 'the same, and out of time'],
  ['PG-096', 'execute', { sql: 'select poison(false)' }, 'a function that may do all that, committed'],
  ['PG-096', 'execute', { sql: 'select poison(false)', dryRun: true }, 'the same, undone'],
  ['PG-096', 'execute', { sql: 'select poison(true)' }, 'the same, and it fails'],
  ['PG-096', 'execute', { sql: 'create temp table leftover ()' }, 'a table of the session'],
  ['PG-096', 'execute', { sql: 'insert into once values (1), (1)' }, 'rows that collide'],
  ['PG-096', 'query', { sql: 'set role pg_monitor' }, 'what is refused at once'],
];
