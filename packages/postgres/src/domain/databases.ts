import { ToolError } from '@touchstone-mcp/core/errors';
import type { Database } from './database.ts';

/** The databases of this server, by name. */
export interface Databases extends AsyncDisposable {
  readonly names: readonly string[];
  /** The one so named, or the first where no name is given. Throws ToolError `not_found`, naming those that there are. */
  get(name?: string): Database;
}

/** Makes one of a list that is not empty. */
export function asDatabases(databases: readonly Database[]): Databases {
  const byName = new Map(databases.map((database) => [database.name, database]));
  const names = [...byName.keys()];
  return {
    names,
    get(name) {
      const database = name === undefined ? databases[0] : byName.get(name);
      if (database !== undefined) return database;
      throw new ToolError('not_found', `There is no database ${JSON.stringify(name)}.`, { hint: `There are: ${names.join(', ')}.` });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(databases.map((database) => database[Symbol.asyncDispose]()));
    },
  };
}
