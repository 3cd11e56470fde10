/** Schemas that are not PostgreSQL's own. Needs `n`, a row of pg_namespace. */
export const OWN_SCHEMA = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

/** Schemas that the role may look into: the one that $1 names, or all but PostgreSQL's own where it is null. Needs `n`. */
export const VISIBLE_SCHEMA = `
  ($1::text is null and ${OWN_SCHEMA} or n.nspname = $1) and has_schema_privilege(n.oid, 'usage')`;

/** Tables and views, in all their forms, that the role may use in any way, as information_schema has it. Needs `c`, a row of pg_class. */
export const VISIBLE_RELATION = `
  c.relkind in ('r', 'p', 'v', 'm', 'f')
  and (has_table_privilege(c.oid, 'select, insert, update, delete, truncate, references, trigger')
    or has_any_column_privilege(c.oid, 'select, insert, update, references'))`;

/** The schemas in the path of the role, as the prologue of every transaction has noted them: an array of names. */
export const CALLERS_SCHEMAS = `current_setting('touchstone.schemas')::name[]`;

/** What a caller gets who names no schema. Needs `c`, a row of pg_class, and `n`, that of its schema. */
export const FIRST_IN_PATH = `
  n.nspname = any (${CALLERS_SCHEMAS}) and not exists (
    select from pg_class other join pg_namespace o on o.oid = other.relnamespace
    where other.relname = c.relname and array_position(${CALLERS_SCHEMAS}, o.nspname) < array_position(${CALLERS_SCHEMAS}, n.nspname))`;
