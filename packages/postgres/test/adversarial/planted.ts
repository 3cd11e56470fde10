/**
 * What an owner may plant so that PostgreSQL's own names mean something else: in `planted`, which comes first in the path of some roles, a twin
 * of nearly all functions, operators, types and catalogs; in `public`, which comes last, better fits for arguments of the catalogs' types.
 * Whatever runs raises PLANTED. Says how much there is, for the test to know that there is something.
 */
export const PLANTED_SQL = `
  set search_path = pg_catalog;
  create table public.orders (id int primary key, customer int, note text);
  insert into public.orders select n, n % 100, 'note' from generate_series(1, 5000) n;
  create type public.state as enum ('new', 'old');
  create table public.states (id serial primary key, state public.state default 'new');
  create view public.recent as select id, state from public.states;
  analyze public.orders;

  create schema planted;
  create function planted.alarm() returns void volatile language plpgsql as $$ begin
    raise exception 'PLANTED ran as %', current_user;
  end $$;

  do $$
  declare
    made record;
    first text; second text;
    names text[] := '{text,name,oid,int4,int8,float8,regproc,regclass,"char",name[],oid[]}';
    body text := 'begin perform planted.alarm(); return null; end';
  begin
    for made in
      select p.proname, pg_get_function_identity_arguments(p.oid) as arguments, case when p.proretset then 'setof ' else '' end || format_type(p.prorettype, null) as result
      from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f' and p.provariadic = 0
        and p.proname ~ '^(set_config|current_set|current_sch|current_da|format|quote|concat|left|length|strpos|lower|upper|to_char|round|trunc|ceil|greatest|pg_|has_|obj_|col_|json|array|unnest|generate_|age|mxid|date_trunc|clock_|extract|starts_with|regexp_|random|cardinality|inet_|now|version|row_number|coalesce|nullif|int|text|bool|name)'
    loop
      begin
        execute format('create function planted.%I(%s) returns %s volatile language plpgsql as %L', made.proname, made.arguments, made.result, body);
      exception when others then null;
      end;
    end loop;
    for made in
      select o.oprname, format_type(nullif(o.oprleft, 0), null) as l, format_type(o.oprright, null) as r, format_type(o.oprresult, null) as result
      from pg_operator o where o.oprnamespace = 'pg_catalog'::regnamespace
    loop
      begin
        execute format('create or replace function planted.op(%s) returns %s volatile language plpgsql as %L', concat_ws(', ', made.l, made.r), made.result, body);
      exception when others then
        begin
          execute format('create function planted."op%s"(%s) returns %s volatile language plpgsql as %L', made.result, concat_ws(', ', made.l, made.r), made.result, body);
        exception when others then null;
        end;
      end;
    end loop;
    for made in
      select o.oprname, format_type(nullif(o.oprleft, 0), null) as l, format_type(o.oprright, null) as r, p.proname
      from pg_operator o join pg_proc p on p.pronamespace = 'planted'::regnamespace and p.proname like 'op%' and p.prorettype = o.oprresult
        and p.proargtypes::text = concat_ws(' ', nullif(o.oprleft, 0), o.oprright)
      where o.oprnamespace = 'pg_catalog'::regnamespace
    loop
      begin
        execute format('create operator planted.%s (%s rightarg = %s, function = planted.%I)', made.oprname,
          case when made.l is null then '' else format('leftarg = %s,', made.l) end, made.r, made.proname);
      exception when others then null;
      end;
    end loop;

    foreach first in array names loop
      foreach second in array names loop
        execute format('create function public.op(%s, %s) returns bool volatile language plpgsql as %L', first, second, body);
        for made in select distinct unnest('{=,<>,<,>,>=,~,!~,<@,||,-}'::text[]) as oprname loop
          begin
            execute format('create operator public.%s (leftarg = %s, rightarg = %s, function = public.op)', made.oprname, first, second);
          exception when others then null;
          end;
        end loop;
        for made in select unnest('{format,concat_ws,left,strpos,set_config,current_setting,to_char,round,format_type,has_schema_privilege,array_position,obj_description,col_description,pg_get_expr,starts_with,has_table_privilege,json_build_object,json_build_array}'::text[]) as proname loop
          begin
            execute format('create function public.%I(%s, %s) returns text volatile language plpgsql as %L', made.proname, first, second, body);
            execute format('create function public.%I(text, %s, %s) returns text volatile language plpgsql as %L', made.proname, first, second, body);
            execute format('create function public.%I(text, %s, %s, text) returns text volatile language plpgsql as %L', made.proname, first, second, body);
          exception when others then null;
          end;
        end loop;
      end loop;
      for made in select unnest('{quote_ident,quote_literal,length,lower,upper,unnest,json_agg,array_agg,string_agg,sum,max,min,count,current_setting,current_schemas,has_schema_privilege,pg_size_pretty,pg_relation_size,pg_total_relation_size,pg_table_is_visible,pg_get_viewdef,age,mxid_age,array_to_string}'::text[]) as proname loop
        begin
          execute format('create function public.%I(%s) returns text volatile language plpgsql as %L', made.proname, first, body);
        exception when others then null;
        end;
      end loop;
    end loop;
  end $$;

  create function planted.step(int8, anyelement) returns int8 volatile language plpgsql as $$ begin perform planted.alarm(); return 1; end $$;
  create aggregate planted.count(anyelement) (sfunc = planted.step, stype = int8, initcond = '0');
  create aggregate planted.sum(anyelement) (sfunc = planted.step, stype = int8, initcond = '0');
  create aggregate planted.max(anyelement) (sfunc = planted.step, stype = int8, initcond = '0');
  create aggregate planted.array_agg(anyelement) (sfunc = planted.step, stype = int8, initcond = '0');
  create aggregate planted.json_agg(anyelement) (sfunc = planted.step, stype = int8, initcond = '0');
  create function planted.alarming() returns bool volatile language plpgsql as $$ begin perform planted.alarm(); return true; end $$;
  create domain planted.text as pg_catalog.text check (planted.alarming());
  create domain planted.name as pg_catalog.name check (planted.alarming());
  create domain planted.oid as pg_catalog.oid check (planted.alarming());
  create domain planted.int8 as pg_catalog.int8 check (planted.alarming());
  create domain planted.regclass as pg_catalog.regclass check (planted.alarming());
  create view planted.pg_class as select *, planted.alarming() as alarm from pg_catalog.pg_class;
  create view planted.pg_proc as select *, planted.alarming() as alarm from pg_catalog.pg_proc;
  create view planted.pg_namespace as select *, planted.alarming() as alarm from pg_catalog.pg_namespace;
  create view planted.pg_roles as select *, planted.alarming() as alarm from pg_catalog.pg_roles;
  create view planted.pg_extension as select *, planted.alarming() as alarm from pg_catalog.pg_extension;
  create view planted.pg_stat_activity as select *, planted.alarming() as alarm from pg_catalog.pg_stat_activity;
  grant usage on schema planted to public;
  grant select on all tables in schema planted to public;
  reset search_path;
`;

