import { readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { closest } from 'fastest-levenshtein';
import * as z from 'zod';
import { interpolate, isInterpolated, type Lookup, stringsIn } from './interpolate.ts';
import { CONFIG_KEY, flagOf, type Option, variableOf } from './options.ts';

/** What stops a start: one sentence that names the setting and what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Where settings come from. Given as data, so that only main.ts touches the process. */
export interface Sources {
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
}

/** The settings, every string that must not reach the log, and those settings that were given although they are deprecated. */
export interface Loaded<Config> {
  config: Config;
  secrets: string[];
  deprecated: Option[];
}

/** From this length on, what the `--config` file takes from a variable is held to be a secret; what is shorter may be any word. */
const MIN_SECRET = 8;

/**
 * Reads the settings: flags beat environment variables, which beat the `--config` file, which beats defaults.
 * Every source goes through the one schema. Throws ConfigError for anything unknown, unreadable or unfit.
 */
export function loadConfig<Schema extends z.ZodObject>(
  schema: Schema,
  options: readonly Option[],
  envPrefix: string,
  { argv, env }: Sources,
): Loaded<z.output<Schema>> {
  const direct = new Map([...readEnvironment(options, envPrefix, env), ...readFlags(options, argv)]);
  const file = direct.get(CONFIG_KEY);
  direct.delete(CONFIG_KEY);
  const interpolated: string[] = [];
  const values = new Map([...(file === undefined ? [] : readFile(options, String(file), lookupIn(env, interpolated))), ...direct]);
  const parsed = schema.safeParse(Object.fromEntries(values));
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => explain(issue, options)).join('\n'));
  const config = parsed.data;
  const keys = options.filter(({ secret }) => secret).map(({ key }) => key as keyof typeof config & string);
  // As given and as parsed: a schema may make something else of it.
  const secrets = keys.flatMap((key) => stringsIn([values.get(key), config[key]]));
  return {
    config,
    secrets: [...new Set([...secrets, ...interpolated.filter((text) => text.length >= MIN_SECRET)])],
    deprecated: options.filter(({ key, deprecated }) => deprecated && values.has(key)),
  };
}

type Values = Map<string, unknown>;

function readFlags(options: readonly Option[], argv: readonly string[]): Values {
  const byFlag = new Map(options.flatMap((option) => (option.flag === undefined ? [] : [[option.flag, option] as const])));
  const positional = options.find((option) => option.positional);
  const known = [...byFlag].map(
    ([flag, { type }]) => [flag.slice(2), { type: type === 'boolean' ? 'boolean' : 'string' } as const] as const,
  );
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(known),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Values = new Map();
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (positional === undefined) throw new ConfigError(`Unexpected argument ${quote(token.value)}: this server takes none.`);
      setPositional(values, positional, token.value);
    } else if (token.kind === 'option') {
      const option = byFlag.get(token.rawName) ?? fail(unknownFlag(token.rawName, options));
      // parseArgs takes whatever follows as the value; the next flag is not what anybody means.
      if (token.inlineValue === false && token.value.startsWith('--'))
        throw new ConfigError(`${token.rawName} needs a value. Write ${token.rawName}=${token.value} if that is the value.`);
      setFlag(values, option, token.rawName, token.value);
    }
  }
  return values;
}

function setFlag(values: Values, option: Option, flag: string, text: string | undefined): void {
  if (option.type === 'boolean') values.set(option.key, text === undefined ? true : toBoolean(text, flag));
  else if (text === undefined) throw new ConfigError(`${flag} needs a value.`);
  else if (option.type === 'list') append(values, option.key, ...toList(text, flag));
  else values.set(option.key, fromText(option, text, flag));
}

function setPositional(values: Values, option: Option, text: string): void {
  if (option.type === 'list') append(values, option.key, text);
  // It may be a secret, and is not repeated.
  else if (values.has(option.key)) throw new ConfigError(`Unexpected second argument: this server takes one, ${option.key}.`);
  else values.set(option.key, fromText(option, text, option.key));
}

function unknownFlag(flag: string, options: readonly Option[]): string {
  const { key } = options.find((option) => option.type === 'object' && flagOf(option.key) === flag) ?? {};
  if (key !== undefined) return `${flag} is not a flag. ${intoFile(key)}`;
  const secret = options.find((option) => option.secret && option.env?.endsWith(`_${flag.slice(2).replaceAll('-', '_').toUpperCase()}`));
  if (secret !== undefined)
    return `${flag} is a secret and has no flag, which other users could read. Set ${secret.env} or ${secret.envFile}.`;
  return unknown(
    'flag',
    flag,
    options.flatMap((option) => option.flag ?? []),
  );
}

function readEnvironment(options: readonly Option[], envPrefix: string, env: Sources['env']): Values {
  const values: Values = new Map();
  const byName = new Map(options.flatMap((option) => [option.env ?? [], option.envFile ?? []].flat().map((name) => [name, option])));
  for (const [name, text] of Object.entries(env)) {
    // An empty variable means unset: a client's form sends every field, filled in or not.
    if (!name.startsWith(`${envPrefix}_`) || text === undefined || text === '') continue;
    const option = byName.get(name) ?? fail(unknownVariable(name, options, envPrefix));
    if (values.has(option.key)) throw new ConfigError(`Set ${option.env} or ${option.envFile}, not both.`);
    values.set(option.key, fromText(option, name === option.envFile ? readSecret(name, text) : text, name));
  }
  for (const option of options) {
    if (option.envAlias === undefined || values.has(option.key)) continue;
    const text = variableIn(env, option.envAlias);
    if (text !== undefined) values.set(option.key, fromText(option, text, option.envAlias));
  }
  return values;
}

