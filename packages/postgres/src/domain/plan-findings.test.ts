import { expect, test } from 'vitest';
import { findingsOf } from './plan-findings.ts';
import { readNodes } from './plan-text.ts';

const found = (plan: string) =>
  findingsOf(readNodes(plan.split('\n')), [{ name: 'orders', full: 'public.orders', rows: 200_000, pages: 1_000 }]);

const LOOPS = `
Nested Loop  (cost=0.29..9.00 rows=100000 width=40) (actual time=0.020..900.000 rows=100000 loops=1)
  ->  Seq Scan on items i  (cost=0.00..5.00 rows=100000 width=8) (actual time=0.010..20.000 rows=100000 loops=1)
  ->  Index Scan using orders_pkey on orders o  (cost=0.29..0.40 rows=1 width=32) (actual time=0.005..0.008 rows=1 loops=100000)
        Index Cond: (id = i.order_id)
Planning Time: 0.108 ms
Execution Time: 910.5 ms`.trim();

test('nodes have their parents and their own details, and lines below the plan belong to none', () => {
  const [join, scan, index, ...others] = readNodes(LOOPS.split('\n'));
  expect(others).toEqual([]);
  expect([join?.parent, scan?.parent, index?.parent]).toEqual([undefined, join, join]);
  expect([join?.details, scan?.details, index?.details]).toEqual([[], [], ['Index Cond: (id = i.order_id)']]);
  expect(join).toMatchObject({ label: 'Nested Loop', cost: 9, rows: 100_000, actual: { ms: 900, rows: 100_000, loops: 1 } });
});

test('sub-plans hang below their node', () => {
  const nodes = readNodes(
    [
      'Seq Scan on t  (cost=0.00..1.00 rows=1 width=4)',
      '  SubPlan 1',
      '    ->  Result  (cost=0.00..0.01 rows=1 width=4)',
      '          One-Time Filter: false',
    ].map(String),
  );
  expect(nodes.map(({ label, parent, details }) => [label, parent?.label, details])).toEqual([
    ['Seq Scan on t', undefined, ['SubPlan 1']],
    ['Result', 'Seq Scan on t', ['One-Time Filter: false']],
  ]);
});

test.each<[why: string, plan: string, findings: unknown[]]>([
  [
    'many loops that take the time',
    LOOPS,
    ['Index Scan using orders_pkey on orders o ran 100000 times inside a Nested Loop, about 800 ms in all.'],
  ],
  ['many loops that take no time', LOOPS.replace('0.005..0.008', '0.000..0.000'), []],
  [
    'fewer rows than estimated',
    `Hash Join  (cost=1.00..2.00 rows=5000 width=4) (actual time=1.000..2.000 rows=3.00 loops=1)`,
    [expect.stringMatching(/^Hash Join was estimated at 5000 rows and gave 3, 1667 times fewer: ANALYZE the tables;/)],
  ],
  [
    'fewer, because nobody asked for more',
    `Limit  (cost=0.00..2.00 rows=1 width=4) (actual time=1.000..2.000 rows=1 loops=1)
  ->  Seq Scan on orders  (cost=0.00..2.00 rows=200000 width=4) (actual time=1.000..2.000 rows=1 loops=1)`,
    [],
  ],
  ['a node that never ran', 'Seq Scan on orders  (cost=0.00..2.00 rows=200000 width=4) (never executed)\n  Filter: (a = 1)', []],
  [
    'a hash that went to disk',
    `Hash  (cost=3082.00..3082.00 rows=200000 width=15) (actual time=30.852..30.853 rows=200000 loops=1)
  Buckets: 262144  Batches: 2  Memory Usage: 6538kB`,
    ['Hash did not fit into memory and went to disk in 2 batches: more work_mem would keep it there.'],
  ],
  [
    'groups that went to disk',
    `HashAggregate  (cost=1.00..2.00 rows=90000 width=15) (actual time=30.852..30.853 rows=200000 loops=1)
  Batches: 5  Memory Usage: 4145kB  Disk Usage: 1234kB`,
    ['HashAggregate spilled 1234 kB to disk: more work_mem would keep it in memory.'],
  ],
  [
    'a parallel scan, whose figures are of one worker',
    `Parallel Seq Scan on orders  (cost=0.00..2.00 rows=40 width=4) (actual time=1.000..2.000 rows=33 loops=3)
  Filter: (a = 1)
  Rows Removed by Filter: 66000`,
    ['Parallel Seq Scan on orders reads 198099 rows and keeps 99: an index for its filter would spare the rest. Filter: (a = 1)'],
  ],
  ['a small table', 'Seq Scan on items  (cost=0.00..2.00 rows=1 width=4)\n  Filter: (a = 1)', []],
  ['nothing at all', 'Result  (cost=0.00..0.01 rows=1 width=4)', []],
])('%s', (_title, plan, findings) => {
  expect(found(plan)).toEqual(findings);
});