/** Whether there is enough of it, counted by a superuser. */
export const PLANTED_COUNT = `
  select count(*) filter (where n.nspname = 'planted')::pg_catalog.int4 as twins, count(*) filter (where n.nspname = 'public')::pg_catalog.int4 as fits
  from pg_catalog.pg_operator o join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) o.oprnamespace`;

/** Calls of every tool: the callers' own SQL has no operators, for what is planted is rightly seen in it. */
export const CALLS: readonly (readonly [tool: string, args: Record<string, unknown>])[] = [
  ['query', { sql: 'select id from orders limit 3' }],
  ['query', { sql: 'select state from states' }],
  ['query', { sql: 'show search_path' }],
  ['query', { sql: 'explain select id from recent' }],
  ['list_objects', {}],
  ['list_objects', { kind: 'schema' }],
  ['list_objects', { kind: 'function', pattern: 'a*', limit: 5 }],
  ['list_objects', { kind: 'index' }],
  ['list_objects', { kind: 'sequence' }],
  ['list_objects', { kind: 'enum', schema: 'public' }],
  ['list_objects', { kind: 'extension' }],
  ['list_objects', { kind: 'view', limit: 1 }],
  ['describe_table', { table: 'orders', sample: 2 }],
  ['describe_table', { table: 'states', sample: 2 }],
  ['describe_table', { table: 'recent' }],
  ['explain_query', { sql: 'select id from orders order by customer limit 5' }],
  ['explain_query', { sql: 'select id from orders order by customer limit 5', analyze: true }],
  ['explain_query', { sql: 'select id from orders limit $1' }],
  ['explain_query', { sql: 'select id from orders order by customer', hypotheticalIndexes: ['orders (customer)'] }],
  ['top_queries', {}],
  ['check_health', {}],
  ['suggest_indexes', {}],
  ['suggest_indexes', { sql: 'select id from orders order by customer limit 5' }],
  ['suggest_indexes', { sql: 'select id from orders order by customer limit $1' }],
  ['execute', { sql: "insert into orders values (100001, 1, 'x')", dryRun: true }],
  ['execute', { sql: 'create table more (id int)', dryRun: true }],
];
