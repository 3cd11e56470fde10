/** Stands in rows, and must not stand in an error nor in the log. */
export const VALUE = 'hunter2-value';

/** Rows of the table: id, the tool, a statement, its code, why. */
export type ErrorRow = readonly [id: string, tool: 'query' | 'execute', sql: string, code: string, why: string];

/** Where values of rows stand in what PostgreSQL sends beside its sentence. */
export const ERROR_SQL = `
  create table people (email text unique check (email not like 'x%'), name text not null);
  insert into people values ('${VALUE}', 'a');
  create table of_person (email text references people (email));
  create table spans (during int4range, owner text, exclude using gist (during with &&));
  insert into spans values ('[1,5)', '${VALUE}');
  create view some_people as select * from people where name <> 'b' with check option;
  create function fails() returns int stable language plpgsql as $$ begin
    raise exception 'It failed' using detail = '${VALUE}', hint = '${VALUE}', constraint = '${VALUE}', table = '${VALUE}';
  end $$;
  create function counts(text) returns int stable language plpgsql as $$ begin return length($1) / 0; end $$;`;

/** Errors whose detail, hint, context or query quote values. */
export const errorRows: readonly ErrorRow[] = [
  ['PG-116', 'execute', "insert into people select email, 'b' from people", 'conflict', 'a key that is there already'],
  ['PG-116', 'execute', 'insert into people select email, null from people', 'invalid_input', 'a failing row, whole'],
  ['PG-116', 'execute', "update people set email = 'x' || email", 'invalid_input', 'a failing row, whole'],
  ['PG-116', 'execute', "insert into of_person select email || '!' from people", 'conflict', 'a key that is not there'],
  ['PG-116', 'execute', 'insert into spans select * from spans', 'conflict', 'a key that collides'],
  ['PG-116', 'execute', "update some_people set name = 'b'", 'invalid_input', 'a row that its view would not show'],
  ['PG-116', 'query', 'select fails()', 'invalid_input', 'detail and hint of a function'],
  ['PG-116', 'query', 'select counts(email) from people', 'invalid_input', 'the context of a function'],
  [
    'PG-116',
    'query',
    "select json_build_object('a', email)::text || '}' from people where (email || '{')::json is null",
    'invalid_input',
    'a context that quotes what was read',
  ],
  ['PG-113', 'query', `select length('${VALUE}') / 0`, 'invalid_input', 'a literal of the statement'],
];
