/** What must not start, and what the one sentence on stderr says. Settings as such are the business of core.ts. */
export interface StartRow {
  id: string;
  why: string;
  args: string[];
  env?: Record<string, string>;
  says: RegExp;
}

const ANYBODY = /would let anybody in\. Set TOUCHSTONE_FIXTURE_HTTP_TOKEN/;

export const starts: readonly StartRow[] = [
  { id: 'CO-009', why: 'an unknown flag', args: ['--readonly'], says: /Unknown flag --readonly/ },
  { id: 'CO-009', why: 'a flag with a space behind it', args: ['--http '], says: /Unknown flag --http / },
  {
    id: 'CO-009',
    why: 'a number that is none',
    args: [],
    env: { TOUCHSTONE_FIXTURE_MAX_ROWS: 'abc' },
    says: /MAX_ROWS must be a plain number/,
  },
  {
    id: 'CO-009',
    why: 'an unknown variable',
    args: [],
    env: { TOUCHSTONE_FIXTURE_READ_ONLY: '1' },
    says: /Unknown environment variable TOUCHSTONE_FIXTURE_READ_ONLY/,
  },
  { id: 'TR-005', why: 'every address without a token', args: ['--http', '--http-host', '0.0.0.0'], says: ANYBODY },
  { id: 'TR-005', why: 'every IPv6 address without a token', args: ['--http', '--http-host', '::'], says: ANYBODY },
  { id: 'TR-005', why: 'IPv4 in IPv6 without a token', args: ['--http', '--http-host', '::ffff:0.0.0.0'], says: ANYBODY },
  { id: 'TR-005', why: 'zero, which is every address', args: ['--http', '--http-host', '0'], says: ANYBODY },
  { id: 'TR-005', why: 'a name that only looks like loopback', args: ['--http', '--http-host', '127.0.0.1.evil.com'], says: ANYBODY },
  {
    id: 'TR-005',
    why: 'an empty token',
    args: ['--http', '--http-host', '0.0.0.0'],
    env: { TOUCHSTONE_FIXTURE_HTTP_TOKEN: '' },
    says: ANYBODY,
  },
  { id: 'TR-005', why: 'no address', args: ['--http', '--http-host='], says: /--http-host/ },
  {
    id: 'CO-002',
    why: 'what cannot be opened',
    args: ['--opening', 'fails'],
    env: { TOUCHSTONE_FIXTURE_API_KEY: 'my-own-key' },
    says: /cannot connect to postgres:\/\/\[redacted\]@db/,
  },
];
