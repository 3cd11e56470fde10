import { ToolError } from '@touchstone-mcp/core/errors';
import { cellReader, valueReader } from './cells.ts';
import type { Lease } from './connections.ts';
import type { BoundValue, Caps, Cell, Column, Page, Session } from './database.ts';
import { asOurOwn } from './errors.ts';
import { exchange, type Outcome, type Step } from './exchange.ts';
import type { FactCache } from './functions.ts';
import type { ProvenStatement } from './statement.ts';

/** Ends a statement of ours, for those who count statements: before it, PostgreSQL 18 would cut it off. */
const OWN = '/* touchstone */';

/**
 * As a query, it also takes the snapshot after which READ ONLY cannot be undone. Runs with the path of the role, where anybody may have planted
 * operators and types: it uses none but PostgreSQL's own, by their full names. Leaves the path of the caller behind and, where `notes` of it
 * are wanted, what it leads to. One number is its answer: a column for each setting would cost more than the setting.
 */
const settings = (notes: string) => `SELECT pg_catalog.num_nulls(
  pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', $3::pg_catalog.text, path, 'pg_temp'), true),${notes}
  pg_catalog.set_config('statement_timeout', $1, true),
  pg_catalog.set_config('lock_timeout', $2, true),
  pg_catalog.set_config('standard_conforming_strings', 'on', true),
  pg_catalog.set_config('client_min_messages', 'error', true),
  pg_catalog.set_config('DateStyle', 'ISO', true),
  pg_catalog.set_config('IntervalStyle', 'postgres', true),
  pg_catalog.set_config('bytea_output', 'hex', true),
  pg_catalog.set_config('extra_float_digits', '1', true))
  FROM (SELECT CASE WHEN pg_catalog.current_setting('search_path') OPERATOR(pg_catalog.<>) ''
    THEN pg_catalog.current_setting('search_path') END AS path) AS own ${OWN}`;

/** For a transaction of which the server has everything at once, its end too. */
const SETTINGS = settings('');

/** For one in which statements of ours follow, and time passes between them. */
const NOTED_SETTINGS = settings(`
  pg_catalog.set_config('touchstone.path', pg_catalog.current_setting('search_path'), true),
  pg_catalog.set_config('touchstone.schemas', pg_catalog.current_schemas(true)::pg_catalog.text, true),
  pg_catalog.set_config('idle_in_transaction_session_timeout', $4, true),`);

/** What the path is for statements of our own: a better fit in another schema would win over PostgreSQL's functions and operators. */
const OWN_PATH: Step = { sql: `SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true) ${OWN}`, repeated: true };

/** What it is for whatever holds a caller's text. */
export const CALLERS_PATH: Step = {
  sql: `SELECT pg_catalog.set_config('search_path', pg_catalog.current_setting('touchstone.path'), true) ${OWN}`,
  repeated: true,
};

const BEGIN: Readonly<Record<'read' | 'write', Step>> = {
  read: { sql: `BEGIN TRANSACTION READ ONLY ${OWN}`, repeated: true },
  write: { sql: `BEGIN TRANSACTION READ WRITE ${OWN}`, repeated: true },
};

const ROLLBACK: Step = { sql: 'ROLLBACK', repeated: true };
const UNLOCK: Step = { sql: `SELECT pg_catalog.pg_advisory_unlock_all() ${OWN}`, repeated: true };

/** Undoes everything that a READ ONLY transaction can leave behind but prepared statements, which only run in the next such transaction. */
export const AFTER_READ: readonly Step[] = [ROLLBACK, UNLOCK];

/** The same where nothing has failed: what runs within the transaction needs none of its own. */
const END_OF_READ: readonly Step[] = [UNLOCK, ROLLBACK];

/** What the server calls statements that end a transaction, whatever they were written like. */
const ENDINGS = new Set(['COMMIT', 'ROLLBACK', 'PREPARE TRANSACTION']);

/** Milliseconds for us to send the next statement of a transaction. */
const IDLE = 5_000;

/** Bytes of one row of our own statements. */
const OWN_ROW = 4 << 20;

/** Bytes that may arrive in vain, rows that no longer fit: beyond them a new connection costs less. */
const IN_VAIN = 4 << 20;

