import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { fixture } from '../../test/fixture/server.ts';
import { commonSchema } from '../config/common.ts';
import { optionsOf } from '../config/options.ts';
import { helpText } from './help.ts';

const schema = commonSchema.extend(fixture.configSchema.shape);
const options = optionsOf(schema, fixture.envPrefix);
const help = helpText(fixture, options);

test('the help of the fixture is the one on record', async () => {
  await expect(help).toMatchFileSnapshot('../../test/contract/help.txt');
});

describe.each(Object.entries(schema.shape))('%s: schema, options and help agree', (key, setting) => {
  const option = options.find((candidate) => candidate.key === key);
  const left = option?.flag ?? (option?.positional ? key.toUpperCase() : option?.env);
  // A long name has its text on the line below.
  const rows = help.replaceAll(/\n {30}/g, ' ').split('\n');
  const own = rows.filter((row) => row.startsWith(`  ${left} `));

  test('the option has what the schema says', () => {
    const parsed = setting.safeParse(undefined);
    expect(option?.description).toBe(setting.description);
    expect(option?.default).toEqual(parsed.data);
    expect(option?.required).toBe(!parsed.success);
  });

  test('the help has one row for it, with its text, variable, default and choices', () => {
    expect(own).toEqual([expect.stringContaining(setting.description ?? 'missing')]);
    expect(own[0]).toContain(option?.env);
    if (typeof option?.default === 'number') expect(own[0]).toContain(`default ${option.default}`);
    for (const choice of option?.choices ?? []) expect(own[0]).toContain(choice);
  });
});

test('every flag of the help is an option, --help and --version aside', () => {
  const flags = [...help.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag]) => flag);
  expect(flags).toEqual([...options.flatMap(({ flag }) => flag ?? []), '--help', '--version']);
});

test('a server without positional arguments, of which --config stays', () => {
  const text = helpText(fixture, optionsOf(z.strictObject({}), 'X'));
  expect(text).toContain('Usage: touchstone-fixture [options]\n');
  expect(text).toContain('[X_CONFIG]');
});

test('a required positional argument has no brackets', () => {
  const roots = z.array(z.string()).describe('Directories.').meta({ positional: true });
  const text = helpText(fixture, optionsOf(z.strictObject({ roots }), 'X'));
  expect(text).toContain('Usage: touchstone-fixture [options] ROOTS...\n');
  expect(text).toMatch(/^ {2}ROOTS {2,}Directories\. \[X_ROOTS\]$/m);
});

test('what has no flag is listed too', () => {
  const schema = z.strictObject({
    url: z.string().optional().describe('Database.').meta({ positional: true, secret: true, env: 'DATABASE_URL' }),
    databases: z.record(z.string(), z.string()).default({}).describe('Databases by name.').meta({ secret: true }),
    password: z.string().optional().describe('Password.').meta({ secret: true, env: 'PGPASSWORD' }),
    port: z.int().optional().describe('Port.').meta({ env: 'PGPORT' }),
  });
  const text = helpText(fixture, optionsOf(schema, 'X'));
  expect(text).toContain('Usage: touchstone-fixture [options] [URL]\n');
  expect(text).toMatch(/^ {2}URL {2,}Database\. \[X_URL; X_URL_FILE, a file that holds it; DATABASE_URL\]$/m);
  expect(text).toMatch(/^ {2}databases {2,}Databases by name\. \[config file only\]$/m);
  expect(text).toMatch(/^ {2}--port <number> {2,}Port\. \[X_PORT; PGPORT\]$/m);
  expect(text).toMatch(/^ {2}X_PASSWORD {2,}Password\. Or X_PASSWORD_FILE, a file that holds it\. \[PGPASSWORD\]$/m);
  expect(text.match(/X_URL;|databases/g)).toHaveLength(2);
});
