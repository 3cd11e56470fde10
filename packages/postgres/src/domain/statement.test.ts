import { describe, expect, test } from 'vitest';
import type { Fact, FunctionFacts } from './functions.ts';
import { parseStatement, proveRead, proveWrite } from './statement.ts';

const NOTHING: Fact = { found: true, functions: [], relations: [], inner: [] };
/** Facts of a database where everything is there and harmless. */
const harmless: FunctionFacts = { of: () => NOTHING, allowed: [] };

describe('parseStatement', () => {
  test('says what it is and how many values it takes', async () => {
    expect(await parseStatement('select $1, $3;')).toMatchObject({ sql: 'select $1, $3;', kind: 'SelectStmt', parameters: 3 });
  });

  test.each([
    ['', 'invalid_input', 'The SQL is empty.'],
    ['select 1; select 2; select 3', 'denied', 'The SQL holds 3 statements.'],
  ])('%j', async (sql, code, message) => {
    await expect(parseStatement(sql)).rejects.toMatchObject({ code, message });
  });
});

describe('proveRead', () => {
  test('hands on the text unchanged', async () => {
    const sql = ' select /* x */ 1 ; ';
    expect(proveRead(await parseStatement(sql), harmless)).toEqual({ sql, parameters: 0 });
  });

  test.each([
    ['delete from t', 'DELETE is not allowed in a query.', 'execute'],
    ['with d as (delete from t returning 1) select', 'A part of the statement changes data (DELETE in WITH).', 'execute'],
    ['copy t to stdout', 'COPY is not allowed in a query.', 'SELECT'],
    ['create function f() returns int return 1', 'CREATE FUNCTION is not allowed in a query.', 'SELECT'],
    ['select 1 for share', 'FOR UPDATE or FOR SHARE is not allowed in a query.', 'without locks'],
    ['select 1 into x', 'SELECT INTO is not allowed in a query.', 'INTO'],
    ['explain analyze delete from t', 'EXPLAIN ANALYZE runs the statement, and this one changes data (DELETE).', 'Leave out ANALYZE'],
    ['explain execute x', 'EXPLAIN of EXECUTE is not allowed.', 'Explain the query'],
    ['set a = 1', 'SET or RESET is not allowed in a query.', 'SELECT'],
    ['begin', 'transaction control is not allowed in a query.', 'SELECT'],
  ])('%s', async (sql, message, hint) => {
    const statement = await parseStatement(sql);
    expect(() => proveRead(statement, harmless)).toThrow(
      expect.objectContaining({ code: 'denied', message, hint: expect.stringContaining(hint) }),
    );
  });

  test('refuses a kind of node that it does not know', async () => {
    const statement = await parseStatement('select 1');
    for (const kind of ['FutureExpr', 'SelectStmt.futureClause', 'constructor', '__proto__']) {
      const future = { ...statement, kinds: new Set([...statement.kinds, kind]) };
      for (const prove of [proveRead, proveWrite])
        expect(() => prove(future, harmless)).toThrow(expect.objectContaining({ code: 'denied' }));
    }
  });

  test('refuses every name of which there are no facts', async () => {
    const none: FunctionFacts = { of: () => ({ ...NOTHING, found: false }), allowed: [] };
    const statement = await parseStatement('select app.f(1)');
    expect(() => proveRead(statement, none)).toThrow(
      expect.objectContaining({ code: 'not_found', message: 'There is no function app.f.' }),
    );
  });

  test('says through what a function is called', async () => {
    const [view, call, operator] = await Promise.all(['select evil()', 'select * from app.v', 'select 1 === 2'].map(parseStatement));
    const evil = { schema: 'app', name: 'evil', volatile: true, builtIn: false, extension: null };
    const facts: FunctionFacts = {
      of: ({ kind }) => (kind === 'relation' && view ? { ...NOTHING, inner: [view] } : { ...NOTHING, functions: [evil] }),
      allowed: [],
    };
    const messageOf = (statement: typeof view) => {
      try {
        return statement && proveRead(statement, facts);
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(messageOf(call)).toBe('The function app.evil cannot be called (through app.v): it is VOLATILE and may change data.');
    expect(messageOf(operator)).toBe(
      'The function app.evil, which the operator === calls, cannot be called: it is VOLATILE and may change data.',
    );
    expect(messageOf(view)).toBe('The function app.evil cannot be called: it is VOLATILE and may change data.');
    const allowed = { ...facts, allowed: ['evil'] };
    for (const statement of [call, operator]) expect(statement && proveRead(statement, allowed)).toBeDefined();
  });
});

describe('proveWrite', () => {
  test.each([
    ['vacuum t', 'VACUUM cannot run in a transaction, and every statement here runs in one.'],
    ['create index concurrently on t (a)', 'CONCURRENTLY cannot run in a transaction, and every statement here runs in one.'],
    ['drop function f()', 'DROP FUNCTION is not allowed here.'],
    ['alter table t owner to x', 'ALTER TABLE of an owner or of row security is not allowed here.'],
    ['grant select on t to x', 'GRANT is not allowed here.'],
    ['create table n as execute x', 'EXECUTE is not allowed here.'],
  ])('%s', async (sql, message) => {
    const statement = await parseStatement(sql);
    expect(() => proveWrite(statement, harmless)).toThrow(expect.objectContaining({ code: 'denied', message }));
  });
});
