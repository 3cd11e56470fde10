import pg from 'pg';
import { createDatabase, type TestDatabase } from './containers/database.ts';
import type { PostgresServer } from './containers/server.ts';

/** A name of 63 bytes, the longest that there can be. */
export const LONGEST = 'n'.repeat(63);

/** What stands in every column of `unseen` and in the file behind `far`: no answer may hold it. */
export const SECRET = 'the-secret-row';

const OBJECTS = String.raw`
create schema sales; create schema audit; create schema empty; create schema hidden; create schema "Odd ""schema"".x";
comment on schema sales is 'What is sold';
create type sales.status as enum ('pending', 'paid', 'it''s sent');
create domain sales.email as text check (value ~ '@');
create table sales.customers (id int primary key, mail sales.email not null unique, gone int, since date not null default current_date);
alter table sales.customers drop column gone;
comment on table sales.customers is 'Who buys';
create table sales.orders (
  id bigint generated always as identity primary key,
  customer_id int not null references sales.customers (id) on delete cascade,
  status sales.status not null default 'pending',
  total numeric(12,2) check (total >= 0),
  vat numeric generated always as (total * 0.2) stored,
  note varchar(20), tags text[]
);
comment on table sales.orders is E'One row an order\nsecond line\u202e';
comment on column sales.orders.total is 'Without VAT';
create index orders_open on sales.orders (customer_id, lower(note)) include (total) where status = 'pending';
alter table sales.orders enable row level security;
create policy own on sales.orders using (true);
create function sales.touch() returns trigger language plpgsql as 'begin return new; end';
create trigger touch before update on sales.orders for each row execute function sales.touch();
create view sales.paid as select id, total from sales.orders where status = 'paid';
create materialized view sales.totals as select customer_id, sum(total) from sales.orders group by 1;
create function sales.add(a int, b int default 1) returns int immutable language sql as 'select a + b';
create function sales.add(a text) returns table (x int, y text) stable language sql as 'select 1, a';
create procedure sales.proc(inout a int) language sql as 'select a';
create function sales.volatile() returns int language sql as 'select 1';
create view sales.calls_volatile as select sales.volatile() as n;
create sequence sales.free as smallint;
create table public.orders (id int); create table audit.orders (id int);
create table public.events (at timestamptz not null, kind text) partition by range (at);
create table public.events_1 partition of public.events for values from ('2024-01-01') to ('2025-01-01');
create table public.events_2 partition of public.events for values from ('2025-01-01') to ('2026-01-01') partition by list (kind);
insert into public.events select timestamptz '2024-02-01' from generate_series(1, 10);
create table public.booking (room int, during tstzrange, exclude using gist (during with &&));
create index broken on public.booking (room); update pg_index set indisvalid = false where indexrelid = 'public.broken'::regclass;
create table "Odd ""schema"".x"."table.with ""quotes"" and  spaces" ("a b" int, "select" int, "é" text, U&"x\000ay" int);
create table public.U&"line\000aview public.forged\202e" (id int);
comment on table public.U&"line\000aview public.forged\202e" is E'x\ntable public.forged2';
create table public."Mixed" (id int); create table public.mixed (id int);
create table public."order" (id int); create table public."größe/100%" (id int);
create table public.${LONGEST} (id int);
create table public.wide (${Array.from({ length: 1_500 }, (_, index) => `column_number_${index} int default ${index}`).join(', ')});
create table public."広い" (${Array.from({ length: 1_000 }, (_, index) => `"${'列'.repeat(15)}${index}" text default '${'値'.repeat(20)}'`).join(', ')});
create table hidden.unseen (secret text); insert into hidden.unseen values ('${SECRET}');
create table public.unseen (secret text); insert into public.unseen values ('${SECRET}');
create table public.unused (id int);
create extension pg_trgm;
create extension file_fdw; create server files foreign data wrapper file_fdw;
create foreign table public.far (a text) server files options (filename '/etc/passwd');
insert into sales.customers select n, n || '@example.org' from generate_series(1, 1000) n;
insert into sales.orders (customer_id, total) select n % 1000 + 1, n from generate_series(1, 5000) n;
analyze sales.customers; analyze sales.orders; analyze public.events_1;
`;

const GRANTS = (reader: string) => `
grant usage on schema sales, public, audit to ${reader};
grant select on sales.orders, public.orders, audit.orders to ${reader};
grant select (id) on sales.customers to ${reader};`;

/** A database with one of everything; the reader may use some of it. */
export async function createCatalog(server: PostgresServer): Promise<TestDatabase> {
  const database = await createDatabase(server);
  const client = new pg.Client(database.superuser);
  await client.connect();
  try {
    await client.query(OBJECTS + GRANTS(`${database.name}_reader`));
  } finally {
    await client.end();
  }
  return database;
}
