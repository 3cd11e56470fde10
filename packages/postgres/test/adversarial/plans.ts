/** Arguments of explain_query that must be refused with a code, or accepted (`ok`). `{marker}` is a file that must not be there then. */
export type PlanRow = readonly [id: string, args: Readonly<Record<string, unknown>>, code: string, why: string];

const analyze = (id: string, why: string, ...statements: string[]) =>
  statements.map((sql): PlanRow => [id, { sql, analyze: true }, 'denied', why]);
const plain = (id: string, why: string, ...statements: string[]) => statements.map((sql): PlanRow => [id, { sql }, 'denied', why]);
const index = (id: string, why: string, code: string, ...definitions: string[]) =>
  definitions.map((definition): PlanRow => [id, { sql: 'select 1 from t', hypotheticalIndexes: [definition] }, code, why]);

/** PG-022, PG-023 and what else may hide behind EXPLAIN. */
export const planRows: readonly PlanRow[] = [
  ...analyze(
    'PG-022',
    'ANALYZE runs what changes data',
    'delete from t',
    'insert into t values (4)',
    'update t set a = 0',
    'merge into t using (values (1)) v (id) on t.id = v.id when matched then delete',
    'with d as (delete from t returning *) select * from d',
    'select * from (with d as (delete from t returning *) select * from d) x',
  ),
  ...analyze(
    'PG-022',
    'ANALYZE runs a function',
    "select pg_read_file('/etc/passwd')",
    'select wr()',
    "select nextval('s')",
    'select * from t where id = (select pg_backend_pid() from pg_terminate_backend(0))',
    "select set_config('transaction_read_only', 'off', false)",
    'select * from evil_view',
    'select * from guarded',
  ),
  ...plain(
    'PG-022',
    'statements that only look like a query',
    'create table u as select 1',
    'create materialized view m as select 1',
    'declare c cursor for select 1',
    'execute p',
    'select 1 into u',
    'refresh materialized view m',
    'analyze t',
    'vacuum t',
    "copy t to program 'id > {marker}'",
    'do $$ begin perform pg_sleep(5); end $$',
    'call p()',
    'select * from t for update',
  ),
  ...plain(
    'PG-022',
    'a plan may run what only looks stable',
    "select pg_read_file('/etc/passwd')",
    "select * from t where b = pg_read_file('/etc/passwd')",
  ),
  ...plain('PG-050', 'two statements', 'select 1; drop table t', 'select 1; commit; drop table t', 'select 1;; select 2'),
  ['PG-022', { sql: 'explain analyze delete from t' }, 'invalid_input', 'an EXPLAIN of its own'],
  ['PG-022', { sql: 'analyze select 1' }, 'invalid_input', 'options smuggled in front'],
  ['PG-022', { sql: 'verbose select 1' }, 'invalid_input', 'options smuggled in front'],
  ['PG-022', { sql: '(analyze) delete from t' }, 'invalid_input', 'options smuggled in front'],
  ['PG-022', { sql: ') delete from t' }, 'invalid_input', 'closing what was opened'],
  ['PG-053', { sql: 'select 1 /* ; drop table t' }, 'invalid_input', 'a comment that would swallow what follows'],
  ['PG-059', { sql: 'select 1\0; drop table t' }, 'invalid_input', 'a NUL'],
  ['PG-059', { sql: '' }, 'invalid_input', 'nothing'],
  ['PG-061', { sql: 'select * from t where id = $1', params: [1, 2] }, 'invalid_input', 'more values than placeholders'],
  ['PG-061', { sql: 'select * from t where id = $2', params: [1] }, 'invalid_input', 'fewer values than placeholders'],
  ['PG-061', { sql: 'select * from t where id = $1', params: ['1); drop table t; --'] }, 'invalid_input', 'SQL as a value'],
  ['PG-061', { sql: 'select * from t where id = $1', analyze: true }, 'invalid_input', 'to run it, values are needed'],
  [
    'PG-022',
    { sql: 'select 1', analyze: true, hypotheticalIndexes: ['t (a)'] },
    'invalid_input',
    'nothing runs with indexes that are not there',
  ],
  ['PG-023', { sql: 'delete from t' }, 'ok', 'only planned'],
  ['PG-023', { sql: 'delete from t where id = $1' }, 'ok', 'only planned, for any value'],
  ['PG-023', { sql: "insert into t (id, b) select 5, 'x' on conflict do nothing" }, 'ok', 'only planned'],
  ['PG-035', { sql: 'select * from t', analyze: true }, 'ok', 'a query'],
  ['PG-035', { sql: '(select 1)' }, 'ok', 'a query in parentheses'],
  ['PG-035', { sql: 'table t;' }, 'ok', 'a trailing semicolon'],
  ['PG-035', { sql: 'values (1)' }, 'ok', 'values'],
  ['PG-051', { sql: '-- analyze delete\nselect 1 -- done' }, 'ok', 'comments'],
  ['PG-053', { sql: 'select $$; drop table t; --$$' }, 'ok', 'what only looks like two'],
];

/** Texts of hypothetical indexes, where hypopg is installed. */
export const indexRows: readonly PlanRow[] = [
  ...index(
    'PG-050',
    'several statements',
    'denied',
    't (a); drop table t',
    'create index on t (a); drop table t',
    't (a); create index real on t (a)',
  ),
  ...index('PG-022', 'no index', 'denied', 'drop table t', "copy t to program 'id > {marker}'", 'create table u (a int)').map(
    ([id, args, , why]): PlanRow => [id, args, String(args['hypotheticalIndexes']).startsWith('create') ? 'denied' : 'invalid_input', why],
  ),
  ...index(
    'PG-005',
    'a function in an expression',
    'denied',
    "t ((pg_read_file('/etc/passwd')))",
    "t (a) where b = pg_read_file('/etc/passwd')",
  ),
  ...index('PG-061', 'no SQL', 'invalid_input', 't', 't (a', ''),
  ...index('PG-061', 'nothing there', 'not_found', 'missing (a)'),
  ...index('PG-061', 'nothing there, or not so', 'invalid_input', 't (missing)', 'create index on t using gin (a)'),
  ...index('PG-035', 'an index', 'ok', 't (a)', 'public.t (a, lower(b))', 'create index on t using btree (a desc) where b is not null'),
];
