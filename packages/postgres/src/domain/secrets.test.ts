import { expect, test } from 'vitest';
import { withoutPasswords } from './secrets.ts';

test.each([
  ["create role r password 'hunter2' login", 'create role r password *** login'],
  ["alter role r PASSWORD e'hun\\'ter2'", 'alter role r PASSWORD ***'],
  ["alter role r password 'hun''ter2' nologin", 'alter role r password *** nologin'],
  ['alter role r password $x$hunter2$x$ nologin', 'alter role r password *** nologin'],
  [
    "create user mapping for r server s options (user 'u', password 'hunter2')",
    "create user mapping for r server s options (user 'u', password ***)",
  ],
  ["create subscription s connection 'host=h password=hunter2 user=u'", "create subscription s connection 'host=h password=*** user=u'"],
  ["connection 'host=h password=''hun ter2'' user=u'", "connection 'host=h password=*** user=u'"],
  ["alter role r password 'hunter", 'alter role r password ***'],
  ['select * from accounts where password = $1', 'select * from accounts where password = $1'],
  ['select password, password_hint from accounts', 'select password, password_hint from accounts'],
])('%s', (sql, shown) => {
  expect(withoutPasswords(sql)).toBe(shown);
});
