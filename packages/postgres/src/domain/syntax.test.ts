import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSql } from './grammar.ts';
import { readSyntax } from './syntax.ts';

async function namesIn(sql: string): Promise<string[]> {
  const [tree] = await parseSql(sql);
  return readSyntax(tree)
    .names.map(({ kind, schema, name }) => `${kind} ${schema === null ? '' : `${schema}.`}${name}`)
    .sort();
}

describe('readSyntax', () => {
  test.each([
    ['select 1', []],
    ['select F(x), "F"(y), s.f(z), d.s.f()', ['function F', 'function f', 'function s.f']],
    ['select U&"\\0066"()', ['function f']],
    ['select a + b, a operator(s.+) b, - a', ['operator +', 'operator -', 'operator s.+']],
    ['select a between 1 and 2', ['operator <', 'operator <=', 'operator >', 'operator >=']],
    ['select a in (1), b not in (select 1)', ['operator =']],
    ['select case a when 1 then 2 end', ['operator =']],
    ['select case when a then 2 end', []],
    ['select from a join b using (c)', ['operator =', 'relation a', 'relation b']],
    ['select from a natural join s.b', ['operator =', 'relation a', 'relation s.b']],
    ['select a from t order by a using <', ['operator <', 'relation t']],
    ['select a, t.b, s.t.c, t.* from t', ['field b', 'field c', 'relation t']],
    ['select (a).b[1].c, (f()).d', ['field b', 'field c', 'field d', 'function f']],
    ["select a::x, y 'z', cast(b as s.x[])", ['type s.x', 'type x', 'type y']],
    ['select a::int', ['type pg_catalog.int4']],
    ["select 1 like 'a', 'a' similar to 'b'", ['function pg_catalog.similar_to_escape', 'operator ~', 'operator ~~']],
    ['select extract(year from a)', ['function pg_catalog.extract']],
    ['select * from t tablesample m (1)', ['function m', 'relation t']],
    ['select json_array(1), json_arrayagg(2)', ['keyword json_array', 'keyword json_arrayagg']],
    ['with d as (delete from s.t) select', ['relation s.t', 'target s.t']],
  ])('%s', async (sql, names) => {
    expect(await namesIn(sql)).toEqual(names);
  });

  test('finds the highest parameter, wherever it is', async () => {
    const highest = async (sql: string) => readSyntax((await parseSql(sql))[0]).parameters;
    expect(await highest('select 1')).toBe(0);
    expect(await highest("select $2, '$9', $$ $7 $$ limit (select $12)")).toBe(12);
  });

  test('a node that is not wrapped has the kind that its field implies, or one that nobody knows', () => {
    const kinds = (tree: unknown) => [...readSyntax(tree).kinds];
    expect(kinds({ SelectStmt: { intoClause: { rel: { relname: 'x' } } } })).toEqual(['SelectStmt', 'IntoClause', 'RangeVar']);
    expect(kinds({ SelectStmt: { newClause: { x: 1 } } })).toEqual(['SelectStmt', 'SelectStmt.newClause']);
    expect(kinds({ SelectStmt: { newList: [{ x: 1, y: 2 }] } })).toEqual(['SelectStmt', 'SelectStmt.newList']);
    expect(kinds({ SelectStmt: { toString: { x: 1 }, fromClause: [{ NewNode: {} }] } })).toEqual([
      'SelectStmt',
      'NewNode',
      'SelectStmt.toString',
    ]);
  });

  test('reaches every node of a tree of any shape', () => {
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ depthSize: 'medium' }, fc.constant({ FuncCall: { funcname: [{ String: { sval: 'needle' } }] } }), tie('node')),
      node: fc
        .tuple(fc.constantFrom('SelectStmt', 'NewNode', 'List'), fc.constantFrom('x', 'larg', 'items'), tie('tree'), fc.boolean())
        .map(([kind, field, inner, listed]) => ({ [kind]: { [field]: listed ? [null, 1, inner] : inner, location: 1 } })),
    }));
    fc.assert(fc.property(tree, (value) => readSyntax(value).names.some(({ name }) => name === 'needle')));
  });

  test('walks a tree deeper than the stack', () => {
    let tree: object = { FuncCall: { funcname: [{ String: { sval: 'f' } }] } };
    for (let depth = 0; depth < 200_000; depth++) tree = { A_Expr: { lexpr: tree } };
    expect(readSyntax(tree).names).toEqual([{ kind: 'function', schema: null, name: 'f' }]);
  });

  test('refuses names that the server may cut elsewhere', async () => {
    await expect(namesIn(`select ${'é'.repeat(30)}()`)).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await namesIn(`select ${'é'.repeat(29)}(), ${'e'.repeat(70)}()`)).toEqual([
      `function ${'e'.repeat(63)}`,
      `function ${'é'.repeat(29)}`,
    ]);
  });
});
