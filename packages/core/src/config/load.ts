import { readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { closest } from 'fastest-levenshtein';
import * as z from 'zod';
import { CONFIG_KEY, type Option } from './options.ts';

/** What stops a start: one sentence that names the setting and what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Where settings come from. Given as data, so that only main.ts touches the process. */
export interface Sources {
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the settings: flags beat environment variables, which beat the `--config` file, which beats defaults.
 * Every source goes through the one schema. Throws ConfigError for anything unknown, unreadable or unfit.
 */
export function loadConfig<Schema extends z.ZodObject>(
  schema: Schema,
  options: readonly Option[],
  envPrefix: string,
  { argv, env }: Sources,
): z.output<Schema> {
  const direct = new Map([...readEnvironment(options, envPrefix, env), ...readFlags(options, argv)]);
  const file = direct.get(CONFIG_KEY);
  direct.delete(CONFIG_KEY);
  const values = new Map([...(file === undefined ? [] : readFile(options, String(file))), ...direct]);
  const parsed = schema.safeParse(Object.fromEntries(values));
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => explain(issue, options)).join('\n'));
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
      append(values, positional.key, token.value);
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

function unknownFlag(flag: string, options: readonly Option[]): string {
  const secret = options.find((option) => option.secret && option.env.endsWith(`_${flag.slice(2).replaceAll('-', '_').toUpperCase()}`));
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
  const byName = new Map(options.flatMap((option) => [option.env, option.envFile ?? []].flat().map((name) => [name, option])));
  for (const [name, text] of Object.entries(env)) {
    // An empty variable means unset: a client's form sends every field, filled in or not.
    if (!name.startsWith(`${envPrefix}_`) || text === undefined || text === '') continue;
    const option = byName.get(name) ?? fail(unknown('environment variable', name, [...byName.keys()]));
    if (values.has(option.key)) throw new ConfigError(`Set ${option.env} or ${option.envFile}, not both.`);
    values.set(option.key, fromText(option, name === option.envFile ? readSecret(name, text) : text, name));
  }
  return values;
}

function readFile(options: readonly Option[], path: string): [string, unknown][] {
  const keys = options.map((option) => option.key).filter((key) => key !== CONFIG_KEY);
  return Object.entries(parseFile(path)).map(([key, value]) => {
    if (!keys.includes(key)) throw new ConfigError(unknown(`key in ${quote(path)}:`, key, keys));
    const secret = options.some((option) => option.key === key && option.secret);
    // Windows has no such mode bits; there the file's access list is the operator's affair.
    if (secret && process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
      throw new ConfigError(`${quote(path)} holds ${key}, a secret, and other users may read it. Run: chmod 600 ${path}`);
    }
    return [key, value];
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
    case 'string':
      return text;
    case 'boolean':
      return toBoolean(text, name);
    case 'number':
      // Number() alone would also take '', ' 1 ', '0x10' and '1e99'.
      return /^-?\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : fail(`${name} must be a plain number, not ${quote(text)}.`);
    case 'list':
      return toList(text, name);
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
  const name = option.positional ? option.key : (option.flag ?? option.env);
  const missing = option.required && issue.path.length === 1 && issue.code === 'invalid_type' && issue.input === undefined;
  return `${name} (or ${option.envFile ?? option.env}): ${missing ? `is required. ${option.description}` : `${issue.message}.`}`;
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
