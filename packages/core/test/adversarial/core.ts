/** CO-007: values that JSON has no words for. What the client is told, or `internal` where there is nothing to tell. */
export interface ValueRow {
  what: string;
  becomes?: unknown;
  code?: 'internal';
}

export const values: readonly ValueRow[] = [
  { what: 'nan', becomes: null },
  { what: 'infinity', becomes: [null] },
  { what: 'bigint', becomes: { rows: '1180591620717411303424' } },
  { what: 'undefined', becomes: { list: [null] } },
  { what: 'date', becomes: '1970-01-01T00:00:00.000Z' },
  { what: 'invalid_date', becomes: null },
  { what: 'function', becomes: {} },
  { what: 'symbol', becomes: undefined },
  { what: 'map', becomes: {} },
  { what: 'buffer', becomes: { type: 'Buffer', data: [98, 121, 116, 101, 115] } },
  { what: 'error', becomes: {} },
  { what: 'null_prototype', becomes: { plain: true } },
  { what: 'own_proto', becomes: JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') },
  { what: 'surrogate', becomes: 'half \\u{d83d} of a pair' },
  { what: 'separators', becomes: 'line\\u{2028}paragraph\\u{2029}end\nnew' },
  { what: 'circular', code: 'internal' },
  { what: 'deep', code: 'internal' },
  { what: 'throwing_getter', code: 'internal' },
  { what: 'throwing_json', code: 'internal' },
];

/** CO-008, ST-006: answers of so many characters, where 40,000 of text are allowed and five times that of data. */
export interface SizeRow {
  why: string;
  characters: number;
  of?: string;
  /** Whether the text leaves it out. */
  compact?: boolean;
  code?: 'too_large';
}

export const sizes: readonly SizeRow[] = [
  { why: 'as long as allowed', characters: 40_000 },
  { why: 'one more', characters: 40_001, code: 'too_large' },
  { why: 'in the data only', characters: 190_000, compact: true },
  { why: 'in the data only, and more', characters: 200_001, compact: true, code: 'too_large' },
  { why: 'invisible, which is longer when made visible', characters: 20_000, of: '\u202e', code: 'too_large' },
  { why: 'invisible, in the data only', characters: 100_000, of: '\u200b', compact: true, code: 'too_large' },
  { why: '50 MB', characters: 50_000_000, code: 'too_large' },
  { why: 'all that V8 can hold (playwright-mcp#1474)', characters: 0x1fffffe8, code: 'too_large' },
  { why: 'all that V8 can hold, in the data only', characters: 0x1fffffe8, compact: true, code: 'too_large' },
  { why: 'all that V8 can hold, to be escaped', characters: 0x1ffffffe / 2, of: '"\\', compact: true, code: 'too_large' },
];

/** CO-001: arguments that would write lines of their own, or speak to a terminal. */
export const injections: readonly string[] = [
  '\n{"level":"error","msg":"forged"}\n',
  '\r\n{"level":"fatal","msg":"forged"}',
  '"},"level":"fatal","msg":"forged","x":{"y":"',
  '\u2028{"level":"fatal"}\u2029',
  '\u001b[2J\u001b[1;31mERROR\u001b[0m\u0007',
  '\u009b31mC1',
  '\u202egnp.exe',
  '\\u001b[31m\\n',
  '%s %d %j %o %%',
  '__proto__',
  '\0\u0001\u007f',
  '\ud800',
];

/** CO-009: settings that stop the start, and what the sentence must name. */
export interface SettingRow {
  why: string;
  argv?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** The text of the `--config` file. */
  file?: string;
  mode?: number;
  says: RegExp;
}

const variable = (name: string, value: string) => ({ [`TOUCHSTONE_FIXTURE_${name}`]: value });

export const settings: readonly SettingRow[] = [
  ...['abc', '', ' 5', '5 ', '1e3', '1e99', '0x10', 'NaN', 'Infinity', '५', '1_000', '1,000', '--1', '9'.repeat(400)].map((value) => ({
    why: `--max-rows=${value.slice(0, 20)}`,
    argv: [`--max-rows=${value}`],
    says: /--max-rows/,
  })),
  { why: 'below zero', argv: ['--max-rows=-1'], says: /--max-rows .*>=1/ },
  { why: 'zero', argv: ['--max-rows', '0'], says: /--max-rows .*>=1/ },
  { why: 'too much', argv: ['--max-rows', '1001'], says: /--max-rows .*<=1000/ },
  { why: 'half a row', argv: ['--max-rows', '1.5'], says: /--max-rows .*int/ },
  { why: 'too much, by variable', env: variable('MAX_ROWS', '1e99'), says: /TOUCHSTONE_FIXTURE_MAX_ROWS must be a plain number/ },
  { why: 'text in the file where a number belongs', file: '{"maxRows":"5"}', says: /--max-rows/ },
  { why: 'a number beyond numbers in the file', file: '{"maxRows":1e999}', says: /--max-rows/ },
  { why: 'a list in the file where a number belongs', file: '{"maxRows":[5]}', says: /--max-rows/ },
  { why: 'an unlimited timeout', argv: ['--call-timeout-ms', '0'], says: /--call-timeout-ms/ },
  { why: 'a port that is none', argv: ['--http-port', '65536'], says: /--http-port/ },
  { why: 'a value that is missing', argv: ['--max-rows'], says: /--max-rows needs a value/ },
  { why: 'a flag where a value belongs', argv: ['--http-host', '--http'], says: /--http-host needs a value/ },
  { why: 'a flag that does not exist', argv: ['--readonly'], says: /Unknown flag --readonly/ },
  { why: 'a flag with a space behind it', argv: ['--verbose '], says: /Unknown flag --verbose / },
  { why: 'a flag in capitals', argv: ['--VERBOSE'], says: /Unknown flag --VERBOSE/ },
  { why: 'a flag by its key', argv: ['--maxRows=5'], says: /Unknown flag --maxRows/ },
  { why: 'a flag by half its name', argv: ['--max=5'], says: /Unknown flag --max/ },
  { why: 'a short flag', argv: ['-w'], says: /Unknown flag -w/ },
  { why: 'a flag called __proto__', argv: ['--__proto__=x'], says: /Unknown flag --__proto__/ },
  { why: 'a flag called constructor', argv: ['--constructor'], says: /Unknown flag --constructor/ },
  { why: 'a negation that does not exist', argv: ['--no-http'], says: /Unknown flag --no-http/ },
  { why: 'a secret as a flag', argv: ['--api-key=S3cr3t'], says: /--api-key is a secret and has no flag/ },
  { why: 'a switch that is neither on nor off', argv: ['--verbose=yes'], says: /--verbose must be true or false/ },
  { why: 'a switch by variable', env: variable('VERBOSE', 'on'), says: /TOUCHSTONE_FIXTURE_VERBOSE must be true or false/ },
  {
    why: 'a variable that does not exist',
    env: variable('VERBOSITY', '1'),
    says: /Unknown environment variable TOUCHSTONE_FIXTURE_VERBOSITY/,
  },
  { why: 'a variable called __PROTO__', env: variable('__PROTO__', 'x'), says: /Unknown environment variable/ },
  { why: 'a secret twice', env: { ...variable('API_KEY', 'a'), ...variable('API_KEY_FILE', '/dev/null') }, says: /not both|empty file/ },
  { why: 'a secret in an empty file', env: variable('API_KEY_FILE', '/dev/null'), says: /empty file/ },
  {
    why: 'a secret in a directory',
    env: variable('API_KEY_FILE', '/'),
    says: /Cannot read the file that TOUCHSTONE_FIXTURE_API_KEY_FILE names: EISDIR/,
  },
  { why: 'a choice that does not exist', argv: ['--shape', 'constructor'], says: /--shape/ },
  { why: 'a choice in capitals', argv: ['--shape', 'ROUND'], says: /--shape/ },
  { why: 'a token with a line end', env: variable('HTTP_TOKEN', 'a\nb'), says: /TOUCHSTONE_FIXTURE_HTTP_TOKEN.* must be printable ASCII/ },
  { why: 'an origin that is no address', argv: ['--http-allowed-origins', '*'], says: /--http-allowed-origins/ },
  {
    why: 'a list that is half JSON',
    argv: [],
    env: variable('HTTP_ALLOWED_HOSTS', '["a"'),
    says: /must be a comma-separated list or a JSON array/,
  },
  { why: 'a file that is missing', argv: ['--config', '/nonexistent.json'], says: /Cannot read the configuration file .*ENOENT/ },
  { why: 'a file that is a directory', argv: ['--config', '/'], says: /Cannot read the configuration file .*EISDIR/ },
  { why: 'a file that is no JSON, and holds a secret', file: '{"apiKey":"S3cr3t', says: /it is not valid JSON/ },
  { why: 'a file with a list', file: '[]', says: /must hold one JSON object/ },
  { why: 'a file with nothing', file: 'null', says: /must hold one JSON object/ },
  { why: 'an unknown key in the file', file: '{"maxrows":5}', says: /Unknown key .* maxrows/ },
  { why: '__proto__ in the file', file: '{"__proto__":{"polluted":1,"verbose":true}}', says: /Unknown key .* __proto__/ },
  { why: 'constructor in the file', file: '{"constructor":{"prototype":{"polluted":1}}}', says: /Unknown key .* constructor/ },
  { why: 'a file that names a file', file: '{"config":"/etc/passwd"}', says: /Unknown key .* config/ },
  { why: 'a secret in a file that others may read', file: '{"apiKey":"S3cr3t"}', mode: 0o644, says: /chmod 600/ },
];
