// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a configuration file names a variable
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ConfigError, loadConfig } from './load.ts';
import { optionsOf } from './options.ts';

const PREFIX = 'TOUCHSTONE_X';
const directory = mkdtempSync(join(tmpdir(), 'touchstone-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;

function fileOf(content: unknown, mode = 0o600): string {
  const path = join(directory, `${files++}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode });
  chmodSync(path, mode);
  return path;
}

const schema = z.strictObject({
  url: z.string().optional().describe('Database.').meta({ positional: true, secret: true, env: 'DATABASE_URL' }),
  port: z.int().default(1).describe('Port.').meta({ env: 'PGPORT' }),
  databases: z
    .record(
      z.string().regex(/^[a-z]+$/, 'must be small letters'),
      z.strictObject({ url: z.string(), schemas: z.array(z.string()).optional() }),
    )
    .optional()
    .describe('Databases by name.'),
  keys: z.record(z.string(), z.string()).default({}).meta({ secret: true }),
});
const options = optionsOf(schema, PREFIX);

/** Loads settings of every kind from a file, which may be none. */
function load(content: unknown, env: Record<string, string> = {}, argv: readonly string[] = [], mode?: number) {
  const config = content === undefined ? [] : ['--config', fileOf(content, mode)];
  return loadConfig(schema, options, PREFIX, { argv: [...config, ...argv], env });
}

/** The words with which a start is refused. */
function refusal(...given: Parameters<typeof load>): string {
  try {
    load(...given);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('The settings were accepted');
}

describe('an object', () => {
  test('comes from the configuration file', () => {
    const databases = { reporting: { url: 'postgres://db', schemas: ['a'] } };
    expect(load({ databases }).config.databases).toEqual(databases);
  });

  test.each([
    ['a flag', undefined, {}, ['--databases', '{}'], '--databases is not a flag. Put databases into the --config file, as an object.'],
    ['a secret flag', undefined, {}, ['--keys={}'], '--keys is not a flag. Put keys into the --config file, as an object.'],
    [
      'a variable',
      undefined,
      { TOUCHSTONE_X_DATABASES: '{}' },
      [],
      'TOUCHSTONE_X_DATABASES is not read. Put databases into the --config file, as an object.',
    ],
    ['a variable for a file', undefined, { TOUCHSTONE_X_KEYS_FILE: 'x' }, [], 'Unknown environment variable TOUCHSTONE_X_KEYS_FILE. Did'],
    ['a list', { databases: [] }, {}, [], 'databases: Invalid input: expected record, received array.'],
    ['null', { databases: null }, {}, [], 'databases: Invalid input: expected record, received null.'],
    ['an unfit name', { databases: { A: { url: '' } } }, {}, [], 'databases.A: must be small letters.'],
    ['an unfit part', { databases: { a: { url: 1 } } }, {}, [], 'databases.a.url: Invalid input: expected string, received number.'],
    ['an unfit item', { databases: { a: { url: '', schemas: [1] } } }, {}, [], 'databases.a.schemas.0: Invalid input: expected string'],
    ['an unknown part', { databases: { a: { url: '', uri: '' } } }, {}, [], 'databases.a: Unrecognized key: "uri".'],
    ['a secret that others may read', { keys: { a: '', b: 'k' } }, {}, [], /holds keys, a secret, and other users may read it/, 0o644],
  ] as const)('is refused as %s', (_name, content, env, argv, message, mode?: number) => {
    expect(refusal(content, env, argv, mode)).toEqual(
      typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
    );
  });

  test('an empty variable of its name means nothing', () => {
    expect(load(undefined, { TOUCHSTONE_X_DATABASES: '' }).config).toEqual({ port: 1, keys: {} });
  });
});

describe('a further variable', () => {
  const file = { url: 'file' };
  const own = { TOUCHSTONE_X_URL: 'own' };
  const further = { DATABASE_URL: 'further' };

  test.each([
    ['beats the file', file, further, [], 'further'],
    ['is beaten by our own', file, { ...own, ...further }, [], 'own'],
    ['is beaten by an argument', file, { ...own, ...further }, ['argument'], 'argument'],
    ['counts where our own is empty', file, { TOUCHSTONE_X_URL: '', ...further }, [], 'further'],
    ['is unset where it is empty', file, { DATABASE_URL: '' }, [], 'file'],
  ] as const)('%s', (_name, content, env, argv, url) => {
    expect(load(content, env, argv).config.url).toBe(url);
  });

  test('is beaten by a secret file', () => {
    expect(load(undefined, { ...further, TOUCHSTONE_X_URL_FILE: fileOf('mounted\n') }).config.url).toBe('mounted');
  });

  test('is read as its type says', () => {
    expect(load(undefined, { PGPORT: '5433' }).config.port).toBe(5433);
    expect(refusal(undefined, { PGPORT: 'tcp' })).toBe('PGPORT must be a plain number, not "tcp".');
    expect(refusal(undefined, { PGPORT: '1.5' })).toContain('--port (or TOUCHSTONE_X_PORT, PGPORT): Invalid input: expected int');
  });
});

describe('a positional argument that is no list', () => {
  test('is one', () => {
    expect(load(undefined, {}, ['postgres://a,b']).config.url).toBe('postgres://a,b');
  });

  test('a second one is refused, and not repeated', () => {
    expect(refusal(undefined, {}, ['S3cr3t', 'hunter2'])).toBe('Unexpected second argument: this server takes one, url.');
  });

  test('that is secret has no flag', () => {
    expect(refusal(undefined, {}, ['--url', 'x'])).toContain('Set TOUCHSTONE_X_URL or TOUCHSTONE_X_URL_FILE.');
  });

  test('that is missing is named with all its variables', () => {
    const required = z.strictObject({
      url: z.string().describe('Database.').meta({ positional: true, secret: true, env: 'DATABASE_URL' }),
    });
    expect(() => loadConfig(required, optionsOf(required, PREFIX), PREFIX, { argv: [], env: {} })).toThrow(
      'url (or TOUCHSTONE_X_URL, TOUCHSTONE_X_URL_FILE, DATABASE_URL): is required. Database.',
    );
  });
});

describe('variables in the configuration file', () => {
  const env = { PASSWORD: 'pa$&${HOST}ss', HOST: 'db', EMPTY: '', _1: 'one' };
  const read = (text: string) => load({ databases: { a: { url: text } } }, env).config.databases?.['a']?.url;

  test.each([
    ['alone', '${HOST}', 'db'],
    ['among text', 'postgres://u:${PASSWORD}@${HOST}/x', 'postgres://u:pa$&${HOST}ss@db/x'],
    ['with a digit', '${_1}', 'one'],
    ['escaped', '$${HOST} $${', '${HOST} ${'],
    ['escaped, beside one that is not', '$${HOST}${HOST}', '${HOST}db'],
    ['none', 'a$b {HOST} $HOST } $', 'a$b {HOST} $HOST } $'],
  ])('%s', (_name, text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test('at any depth, in values only', () => {
    const content = { url: '${HOST}', keys: { '${HOST}': '${HOST}' }, databases: { a: { url: 'x', schemas: ['y', '${HOST}'] } } };
    expect(load(content, env).config).toEqual({
      url: 'db',
      port: 1,
      keys: { '${HOST}': 'db' },
      databases: { a: { url: 'x', schemas: ['y', 'db'] } },
    });
  });

  const literal = /^databases\.a\.url: "\$\{" must be followed by a variable's name and "\}"\. A literal one is "\$\$\{"\.$/;
  test.each([
    ['unset', '${GONE}', /^databases\.a\.url needs the environment variable GONE, which is not set\.$/],
    ['empty', '${EMPTY}', /^databases\.a\.url needs the environment variable EMPTY, which is not set\.$/],
    ['of an object’s own', '${constructor}', /needs the environment variable constructor, which is not set\.$/],
    ['the prototype', '${__proto__}', /needs the environment variable __proto__, which is not set\.$/],
    ['without a name', '${}', literal],
    ['without an end', 'hunter2${HOST', literal],
    ['with more than a name', '${HOST:-hunter2}', literal],
    ['nested', '${${HOST}}', literal],
  ])('refused: %s', (_name, text, message) => {
    const refused = refusal({ databases: { a: { url: text } } }, env);
    expect(refused).toMatch(message);
    expect(refused).not.toContain('hunter2');
  });

  test('refused in a list: the item is named', () => {
    expect(refusal({ databases: { a: { url: '', schemas: ['b', '${GONE}'] } } })).toMatch(/^databases\.a\.schemas\.1 needs /);
  });

  test.runIf(process.platform !== 'win32')('a file whose secrets all come from variables may be read by anybody', () => {
    expect(load({ url: 'postgres://u:${PASSWORD}@db', keys: { a: '${HOST}' } }, env, [], 0o644).config.keys).toEqual({ a: 'db' });
    expect(refusal({ keys: { a: '${HOST}', b: '$${HOST}' } }, env, [], 0o644)).toContain('holds keys, a secret');
  });
});

describe('what must not reach the log', () => {
  test('is every string of a secret', () => {
    const { secrets } = load({ url: 'postgres://db', keys: { a: 'first', b: 'second' } });
    expect(secrets).toEqual(['postgres://db', 'first', 'second']);
  });

  test('is what a file takes from a variable, unless it is as short as a word', () => {
    const content = { databases: { a: { url: '${LONG}@${SHORT}' } } };
    expect(load(content, { LONG: '12345678', SHORT: '1234567' }).secrets).toEqual(['12345678']);
  });

  test('is a secret as given, also where the schema makes something else of it', () => {
    const schema = z.strictObject({
      key: z
        .string()
        .transform((text) => new URL(text))
        .meta({ secret: true }),
    });
    const env = { TOUCHSTONE_X_KEY: 'https://a' };
    expect(loadConfig(schema, optionsOf(schema, PREFIX), PREFIX, { argv: [], env }).secrets).toEqual(['https://a']);
  });
});
