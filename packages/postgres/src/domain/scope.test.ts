import { expect, test } from 'vitest';
import { parseStatement } from './statement.ts';

/** The relations that a statement reads, of those called a, b, c and é. */
async function relationsOf(sql: string): Promise<string> {
  const { names } = await parseStatement(sql);
  return names
    .filter(({ kind, schema }) => kind === 'relation' && schema === null)
    .map(({ name }) => name)
    .toSorted()
    .join(' ');
}

test.each([
  ['select * from a', 'a'],
  ['with a as (select 1) select * from a', ''],
  ['with a as (select 1) select * from x.a', ''],
  ['with a as (select * from a) select * from a', 'a'],
  ['with recursive a as (select * from a) select * from a', ''],
  ['with a as (select * from b), b as (select 1) select * from a, b', 'b'],
  ['with recursive a as (select * from b), b as (select 1) select * from a, b', ''],
  ['with a as (select 1), b as (select * from a) select * from b', ''],
  ['with a as (with b as (select 1) select * from b) select * from a, b', 'b'],
  ['select * from (with a as (select 1) select * from a) x, a', 'a'],
  ['with a as (select 1) select * from (select * from a union select * from b) x where exists (select from a)', 'b'],
  ['(with a as (select 1) select * from a) union select * from a', 'a'],
  ['with a as (select 1) insert into a select * from a', 'a'],
  ['with a as (select 1) update b set x = 1 from a', 'b'],
  ['with a as (select 1) delete from a using a as x', 'a'],
  ['with a as (select 1) merge into b using a on true when matched then delete', 'b'],
  ['with a as (delete from b returning *) table a', 'b'],
  ['with a as (select 1) select 1 into b from a', 'b'],
  ['with "é" as (select 1) select * from é', 'é'],
  ['create view b as with a as (select 1) select * from a', 'b'],
])('%s reads %j', async (sql, relations) => {
  expect(await relationsOf(sql)).toBe(relations);
});
