/** Rows of the table: id, a statement that does not end by itself, why. */
export type EndlessRow = readonly [id: string, sql: string, why: string];

/** Statements that only read, and would keep the server busy for hours. */
export const endlessRows: readonly EndlessRow[] = [
  ['PG-017', 'select pg_sleep(3600)', 'sleeps'],
  ['PG-017', `select pg_sleep_for('1 hour')`, 'the same by an interval'],
  ['PG-017', `select pg_sleep_until('2999-01-01')`, 'the same by a date'],
  ['PG-017', 'select count(*) from generate_series(1, 1000000000000)', 'counts, and fills a temporary file'],
  ['PG-017', 'select count(*) from t a, t b, t c, t d, t e', 'a join of everything with everything'],
  ['PG-017', 'with recursive r as (select 1 as n union all select n + 1 from r) select count(*) from r', 'a recursion without end'],
  ['PG-017', 'select * from generate_series(1, 1000000000) i where i < 0', 'searches for rows that there are none of'],
  ['PG-017', 'explain (analyze) select pg_sleep(3600)', 'a plan of what sleeps'],
  ['PG-017', `select i, pg_sleep(0.01) from generate_series(1, 1000000) i where i % 100 = 0`, 'rows that come, but slowly'],
];
