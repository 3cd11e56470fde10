import { ToolError } from '@touchstone-mcp/core/errors';
import { describe, expect, test } from 'vitest';
import { MAX_SQL_CHARS, parseSql } from './grammar.ts';

const TREE = 'select a, lower(b) from t where c = $1';
/** So deep that its stack overflows whatever the compiler has made of it. */
const DEEP = `select ${'1+'.repeat(50_000)}1`;

async function failure(sql: string): Promise<ToolError> {
  const error = await parseSql(sql).catch((thrown: unknown) => thrown);
  if (error instanceof ToolError) return error;
  throw new Error(`No ToolError for ${sql.slice(0, 80)}`);
}

describe('parseSql', () => {
  test('splits as the server does', async () => {
    const counts = await Promise.all(['', ';', 'select 1', 'select 1;;', "select ';'", 'select 1; select 2'].map(parseSql));
    expect(counts.map((statements) => statements.length)).toEqual([0, 0, 1, 1, 1, 2]);
  });

  test.each([
    ['selec 1', 'SQL: syntax error at line 1, column 1.'],
    ["select 'é',\n  1 1", 'SQL: syntax error at line 2, column 5.'],
    ['select 1 from', 'SQL: syntax error at end of input at line 1, column 14.'],
    ["select 'secret", 'SQL: unterminated quoted string at line 1, column 8.'],
    ["select 1 'secret' 2", 'SQL: syntax error at line 1, column 10.'],
    ["select U&'\\d800'", 'SQL: invalid Unicode surrogate pair at line 1, column 16.'],
  ])('says where %j is wrong, and repeats none of it', async (sql, message) => {
    expect(await failure(sql)).toMatchObject({ code: 'invalid_input', message });
  });

  test.each([
    ['a NUL', 'select 1\0', 'invalid_input'],
    ['half of a surrogate pair', "select '\ud83d'", 'invalid_input'],
    ['parentheses', `select ${'('.repeat(20_000)}1${')'.repeat(20_000)}`, 'invalid_input'],
    ['a sum that is too long', DEEP, 'invalid_input'],
    ['unions', `select 1 ${'union select 1 '.repeat(15_000)}`, 'invalid_input'],
    ['casts', `select 1${'::int'.repeat(50_000)}`, 'invalid_input'],
    ['joins', `select 1 from a${' join a on true'.repeat(15_000)}`, 'invalid_input'],
    ['too much', `select '${'x'.repeat(MAX_SQL_CHARS)}'`, 'too_large'],
  ])('refuses %s', async (_what, sql, code) => {
    expect(await failure(sql)).toMatchObject({ code });
  });

  test('takes what is just long enough', async () => {
    expect(await parseSql(`select '${'x'.repeat(MAX_SQL_CHARS - 9)}'`)).toHaveLength(1);
    expect(await parseSql(`select 1 where 1 in (${Array.from({ length: 40_000 }, (_, index) => index).join()})`)).toHaveLength(1);
  });

  test('answers the same after fifty overflows of its stack, in a row and at once', async () => {
    const expected = JSON.stringify(await parseSql(TREE));
    for (let round = 0; round < 25; round++) {
      expect((await failure(DEEP)).message).toBe('The SQL is nested too deeply.');
      if (round % 10 === 0) expect(JSON.stringify(await parseSql(TREE))).toBe(expected);
    }
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, (_, index) => parseSql(index % 2 === 0 ? DEEP : TREE)));
    const trees = outcomes.filter((_, index) => index % 2 === 1);
    expect(trees.map((outcome) => outcome.status === 'fulfilled' && JSON.stringify(outcome.value))).toEqual(Array(25).fill(expected));
  });

  test('takes no more memory for thousands of statements, right or wrong', async () => {
    const many = async () => {
      for (let round = 0; round < 2_000; round++) {
        await parseSql(TREE);
        await failure('select (((');
      }
      return process.memoryUsage().external;
    };
    const before = await many();
    expect((await many()) - before).toBeLessThan(1_000_000);
  });
});
