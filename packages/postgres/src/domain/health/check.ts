/** One look at a database's health, as data: constant SQL that runs on PostgreSQL 15 to 18. */
export interface HealthCheck {
  /** What is said where the statement finds nothing. */
  readonly good: string;
  /** What is found, after its number: `indexes that are not needed`. */
  readonly bad: string;
  /**
   * A query of (level, object, detail, fix, weight). Level: `critical`, `warn`, `ok` for what is only told, `unseen` for what the role may
   * not see. Object: what it is about, or null. Detail: a sentence. Fix: SQL or advice, or null. Weight: the heaviest come first.
   */
  readonly sql: string;
}

/** Relations that are somebody's own. Needs `n`, a row of pg_namespace. */
export const OWN_SCHEMA = `(n.nspname !~ '^pg_' and n.nspname <> 'information_schema')`;

/** `12 MB`, of a number of bytes. */
export const size = (bytes: string) => `pg_size_pretty((${bytes})::numeric)`;

/** What shows the sessions of others to this role. */
export const GRANT_MONITOR = `format('GRANT pg_monitor TO %I;', current_user)`;
