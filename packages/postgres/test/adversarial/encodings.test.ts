import { connect } from '@touchstone-mcp/core/testing';
import pg from 'pg';
import { describe, expect, inject, test } from 'vitest';
import { server } from '../../src/server.ts';
import { ask } from '../ask.ts';
import { createDatabase } from '../containers/database.ts';

/** What would be harmless if names meant what the grammar makes of them: it folds ASCII alone. */
const SQL = `
  create function evil() returns int language sql as 'select 1';
  create view évil as select evil() as e;
  create domain é as int check (evil() = value);
  create table t (id int); insert into t values (7);
  create function évil_of(t) returns int language sql as 'select 1';
  create view gut as select id as größe from t;`;

describe.each(inject('servers'))('a database of one byte a character on PostgreSQL $version ($kind)', (postgres) => {
  test('PG-060 names are what they are in small letters, too', async () => {
    await using roles = await createDatabase(postgres);
    const admin = new pg.Client(roles.superuser);
    await admin.connect();
    const name = `${roles.name}_latin1`;
    await admin.query(
      `create database ${name} encoding latin1 locale_provider icu icu_locale 'de' lc_collate 'C' lc_ctype 'C' template template0`,
    );
    try {
      const url = roles.superuser.replace(`/${roles.name}?`, `/${name}?`);
      const owner = new pg.Client(url);
      await owner.connect();
      await owner.query(SQL);
      await owner.end();
      await using client = await connect(server, { url });
      for (const sql of ['select * from Évil', 'select * from ÉVIL', 'select 1::É', 'select (t).ÉVIL_OF from t']) {
        expect((await ask(client, 'query', { sql })).code, sql).toBe('denied');
      }
      const sql = 'with É as (select größe from gut) select größe from É';
      expect(await ask(client, 'query', { sql: sql.replaceAll('É', 'ä') })).toMatchObject({ data: { rows: [[7]] } });
    } finally {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    }
  });
});
