/** A small shop for outdoor gear: the same rows on every start, with one duplicate index and one missing one for those who look for advice. */
export const DEMO_DATA = `
create extension pg_stat_statements;
create schema shop;
comment on schema shop is 'A small shop for outdoor gear: made-up data to try things on';
set search_path = shop, public;
select setseed(0.42);

create type order_status as enum ('pending', 'paid', 'shipped', 'returned');

create table customers (
  id bigint generated always as identity primary key,
  email text not null unique,
  country char(2) not null,
  joined_on date not null
);
comment on table customers is 'Who has ever ordered or signed up';
insert into customers (email, country, joined_on)
select 'customer' || n || '@example.com', (array['AT','BR','CA','DE','FR','IN','JP','US'])[1 + floor(random() * 8)],
       date '2023-01-01' + floor(random() * 1000)::int
from generate_series(1, 2000) n;

create table products (
  id bigint generated always as identity primary key,
  sku text not null unique,
  name text not null,
  category text not null,
  price numeric(10, 2) not null check (price > 0),
  tags text[] not null default '{}',
  attributes jsonb not null default '{}'
);
comment on column products.price is 'In euros, with tax';
insert into products (sku, name, category, price, tags, attributes)
select upper(left(c.category, 3)) || '-' || lpad(n::text, 3, '0'), a.adjective || ' ' || c.thing, c.category,
       round((9 + random() * 290)::numeric, 2), array[c.category, lower(a.adjective)], jsonb_build_object('weightGrams', 50 + floor(random() * 3000)::int)
from generate_series(1, 120) n
cross join lateral (select (array['Light','Warm','Sturdy','Compact','Dry','Bright'])[1 + n % 6] as adjective) a
cross join lateral (select (array['tents','bags','lights','stoves'])[1 + n % 4] as category, (array['tent','sleeping bag','headlamp','stove'])[1 + n % 4] as thing) c;

create table orders (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers,
  status order_status not null,
  ordered_at timestamptz not null,
  shipped_at timestamptz,
  note text,
  check (shipped_at >= ordered_at)
);
comment on table orders is 'One row an order; what was bought is in order_items';
insert into orders (customer_id, status, ordered_at, shipped_at)
select 1 + floor(random() * 2000), case when r.state < 0.05 then 'pending' when r.state < 0.15 then 'paid' when r.state < 0.95 then 'shipped' else 'returned' end::order_status,
       r.at, case when r.state >= 0.15 then r.at + random() * interval '5 days' end
from generate_series(1, 20000) n
-- "n" has each order roll its own dice: without it PostgreSQL would once for all.
cross join lateral (select random() + 0 * n as state, timestamptz '2024-01-01 00:00Z' + (random() + 0 * n) * interval '700 days' as at) r;
create index orders_ordered_at_idx on orders (ordered_at);
create index orders_by_date on orders (ordered_at);

create table order_items (
  order_id bigint not null references orders on delete cascade,
  position int not null,
  product_id bigint not null references products,
  quantity int not null check (quantity > 0),
  unit_price numeric(10, 2) not null,
  primary key (order_id, position)
);
insert into order_items
select o.id, i.position, p.id, 1 + floor(random() * 3), p.price
from orders o
cross join lateral generate_series(1, 1 + (o.id % 4)::int) i(position)
join products p on p.id = 1 + (o.id * 7 + i.position * 31) % 120;

create table reviews (
  product_id bigint not null references products,
  customer_id bigint not null references customers,
  stars smallint not null check (stars between 1 and 5),
  body text,
  primary key (product_id, customer_id)
);
insert into reviews
select 1 + n % 120, 1 + (n * 13) % 2000, 1 + floor(random() * 5), case when n % 3 = 0 then 'Did what it should.' end
from generate_series(1, 3000) n
on conflict do nothing;

create view order_totals as
select o.id as order_id, o.customer_id, o.ordered_at, sum(i.quantity * i.unit_price) as total
from orders o join order_items i on i.order_id = o.id group by o.id;
comment on view order_totals is 'What each order is worth, in euros';

create materialized view monthly_sales as
select date_trunc('month', ordered_at, 'UTC')::date as month, count(*) as orders, sum(total) as revenue from order_totals group by 1;

create function customer_value(customer bigint) returns numeric language sql stable
  as $$ select coalesce(sum(total), 0) from shop.order_totals where customer_id = customer $$;
comment on function customer_value is 'All that a customer has ordered, in euros';

create role demo_reader login;
create role demo_writer login;
grant usage on schema shop to demo_reader, demo_writer;
grant select on all tables in schema shop to demo_reader, demo_writer;
grant insert, update, delete on all tables in schema shop to demo_writer;
grant pg_read_all_stats to demo_reader, demo_writer;
alter database postgres set search_path = shop, public;
analyze;
`;
