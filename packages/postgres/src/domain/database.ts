import type { FactCache } from './functions.ts';
import type { ProvenStatement } from './statement.ts';

/** What a caller binds to `$1`, `$2`, ...: the server infers its type, as it does for a literal. */
export type BoundValue = string | number | boolean | null;

/** A value of an answer: exact, as the server writes it. Numbers are int2, int4, oid and finite floats only; all else is text. */
export type Cell = string | number | boolean | null;

/** A column of an answer. Names may repeat. */
export interface Column {
  name: string;
  /** As SQL names it: `integer`, `timestamp with time zone`, `text[]`. */
  type: string;
}

/** The part of an answer that its caps let through. */
export interface Page {
  columns: Column[];
  rows: Cell[][];
  /** Whether there are further rows. */
  truncated: boolean;
  /** How many values were cut; each ends with `…(n bytes)`, n being what it has in all. */
  truncatedCells: number;
  /** Characters of all values as the server wrote them, and one for each. */
  characters: number;
  /** What the server calls it: `SELECT`, `INSERT`, `CREATE TABLE`. Empty where the end was not reached. */
  command: string;
  /** Rows that a write has changed. */
  affected: number | undefined;
}

/** The most that one answer may hold. */
export interface Caps {
  maxRows: number;
  /** Characters of all values together. */
  maxChars: number;
}

/** A transaction in which statements run, one after the other. */
export interface Session {
  /** What is known of the functions and views of this database. */
  readonly facts: FactCache;
  /**
   * A statement of our own: constant text, bound values. It runs with nothing but PostgreSQL's own schema in the path; the schemas in the path of
   * the role are in `visible.ts`. All rows as objects; booleans, int2, int4, floats and oid as JavaScript values, int8
   * as a number where it is safe, arrays of these and of text as arrays, json parsed, all else text.
   */
  rows<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /**
   * The same where a caller's text is in it, proven: names in it mean what they mean in the path of the role. What is not the caller's must be
   * named in full, operators and types as well.
   */
  rowsAsCaller<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /**
   * A caller's statement, proven, by a portal under caps and never rewritten. With `last` a READ ONLY transaction ends, and the connection is
   * reset, in the same message, which saves a round trip: what came after it would begin another.
   */
  page(statement: ProvenStatement, values: readonly BoundValue[], caps: Caps & { last?: boolean }): Promise<Page>;
}

/** How long a transaction may take, and what else ends it. */
export interface TransactionOptions {
  /** Cancels the statement on the server. */
  signal: AbortSignal;
  /** By default what the database was opened with. */
  timeoutMs?: number | undefined;
}

/** One database, through a pool of connections. Every error is a ToolError without host, user, password, SQL or values of rows. */
export interface Database extends AsyncDisposable {
  readonly name: string;
  /**
   * Runs work in a READ ONLY transaction that is always rolled back, on a connection that is reset before anybody else gets it. On abort or
   * deadline the statement is cancelled on the server, and the connection destroyed.
   */
  read<Result>(work: (session: Session) => Promise<Result>, options: TransactionOptions): Promise<Result>;
  /** The same, read-write: committed when work has returned, rolled back when it throws, or always with `dryRun`. */
  write<Result>(work: (session: Session) => Promise<Result>, options: TransactionOptions & { dryRun?: boolean }): Promise<Result>;
}
