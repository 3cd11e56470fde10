import { findRelation } from '../domain/relation.ts';
import { columnsOf, tablesThatBegin } from '../domain/table-names.ts';
import { defineResource } from '../resource.ts';

/** The form that the archived official server had, where a name is enough as long as it is in one schema only. */
export const columns = defineResource({
  name: 'columns',
  title: 'Columns',
  description: 'Names and types of the columns of a table or view that is in one schema only.',
  uriTemplate: 'postgres://{database}/{table}/schema',
  mimeType: 'application/json',
  audit: ['database', 'table'],
  read: ({ database, table: name }, { databases, signal }) =>
    databases.get(database).read(
      async (session) => {
        const relation = await findRelation(session, { schema: null, name });
        return { text: JSON.stringify(await columnsOf(session, relation), undefined, 2) };
      },
      { signal },
    ),
  complete: {
    database: (typed, _settled, { databases }) => databases.names.filter((name) => name.startsWith(typed)),
    table: (typed, { database }, { databases, signal }) =>
      databases.get(database).read((session) => tablesThatBegin(session, undefined, typed), { signal }),
  },
});
