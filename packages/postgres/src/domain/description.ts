import { ToolError } from '@touchstone-mcp/core/errors';
import type { Session } from './database.ts';
import { DESCRIBE, MAX_EXPRESSION } from './description-sql.ts';
import { oneLine } from './identifier.ts';
import type { Relation } from './relation.ts';
import type { Sample } from './sample.ts';

/** A column, in words of SQL. */
export interface ColumnDescription {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  /** An expression, or `generated always as ...`. */
  readonly default?: string | undefined;
  /** Labels of an enum, the first 50. */
  readonly values?: readonly string[] | undefined;
  /** What a domain is made of. */
  readonly base?: string | undefined;
  readonly comment?: string | undefined;
}

/** A primary key, foreign key, unique, check or exclusion constraint. */
export interface ConstraintDescription {
  readonly name: string;
  readonly type: string;
  readonly definition: string;
}

/** A foreign key of another table to this one. */
export interface ReferenceDescription {
  readonly table: string;
  readonly definition: string;
}

/** An index; its definition begins with the method. */
export interface IndexDescription {
  readonly name: string;
  readonly unique: boolean;
  readonly valid: boolean;
  readonly definition: string;
}

/** What there is to say of a relation. Names are quoted as a statement needs them; what does not hold is missing. */
export interface Description {
  readonly name: string;
  readonly kind: 'table' | 'view' | 'materialized view' | 'foreign table';
  readonly comment?: string | undefined;
  /** As of the last vacuum or analyze; missing where there was none. */
  readonly rows?: number | undefined;
  /** With indexes and TOAST. */
  readonly bytes?: number | undefined;
  /** Of a view. */
  readonly definition?: string | undefined;
  /** Of a foreign table. */
  readonly server?: string | undefined;
  readonly partitionedBy?: string | undefined;
  readonly partitions?: number | undefined;
  readonly partitionOf?: string | undefined;
  /** Row level security is on. */
  readonly rowSecurity?: boolean | undefined;
  readonly policies?: readonly string[] | undefined;
  readonly columns: ColumnDescription[];
  readonly constraints?: readonly ConstraintDescription[] | undefined;
  readonly referencedBy?: readonly ReferenceDescription[] | undefined;
  readonly indexes?: readonly IndexDescription[] | undefined;
  readonly triggers?: readonly string[] | undefined;
  readonly sample?: Sample | undefined;
  /** Columns, constraints and the like for which there was no room. */
  readonly omitted?: number | undefined;
}

/** The description of a relation, and the columns that the role may select, in one round trip. */
export async function describe(session: Session, { oid, name }: Relation): Promise<{ description: Description; readable: string[] }> {
  const [row] = await session.rows<Record<string, unknown>>(DESCRIBE, [oid]);
  if (row === undefined) throw new ToolError('conflict', `${oneLine(name)} has just been dropped.`, { hint: 'See list_objects.' });
  const { columns, definition, ...rest } = row;
  const all = (columns ?? []) as (ColumnDescription & { readable: boolean })[];
  // The statement is ours: it selects the fields of a description, and null for what does not hold.
  const description = tidy({ name, ...rest, columns: all.map(({ readable: _, ...column }) => column) }) as Description;
  return {
    // PostgreSQL has laid it out in lines.
    description: typeof definition === 'string' ? { ...description, definition } : description,
    readable: all.filter(({ readable }) => readable).map((column) => column.name),
  };
}

/** Without nulls, every text in one visible line. */
function tidy(value: unknown): unknown {
  if (typeof value === 'string') return oneLine(value, MAX_EXPRESSION);
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(entries.map(([key, member]) => [key, tidy(member)]));
}