/** What a transaction begins with. Mostly that is the same as the last time. */
const lastPrologues = new Map<string, { timeoutMs: number; steps: readonly Step[] }>();

function prologue(mode: 'read' | 'write', timeoutMs: number, whole: boolean): readonly Step[] {
  const kind = `${mode} ${whole}`;
  const last = lastPrologues.get(kind);
  if (last?.timeoutMs === timeoutMs) return last.steps;
  // Whoever waits for a lock half of the time learns that it was a lock.
  const timeouts = [timeoutMs, Math.ceil(timeoutMs / 2)].map(String);
  // New tables go to the first schema that is named; pg_catalog comes before it, named or not.
  const values = [...timeouts, mode === 'read' ? 'pg_catalog' : null, ...(whole ? [] : [String(timeoutMs + IDLE)])];
  const steps: readonly Step[] = [BEGIN[mode], { sql: whole ? SETTINGS : NOTED_SETTINGS, values, repeated: true }];
  lastPrologues.set(kind, { timeoutMs, steps });
  return steps;
}

/** With the schema only where the path of the role does not have it. */
const TYPE_NAMES = `SELECT t.oid, pg_catalog.format_type(t.oid, NULL) AS name FROM pg_catalog.pg_type AS t
  WHERE t.oid OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.oid[]) ${OWN}`;

/** Whose search path a statement runs with. */
type Path = 'own' | 'callers';

/** What the transactions of a database learn about it, and share. */
export interface Learnt {
  facts: FactCache;
  typeNames: Map<number, string>;
}

/** A transaction on one connection, begun with its first statement and in the same message. */
export class Transaction implements Session {
  readonly facts: FactCache;
  readonly #lease: Lease;
  readonly #mode: 'read' | 'write';
  readonly #typeNames: Map<number, string>;
  readonly #timeoutMs: number;
  #begun = false;
  #left = false;
  #reset = true;

  constructor(lease: Lease, mode: 'read' | 'write', timeoutMs: number, { facts, typeNames }: Learnt) {
    this.facts = facts;
    this.#lease = lease;
    this.#mode = mode;
    this.#typeNames = typeNames;
    this.#timeoutMs = timeoutMs;
  }

  /** Whether the server may still be sending what nobody reads: the connection is good for nothing then. */
  get left(): boolean {
    return this.#left;
  }

  /** Whether the connection is already as it was. */
  get reset(): boolean {
    return this.#reset;
  }

