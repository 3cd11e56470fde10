import { expect, test } from 'vitest';
import { candidatesOf, type IndexedTable } from './index-candidates.ts';
import { parseStatement } from './statement.ts';

const table = (oid: number, name: string, columns: string, indexes: IndexedTable['indexes'] = []): IndexedTable => ({
  oid,
  name,
  columns: new Map(columns.split(' ').map((column) => [column, column])),
  indexes,
});

const TABLES = [
  table(1, 'orders', 'id customer_id day status total', [['id'], ['status', 'day']]),
  table(2, 'customers', 'id name city', [['id']]),
  table(3, 'items', 'order_id product note', [[null, 'note']]),
];

async function candidates(sql: string): Promise<string[]> {
  const found = candidatesOf(await parseStatement(sql), (schema, name) =>
    schema === 'other' ? undefined : TABLES.find((known) => known.name === name),
  );
  return found.map(({ table: { name }, columns }) => `${name}(${columns.join(',')})`);
}

test.each<[why: string, sql: string, candidates: string[]]>([
  ['equality', 'select * from orders where customer_id = 1', ['orders(customer_id)']],
  ['equality the other way round', 'select * from orders where $1 = customer_id', ['orders(customer_id)']],
  ['a list is an equality', 'select * from orders where customer_id in (1, 2)', ['orders(customer_id)']],
  ['so is an array', 'select * from orders where customer_id = any ($1)', ['orders(customer_id)']],
  [
    'equality before range',
    'select * from orders where day > $1 and customer_id = $2',
    ['orders(customer_id)', 'orders(day)', 'orders(customer_id,day)'],
  ],
  ['between is a range', 'select * from orders where day between $1 and $2', ['orders(day)']],
  [
    'equality before order',
    'select * from orders where customer_id = 1 order by day desc limit 5',
    ['orders(customer_id)', 'orders(day)', 'orders(customer_id,day)'],
  ],
  ['mixed directions', 'select * from orders where customer_id = 1 order by day desc, total', ['orders(customer_id)']],
  [
    'both sides of a join',
    'select * from orders o join items i on i.order_id = o.customer_id',
    ['items(order_id)', 'orders(customer_id)'].toSorted(),
  ],
  ['a join in WHERE', 'select * from customers c, orders o where c.id = o.customer_id', ['orders(customer_id)']],
  ['USING', 'select * from orders join customers using (id) join items on product = id', ['items(product)']],
  [
    'a join and an equality',
    'select * from customers c join orders o on o.customer_id = c.id and o.total = 3',
    ['orders(total)', 'orders(customer_id)', 'orders(total,customer_id)', 'orders(customer_id,total)'],
  ],
  [
    'a correlated sub-select',
    'select (select count(*) from orders o where o.customer_id = c.id) from customers c',
    ['orders(customer_id)'],
  ],
  [
    'IN with a sub-select',
    "select * from orders where customer_id in (select id from customers where city = 'x')",
    ['orders(customer_id)', 'customers(city)'],
  ],
  [
    'both sides of a UNION',
    'select id from orders where total = 1 union all select id from customers where name = $1',
    ['orders(total)', 'customers(name)'],
  ],
  ['WITH', 'with c as (select * from customers where city = $1) select * from c where name = $2', ['customers(city)']],
  ['a table that WITH hides', 'with orders as (select 1 as total) select * from orders where total = 1', []],
  ['an UPDATE', 'update orders set total = 0 where customer_id = 1', ['orders(customer_id)']],
  [
    'a DELETE',
    'delete from items using orders where order_id = orders.id and product = 2',
    ['items(product)', 'items(order_id)', 'items(product,order_id)', 'items(order_id,product)'],
  ],
  [
    'at most three columns',
    'select * from orders where customer_id = 1 and total = 2 and day = 3 and status = 4',
    ['orders(customer_id)', 'orders(total)', 'orders(day)', 'orders(customer_id,total,day)'],
  ],
  ['what an index covers', "select * from orders where status = 'x'", []],
  ['what an index covers with more columns', "select * from orders where status = 'x' and day < $1", ['orders(day)']],
  ['an expression is no column', 'select * from items where note = $1', ['items(note)']],
  ['OR', 'select * from orders where customer_id = 1 or total = 2', []],
  ['columns wrapped in functions', 'select * from customers where lower(name) = $1', []],
  ['two columns of the same table', 'select * from orders where customer_id = total', []],
  ['a table that is not known', 'select * from other.orders where customer_id = 1', []],
  ['a column that is not known', 'select * from orders where ghost = 1', []],
  ['nothing to read', 'select 1', []],
])('%s', async (_why, sql, expected) => {
  expect((await candidates(sql)).toSorted()).toEqual(expected.toSorted());
});

test('the reason says what each column is for', async () => {
  const sql = 'select * from orders o join customers c on c.id = o.customer_id where o.total = 1 and o.day > $1 order by o.day';
  const [first] = candidatesOf(await parseStatement(sql), (_schema, name) => TABLES.find((known) => known.name === name));
  expect(first?.reason).toBe('equality on total; range on day; join on customer_id; order by day');
});