function unknownVariable(name: string, options: readonly Option[], envPrefix: string): string {
  const { key } = options.find((option) => option.type === 'object' && variableOf(option.key, envPrefix) === name) ?? {};
  if (key !== undefined) return `${name} is not read. ${intoFile(key)}`;
  const known = options.flatMap((option) => [option.env ?? [], option.envFile ?? []].flat());
  return unknown('environment variable', name, known);
}

function intoFile(key: string): string {
  return `Put ${key} into the --config file, as an object.`;
}

/** The value of a variable, unless it is empty; never what an object has by nature. */
function variableIn(env: Sources['env'], name: string): string | undefined {
  return (Object.hasOwn(env, name) ? env[name] : undefined) || undefined;
}

/** Finds what a configuration file interpolates, and keeps a record of it. */
function lookupIn(env: Sources['env'], interpolated: string[]): Lookup {
  return (name, path) => {
    const setting = path.join('.');
    if (name === undefined)
      throw new ConfigError(`${setting}: "\${" must be followed by a variable's name and "}". A literal one is "$\${".`);
    const text = variableIn(env, name) ?? fail(`${setting} needs the environment variable ${name}, which is not set.`);
    interpolated.push(text);
    return text;
  };
}

function readFile(options: readonly Option[], path: string, lookup: Lookup): [string, unknown][] {
  const keys = options.map((option) => option.key).filter((key) => key !== CONFIG_KEY);
  return Object.entries(parseFile(path)).map(([key, value]) => {
    if (!keys.includes(key)) throw new ConfigError(unknown(`key in ${quote(path)}:`, key, keys));
    const secret = options.some((option) => option.key === key && option.secret) && stringsIn(value).some((text) => !isInterpolated(text));
    // Windows has no such mode bits; there the file's access list is the operator's affair.
    if (secret && process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
      throw new ConfigError(`${quote(path)} holds ${key}, a secret, and other users may read it. Run: chmod 600 ${path}`);
    }
    return [key, interpolate(value, lookup, [key])];
  });
}

function parseFile(path: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    // The parser's own message may quote what stands in the file.
    const reason = error instanceof SyntaxError ? 'it is not valid JSON' : (error as NodeJS.ErrnoException).code;
    throw new ConfigError(`Cannot read the configuration file ${quote(path)}: ${reason}.`);
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) {
    throw new ConfigError(`The configuration file ${quote(path)} must hold one JSON object.`);
  }
  return parsed;
}

function readSecret(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trimEnd() || fail(`${name} names an empty file.`);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`Cannot read the file that ${name} names: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

function fromText(option: Option, text: string, name: string): unknown {
  switch (option.type) {
    case 'boolean':
      return toBoolean(text, name);
    case 'number':
      // Number() alone would also take '', ' 1 ', '0x10' and '1e99'.
      return /^-?\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : fail(`${name} must be a plain number, not ${quote(text)}.`);
    case 'list':
      return toList(text, name);
    default:
      return text;
  }
}

function toBoolean(text: string, name: string): boolean {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new ConfigError(`${name} must be true or false, not ${quote(text)}.`);
}

/** `a,b`, or a JSON array where an item has a comma of its own. */
function toList(text: string, name: string): string[] {
  if (!text.startsWith('[')) return text.split(',').map((item) => item.trim());
  try {
    return z.array(z.string()).parse(JSON.parse(text));
  } catch {
    throw new ConfigError(`${name} must be a comma-separated list or a JSON array of strings.`);
  }
}

function append(values: Values, key: string, ...items: string[]): void {
  values.set(key, [...((values.get(key) as string[] | undefined) ?? []), ...items]);
}

function explain(issue: z.core.$ZodIssue, options: readonly Option[]): string {
  const option = options.find((candidate) => candidate.key === issue.path[0]);
  if (option === undefined) return issue.message;
  const missing = option.required && issue.path.length === 1 && issue.code === 'invalid_type' && issue.input === undefined;
  return `${nameOf(option, issue)}: ${missing ? `is required. ${option.description}` : `${reasonOf(issue)}.`}`;
}

/** `--max-rows (or TOUCHSTONE_POSTGRES_MAX_ROWS)`, or the path in the file where it can stand nowhere else. */
function nameOf({ key, type, positional, flag, env, envFile, envAlias }: Option, { path }: z.core.$ZodIssue): string {
  if (type === 'object') return path.map(String).join('.');
  const [first, ...others] = [positional ? key : flag, env, envFile, envAlias].filter((name) => name !== undefined);
  return `${first} (or ${others.join(', ')})`;
}

/** Of a key that does not fit, the reason is one level down. */
function reasonOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_key' ? issue.issues.map(({ message }) => message).join(', ') : issue.message;
}

function unknown(kind: string, name: string, known: readonly string[]): string {
  return `Unknown ${kind} ${name}. Did you mean ${closest(name, [...known])}?`;
}

function fail(message: string): never {
  throw new ConfigError(message);
}

function quote(text: string): string {
  return JSON.stringify(text);
}
