/** A statement that must be refused with a code, or accepted (`ok`). */
export type StatementRow = readonly [
  id: string,
  sql: string,
  code: 'ok' | 'denied' | 'invalid_input' | 'too_large' | 'not_found',
  why: string,
];

/** Statements that must all be refused for the same reason. */
export const refused = (id: string, why: string, ...statements: string[]) =>
  statements.map((sql): StatementRow => [id, sql, 'denied', why]);

/** Statements that must all be accepted. */
export const accepted = (id: string, why: string, ...statements: string[]) => statements.map((sql): StatementRow => [id, sql, 'ok', why]);

/** Rows with a title in front, for the report of the tests. */
export const titled = (rows: readonly StatementRow[]) =>
  rows.map((row) => [`${row[0]} ${row[2]}: ${row[1].slice(0, 90)} (${row[3]})`, ...row] as const);
