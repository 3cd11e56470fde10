import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redactor } from './redact.ts';

const redact = redactor([]);

/** What becomes of a text inside a line of log. */
function redacted(text: string, secrets: readonly string[] = []): unknown {
  return JSON.parse(redactor(secrets)(`${JSON.stringify({ level: 'info', text })}\n`)).text;
}

describe('shapes of secrets', () => {
  test.each([
    ['postgres://admin:hunter2@db.example.com/prod', 'postgres://[redacted]@db.example.com/prod'],
    ['postgres://admin:hunt@er2@db/prod', 'postgres://[redacted]@db/prod'],
    ['https://token@github.com/x', 'https://[redacted]@github.com/x'],
    ['Authorization: Bearer abc.DEF-123_~+/=', 'Authorization: Bearer [redacted]'],
    ['authorization: basic dXNlcjpwYXNz', 'authorization: basic [redacted]'],
    ['failed\nBearer abcdefgh', 'failed\nBearer [redacted]'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', '[redacted token]'],
    ['line\teyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.', 'line\t[redacted token]'],
    ['ghp_abcdefghijklmnopqrstuvwxyz0123 gone', '[redacted token] gone'],
    ['\nghs_abcdefghijklmnop', '\n[redacted token]'],
    ['github_pat_11ABCDEFG_xyz', '[redacted token]'],
    ['glpat-abcdefghijkl', '[redacted token]'],
    ['xoxb-123456789012-abc', '[redacted token]'],
    ['sk-ant-abcdefgh', '[redacted token]'],
    ['npm_abcdefghijkl', '[redacted token]'],
    ['AKIAIOSFODNN7EXAMPLE', '[redacted token]'],
    ['AIzaSyA-1234567', '[redacted token]'],
    ['password=hunter2&x=1', 'password=[redacted]&x=1'],
    ['PGPASSWORD=hunter2 psql', 'PGPASSWORD=[redacted] psql'],
    ['host=db password=hunter2\nport=1', 'host=db password=[redacted]\nport=1'],
    ['\npassword: hunter2', '\npassword: [redacted]'],
    ['client_secret = abc, x', 'client_secret = [redacted], x'],
    ['/cb?access_token=abc&state=1', '/cb?access_token=[redacted]&state=1'],
    ["api_key: 'abc'", "api_key: '[redacted]'"],
    ['x-api-key: abc', 'x-api-key: [redacted]'],
    ['{"password":"two words","a":1}', '{"password":"[redacted]","a":1}'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nafter', '[redacted private key]\nafter'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE, cut off', '[redacted private key]'],
    ['{"key":"-----BEGIN PRIVATE KEY-----\\nMIIE","a":1}', '{"key":"[redacted private key]","a":1}'],
  ])('%j', (text, clean) => {
    expect(redacted(text)).toBe(clean);
  });

  test.each([
    'disk-utilization task-management-list',
    'https://example.com/a@b',
    'https://example.com?to=a@b',
    'ssh user@example.com',
    'the token was refused',
    'tokens: 12',
    'Bearer',
    'eyJ.x.y',
    '-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----',
    '',
  ])('%j is none', (text) => {
    expect(redacted(text)).toBe(text);
  });

  test('members of the line itself', () => {
    const line = JSON.stringify({
      err: { password: 'two "quoted" words\\', secret: null, token: 17, apiKey: ['a'], user: 'x' },
      password: '',
    });
    expect(JSON.parse(redact(line))).toEqual({
      err: { password: '[redacted]', secret: null, token: 17, apiKey: ['a'], user: 'x' },
      password: '',
    });
  });
});

describe('known secrets', () => {
  test.each([
    ['a plain one', 'Zq8xVn3k', 'it is Zq8xVn3k, twice: Zq8xVn3k', 'it is [redacted], twice: [redacted]'],
    ['with a quote and a backslash', 'a"b\\c', 'it is a"b\\c!', 'it is [redacted]!'],
    ['like a pattern', 'a.c(*', 'abc( a.c(*', 'abc( [redacted]'],
    ['that begins with the letter of an escape', 'nine', 'line\nine, nine', 'line\nine, [redacted]'],
    ['in a code point', '1b9Q', '\u001b9Q 1b9Q', '\u001b9Q [redacted]'],
    ['like a dollar pattern', '$&$1', 'x $&$1', 'x [redacted]'],
  ])('%s', (_name, secret, text, clean) => {
    expect(redacted(text, ['', secret])).toBe(clean);
  });

  test('one that begins with another', () => {
    expect(redacted('hunter2hunter', ['hunter', 'hunter2'])).toBe('[redacted][redacted]');
  });

  test('a number is none, and stays one', () => {
    expect(redactor(['1234'])('{"ms":12345,"text":"1234"}')).toBe('{"ms":12345,"text":"[redacted]"}');
  });
});

describe('properties', () => {
  // Parts that patterns begin and end with, and what JSON escapes.
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('"', '\\', '\n', '\u2028', '://', '@', 'Bearer ', 'token', '=', ':', '"password":"', "'", 'eyJaaaaaa.', 'ghp_abcdefgh'),
    fc.constantFrom('-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----', ' ', '[redacted'),
  );
  const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));

  test('a line of JSON stays one', () => {
    fc.assert(
      fc.property(text, fc.jsonValue(), fc.array(text), (hostile, value, secrets) => {
        const line = JSON.stringify({ a: hostile, b: { [`_${hostile}_`]: hostile, c: value }, password: value, z: [hostile, 1] });
        expect(JSON.parse(redactor(secrets)(line))).toBeTypeOf('object');
      }),
      { numRuns: 500 },
    );
  });

  test('no string holds the secret any more', () => {
    const secret = fc.string({ unit: 'grapheme-ascii', minLength: 8 }).filter((candidate) => !'[redacted]'.includes(candidate));
    fc.assert(
      fc.property(secret, text, text, (known, before, after) => {
        // The rest of a text may become the secret by removing one: that is no leak.
        fc.pre(!(before + after).includes(known) && !`${before}[redacted]${after}`.includes(known));
        expect(redacted(before + known + after, [known])).not.toContain(known);
      }),
      { numRuns: 500 },
    );
  });
});
