import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { server } from '../../src/server.ts';
import { ask } from '../ask.ts';
import { databaseUrl, type StartedServer } from '../containers/server.ts';
import { startContainer, startEmbedded } from '../containers/start.ts';
import { SECRET, toldRows } from './told.ts';

/** A server of its own: what it is told here, it would tell every test. */
const SETUP = [
  `alter system set primary_conninfo = 'host=elsewhere password=${SECRET}'`,
  `create role told_reader login password 'x'`,
  `create role other login password '${SECRET}'`,
  'analyze pg_authid',
  'create view public.told_view as select setting from pg_settings',
  'grant usage on schema public to told_reader; grant select on public.told_view to told_reader',
  'select pg_reload_conf()',
];

describe.each(inject('servers'))('what PostgreSQL $version ($kind) tells some roles only', ({ kind, version }) => {
  let started: StartedServer;
  let clients: Record<'superuser' | 'reader', TestClient>;

  beforeAll(async () => {
    started = await (kind === 'embedded' ? startEmbedded() : startContainer(version));
    const superuser = databaseUrl(started.server, 'postgres');
    const admin = new pg.Client(superuser);
    await admin.connect();
    for (const sql of SETUP) await admin.query(sql);
    await vi.waitUntil(async () => (await admin.query('show primary_conninfo')).rows[0].primary_conninfo.includes(SECRET));
    await admin.end();
    const reader = superuser.replace(/\/\/[^@]*@/, '//told_reader:x@');
    clients = { superuser: await connect(server, { url: superuser }), reader: await connect(server, { url: reader }) };
  });

  afterAll(async () => {
    await Promise.all([clients.superuser, clients.reader].map((client) => client[Symbol.asyncDispose]()));
    await started[Symbol.asyncDispose]();
  });

  test.each(toldRows)('%s %s -> superuser %s, reader %s: %s', async (...[_id, sql, superuser, reader]) => {
    for (const [role, expected] of [
      ['superuser', superuser],
      ['reader', reader],
    ] as const) {
      const { code = 'ok', text } = await ask(clients[role], 'query', { sql });
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain('SCRAM-SHA-256$');
      expect(code, `${role}: ${text}`).toBe(expected);
    }
  });
});
