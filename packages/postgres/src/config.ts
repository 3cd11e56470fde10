import * as z from 'zod';

/** A name that can be a tool's, or a database's. */
const identifier = /^[a-z][a-z0-9_]{0,62}$/;

const queryParam = z.strictObject({
  type: z.enum(['string', 'number', 'boolean']),
  description: z.string().min(1),
});

/** A query that the operator has written, offered as a tool of its own. */
const namedQuery = z.strictObject({
  description: z.string().min(1),
  sql: z.string().min(1),
  params: z.record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]{0,62}$/, 'must be letters, digits and _'), queryParam).default({}),
  database: z.string().optional(),
});

/** Settings of the PostgreSQL server. */
export const configSchema = z.strictObject({
  url: z
    .string()
    .min(1)
    .optional()
    .describe('Database: postgres://user@host:5432/name?sslmode=verify-full. Without it PGHOST, PGUSER, PGPASSFILE and the like hold.')
    .meta({ secret: true, positional: true, env: 'DATABASE_URL', placeholder: 'postgres://reader@db.example.com/shop' }),
  databases: z
    .record(z.string().regex(identifier, 'must be lower-case letters, digits and _'), z.string().min(1))
    .default({})
    .describe('Several databases: name -> URL. With a url beside it, that one is called default, and is the first.')
    .meta({ secret: true }),
  write: z.boolean().default(false).describe('Offer execute, which changes data.').meta({ dialog: true }),
  toolsets: z
    .array(z.enum(['insights']))
    .default([])
    .describe('More tools: insights (load, health, index advice).')
    .meta({ dialog: true }),
  queries: z
    .record(z.string().regex(identifier, 'must be lower-case letters, digits and _'), namedQuery)
    .default({})
    .describe('Queries to offer as tools: name -> { description, sql, params: name -> { type, description }, database }.'),
  allowFunctions: z
    .array(z.string().min(1))
    .default([])
    .describe('Functions that queries may call although they are VOLATILE: name or schema.name.'),
  maxRows: z.int().min(1).max(100_000).default(1_000).describe('Most rows that one answer may have.'),
  poolSize: z.int().min(1).max(100).default(4).describe('Most connections to each database.'),
  demo: z.boolean().default(false).describe('Start a sample database of its own, and use that.'),
});

/** The settings, checked. */
export type Config = z.output<typeof configSchema>;

/** The name of the database that `url`, the PG* variables or the demo name. */
export const DEFAULT_DATABASE = 'default';

/** The databases that these settings name, the first being the one that is meant where none is. */
export function databaseNames({ url, databases, demo }: Pick<Config, 'url' | 'databases' | 'demo'>): string[] {
  const names = Object.keys(databases);
  const alone = demo || url !== undefined || names.length === 0;
  return [...(alone ? [DEFAULT_DATABASE] : []), ...names.filter((name) => name !== DEFAULT_DATABASE || !alone)];
}
