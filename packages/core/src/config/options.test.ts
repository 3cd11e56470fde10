import { expect, test } from 'vitest';
import * as z from 'zod';
import { commonSchema } from './common.ts';
import { CONFIG_KEY, optionsOf } from './options.ts';

const ENV = 'TOUCHSTONE_X';

/** The option made of one setting. */
function option(setting: z.ZodType, key = 'maxRows') {
  return optionsOf(z.strictObject({ [key]: setting }), ENV).find((candidate) => candidate.key === key);
}

test('a setting becomes a flag, a variable and a file key', () => {
  expect(option(z.int().default(10).describe('Rows.'))).toEqual({
    key: 'maxRows',
    flag: '--max-rows',
    env: 'TOUCHSTONE_X_MAX_ROWS',
    envFile: undefined,
    envAlias: undefined,
    type: 'number',
    choices: undefined,
    default: 10,
    required: false,
    secret: false,
    positional: false,
    path: undefined,
    placeholder: undefined,
    dialog: false,
    deprecated: false,
    description: 'Rows.',
  });
});

test.each([
  ['string', z.string(), 'string'],
  ['number', z.number(), 'number'],
  ['integer', z.int(), 'number'],
  ['boolean', z.boolean(), 'boolean'],
  ['list', z.array(z.string()), 'list'],
  ['enum', z.enum(['a', 'b']), 'string'],
  ['optional', z.string().optional(), 'string'],
  ['with a default', z.boolean().default(true), 'boolean'],
  ['object', z.strictObject({ a: z.string() }), 'object'],
  ['record', z.record(z.string(), z.string()).default({}), 'object'],
] as const)('type: %s', (_name, setting, type) => {
  expect(option(setting)?.type).toBe(type);
});

test.each([
  ['union', z.union([z.string(), z.number()]), 'string,number'],
  ['anything', z.unknown(), 'unknown'],
] as const)('a setting that no flag can carry stops the build: %s', (_name, setting, type) => {
  expect(() => option(setting)).toThrow(new TypeError(`Setting maxRows has type ${type}, which no flag can carry`));
});

test('an enum lists its choices, and so does a list of them', () => {
  const shape = z.enum(['round', 'square']);
  expect(option(shape)?.choices).toEqual(['round', 'square']);
  expect(option(z.array(shape).default([]))?.choices).toEqual(['round', 'square']);
});

test('a secret has no flag, and a file variable beside its own', () => {
  expect(option(z.string().optional().meta({ secret: true }), 'apiKey')).toMatchObject({
    flag: undefined,
    env: 'TOUCHSTONE_X_API_KEY',
    envFile: 'TOUCHSTONE_X_API_KEY_FILE',
    secret: true,
  });
});

test('an object has neither flag nor variable, also where it is secret', () => {
  const nowhere = { flag: undefined, env: undefined, envFile: undefined, envAlias: undefined };
  expect(option(z.record(z.string(), z.string()), 'databases')).toMatchObject(nowhere);
  expect(option(z.record(z.string(), z.string()).meta({ secret: true }), 'databases')).toMatchObject({ ...nowhere, secret: true });
});

test.each([{ positional: true }, { env: 'DATABASES' }])('an object with %j stops the build', (meta) => {
  const message = 'Setting databases is an object, which no argument and no variable can carry';
  expect(() => option(z.record(z.string(), z.string()).meta(meta), 'databases')).toThrow(new TypeError(message));
});

test.each([
  ['the mark without the words', 'Rows.', true],
  ['the words without a version', 'Deprecated: Use limit.', true],
  ['the words without the mark', 'Deprecated: Use limit (since 1.4.0).', false],
])('%s of a deprecation stops the build', (_what, description, deprecated) => {
  expect(() => option(z.int().describe(description).meta({ deprecated }))).toThrow(/^Setting maxRows must say "Deprecated: /);
});

test('a deprecated setting is marked, and its description says what to use', () => {
  const setting = z.int().optional().describe('Rows. Deprecated: Use limit (since 1.4.0).').meta({ deprecated: true });
  expect(option(setting)).toMatchObject({ deprecated: true, description: 'Rows. Deprecated: Use limit (since 1.4.0).' });
});

test('a setting may have a further variable', () => {
  expect(option(z.string().optional().meta({ env: 'DATABASE_URL', secret: true, positional: true }), 'url')).toMatchObject({
    flag: undefined,
    env: 'TOUCHSTONE_X_URL',
    envFile: 'TOUCHSTONE_X_URL_FILE',
    envAlias: 'DATABASE_URL',
    secret: true,
    positional: true,
  });
});

test('what listings need is told by the setting', () => {
  const meta = { path: 'directory', placeholder: '/a/directory', dialog: true };
  expect(option(z.array(z.string()).meta(meta))).toMatchObject({ ...meta, positional: false });
});

test('a positional setting has no flag, and is asked for', () => {
  expect(option(z.array(z.string()).meta({ positional: true }), 'roots')).toMatchObject({
    flag: undefined,
    positional: true,
    dialog: true,
    type: 'list',
  });
});

test('only a setting without a default and not optional is required', () => {
  const options = optionsOf(z.strictObject({ a: z.string(), b: z.string().default('x'), c: z.string().optional() }), ENV);
  expect(options.map(({ key, required }) => [key, required])).toEqual([
    ['a', true],
    ['b', false],
    ['c', false],
    [CONFIG_KEY, false],
  ]);
});

test('--config is an option of every server', () => {
  expect(optionsOf(z.strictObject({}), ENV)).toMatchObject([
    { key: 'config', flag: '--config', env: 'TOUCHSTONE_X_CONFIG', type: 'string' },
  ]);
});

test('names are words, joined as each source joins them', () => {
  const options = optionsOf(commonSchema, ENV);
  expect(options.map(({ key, flag, env }) => [key, flag, env])).toContainEqual([
    'httpAllowedHosts',
    '--http-allowed-hosts',
    'TOUCHSTONE_X_HTTP_ALLOWED_HOSTS',
  ]);
});

test('every setting that all servers have is described with a sentence', () => {
  expect(optionsOf(commonSchema, ENV).filter(({ description }) => !description.endsWith('.'))).toEqual([]);
});
