import type { Caps, Cell, Session } from './database.ts';
import { visibleIdentifier } from './identifier.ts';
import { judged, type Policy } from './query.ts';
import type { Relation } from './relation.ts';
import { parseStatement, proveRead } from './statement.ts';

/** Some rows, and the names of their columns. */
export interface Sample {
  readonly columns: string[];
  readonly rows: Cell[][];
}

/** Enough to see what is in a table. */
const MAX_COLUMNS = 100;

/** Some rows of a relation, no matter which, judged and capped as a caller's own statement would be. `columns` are quoted. */
export async function sampleRows(
  session: Session,
  { name }: Relation,
  columns: readonly string[],
  caps: Caps,
  policy: Policy,
): Promise<Sample> {
  const shown = columns.slice(0, MAX_COLUMNS);
  const statement = await parseStatement(`select ${shown.join(', ')} from ${name} limit ${caps.maxRows}`);
  const { rows } = await session.page(await judged(proveRead, statement, session, policy), [], caps);
  let room = 2 * caps.maxChars;
  const fitting = rows.filter((row) => {
    room -= JSON.stringify(row).length;
    return room >= 0;
  });
  return { columns: shown.map(visibleIdentifier), rows: fitting };
}
