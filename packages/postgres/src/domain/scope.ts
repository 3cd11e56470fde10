import type { Fields } from './syntax.ts';

/** The queries that WITH has named, as far as they can be seen from a place in a statement. They hide relations of the same name. */
export interface Scope {
  /** Where in its WITH each name comes. */
  readonly places: ReadonlyMap<string, number>;
  /** How many of them can be seen. */
  readonly seen: number;
  readonly outer: Scope | undefined;
}

/** What is seen beside a WITH: all that it names, and what was seen already. */
export function scopeBeside(withClause: Fields, outer: Scope | undefined): Scope {
  const queries = queriesOf(withClause);
  return { places: new Map(queries.map((query, place) => [nameOf(query), place])), seen: queries.length, outer };
}

/** What each query of a WITH sees of the others: those before it or, if it is RECURSIVE, all. */
export function scopesWithin(withClause: Fields, outer: Scope | undefined): (field: string, query: unknown) => Scope {
  const all = scopeBeside(withClause, outer);
  const places = new Map(queriesOf(withClause).map((query, place) => [query, place]));
  return (_field, query) => (withClause['recursive'] === true ? all : { ...all, seen: places.get(query) ?? 0 });
}

/**
 * Whether a name without a schema stands for such a query. Of names beyond ASCII never: in some encodings the server folds what our grammar
 * does not, and two names that look the same here need not be.
 */
export function isQuery(name: string, scope: Scope | undefined): boolean {
  if (Buffer.byteLength(name) > name.length) return false;
  for (let here = scope; here !== undefined; here = here.outer) if ((here.places.get(name) ?? here.seen) < here.seen) return true;
  return false;
}

function queriesOf({ ctes }: Fields): readonly unknown[] {
  return Array.isArray(ctes) ? ctes : [];
}

function nameOf(query: unknown): string {
  // As the grammar makes them.
  return (query as { CommonTableExpr?: { ctename?: string } }).CommonTableExpr?.ctename ?? '';
}
