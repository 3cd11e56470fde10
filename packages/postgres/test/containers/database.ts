import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { databaseUrl, type PostgresServer } from './server.ts';

/** A database of its own, dropped with its roles when it is disposed of, whoever is still connected. Roles are given as URLs. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  readonly superuser: string;
  /** Owns the database, and nothing else. */
  readonly owner: string;
  /** May connect, and select from what the owner makes in `public`. */
  readonly reader: string;
}

/** The newest server, for what no version changes. */
export function newestServer(): PostgresServer {
  const server = inject('servers').at(-1);
  if (server === undefined) throw new Error('No server was started');
  return server;
}

/**
 * Creates a database and its roles, and runs `sql` there as the owner. For a whole file:
 * `const database = await createDatabase(server, sql); afterAll(() => database[Symbol.asyncDispose]());`
 */
export async function createDatabase(server: PostgresServer = newestServer(), sql = ''): Promise<TestDatabase> {
  const name = `test_${randomUUID().slice(0, 8)}`;
  const [owner, reader] = [`${name}_owner`, `${name}_reader`];
  const superuser = databaseUrl(server, 'postgres');
  await run(superuser, [
    `create role ${owner} login password '${server.password}'`,
    `create role ${reader} login password '${server.password}'`,
    `create database ${name} owner ${owner}`,
    `revoke all on database ${name} from public`,
    `grant connect on database ${name} to ${reader}`,
  ]);
  const ownerUrl = databaseUrl(server, name, owner);
  await run(ownerUrl, [`alter default privileges in schema public grant select on tables to ${reader}`, sql]);
  return {
    name,
    superuser: databaseUrl(server, name),
    owner: ownerUrl,
    reader: databaseUrl(server, name, reader),
    [Symbol.asyncDispose]: () => run(superuser, [`drop database ${name} with (force)`, `drop role ${owner}`, `drop role ${reader}`]),
  };
}

/** Statements apart, because a database cannot be created or dropped in a transaction. */
async function run(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
