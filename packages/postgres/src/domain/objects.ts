import { ToolError } from '@touchstone-mcp/core/errors';
import type { Session } from './database.ts';
import { oneLine, storable, visibleIdentifier } from './identifier.ts';
import { cursorAt, placeOf } from './object-cursor.ts';
import { type ObjectKind, SOURCES, TABLES_AND_VIEWS } from './object-sources.ts';
import { chargeOf, sizeOf } from './size.ts';
import { OWN_SCHEMA } from './visible.ts';

/** What to list: nothing but bound values, whatever is in them. */
export interface ObjectQuery {
  readonly kind?: ObjectKind | undefined;
  readonly schema?: string | undefined;
  readonly pattern?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Characters of a text with one line an object. */
  readonly maxChars: number;
}

/** One object. Rows and bytes are as of the last vacuum or analyze, and missing where there was none. */
export interface DatabaseObject {
  /** One of OBJECT_KINDS, or `materialized_view` or `foreign_table`. */
  readonly kind: string;
  /** As a statement needs it: with its schema, and quoted. */
  readonly name: string;
  /** What the kind has to say: arguments and result, labels, columns, a version. */
  readonly detail?: string | undefined;
  readonly comment?: string | undefined;
  readonly rows?: number | undefined;
  readonly bytes?: number | undefined;
}

/** One page of objects, ordered by schema, kind and name. */
export interface ObjectPage {
  readonly objects: DatabaseObject[];
  readonly nextCursor?: string | undefined;
}

/** Characters of what may be long. describe_table says more. */
const MAX_DETAIL = 1_000;
const MAX_COMMENT = 200;

/** The answer stays one statement, and what is costly to tell is told of one page only. */
const statementFor = ({ objects, details }: { objects: string; details: string }) => `
  with object as (${objects}), page as materialized (
    select * from object
    where ($2::text is null or case when strpos($2, '.') > 0 then schema || '.' || name else name end ilike $2)
      and ($3::text is null or (schema, kind collate "C", name, oid::int8) > ($3::text, $4::text collate "C", $5::text, $6::int8))
    order by schema, kind collate "C", name, oid
    limit $7
  )
  select json_build_array(page.schema, page.kind, page.name, page.oid::int8) as place, page.kind,
    case when page.kind in ('schema', 'extension') then '' else quote_ident(page.schema) || '.' end || quote_ident(page.name) as name,
    left(detail, ${MAX_DETAIL}) as detail, left(comment, ${MAX_COMMENT}) as comment, rows, bytes
  from page cross join lateral (${details}) as details
  order by page.schema, page.kind collate "C", page.name, page.oid`;

interface Row extends Nullable<DatabaseObject> {
  /** Schema, kind, name and oid: where a next page goes on. */
  readonly place: readonly unknown[];
}

type Nullable<Fields> = { readonly [Key in keyof Fields]: Fields[Key] | null };

/**
 * The objects that the role may use, those of system schemas only where one is named. A pattern is part of a name, or a whole one with
 * `*`, in any case; with a dot it is matched with the schema. Partitions, and what an extension has brought, are listed when asked for.
 */
export async function listObjects(session: Session, { kind, schema, pattern, limit, cursor, maxChars }: ObjectQuery): Promise<ObjectPage> {
  const source = kind === undefined ? TABLES_AND_VIEWS : SOURCES[kind];
  const like = pattern === undefined ? null : likeOf(storable(pattern));
  const wanted = schema === undefined ? null : storable(schema);
  const after = cursor === undefined ? [null, null, null, null] : placeOf(cursor);
  const rows = await session.rows<Row>(statementFor(source), [wanted, like, ...after, limit + 1]);
  if (rows.length === 0 && wanted !== null && cursor === undefined) await requireSchema(session, wanted);
  return pageOf(rows, limit, maxChars);
}

/** As many objects as the answer may have; at least one, or the next page would be this one again. */
function pageOf(rows: readonly Row[], limit: number, maxChars: number): ObjectPage {
  const objects: DatabaseObject[] = [];
  let characters = 0;
  for (const [index, row] of rows.entries()) {
    const object = objectOf(row);
    characters += chargeOf(object, objectLine(object));
    const last = rows[index - 1];
    if (last !== undefined && (index === limit || characters > maxChars)) return { objects, nextCursor: cursorAt(last.place) };
    objects.push(object);
  }
  return { objects };
}

function objectOf({ place: _, ...row }: Row): DatabaseObject {
  // Only the optional fields are ever null.
  const object = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as DatabaseObject;
  const { name, detail, comment } = object;
  return {
    ...object,
    name: visibleIdentifier(name),
    ...(detail === undefined ? {} : { detail: oneLine(detail, MAX_DETAIL) }),
    ...(comment === undefined ? {} : { comment: oneLine(comment, MAX_COMMENT) }),
  };
}

/** One object as a line: kind, name, and what else there is to say. */
export function objectLine({ kind, name, detail = '', comment, rows, bytes }: DatabaseObject): string {
  const about = detail === '' || detail.startsWith('(') ? detail : ` ${detail}`;
  const size = [rows === undefined ? [] : `~${rows} rows`, bytes === undefined ? [] : sizeOf(bytes)].flat().join(', ');
  return `${kind} ${name}${about}${size === '' ? '' : ` (${size})`}${comment === undefined ? '' : ` - ${comment}`}`;
}

/** `%` is a wildcard as well, since it is one in SQL; `_` never is, since it is in half of all names. */
function likeOf(pattern: string): string {
  const like = pattern.replace(/[\\_]/g, '\\$&').replaceAll('*', '%').replaceAll('?', '_');
  return /[*%?]/.test(pattern) ? like : `%${like}%`;
}

async function requireSchema(session: Session, wanted: string): Promise<void> {
  const known = await session.rows<{ name: string; wanted: boolean }>(KNOWN_SCHEMAS, [wanted]);
  if (known.some((schema) => schema.wanted)) return;
  const names = known.map(({ name }) => visibleIdentifier(name)).join(', ');
  throw new ToolError('not_found', `There is no schema ${JSON.stringify(wanted)}.`, {
    hint: `There are: ${names || 'none that you may use'}.`,
  });
}

const KNOWN_SCHEMAS = `
  select quote_ident(n.nspname) as name, n.nspname = $1 as wanted from pg_namespace n
  where has_schema_privilege(n.oid, 'usage') and (n.nspname = $1 or ${OWN_SCHEMA})
  order by 2 desc, n.nspname limit 50`;
