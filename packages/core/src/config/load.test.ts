import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { commonSchema } from './common.ts';
import { ConfigError, loadConfig } from './load.ts';
import { CONFIG_KEY, optionsOf } from './options.ts';

const PREFIX = 'TOUCHSTONE_X';
const schema = z.strictObject({
  paths: z.array(z.string()).default([]).meta({ positional: true }),
  name: z.string().default('nobody'),
  shape: z.enum(['round', 'square']).default('round'),
  maxRows: z.number().min(0).max(1000).default(10),
  verbose: z.boolean().default(false),
  hosts: z.array(z.string()).default([]),
  apiKey: z.string().min(4).optional().meta({ secret: true }),
});
const options = optionsOf(schema, PREFIX);
const directory = mkdtempSync(join(tmpdir(), 'touchstone-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;

function fileOf(content: unknown, mode = 0o600): string {
  const path = join(directory, `${files++}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode });
  chmodSync(path, mode);
  return path;
}

function load(argv: readonly string[], env: Record<string, string | undefined> = {}) {
  return loadConfig(schema, options, PREFIX, { argv, env }).config;
}

/** The words with which a start is refused. */
function refusal(argv: readonly string[], env: Record<string, string | undefined> = {}): string {
  try {
    load(argv, env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('The settings were accepted');
}

describe('precedence', () => {
  test.each([
    ['name', 'nobody', 'from-file', 'from-env', 'from-flag', ['from-env', '--name', 'from-flag']],
    ['shape', 'round', 'square', 'round', 'square', ['round', '--shape', 'square']],
    ['maxRows', 10, 1, 2, 3, ['2', '--max-rows', '3']],
    ['verbose', false, true, false, true, ['false', '--verbose']],
    ['hosts', [], ['f'], ['e', 'n'], ['g'], ['e,n', '--hosts', 'g']],
    ['paths', [], ['f'], ['e', 'n'], ['g', 'h'], ['e,n', 'g', 'h']],
  ] as const)('%s: default < file < variable < flag', (key, byDefault, inFile, inEnv, inFlag, [variable, ...flags]) => {
    const name = options.find((option) => option.key === key)?.env ?? '';
    const config = ['--config', fileOf({ [key]: inFile })];
    expect(load([])[key]).toEqual(byDefault);
    expect(load(config)[key]).toEqual(inFile);
    expect(load(config, { [name]: variable })[key]).toEqual(inEnv);
    expect(load([...config, ...flags], { [name]: variable })[key]).toEqual(inFlag);
  });

  test('a secret: file < variable', () => {
    const config = ['--config', fileOf({ apiKey: 'from-file' })];
    expect(load(config).apiKey).toBe('from-file');
    expect(load(config, { TOUCHSTONE_X_API_KEY: 'from-env' }).apiKey).toBe('from-env');
  });

  test('the file may be named by a variable, and a flag beats it', () => {
    const TOUCHSTONE_X_CONFIG = fileOf({ name: 'variable' });
    expect(load([], { TOUCHSTONE_X_CONFIG }).name).toBe('variable');
    expect(load(['--config', fileOf({ name: 'flag' })], { TOUCHSTONE_X_CONFIG }).name).toBe('flag');
  });

  test('the settings hold no trace of --config', () => {
    expect(load(['--config', fileOf({})])).toEqual({ paths: [], name: 'nobody', shape: 'round', maxRows: 10, verbose: false, hosts: [] });
  });

  test('an empty variable means unset', () => {
    const empty = Object.fromEntries(options.flatMap(({ env, envFile }) => [env, envFile ?? env]).map((name) => [name, '']));
    expect(load(['--config', fileOf({ name: 'from-file' })], empty)).toEqual({ ...load([]), name: 'from-file' });
  });

  test('variables of others are none of our business', () => {
    expect(load([], { PATH: '/bin', TOUCHSTONE_XYZ: '1', TOUCHSTONE_X: '1', HOME: undefined })).toEqual(load([]));
  });
});

describe('flags', () => {
  test.each([
    ['--flag value', ['--name', 'a b'], { name: 'a b' }],
    ['--flag=value', ['--name=a=b'], { name: 'a=b' }],
    ['a value that begins with a dash', ['--name=-x'], { name: '-x' }],
    ['an empty value', ['--name='], { name: '' }],
    ['a boolean alone', ['--verbose'], { verbose: true }],
    ['a boolean with a value', ['--verbose=false'], { verbose: false }],
    ['a boolean as 1', ['--verbose=1'], { verbose: true }],
    ['a boolean as 0', ['--verbose=0'], { verbose: false }],
    ['the last one counts', ['--name', 'a', '--name', 'b'], { name: 'b' }],
    ['a repeated list', ['--hosts', 'a', '--hosts', 'b,c'], { hosts: ['a', 'b', 'c'] }],
    ['positional arguments', ['a', '--verbose', 'b'], { paths: ['a', 'b'], verbose: true }],
    ['after -- all is positional', ['--name', 'a', '--', '--verbose', '-x'], { name: 'a', paths: ['--verbose', '-x'] }],
    ['a single dash is positional', ['-'], { paths: ['-'] }],
    ['a decimal', ['--max-rows', '2.5'], { maxRows: 2.5 }],
  ] as const)('%s', (_name, argv, expected) => {
    expect(load(argv)).toMatchObject(expected);
  });

  test.each([
    ['unknown', ['--max-row', '1'], 'Unknown flag --max-row. Did you mean --max-rows?'],
    ['unknown, with a value', ['--nam=x'], 'Unknown flag --nam. Did you mean --name?'],
    ['short', ['-v'], 'Unknown flag -v. Did you mean'],
    ['short, the last letter of a secret', ['-y'], 'Unknown flag -y. Did you mean'],
    ['negated', ['--no-verbose'], 'Unknown flag --no-verbose. Did you mean --verbose?'],
    ['the prototype', ['--__proto__=x'], 'Unknown flag --__proto__.'],
    ['without its value', ['--name'], '--name needs a value.'],
    ['a list without its value', ['--hosts'], '--hosts needs a value.'],
    ['with the next flag as its value', ['--name', '--verbose'], '--name needs a value. Write --name=--verbose if that is the value.'],
    ['not a boolean', ['--verbose=yes'], '--verbose must be true or false, not "yes".'],
    ['a secret', ['--api-key', 'hunter2'], '--api-key is a secret and has no flag, which other users could read. Set TOUCHSTONE_X_API_KEY'],
    ['a secret file', ['--api-key-file', 'x'], 'Unknown flag --api-key-file.'],
    ['not one of the choices', ['--shape', 'oval'], '--shape (or TOUCHSTONE_X_SHAPE): Invalid option: expected one of "round"|"square".'],
    ['too small', ['--max-rows', '-1'], '--max-rows (or TOUCHSTONE_X_MAX_ROWS): Too small: expected number to be >=0.'],
    ['too large', ['--max-rows', '1001'], '--max-rows (or TOUCHSTONE_X_MAX_ROWS): Too big: expected number to be <=1000.'],
  ] as const)('refused: %s', (_name, argv, message) => {
    expect(refusal(argv)).toContain(message);
  });

  test('every unfit setting is named at once', () => {
    expect(refusal(['--max-rows', '1001', '--shape', 'oval']).split('\n')).toHaveLength(2);
  });

  test('a server without positional arguments takes none', () => {
    const none = z.strictObject({});
    expect(() => loadConfig(none, optionsOf(none, PREFIX), PREFIX, { argv: ['/etc'], env: {} })).toThrow(
      'Unexpected argument "/etc": this server takes none.',
    );
  });

  test('a positional setting is called by its key', () => {
    const strict = schema.extend({ paths: z.array(z.string()).min(1).meta({ positional: true }) });
    expect(() => loadConfig(strict, optionsOf(strict, PREFIX), PREFIX, { argv: [], env: {} })).toThrow(
      /^paths \(or TOUCHSTONE_X_PATHS\): /,
    );
  });

  test('a rule over several settings speaks for itself', () => {
    const ruled = schema.refine(({ verbose }) => verbose, 'Be verbose.');
    expect(() => loadConfig(ruled, options, PREFIX, { argv: [], env: {} })).toThrow('Be verbose.');
  });
});

describe('numbers are plain', () => {
  test.each(['abc', '', ' 1', '1 ', '0x10', '1e99', '1e3', 'NaN', 'Infinity', '+1', '1.', '.5', '1_000', '१', '1234567890123456'])(
    '%j is none',
    (text) => {
      expect(refusal([`--max-rows=${text}`])).toBe(`--max-rows must be a plain number, not ${JSON.stringify(text)}.`);
      if (text !== '') expect(refusal([], { TOUCHSTONE_X_MAX_ROWS: text })).toContain('TOUCHSTONE_X_MAX_ROWS must be a plain number');
    },
  );
});

describe('variables', () => {
  test.each([
    ['a boolean', { TOUCHSTONE_X_VERBOSE: '1' }, { verbose: true }],
    ['a list', { TOUCHSTONE_X_HOSTS: 'a, b' }, { hosts: ['a', 'b'] }],
    ['a list as JSON', { TOUCHSTONE_X_HOSTS: '["a,b","c"]' }, { hosts: ['a,b', 'c'] }],
    ['one item', { TOUCHSTONE_X_HOSTS: 'a' }, { hosts: ['a'] }],
  ] as const)('%s', (_name, env, expected) => {
    expect(load([], env)).toMatchObject(expected);
  });

  test.each([
    ['unknown', { TOUCHSTONE_X_MAX_ROW: '1' }, 'Unknown environment variable TOUCHSTONE_X_MAX_ROW. Did you mean TOUCHSTONE_X_MAX_ROWS?'],
    ['not a boolean', { TOUCHSTONE_X_VERBOSE: 'TRUE' }, 'TOUCHSTONE_X_VERBOSE must be true or false, not "TRUE".'],
    ['broken JSON', { TOUCHSTONE_X_HOSTS: '["a"' }, 'TOUCHSTONE_X_HOSTS must be a comma-separated list or a JSON array of strings.'],
    ['JSON of numbers', { TOUCHSTONE_X_HOSTS: '[1]' }, 'TOUCHSTONE_X_HOSTS must be a comma-separated list or a JSON array of strings.'],
    ['unfit', { TOUCHSTONE_X_SHAPE: 'oval' }, '--shape (or TOUCHSTONE_X_SHAPE): Invalid option'],
    ['an unfit secret', { TOUCHSTONE_X_API_KEY: 'abc' }, 'TOUCHSTONE_X_API_KEY (or TOUCHSTONE_X_API_KEY_FILE): Too small'],
  ] as const)('refused: %s', (_name, env, message) => {
    expect(refusal([], env)).toContain(message);
  });

  test('an unfit secret is not repeated', () => {
    expect(refusal([], { TOUCHSTONE_X_API_KEY: 'abc' })).not.toContain('abc');
  });
});

describe('secret files', () => {
  test('the variable _FILE names a file that holds the secret', () => {
    expect(load([], { TOUCHSTONE_X_API_KEY_FILE: fileOf('hunter2\n') }).apiKey).toBe('hunter2');
  });

  test('both set is one too many', () => {
    const env = { TOUCHSTONE_X_API_KEY: 'hunter2', TOUCHSTONE_X_API_KEY_FILE: fileOf('hunter3') };
    expect(refusal([], env)).toBe('Set TOUCHSTONE_X_API_KEY or TOUCHSTONE_X_API_KEY_FILE, not both.');
  });

  test('an empty file is none', () => {
    expect(refusal([], { TOUCHSTONE_X_API_KEY_FILE: fileOf(' \n') })).toBe('TOUCHSTONE_X_API_KEY_FILE names an empty file.');
  });

  test('nor is a missing one', () => {
    const message = refusal([], { TOUCHSTONE_X_API_KEY_FILE: join(directory, 'missing') });
    expect(message).toBe('Cannot read the file that TOUCHSTONE_X_API_KEY_FILE names: ENOENT.');
  });

  test('only a secret has one', () => {
    expect(refusal([], { TOUCHSTONE_X_NAME_FILE: fileOf('x') })).toContain('Unknown environment variable TOUCHSTONE_X_NAME_FILE.');
  });
});

describe('the configuration file', () => {
  test.each([
    ['an unknown key', { maxRow: 1 }, /^Unknown key in ".*": maxRow\. Did you mean maxRows\?$/],
    ['the key config', { config: 'x' }, /^Unknown key in ".*": config\./],
    ['a prototype', '{"__proto__": {"verbose": true}}', /^Unknown key in ".*": __proto__\./],
    ['a constructor', { constructor: 1 }, /^Unknown key in ".*": constructor\./],
    ['a number in words', { maxRows: '10' }, /^--max-rows \(or TOUCHSTONE_X_MAX_ROWS\): Invalid input/],
    ['null', { name: null }, /^--name \(or TOUCHSTONE_X_NAME\): Invalid input/],
    ['a list of numbers', { hosts: [1] }, /^--hosts \(or TOUCHSTONE_X_HOSTS\): Invalid input/],
    ['an array', [], /must hold one JSON object\.$/],
    ['null alone', 'null', /must hold one JSON object\.$/],
    ['a string', '"x"', /must hold one JSON object\.$/],
    ['no JSON, of which nothing is repeated', '{"apiKey": hunter2}', /^Cannot read the configuration file ".*": it is not valid JSON\.$/],
    ['nothing', '', /^Cannot read the configuration file ".*": it is not valid JSON\.$/],
  ] as const)('refused: %s', (_name, content, message) => {
    expect(refusal(['--config', fileOf(content)])).toMatch(message);
  });

  test('refused: missing', () => {
    expect(refusal(['--config', join(directory, 'missing')])).toMatch(/^Cannot read the configuration file ".*missing": ENOENT\.$/);
  });

  test('refused: a directory', () => {
    expect(refusal(['--config', directory])).toMatch(/EISDIR\.$/);
  });

  test.runIf(process.platform !== 'win32').each([0o644, 0o640, 0o604, 0o620])('refused: a secret under mode %o', (mode) => {
    const path = fileOf({ apiKey: 'hunter2' }, mode);
    expect(refusal(['--config', path])).toBe(
      `${JSON.stringify(path)} holds apiKey, a secret, and other users may read it. Run: chmod 600 ${path}`,
    );
  });

  test('without a secret anybody may read it', () => {
    expect(load(['--config', fileOf({ name: 'x' }, 0o644)]).name).toBe('x');
  });
});

describe('properties', () => {
  const marks = fc.string({ unit: fc.constantFrom('$', '{', '}', 'A'), minLength: 1 });
  const text = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), marks);
  const value = fc.record({
    name: text,
    shape: fc.constantFrom('round' as const, 'square' as const),
    // Numbers as people write them: no exponent.
    maxRows: fc.integer({ min: 0, max: 1_000_000 }).map((thousandths) => thousandths / 1000),
    verbose: fc.boolean(),
    hosts: fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }),
    apiKey: fc.string({ unit: 'grapheme-ascii', minLength: 4 }).filter((secret) => secret.trim() === secret),
    paths: fc.array(text, { minLength: 1 }),
  });

  test('what is written to a file is read from it', () => {
    fc.assert(
      fc.property(value, (settings) => {
        // A replacement in a string would be a pattern, in which "$$" is one "$".
        const escaped = JSON.stringify(settings).replaceAll('${', () => '$${');
        expect(load(['--config', fileOf(escaped)])).toEqual(settings);
      }),
    );
  });

  test('what is put into variables is read from them', () => {
    fc.assert(
      fc.property(value, (settings) => {
        const env = Object.fromEntries(
          options
            .filter((option) => option.key !== CONFIG_KEY)
            .map((option) => {
              const setting = settings[option.key as keyof typeof settings];
              return [option.env, Array.isArray(setting) ? JSON.stringify(setting) : String(setting)];
            }),
        );
        expect(load([], env)).toEqual(settings);
      }),
    );
  });

  test('what is given as flags is read from them', () => {
    fc.assert(
      fc.property(value, ({ apiKey, paths, ...settings }) => {
        const flags = options
          .filter((option) => option.flag !== undefined && option.key !== CONFIG_KEY)
          .flatMap((option) => {
            const setting = settings[option.key as keyof typeof settings];
            // One by one: a flag may be repeated, and takes a list each time.
            return Array.isArray(setting)
              ? setting.map((item) => `${option.flag}=${JSON.stringify([item])}`)
              : [`${option.flag}=${setting}`];
          });
        const env = { TOUCHSTONE_X_API_KEY_FILE: fileOf(apiKey) };
        expect(load([...flags, '--', ...paths], env)).toEqual({ ...settings, apiKey, paths });
      }),
    );
  });

  test('whatever is typed, the answer is settings or a ConfigError', () => {
    const word = fc.oneof(fc.string(), fc.constantFrom('--', '-', '--=', '--name', '--verbose', '--max-rows', '--hosts=', '--api-key'));
    fc.assert(
      fc.property(fc.array(word), (argv) => {
        try {
          load(argv);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      }),
    );
  });
});

test('a token that no header can carry is refused without being repeated', () => {
  const env = { TOUCHSTONE_X_HTTP_TOKEN: 'two words' };
  expect(() => loadConfig(commonSchema, optionsOf(commonSchema, PREFIX), PREFIX, { argv: [], env })).toThrow(
    'TOUCHSTONE_X_HTTP_TOKEN (or TOUCHSTONE_X_HTTP_TOKEN_FILE): must be printable ASCII without spaces.',
  );
});

test('a setting that is missing is called required, with what it is for', () => {
  const required = z.strictObject({ paths: z.array(z.string()).min(1).describe('Directories.').meta({ positional: true }) });
  const load = () => loadConfig(required, optionsOf(required, 'TOUCHSTONE_X'), 'TOUCHSTONE_X', { argv: [], env: {} });
  expect(load).toThrow('paths (or TOUCHSTONE_X_PATHS): is required. Directories.');
});
