import * as z from 'zod';
import { deprecationFits } from '../guards/deprecation.ts';

/** One setting, as `--help`, the README, server.json and the bundle manifest all describe it. */
export interface Option {
  /** Name in the schema and in a configuration file: `maxRows`. */
  key: string;
  /** `--max-rows`; undefined for a secret (argv is world-readable), for positional arguments and for objects. */
  flag: string | undefined;
  /** `TOUCHSTONE_POSTGRES_MAX_ROWS`; undefined for an object, which only the `--config` file can hold. */
  env: string | undefined;
  /** `TOUCHSTONE_POSTGRES_TOKEN_FILE`, for a secret only: a file that holds the value. */
  envFile: string | undefined;
  /** `DATABASE_URL`: a variable that people have already, read where ours is not set. */
  envAlias: string | undefined;
  type: 'string' | 'number' | 'boolean' | 'list' | 'object';
  /** The only values, or of a list the only items. */
  choices: readonly string[] | undefined;
  default: unknown;
  required: boolean;
  secret: boolean;
  positional: boolean;
  /** What the value is a path of, if it is a path. */
  path: 'directory' | 'file' | undefined;
  /** What a value looks like, for listings: `/a/directory`. For a list, one item. */
  placeholder: unknown;
  /** Whether a client asks the person who installs the server for it. */
  dialog: boolean;
  /** Its description says what to use instead. */
  deprecated: boolean;
  description: string;
}

interface PropertySchema {
  type?: string;
  enum?: string[];
  items?: { enum?: string[] };
  default?: unknown;
  description?: string;
  secret?: boolean;
  positional?: boolean;
  path?: 'directory' | 'file';
  placeholder?: unknown;
  dialog?: boolean;
  deprecated?: boolean;
  env?: string;
}

const TYPES: Readonly<Record<string, Option['type']>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  array: 'list',
  object: 'object',
};

/** The one option that is not a setting: the file that holds settings. */
export const CONFIG_KEY = 'config';

/** Reads the options of a settings schema from its public JSON Schema. Throws a TypeError for a setting that its sources cannot carry. */
export function optionsOf(schema: z.ZodObject, envPrefix: string): Option[] {
  const json = z.toJSONSchema(schema, { io: 'input' }) as { properties?: Record<string, PropertySchema>; required?: string[] };
  const properties = {
    ...json.properties,
    [CONFIG_KEY]: {
      type: 'string',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how the file names a variable
      description: 'JSON file with settings; flags and variables beat it. ${NAME} in a string of it is that variable.',
    },
  };
  return Object.entries<PropertySchema>(properties).map(([key, property]) => {
    const type = TYPES[property.type ?? ''];
    if (!deprecationFits(property.description, property.deprecated ?? false))
      throw new TypeError(`Setting ${key} must say "Deprecated: Use ... (since 1.2.3)." if and only if it has .meta({ deprecated: true })`);
    if (type === undefined) throw new TypeError(`Setting ${key} has type ${property.type ?? 'unknown'}, which no flag can carry`);
    return {
      key,
      ...sourcesOf(key, type, property, envPrefix),
      type,
      choices: property.enum ?? property.items?.enum,
      default: property.default,
      required: json.required?.includes(key) ?? false,
      secret: property.secret ?? false,
      positional: property.positional ?? false,
      path: property.path,
      placeholder: property.placeholder,
      dialog: property.dialog ?? property.positional ?? false,
      deprecated: property.deprecated ?? false,
      description: property.description ?? '',
    };
  });
}

/** An object fits into no argument and no variable, and a secret into no flag. */
function sourcesOf(key: string, type: Option['type'], { secret, positional, env: envAlias }: PropertySchema, envPrefix: string) {
  if (type === 'object') {
    if (positional || envAlias !== undefined)
      throw new TypeError(`Setting ${key} is an object, which no argument and no variable can carry`);
    return { flag: undefined, env: undefined, envFile: undefined, envAlias: undefined };
  }
  const env = variableOf(key, envPrefix);
  return { flag: secret || positional ? undefined : flagOf(key), env, envFile: secret ? `${env}_FILE` : undefined, envAlias };
}

/** `maxRows` -> `--max-rows` */
export function flagOf(key: string): string {
  return `--${words(key).join('-')}`;
}

/** `maxRows` -> `TOUCHSTONE_POSTGRES_MAX_ROWS` */
export function variableOf(key: string, envPrefix: string): string {
  return `${envPrefix}_${words(key).join('_').toUpperCase()}`;
}

/** `maxRows` -> ['max', 'rows'] */
function words(camelCase: string): string[] {
  return camelCase.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
}
