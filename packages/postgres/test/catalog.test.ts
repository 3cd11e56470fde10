import { connect, GENERATIONS, type TestClient } from '@touchstone-mcp/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createCatalog, LONGEST } from './catalog-fixture.ts';
import { server } from './catalog-server.ts';
import { createDatabase, newestServer, type TestDatabase } from './containers/database.ts';

/** What a tool says: text, data, and the code of a refusal. */
async function ask(client: TestClient, name: string, args: Record<string, unknown> = {}) {
  const { content, structuredContent, isError, _meta } = await client.callTool(name, args);
  const [block] = content;
  return { text: block?.type === 'text' ? block.text : '', data: structuredContent ?? {}, code: isError ? _meta?.code : undefined };
}

/** The objects on all pages. */
async function all(client: TestClient, args: Record<string, unknown>): Promise<{ name: string }[]> {
  const objects: { name: string }[] = [];
  for (let cursor: unknown = ''; cursor !== undefined; ) {
    const { data, text, code } = await ask(client, 'list_objects', { ...args, ...(cursor === '' ? {} : { cursor }) });
    expect(code).toBeUndefined();
    objects.push(...(data['objects'] as { name: string }[]));
    cursor = data['nextCursor'];
    if (cursor !== undefined) expect(text).toContain(`[More objects. Call again with cursor ${cursor}]`);
  }
  return objects;
}

