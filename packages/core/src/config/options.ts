import * as z from 'zod';

/** One setting, as `--help`, the README, server.json and the bundle manifest all describe it. */
export interface Option {
  /** Name in the schema and in a configuration file: `maxRows`. */
  key: string;
  /** `--max-rows`; undefined for a secret (argv is world-readable) and for positional arguments. */
  flag: string | undefined;
  /** `TOUCHSTONE_POSTGRES_MAX_ROWS`. */
  env: string;
  /** `TOUCHSTONE_POSTGRES_TOKEN_FILE`, for a secret only: a file that holds the value. */
  envFile: string | undefined;
  type: 'string' | 'number' | 'boolean' | 'list';
  choices: readonly string[] | undefined;
  default: unknown;
  required: boolean;
  secret: boolean;
  positional: boolean;
  description: string;
}

interface PropertySchema {
  type?: string;
  enum?: string[];
  default?: unknown;
  description?: string;
  secret?: boolean;
  positional?: boolean;
}

const TYPES: Readonly<Record<string, Option['type']>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  array: 'list',
};

/** The one option that is not a setting: the file that holds settings. */
export const CONFIG_KEY = 'config';

/** Reads the options of a settings schema from its public JSON Schema. Throws a TypeError for a setting that a flag cannot carry. */
export function optionsOf(schema: z.ZodObject, envPrefix: string): Option[] {
  const json = z.toJSONSchema(schema, { io: 'input' }) as { properties?: Record<string, PropertySchema>; required?: string[] };
  const properties = {
    ...json.properties,
    [CONFIG_KEY]: { type: 'string', description: 'JSON file with settings; flags and variables beat it.' },
  };
  return Object.entries<PropertySchema>(properties).map(([key, property]) => {
    const type = TYPES[property.type ?? ''];
    if (type === undefined) throw new TypeError(`Setting ${key} has type ${property.type ?? 'unknown'}, which no flag can carry`);
    const secret = property.secret ?? false;
    const positional = property.positional ?? false;
    const env = `${envPrefix}_${words(key).join('_').toUpperCase()}`;
    return {
      key,
      flag: secret || positional ? undefined : `--${words(key).join('-')}`,
      env,
      envFile: secret ? `${env}_FILE` : undefined,
      type,
      choices: property.enum,
      default: property.default,
      required: json.required?.includes(key) ?? false,
      secret,
      positional,
      description: property.description ?? '',
    };
  });
}

/** `maxRows` -> ['max', 'rows'] */
function words(camelCase: string): string[] {
  return camelCase.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
}
