/** How a URL is made worse than the one that works. */
export interface Change {
  host?: string;
  port?: string;
  user?: string;
  password?: string;
  database?: string;
  search?: string;
}

/** Rows of the table: id, what is changed, the code of the first call (or `start`, where the server does not start), why. */
export type ConnectionRow = readonly [id: string, change: Change, outcome: string, why: string];

/** Connections that cannot be made: each is refused with its code, and nobody is told where to or as whom it was tried. */
export const connectionRows: readonly ConnectionRow[] = [
  ['PG-110', { password: 'hunter2-wrong' }, 'denied', 'a wrong password'],
  ['PG-110', { user: 'nobody_at_all' }, 'denied', 'an unknown role'],
  ['PG-110', { database: 'no_such_database' }, 'unavailable', 'an unknown database'],
  ['PG-110', { host: 'no-such-host.invalid' }, 'unavailable', 'an unknown host'],
  ['PG-110', { port: '1' }, 'unavailable', 'a closed port'],
  ['PG-110', { search: '?sslmode=require' }, 'unavailable', 'TLS that the server does not speak'],
  ['PG-115', { search: '?sslmode=verify-full' }, 'unavailable', 'TLS that must be proven, of a server that has none'],
  ['PG-115', { search: '?ssl=true' }, 'unavailable', 'the same as other drivers write it'],
  ['PG-115', { search: '?sslmode=no-verify' }, 'unavailable', 'a mode that proves nothing, and encrypts all the same'],
  ['PG-111', { search: '?password=hunter2-param&sslmode=disable' }, 'denied', 'a password among the parameters'],
  ['PG-111', { search: '?sslmode=verify-full&sslkey=/hunter2/key' }, 'start', 'a key that cannot be read'],
  ['PG-111', { search: '?sslmode=hunter2' }, 'start', 'a mode that is a secret, perhaps'],
  ['PG-111', { port: '99999' }, 'start', 'a port that is none'],
  ['PG-111', { host: 'one.invalid,two.invalid' }, 'unavailable', 'several hosts, which are not supported'],
];

/** Rows of the table: a password as somebody writes it into a URL, and the password that is meant. */
export const passwordRows: readonly (readonly [written: string, meant: string])[] = [
  ['p@ss', 'p@ss'],
  ['p%40ss', 'p@ss'],
  ['a:b', 'a:b'],
  ['a/b', 'a/b'],
  ['12/34', '12/34'],
  ['a?b', 'a?b'],
  ['12?x=y@z', '12?x=y@z'],
  ['a#b', 'a#b'],
  ['100%', '100%'],
  ['50%off', '50%off'],
  ['a b', 'a b'],
  ['a%20b', 'a b'],
  ['@:/?#% ', '@:/?#% '],
  ['é%C3%A9', 'éé'],
];
