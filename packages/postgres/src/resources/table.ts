import type { Databases } from '../domain/databases.ts';
import { describe } from '../domain/description.ts';
import { fitDescription } from '../domain/description-fit.ts';
import { findRelation } from '../domain/relation.ts';
import { schemasThatBegin, tableNames, tablesThatBegin } from '../domain/table-names.ts';
import { defineResource } from '../resource.ts';

/** Every table and view, by its full name. A URI holds names only: nothing of where a database is, or of who asks. */
export const table = defineResource({
  name: 'table',
  title: 'Table',
  description: 'Columns, keys, indexes and comments of a table or view.',
  uriTemplate: 'postgres://{database}/{schema}/{table}/schema',
  mimeType: 'application/json',
  audit: ['database', 'schema', 'table'],
  list: ({ databases, signal }) => listTables(databases, signal),
  read: ({ database, schema, table: name }, { databases, maxResultChars, signal }) =>
    databases.get(database).read(
      async (session) => {
        const { description } = await describe(session, await findRelation(session, { schema, name }));
        return { text: JSON.stringify(fitDescription(description, maxResultChars)) };
      },
      { signal },
    ),
  complete: {
    database: (typed, _settled, { databases }) => databases.names.filter((name) => name.startsWith(typed)),
    schema: (typed, { database }, { databases, signal }) =>
      databases.get(database).read((session) => schemasThatBegin(session, typed), { signal }),
    table: (typed, { database, schema }, { databases, signal }) =>
      databases.get(database).read((session) => tablesThatBegin(session, schema, typed), { signal }),
  },
});

/** A database that does not answer hides its own tables only, unless there is none that answers. */
async function listTables(databases: Databases, signal: AbortSignal) {
  const outcomes = await Promise.allSettled(databases.names.map((name) => tablesOf(databases, name, signal)));
  const lists = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (lists.length === 0 && failure !== undefined) throw failure.reason;
  return lists.flat();
}

async function tablesOf(databases: Databases, database: string, signal: AbortSignal) {
  const tables = await databases.get(database).read((session) => tableNames(session), { signal });
  return tables.map(({ schema, name, shown, comment }) => ({
    uri: `postgres://${[database, schema, name].map(encodeURIComponent).join('/')}/schema`,
    name: shown,
    mimeType: 'application/json',
    ...(comment === null ? {} : { description: comment }),
  }));
}
