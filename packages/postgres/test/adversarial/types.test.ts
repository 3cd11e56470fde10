import { connect } from '@touchstone-mcp/core/testing';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { server } from '../../src/server.ts';
import { createDatabase } from '../containers/database.ts';

/** PG-086 (dates and times), PG-089 (all else that is not scalar): an expression, what becomes of it as a cell, and the name of its type. */
const VALUES: readonly [string, unknown, string][] = [
  ['9223372036854775807::int8', '9223372036854775807', 'bigint'],
  ['-2147483648', -2147483648, 'integer'],
  ['32767::int2', 32767, 'smallint'],
  ['4294967295::oid', 4294967295, 'oid'],
  ['12345678901234567890.123456789::numeric', '12345678901234567890.123456789', 'numeric'],
  ["'1.10'::numeric(10,2)", '1.10', 'numeric'],
  ["'NaN'::numeric", 'NaN', 'numeric'],
  ['0.1::float8 + 0.2::float8', 0.30000000000000004, 'double precision'],
  ['0.1::float4', 0.1, 'real'],
  ["'NaN'::float8", 'NaN', 'double precision'],
  ["'-Infinity'::float8", '-Infinity', 'double precision'],
  ['1e300::float8', 1e300, 'double precision'],
  ['true', true, 'boolean'],
  ['null::boolean', null, 'boolean'],
  ["''", '', 'text'],
  ["'x'::char(3)", 'x  ', 'character'],
  ["'2024-01-01'::date", '2024-01-01', 'date'],
  ["'infinity'::date", 'infinity', 'date'],
  ["'4714-11-24 BC'::date", '4714-11-24 BC', 'date'],
  ["'2024-01-01 00:00:00.123456'::timestamp", '2024-01-01 00:00:00.123456', 'timestamp without time zone'],
  ["'2024-07-01 12:00:00+02'::timestamptz at time zone 'UTC'", '2024-07-01 10:00:00', 'timestamp without time zone'],
  ["'-infinity'::timestamptz", '-infinity', 'timestamp with time zone'],
  ["'294276-12-31 23:59:59'::timestamp", '294276-12-31 23:59:59', 'timestamp without time zone'],
  ["'24:00:00'::time", '24:00:00', 'time without time zone'],
  ["'1 year 2 days 03:04:05.6'::interval", '1 year 2 days 03:04:05.6', 'interval'],
  [`'{"a": 12345678901234567890}'::json`, '{"a": 12345678901234567890}', 'json'],
  [`'{"b":1,"a":1.10}'::jsonb`, '{"a": 1.10, "b": 1}', 'jsonb'],
  ["'\\xdeadbeef'::bytea", '\\xdeadbeef', 'bytea'],
  ["'{1,NULL,3}'::int8[]", '{1,NULL,3}', 'bigint[]'],
  [`'{"a,b",NULL,"NULL","q\\"\\\\"}'::text[]`, '{"a,b",NULL,"NULL","q\\"\\\\"}', 'text[]'],
  ["'{{1,2},{3,4}}'::int[]", '{{1,2},{3,4}}', 'integer[]'],
  ["'{}'::text[]", '{}', 'text[]'],
  ['int4range(1, 5)', '[1,5)', 'int4range'],
  ["'{[1,2),[5,6)}'::int4multirange", '{[1,2),[5,6)}', 'int4multirange'],
  ["row(1, 'a b', null)", '(1,"a b",)', 'record'],
  ["'happy'::mood", 'happy', 'mood'],
  ["'{happy,sad}'::mood[]", '{happy,sad}', 'mood[]'],
  ['5::positive', 5, 'integer'],
  ["(1, 'x')::pair", '(1,x)', 'pair'],
  ["'a=>1'::app.hstore", '"a"=>"1"', 'app.hstore'],
  ["'<a/>'::xml", '<a/>', 'xml'],
  ["to_tsvector('simple', 'b a')", "'a':2 'b':1", 'tsvector'],
  ["'192.168.0.1/24'::inet", '192.168.0.1/24', 'inet'],
  ["'(1,2)'::point", '(1,2)', 'point'],
  ["B'101'", '101', 'bit'],
  ["'12.34'::money", '$12.34', 'money'],
  ["'6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid", '6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'uuid'],
  ["'1/2'::pg_lsn", '1/2', 'pg_lsn'],
  ["'pg_class'::regclass", 'pg_class', 'regclass'],
];

const SCHEMA = `
  create type mood as enum ('happy', 'sad');
  create domain positive as int check (value > 0);
  create type pair as (id int, name text);
  create schema app;
  create extension hstore schema app;
`;

describe.each(inject('servers'))('PostgreSQL $version', async (postgres) => {
  const database = await createDatabase(postgres, SCHEMA);
  const client = await connect(server, { url: database.owner });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  test.each(VALUES)('%s is exact', async (expression, cell, type) => {
    const { structuredContent } = await client.callTool('query', { sql: `select ${expression} as value` });
    expect(structuredContent).toMatchObject({ rows: [[cell]], columns: [{ name: 'value', type }], truncatedCells: 0 });
  });

  test('a role with other settings gets the same', async () => {
    await using other = await createDatabase(
      postgres,
      `
      alter role current_user set datestyle = 'SQL, DMY';
      alter role current_user set intervalstyle = 'iso_8601';
      alter role current_user set bytea_output = 'escape';
      alter role current_user set extra_float_digits = 0;
      alter role current_user set standard_conforming_strings = off;
    `,
    );
    await using differing = await connect(server, { url: other.owner });
    const sql = `select '2024-02-01'::date, '1 day'::interval, '\\x00'::bytea, 0.1::float8 + 0.2::float8, 'a\\'`;
    const { structuredContent } = await differing.callTool('query', { sql });
    expect(structuredContent).toMatchObject({ rows: [['2024-02-01', '1 day', '\\x00', 0.30000000000000004, 'a\\']] });
  });
});