  async rows<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      return await this.#all<Row>('own', `${sql} ${OWN}`, values);
    } catch (error) {
      throw asOurOwn(error);
    }
  }

  rowsAsCaller<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.#all<Row>('callers', sql, values);
  }

  async #all<Row extends object>(path: Path, sql: string, values: readonly unknown[]): Promise<Row[]> {
    const rows: Row[] = [];
    let columns: { name: string; read: (text: string) => unknown }[] = [];
    await this.#run(path, OWN_ROW, {
      sql,
      values: values.map(toText),
      onColumns(fields) {
        columns = fields.map(({ name, dataTypeID }) => ({ name, read: valueReader(dataTypeID) }));
      },
      onRow(texts) {
        const entries = columns.map(({ name, read }, index) => [name, texts[index] == null ? null : read(texts[index])]);
        // Whoever has written the statement knows what it selects.
        rows.push(Object.fromEntries(entries) as Row);
        return true;
      },
    });
    return rows;
  }

  async page(
    statement: ProvenStatement,
    values: readonly BoundValue[],
    { maxRows, maxChars, last = false }: Caps & { last?: boolean },
  ): Promise<Page> {
    let columns: { name: string; typeId: number; read: (text: string) => Cell }[] = [];
    const page = { rows: [] as Cell[][], truncated: false, truncatedCells: 0, characters: 0 };
    const { trimmer } = this.#lease;
    const before = trimmer.received;
    const step: Step = {
      sql: statement.sql,
      values: values.map(toText),
      // One more tells whether there are more. What is written must be written to the end, and be counted.
      ...(this.#mode === 'read' ? { maxRows: maxRows + 1 } : {}),
      onColumns(fields) {
        columns = fields.map(({ name, dataTypeID }) => ({ name, typeId: dataTypeID, read: cellReader(dataTypeID) }));
      },
      onRow: (texts) => {
        for (const text of texts) page.characters += (text?.length ?? 0) + 1;
        page.truncated ||= page.rows.length === maxRows || page.characters > maxChars;
        if (!page.truncated) page.rows.push(cells(texts, columns, page));
        this.#left = this.#mode === 'read' && page.truncated && trimmer.received - before > IN_VAIN;
        return !this.#left;
      },
    };
    const { tag } = await this.#run('callers', Math.floor(maxChars / 2), step, last && this.#mode === 'read');
    if (ENDINGS.has(tag)) this.#refuseEnding();
    if (page.truncated && page.rows.length === 0) {
      throw new ToolError('too_large', 'Not one row of the answer fits.', { hint: 'Select fewer columns.' });
    }
    return { columns: await this.#named(columns), ...page, ...changes(tag) };
  }

  async #named(columns: readonly { name: string; typeId: number }[]): Promise<Column[]> {
    const unknown = columns.map(({ typeId }) => typeId).filter((id) => !this.#typeNames.has(id));
    if (unknown.length > 0 && !this.#left) {
      const types = await this.rowsAsCaller<{ oid: number; name: string }>(TYPE_NAMES, [unknown]);
      for (const { oid, name } of types) this.#typeNames.set(oid, name);
    }
    return columns.map(({ name, typeId }) => ({ name, type: this.#typeNames.get(typeId) ?? `type ${typeId}` }));
  }

  /** Between two messages the path is ours: who fails in between leaves it so, by going back to a savepoint. */
  async #run(path: Path, maxRowBytes: number, step: Step, last = false): Promise<Outcome> {
    const { client, trimmer } = this.#lease;
    trimmer.maxRowBytes = maxRowBytes;
    const begin = this.#begun ? [] : prologue(this.#mode, this.#timeoutMs, last);
    // The prologue leaves the path of the caller.
    const isOwn = this.#begun;
    const turn = isOwn === (path === 'own') ? [] : [isOwn ? CALLERS_PATH : OWN_PATH];
    const before = [...begin, ...turn];
    const after = last ? END_OF_READ : path === 'own' ? [] : [OWN_PATH];
    this.#begun = !last;
    this.#reset = false;
    const outcomes = await exchange(client, [...before, step, ...after]);
    const outcome = outcomes[before.length] ?? { tag: '' };
    if (this.#left) return outcome;
    this.#reset = last;
    if (client.getTransactionStatus() !== (last ? 'I' : 'T')) this.#refuseEnding();
    return outcome;
  }

  #refuseEnding(): never {
    this.#left = true;
    throw new ToolError('denied', 'The statement ended the transaction that it ran in.', {
      hint: 'Leave out COMMIT, ROLLBACK and the like.',
    });
  }
}

/** The same array, each value read in its place: there may be very many. */
function cells(texts: (string | null)[], columns: readonly { read: (text: string) => Cell }[], page: { truncatedCells: number }): Cell[] {
  const row: Cell[] = texts;
  for (const [index, text] of texts.entries()) if (text !== null) row[index] = cell(text, columns[index]?.read ?? String, page);
  return row;
}

/** What the trimmer has cut stays text, and says so. */
function cell(text: string, read: (text: string) => Cell, page: { truncatedCells: number }): Cell {
  const end = text.indexOf('\0');
  if (end === -1) return read(text);
  page.truncatedCells += 1;
  // The cut may go through a character.
  return `${text.slice(0, end).replace(/\uFFFD$/, '')}…(${text.slice(end + 1)} bytes)`;
}

/** `INSERT 0 3` -> INSERT, 3 */
function changes(tag: string): Pick<Page, 'command' | 'affected'> {
  const [, command = '', count] = /^(.*?)(?: \d+)??(?: (\d+))?$/.exec(tag) ?? [];
  return { command, affected: count === undefined ? undefined : Number(count) };
}

/** The text that the server reads a value from. */
function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? `{${value.map(toElement).join(',')}}` : String(value);
}

function toElement(value: unknown): string {
  return value === null ? 'NULL' : `"${String(value).replace(/["\\]/g, '\\$&')}"`;
}
