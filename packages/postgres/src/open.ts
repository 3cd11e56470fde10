import type { CommonConfig } from '@touchstone-mcp/core';
import { type Config, DEFAULT_DATABASE, databaseNames } from './config.ts';
import { connectionSettings } from './domain/connection.ts';
import type { Database } from './domain/database.ts';
import { asDatabases, type Databases } from './domain/databases.ts';
import { startDemo } from './domain/demo.ts';
import { checkNamedQuery, proveNamedQuery } from './domain/named-query.ts';
import { openDatabase } from './domain/open-database.ts';
import { powersOf, warningAbout } from './domain/role.ts';

/** What is used of the log. */
interface Log {
  warn(fields: object, message: string): void;
}

/**
 * Opens the databases that the settings name, without waiting for any: their connections are made when they are needed. What an operator
 * should know of roles, TLS and named queries goes to the log, once. Throws ToolError for a URL, a certificate or a query that cannot be used.
 */
export async function openDatabases(config: Config & CommonConfig, log: Log): Promise<Databases> {
  const names = databaseNames(config);
  for (const [name, query] of Object.entries(config.queries)) await checkNamedQuery(name, query, names);
  const demo = config.demo ? await startDemo() : undefined;
  const alone = demo?.url(config.write ? 'demo_writer' : 'demo_reader') ?? config.url;
  const urls = new Map(names.map((name) => [name, name === DEFAULT_DATABASE ? (alone ?? config.databases[name]) : config.databases[name]]));
  const looking = new AbortController();
  const looks = names.map((name) =>
    createLook((signal) => look(databases.get(name), name === names[0], config, log, signal), looking.signal),
  );
  const databases = asDatabases(names.map((name, index) => openOne(name, urls.get(name), config, log, () => looks[index]?.again())));
  for (const { again } of looks) again();
  return {
    ...databases,
    async [Symbol.asyncDispose]() {
      looking.abort();
      await Promise.all(looks.map(({ settled }) => settled()));
      await databases[Symbol.asyncDispose]();
      await demo?.[Symbol.asyncDispose]();
    },
  };
}

function openOne(
  name: string,
  url: string | undefined,
  { poolSize, callTimeoutMs }: Config & CommonConfig,
  log: Log,
  onConnection: () => void,
): Database {
  const connection = connectionSettings(url, process.env);
  const { ignored, tls } = connection;
  if (tls.warning !== undefined) log.warn({ database: name }, tls.warning);
  if (ignored.length > 0) log.warn({ database: name, ignored }, 'Parameters of the URL that mean nothing here.');
  // A positional argument is all that `ps` shows of the settings.
  if (connection.passwordInUrl && process.argv.some((argument) => argument === url)) {
    log.warn(
      { database: name },
      'The URL on the command line holds a password, which every user of this machine can read: put it into DATABASE_URL, PGPASSFILE or TOUCHSTONE_POSTGRES_URL_FILE.',
    );
  }
  const warn = (message: string, cause: unknown) => log.warn({ database: name, err: cause }, message);
  return openDatabase({ name, connection, poolSize, timeoutMs: callTimeoutMs, warn, onConnection });
}

/** A look that is had once, and again with the next connection as long as the database could not be reached. */
function createLook(look: (signal: AbortSignal) => Promise<boolean>, signal: AbortSignal) {
  let done = false;
  let current: Promise<void> | undefined;
  return {
    again() {
      if (done || signal.aborted) return;
      current ??= look(signal).then((seen) => {
        done = seen;
        current = undefined;
      });
    },
    settled: () => current,
  };
}

/** Has a look at the role and at the named queries, while calls may come already. False where the database could not be reached. */
async function look(
  database: Database,
  first: boolean,
  { write, queries, allowFunctions }: Config,
  log: Log,
  signal: AbortSignal,
): Promise<boolean> {
  let reached = false;
  try {
    const warning = warningAbout(await powersOf(database, signal), write);
    reached = true;
    if (warning !== undefined) log.warn({ database: database.name }, warning);
    for (const [name, query] of Object.entries(queries)) {
      const meant = query.database === undefined ? first : query.database === database.name;
      if (meant) await proveNamedQuery(name, query, database, { allowFunctions }, signal);
    }
  } catch (error) {
    if (!signal.aborted) log.warn({ database: database.name, err: error }, 'Could not look at the role and the named queries.');
  }
  return reached;
}
