import { ToolError } from '@touchstone-mcp/core/errors';
import type { Connection, FieldDef, PoolClient, Submittable } from 'pg';
import type { TrimmedConnection } from './wire.ts';

/** One statement of an exchange. */
export interface Step {
  sql: string;
  values?: readonly (string | null)[];
  /** The same object is sent again and again: its messages are kept. */
  repeated?: true;
  /** Rows to ask for; all of them without it. */
  maxRows?: number;
  /** Asks for the columns, too. */
  onColumns?: (columns: FieldDef[]) => void;
  /** Values in the server's text form. Returning false ends the exchange at once: whoever does so must destroy the connection. */
  onRow?: (values: (string | null)[]) => boolean;
}

/** How a statement ended. */
export interface Outcome {
  /** `SELECT 3`, `BEGIN`; empty where rows are left. */
  tag: string;
}

const NOTHING: readonly (string | null)[] = [];

/**
 * Statements that leave in one message, each by the extended protocol, up to one Sync: where one fails, the server skips all that follow.
 * So a transaction can be begun and used in one round trip, and nothing ever runs outside of it.
 */
export function exchange(client: PoolClient, steps: readonly Step[]): Promise<Outcome[]> {
  return new Promise((resolve, reject) => client.query(new Exchange(steps, resolve, reject)));
}

/** The methods are those that pg's client calls. */
class Exchange implements Submittable {
  readonly #steps: readonly Step[];
  readonly #resolve: (outcomes: Outcome[]) => void;
  readonly #reject: (error: Error) => void;
  readonly #outcomes: Outcome[] = [];

  constructor(steps: readonly Step[], resolve: (outcomes: Outcome[]) => void, reject: (error: Error) => void) {
    this.#steps = steps;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(connection: Connection): void {
    // What connections.ts has made.
    const wire = connection as unknown as TrimmedConnection;
    wire.inOnePiece(() => {
      for (const step of this.#steps) {
        if (step.repeated) wire.repeat(step, () => send(wire, step));
        else send(wire, step);
      }
      wire.sync();
    });
  }

  get #step(): Step | undefined {
    return this.#steps[this.#outcomes.length];
  }

  handleRowDescription({ fields }: { fields: FieldDef[] }): void {
    this.#step?.onColumns?.(fields);
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    if (this.#step?.onRow?.(fields) === false) this.#resolve(this.#outcomes);
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#outcomes.push({ tag: text });
  }

  handlePortalSuspended(): void {
    this.#outcomes.push({ tag: '' });
  }

  handleEmptyQuery(): void {
    this.#outcomes.push({ tag: '' });
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#outcomes);
  }

  handleError(error: Error): void {
    this.#reject(error);
  }

  /** A COPY that waits for data takes our other messages for it, and a second Sync would answer whoever comes next. Nobody proves a COPY. */
  handleCopyInResponse(connection: Connection): void {
    // Before the server says what it makes of them.
    this.#reject(new ToolError('denied', 'COPY FROM STDIN is not possible here.', { hint: 'Use INSERT.' }));
    connection.stream.destroy();
  }

  handleCopyData(): void {}
}

function send(wire: TrimmedConnection, { sql, values = NOTHING, maxRows, onColumns }: Step): void {
  wire.parse({ text: sql });
  wire.bind({ values });
  if (onColumns !== undefined) wire.describe({ type: 'P' });
  wire.execute(maxRows === undefined ? {} : { rows: maxRows });
}
