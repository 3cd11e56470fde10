import { describe, expect, test } from 'vitest';
import { type CalledFunction, objectionTo } from './function-policy.ts';

const builtIn = (name: string, volatile = true): CalledFunction => ({
  schema: 'pg_catalog',
  name,
  volatile,
  builtIn: true,
  extension: null,
});
const users = (name: string, volatile = true): CalledFunction => ({ schema: 'app', name, volatile, builtIn: false, extension: null });
const extensions = (extension: string, name: string): CalledFunction => ({ ...users(name), extension });

describe('objectionTo', () => {
  test.each([
    ['a stable built-in', builtIn('now', false), 'neither'],
    ['a volatile one that only reads', builtIn('random'), 'neither'],
    ['a volatile one that nobody knows', builtIn('pg_new_thing'), 'both'],
    ['a stable one that is denied', builtIn('table_to_xml', false), 'both'],
    ['one of sequences', builtIn('nextval'), 'read'],
    ["a user's volatile one", users('f'), 'read'],
    ["a user's stable one", users('f', false), 'neither'],
    ["a user's with the name of a harmless built-in", users('random'), 'read'],
    ['a volatile one of an extension', extensions('postgres_fdw', 'postgres_fdw_handler'), 'both'],
    ['one of an extension that only computes', extensions('pgcrypto', 'gen_salt'), 'neither'],
    ['one that only reads, of an extension that does more', extensions('pg_stat_statements', 'pg_stat_statements'), 'neither'],
    ['one that looks at pages', extensions('pg_visibility', 'pg_visibility_map'), 'neither'],
    ['what truncates them', extensions('pg_visibility', 'pg_truncate_visibility_map'), 'both'],
    ['one that looks at buffers', extensions('pg_buffercache', 'pg_buffercache_summary'), 'neither'],
    ['what throws them out', extensions('pg_buffercache', 'pg_buffercache_evict'), 'both'],
    ['one that looks at free space', extensions('pg_freespacemap', 'pg_freespace'), 'neither'],
    ['one that looks at locks of rows', extensions('pgrowlocks', 'pgrowlocks'), 'neither'],
    ['what that extension does more', extensions('pg_stat_statements', 'pg_stat_statements_reset'), 'both'],
  ])('%s', (_what, called, refusedFor) => {
    const objections = (['read', 'write'] as const).filter((mode) => objectionTo(called, mode, []) !== undefined);
    expect({ 'read,write': 'both', read: 'read', write: 'write', '': 'neither' }[objections.join()]).toBe(refusedFor);
  });

  test.each([
    ['nextval', /^it changes a sequence$/],
    ['currval', /what nextval has given/],
    ['lastval', /what nextval has given/],
  ])('%s is refused for its own reason', (name, reason) => {
    expect(objectionTo(builtIn(name), 'read', [])?.reason).toMatch(reason);
  });

  test('the operator has the last word, by name or by schema and name', () => {
    expect(objectionTo(users('f'), 'read', ['f'])).toBeUndefined();
    expect(objectionTo(users('f'), 'read', ['app.f'])).toBeUndefined();
    expect(objectionTo(users('f'), 'read', ['other.f', 'F', 'app'])).toBeDefined();
    expect(objectionTo(builtIn('pg_read_file'), 'read', ['pg_read_file'])).toBeUndefined();
  });
});
