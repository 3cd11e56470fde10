/** What an owner may set up so that a harmless-looking statement runs something else. Each name says what would be run by it. */
export const OWNER_SQL = `
  create table t (id int primary key, a int, b text, "update" text, "drop" text, pair point);
  insert into t values (1, 10, 'one', 'u', 'd', '(1,2)'), (2, 20, 'two', 'u', 'd', '(1,2)'), (3, 30, 'three', 'u', 'd', '(1,2)');
  create sequence s;
  grant select on s to public;

  create function wr() returns int language plpgsql as $$ begin insert into t values (99); return 1; end $$;
  create function sd() returns int language plpgsql security definer as $$ begin insert into t values (98); return 1; end $$;
  create procedure p() language plpgsql as $$ begin insert into t values (97); end $$;
  create function evil() returns int language sql as 'select 1';
  create function evil_text(text) returns text language sql as 'select $1';
  create function evil_set() returns setof t language sql as 'select * from t';
  create function "Evil Name"() returns int language sql as 'select 1';
  create function évil() returns int language sql as 'select 1';
  create function good(int) returns int stable language sql as 'select $1 + 1';
  create function upper(int) returns text language sql as 'select $1::varchar';
  create function of_row(t) returns int language sql as 'select 1';
  create function of_record(record) returns int language plpgsql as 'begin return 1; end';
  create function defaulted(a int default evil()) returns int stable language sql as 'select $1';
  create function "json_array"(int) returns int language sql as 'select 1';

  create schema other;
  create function other.elsewhere() returns int language sql as 'select 1';

  create function evil_operator(int, int) returns int language sql as 'select 1';
  create operator === (leftarg = int, rightarg = int, function = evil_operator);
  create operator <~> (leftarg = int, rightarg = int, function = pg_try_advisory_lock);
  create function other_plus(point, int) returns point language sql as 'select $1';
  create operator other.+ (leftarg = point, rightarg = int, function = other_plus);
  create aggregate evil_aggregate(int) (sfunc = evil_operator, stype = int, initcond = '0');
  create aggregate evil_end(text) (sfunc = textcat, stype = text, finalfunc = evil_text);
  create function evil_count(int8, text, text) returns int8 language sql as 'select 1::int8';
  create aggregate count(text, text) (sfunc = evil_count, stype = int8, initcond = '0');

  create function evil_check(int) returns bool language sql as 'select true';
  create domain checked as int check (evil_check(value));
  create domain twice as checked;
  create type of_checked as (x checked);
  create function stable_of_checked(checked) returns int stable language sql as 'select $1::int';
  create type own as (x int);
  create function to_own(text) returns own language sql as 'select row(1)::own';
  create cast (text as own) with function to_own(text);

  create type own2 as (x int);
  create function own2_text(own2) returns text language sql as $$ select '' $$;
  create cast (own2 as text) with function own2_text(own2) as assignment;
  create table of_domain (c checked);
  create function "json_object"(int) returns int language sql as 'select 1';

  create table of_composite (c of_checked);
  insert into of_composite values (null);
  create function own_checked() returns of_checked stable language sql as 'select null::of_checked';
  create operator ?> (rightarg = text, function = current_setting);
  create view catalog_view as select * from pg_proc;
  create view nested_catalog_view as select oid, provolatile from catalog_view;
  create view filtered_view as select * from t where current_user in (select rolname from pg_roles);

  create view conninfo_view as select current_setting('primary_conninfo', true) as c;
  create view good_view as select id, lower(b) as b from t where a in (select a from t);
  create view evil_view as select evil() as e;
  create view nested_view as select e from (select * from evil_view) x;
  create view locking_view as select id from t for update;
  create view secret_view as select rolname, rolpassword from pg_authid;
  create view file_view as select pg_read_file('/etc/hostname') as f;
  create view join_view as select t.id from t join nested_view on e = id;

  create table guarded (id int);
  alter table guarded enable row level security;
  create policy guard on guarded using (evil() = 1);
  create table stably_guarded (id int);
  alter table stably_guarded enable row level security;
  create policy guard on stably_guarded using (current_user <> current_setting('a.b', true) and good(id) > 0);

  create table parted (id int) partition by list (id);
  create table parted_1 partition of parted for values in (1);
  create table pure (id int) partition by list (id);
  create table pure_1 partition of pure for values in (1);
`;

/** What only a superuser may set up: extensions, and tables of another server (this one, which needs a password that nobody gives). */
export const SUPERUSER_SQL = `
  create extension dblink; create extension postgres_fdw; create extension tablefunc; create extension pgcrypto; create extension hstore;
  create extension pg_trgm; create extension citext; create extension "uuid-ossp"; create extension tsm_system_rows;
  create extension pg_stat_statements; create extension lo; create extension xml2; create extension sslinfo;
  create server elsewhere foreign data wrapper postgres_fdw options (host '127.0.0.1', port '1');
  create user mapping for public server elsewhere options (user 'u', password 'p');
  create foreign table remote (id int) server elsewhere;
  create foreign table parted_2 partition of parted for values in (2) server elsewhere;
  grant select on remote, parted_2 to public;
`;

/** All that a statement that got through would have left behind. */
export const traces = (marker: string) => `
  select (select array_agg(t order by id) from t)::text as rows, (select row(last_value, is_called) from s)::text as sequence,
    (pg_stat_file('${marker}', true)).size as file, (select count(*) from pg_largeobject_metadata) as large_objects,
    (select count(*) from pg_class where oid >= 16384) as relations, (select count(*) from pg_proc) as functions,
    (select count(*) from pg_policy) as policies, (select count(*) from pg_trigger) as triggers, (select count(*) from pg_rewrite) as rules,
    (select relacl::text from pg_class where relname = 't') as rights, (select count(*) from pg_extension) as extensions,
    (select count(*) from pg_locks where locktype = 'advisory' and database = d.oid) as locks,
    (select count(*) from pg_replication_slots where database = d.datname or slot_name = 'x') as slots,
    (select count(*) from pg_prepared_xacts where database = d.datname) as prepared,
    (select count(*) from pg_db_role_setting where setdatabase = d.oid) as settings
  from pg_database d where d.datname = current_database()`;
