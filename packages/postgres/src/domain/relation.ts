import { ToolError } from '@touchstone-mcp/core/errors';
import type { Session } from './database.ts';
import { type RelationName, readingsOf, storable, visibleIdentifier } from './identifier.ts';
import { OWN_SCHEMA, VISIBLE_RELATION } from './visible.ts';

/** A table, view, materialized view or foreign table that is there and that the role may use. */
export interface Relation {
  readonly oid: number;
  /** With its schema, quoted, as a statement needs it. */
  readonly name: string;
}

/** Enough to see that a name is not clear. */
const MAX_NAMED = 5;

/** System relations come last: who asks for `tables` means their own. */
const FIND = `
  select c.oid, format('%I.%I', n.nspname, c.relname) as name, (not (${OWN_SCHEMA}))::int as system, place
  from unnest($1::text[], $2::text[]) with ordinality as reading (schema, name, place)
  join pg_class c on c.relname = reading.name::name
  join pg_namespace n on n.oid = c.relnamespace and (reading.schema is null or n.nspname = reading.schema::name)
  where has_schema_privilege(n.oid, 'usage') and ${VISIBLE_RELATION}
  order by system, place, name limit 100`;

/** Alike is what shares most pieces of two and three letters with the wanted name. $1 are these, $2 is its length. */
const FIND_ALIKE = `
  select format('%I.%I', n.nspname, c.relname) as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (
    select count(*)::float / greatest(length(c.relname), $2) as likeness
    from unnest($1::text[]) as piece where strpos(lower(c.relname), piece) > 0) as compared
  where not c.relispartition and likeness >= 0.4 and ${OWN_SCHEMA} and has_schema_privilege(n.oid, 'usage') and ${VISIBLE_RELATION}
  order by likeness desc, name limit ${MAX_NAMED}`;

interface Found extends Relation {
  readonly system: number;
  readonly place: number;
}

/**
 * The relation that a text names, with or without a schema, quoted or not; or the one that has exactly this name. Throws ToolError
 * `conflict` where it is in several schemas, and `not_found` with names that are alike.
 */
export async function findRelation(session: Session, wanted: string | RelationName): Promise<Relation> {
  const readings = typeof wanted === 'string' ? readingsOf(storable(wanted)) : [wanted];
  const schemas = readings.map(({ schema }) => (schema === null ? null : storable(schema)));
  const found = await session.rows<Found>(FIND, [schemas, readings.map(({ name }) => storable(name))]);
  const [first] = found;
  const shown = JSON.stringify(typeof wanted === 'string' ? wanted : wanted.name);
  if (first === undefined) throw await unknown(session, readings[0]?.name ?? '', shown);
  const same = found.filter(({ system, place }) => system === first.system && place === first.place);
  if (same.length === 1) return first;
  throw new ToolError('conflict', `${shown} is in several schemas.`, { hint: `Name one: ${namesOf(same)}.` });
}

async function unknown(session: Session, name: string, shown: string): Promise<ToolError> {
  const alike = await session.rows<Relation>(FIND_ALIKE, [piecesOf(name.toLowerCase()), name.length]);
  const hint = alike.length === 0 ? 'list_objects names what there is.' : `Most alike: ${namesOf(alike)}.`;
  return new ToolError('not_found', `There is no table or view ${shown.slice(0, 200)} that you may use.`, { hint });
}

function namesOf(relations: readonly Relation[]): string {
  const names = relations.slice(0, MAX_NAMED).map(({ name }) => visibleIdentifier(name));
  return names.join(', ') + (relations.length > MAX_NAMED ? ', ...' : '');
}

function piecesOf(name: string): string[] {
  const letters = [...name.slice(0, 63)];
  return [...new Set(letters.flatMap((_, at) => [2, 3].map((length) => letters.slice(at, at + length).join(''))))].filter(
    ({ length }) => length > 1,
  );
}