describe.each(inject('servers'))('PostgreSQL $version ($kind)', (postgres) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createCatalog(postgres);
  });
  afterAll(() => database[Symbol.asyncDispose]());

  describe.each(GENERATIONS)('%s client', (generation) => {
    let client: TestClient;
    let reader: TestClient;
    beforeAll(async () => {
      client = await connect(server, { url: database.superuser }, generation);
      reader = await connect(server, { url: database.reader }, generation);
    });
    afterAll(async () => {
      await client[Symbol.asyncDispose]();
      await reader[Symbol.asyncDispose]();
    });

    test('list_objects: tables and views, a line each, without partitions and system schemas', async () => {
      const { text } = await ask(client, 'list_objects');
      expect(text.replaceAll(/\d+(\.\d)? kB/g, 'n kB').split('\n')).toEqual([
        'table "Odd ""schema"".x"."table.with ""quotes"" and  spaces"',
        'table audit.orders',
        'table hidden.unseen',
        'foreign_table public.far',
        'table public."Mixed"',
        'table public.booking',
        'table public.events partitioned by RANGE (at) (~10 rows, n kB)',
        'table public."größe/100%"',
        'table public.U&"line\\000aview public.forged\\202e" - x table public.forged2',
        'table public.mixed',
        `table public.${LONGEST}`,
        'table public."order"',
        'table public.orders',
        'table public.unseen',
        'table public.unused',
        'table public.wide',
        'table public."広い"',
        'materialized_view sales.totals',
        'table sales.customers (~1000 rows, n kB) - Who buys',
        'table sales.orders (~5000 rows, n kB) - One row an order second line\\u{202e}',
        'view sales.calls_volatile',
        'view sales.paid',
      ]);
    });

    test.each([
      [{ kind: 'schema', pattern: 'sal' }, 'schema sales 5 tables and views - What is sold'],
      [{ kind: 'enum' }, `enum sales.status 'pending', 'paid', 'it''s sent'`],
      [{ kind: 'extension', pattern: 'pg_*' }, expect.stringMatching(/^extension pg_trgm 1\.\d - /)],
      [{ kind: 'sequence' }, 'sequence sales.free smallint\nsequence sales.orders_id_seq bigint, of sales.orders.id'],
      [
        { kind: 'function' },
        [
          'function sales.add(a integer, b integer DEFAULT 1) -> integer immutable',
          'function sales.add(a text) -> TABLE(x integer, y text) stable',
          'function sales.proc(INOUT a integer) procedure',
          'function sales.touch() -> trigger volatile',
          'function sales.volatile() -> integer volatile',
        ].join('\n'),
      ],
      [
        { kind: 'index', pattern: 'orders_open' },
        expect.stringMatching(/^index sales\.orders_open on sales\.orders \(customer_id, \(expression\)\) partial/),
      ],
      [{ kind: 'index', pattern: 'brok' }, expect.stringMatching(/^index public\.broken on public\.booking \(room\) invalid/)],
      [{ kind: 'view' }, 'materialized_view sales.totals\nview sales.calls_volatile\nview sales.paid'],
      [{ kind: 'table', pattern: 'far' }, 'foreign_table public.far'],
      [{ kind: 'function', pattern: 'similarity' }, expect.stringContaining('function public.similarity(text, text) -> real immutable')],
      [{ schema: 'empty' }, 'No objects found'],
    ])('list_objects %j', async (args, expected) => {
      expect((await ask(client, 'list_objects', args)).text).toEqual(expected);
    });

    test.each([
      [{ pattern: 'order' }, ['audit.orders', 'public."order"', 'public.orders', 'sales.orders']],
      [{ pattern: 'ORDER*' }, ['audit.orders', 'public."order"', 'public.orders', 'sales.orders']],
      [{ pattern: 'sales.ord' }, ['sales.orders']],
      [{ pattern: '%ders', schema: 'audit' }, ['audit.orders']],
      [{ pattern: 'events_' }, ['public.events_1', 'public.events_2']],
      [{ pattern: 'e_e' }, []],
      [{ pattern: 'größe/1%' }, ['public."größe/100%"']],
      [{ pattern: '\\' }, []],
      [{ schema: 'pg_catalog', pattern: 'pg_authi?' }, ['pg_catalog.pg_authid']],
    ])('list_objects %j finds %j', async (args, names) => {
      expect((await all(client, args)).map(({ name }) => name)).toEqual(names);
    });

    test('list_objects: structured, the same and no more', async () => {
      const { data } = await ask(client, 'list_objects', { schema: 'sales', pattern: 'customers' });
      expect(data).toEqual({
        objects: [{ kind: 'table', name: 'sales.customers', comment: 'Who buys', rows: 1000, bytes: expect.any(Number) }],
      });
    });

    test('list_objects: page by page gives everything once', async () => {
      const names = (await all(client, {})).map(({ name }) => name);
      expect((await all(client, { limit: 1 })).map(({ name }) => name)).toEqual(names);
      const functions = (await all(client, { kind: 'function' })).map(({ name }) => name);
      expect((await all(client, { kind: 'function', limit: 1 })).map(({ name }) => name)).toEqual(functions);
    });

    test('list_objects: a role sees what it may use', async () => {
      expect((await all(reader, {})).map(({ name }) => name)).toEqual(['audit.orders', 'public.orders', 'sales.customers', 'sales.orders']);
      expect((await ask(reader, 'list_objects', { schema: 'hidden' })).code).toBe('not_found');
      const { text, code } = await ask(reader, 'list_objects', { schema: 'nope' });
      expect([text, code]).toEqual([expect.stringContaining('audit, public, sales'), 'not_found']);
    });

    test('describe_table takes every name that list_objects gives', async () => {
      for (const { name } of await all(client, {})) {
        expect((await ask(client, 'describe_table', { table: name })).data).toMatchObject({ name });
      }
    });

    test('describe_table: as one would write it', async () => {
      const { text } = await ask(client, 'describe_table', { table: 'sales.orders' });
      expect(text.split('\n')).toEqual([
        expect.stringMatching(/^table sales\.orders \(~5000 rows, \d+ kB\) - One row an order second line\\u\{202e\}$/),
        '  id bigint not null generated always as identity',
        '  customer_id integer not null',
        `  status sales.status (pending, paid, it's sent) not null default 'pending'::sales.status`,
        '  total numeric(12,2) - Without VAT',
        '  vat numeric generated always as (total * 0.2) stored',
        '  note character varying(20)',
        '  tags text[]',
        '  PRIMARY KEY (id)',
        '  FOREIGN KEY (customer_id) REFERENCES sales.customers(id) ON DELETE CASCADE',
        '  CHECK (total >= 0::numeric)',
        'indexes:',
        `  orders_open btree (customer_id, lower(note::text)) INCLUDE (total) WHERE status = 'pending'::sales.status`,
        '  orders_pkey unique btree (id)',
        'triggers:',
        '  touch',
        'row security is on, policies:',
        '  own',
      ]);
    });

    test('describe_table: structured', async () => {
      const { data } = await ask(client, 'describe_table', { table: 'sales.customers' });
      expect(data).toEqual({
        name: 'sales.customers',
        kind: 'table',
        comment: 'Who buys',
        rows: 1000,
        bytes: expect.any(Number),
        columns: [
          { name: 'id', type: 'integer', nullable: false },
          { name: 'mail', type: 'sales.email', base: 'text', nullable: false },
          { name: 'since', type: 'date', nullable: false, default: 'CURRENT_DATE' },
        ],
        constraints: [
          { name: 'customers_pkey', type: 'primary key', definition: 'PRIMARY KEY (id)' },
          { name: 'customers_mail_key', type: 'unique', definition: 'UNIQUE (mail)' },
        ],
        indexes: [
          { name: 'customers_mail_key', unique: true, valid: true, definition: 'btree (mail)' },
          { name: 'customers_pkey', unique: true, valid: true, definition: 'btree (id)' },
        ],
        referencedBy: [{ table: 'sales.orders', definition: 'FOREIGN KEY (customer_id) REFERENCES sales.customers(id) ON DELETE CASCADE' }],
      });
    });

    test.each([
      ['paid', /^view sales\.paid\n {2}id bigint\n {2}total numeric\(12,2\)\ndefinition:\n {3}SELECT /],
      ['sales.totals', /^materialized view sales\.totals \(never analyzed, .*\ndefinition:\n {3}SELECT /s],
      ['events', /^table public\.events partitioned by RANGE \(at\), 2 partitions \(~10 rows, /],
      ['events_1', /^table public\.events_1 partition of public\.events FOR VALUES FROM \('2024-.*\) \(~10 rows, /],
      ['events_2', /^table public\.events_2 partitioned by LIST \(kind\), 0 partitions partition of public\.events /],
      ['far', /^foreign table public\.far on server files\n {2}a text$/],
      [
        'booking',
        /\n {2}EXCLUDE USING gist \(during WITH &&\)\nindexes:\n {2}booking_during_excl gist \(during\)\n {2}broken btree \(room\) \(invalid\)$/,
      ],
      ['unused', /^table public\.unused \(never analyzed, 0 bytes\)\n/],
      ['Mixed', /^table public\."Mixed" /],
      ['MIXED', /^table public\.mixed /],
      ['public.order', /^table public\."order" /],
      ['größe/100%', /^table public\."größe\/100%" /],
      [LONGEST, /^table public\.n{63} /],
      [`${LONGEST}more`, /^table public\.n{63} /],
      ['table.with "quotes" and  spaces', /\n {2}"a b" integer\n {2}"select" integer\n {2}"é" text\n {2}U&"x\\000ay" integer$/],
      ['"Odd ""schema"".x"."table.with ""quotes"" and  spaces"', /^table "Odd ""schema"".x"."table.with ""quotes"" and {2}spaces" /],
      [
        'public.U&"line\\000aview public.forged\\202e"',
        /^table public\.U&"line\\000aview public\.forged\\202e" .* - x table public\.forged2\n {2}id integer$/,
      ],
      ['line\nview public.forged\u202e', /^table public\.U&"line\\000aview/],
      ['pg_am', /^table pg_catalog\.pg_am /],
    ])('describe_table %j', async (table, expected) => {
      const { text, code } = await ask(client, 'describe_table', { table });
      expect(code).toBeUndefined();
      expect(text).toMatch(expected);
    });

    test.each([
      ['orders', 'conflict', 'audit.orders, public.orders, sales.orders'],
      ['custmers', 'not_found', 'sales.customers'],
      ['sales.order', 'not_found', 'sales.orders'],
      ['nothing_like_it', 'not_found', ''],
    ])('describe_table %j -> %s naming %s', async (table, code, named) => {
      const answer = await ask(client, 'describe_table', { table });
      expect([answer.code, answer.text]).toEqual([code, expect.stringContaining(named)]);
    });

    test('describe_table: rows on request', async () => {
      const { text, data } = await ask(client, 'describe_table', { table: 'sales.paid', sample: 3 });
      expect(data['sample']).toEqual({ columns: ['id', 'total'], rows: [] });
      expect(text).not.toContain('sample');
      const customers = await ask(client, 'describe_table', { table: 'sales.customers', sample: 2 });
      expect(customers.data['sample']).toMatchObject({
        columns: ['id', 'mail', 'since'],
        rows: [
          [1, '1@example.org', expect.any(String)],
          [2, '2@example.org', expect.any(String)],
        ],
      });
      expect(customers.text).toMatch(/\nsample \(id, mail, since\):\n {2}\[1,"1@example\.org","\d{4}-\d\d-\d\d"\]\n {2}\[2,/);
    });

    test('describe_table: a role sees the columns that it may use, and no row beyond', async () => {
      const { data, code } = await ask(reader, 'describe_table', { table: 'sales.customers', sample: 1 });
      expect(code).toBeUndefined();
      expect(data['columns']).toMatchObject([{ name: 'id' }]);
      expect(data['sample']).toEqual({ columns: ['id'], rows: [[1]] });
      for (const table of ['hidden.unseen', 'public.unseen', 'unseen']) {
        const { text } = await ask(reader, 'describe_table', { table, sample: 20 });
        expect(text).toMatch(/^not_found: .* that you may use\.\nlist_objects names what there is\.$/);
      }
    });

    test('describe_table: more columns than an answer has room for', async () => {
      await using narrow = await connect(server, { url: database.superuser, maxResultChars: 4_000 }, generation);
      for (const sample of [0, 20]) {
        const { text, data, code } = await ask(narrow, 'describe_table', { table: 'wide', sample });
        expect(code).toBeUndefined();
        expect(text).toMatch(/\n\[\d+ more columns, keys or indexes have no room here/);
        expect((data['columns'] as []).length + Number(data['omitted'])).toBe(1_500);
      }
      const whole = await ask(client, 'describe_table', { table: 'wide' });
      expect([whole.code, (whole.data['columns'] as []).length > 500]).toEqual([undefined, true]);
      const threeBytesEach = await ask(client, 'describe_table', { table: '広い', sample: 20 });
      expect([threeBytesEach.code, (threeBytesEach.data['columns'] as []).length > 100]).toEqual([undefined, true]);
    });
  });

  test('nothing waits for a table that is being altered, but its own description', async () => {
    const altering = new pg.Client(database.superuser);
    await altering.connect();
    try {
      await altering.query('begin; lock table sales.customers in access exclusive mode');
      await using client = await connect(server, { url: database.superuser, callTimeoutMs: 5_000 });
      for (const kind of [undefined, 'index', 'sequence', 'function', 'schema']) {
        expect((await ask(client, 'list_objects', kind === undefined ? {} : { kind })).code).toBeUndefined();
      }
      expect((await ask(client, 'describe_table', { table: 'public.orders' })).code).toBeUndefined();
    } finally {
      await altering.end();
    }
  });
});

test('thousands of tables', async () => {
  await using database = await createDatabase(
    newestServer(),
    `do $$ begin for i in 1..2000 loop execute format('create table t_%s (id int primary key)', i); end loop; end $$`,
  );
  await using client = await connect(server, { url: database.owner });
  const tables = await all(client, {});
  expect(new Set(tables.map(({ name }) => name)).size).toBe(2_000);
  expect(await all(client, { kind: 'index', limit: 1_000 })).toHaveLength(2_000);
  const { text, code } = await ask(client, 'describe_table', { table: 't_1999x' });
  expect([code, text]).toEqual(['not_found', expect.stringContaining('public.t_1999')]);
});
