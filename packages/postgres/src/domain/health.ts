import { ToolError } from '@touchstone-mcp/core/errors';
import type { Session } from './database.ts';
import { toDatabaseError } from './errors.ts';
import { bloat } from './health/bloat.ts';
import { cache } from './health/cache.ts';
import type { HealthCheck } from './health/check.ts';
import { connections } from './health/connections.ts';
import { indexes } from './health/indexes.ts';
import { locks } from './health/locks.ts';
import { replication } from './health/replication.ts';
import { sequences } from './health/sequences.ts';
import { settings } from './health/settings.ts';
import { vacuum } from './health/vacuum.ts';
import { wraparound } from './health/wraparound.ts';
import { oneLine } from './identifier.ts';
import { recoverably } from './plan.ts';
import { withoutPasswords } from './secrets.ts';

/** The checks by name, in the order of the answer. */
export const HEALTH_CHECKS = {
  connections,
  locks,
  bloat,
  vacuum,
  wraparound,
  indexes,
  cache,
  sequences,
  replication,
  settings,
} satisfies Record<string, HealthCheck>;

/** The name of a check. */
export type HealthCheckName = keyof typeof HEALTH_CHECKS;

/** The names of the checks, in their order. */
// Object.keys forgets which.
export const HEALTH_CHECK_NAMES = Object.keys(HEALTH_CHECKS) as [HealthCheckName, ...HealthCheckName[]];

/** One thing that a check has found. */
export type HealthRow = {
  /** `unseen`: the role may not look there. */
  readonly level: 'critical' | 'warn' | 'ok' | 'unseen';
  readonly object?: string;
  readonly detail: string;
  /** SQL, or advice. */
  readonly fix?: string;
};

/** What a check says. */
export type HealthReport = {
  readonly check: HealthCheckName;
  /** Of the worst row; `unknown` where the check could not run. */
  readonly status: 'ok' | 'warn' | 'critical' | 'unknown';
  /** One sentence. */
  readonly summary: string;
  /** The worst and heaviest first. */
  readonly rows: HealthRow[];
  /** Rows that are left out. */
  readonly more?: number;
};

const LEVELS = ['critical', 'warn', 'unseen', 'ok'] as const;

/** Characters of a detail. It may hold two statements of 200. */
const MAX_DETAIL = 800;

interface Row {
  level: HealthRow['level'];
  object: string | null;
  detail: string;
  fix: string | null;
  /** Rows of this level, and of all. */
  alike: number;
  all: number;
}

/** The worst first, with how many there are beside those that are shown. */
const statementFor = ({ sql }: HealthCheck) => `
  select level, object, left(detail, ${MAX_DETAIL}) as detail, fix, count(*) over (partition by level) as alike, count(*) over () as "all"
  from (${sql}) as found order by array_position('{${LEVELS.join(',')}}', level), weight desc, object limit $1`;

/** Runs one check, and shows at most `maxRows` rows. What the role may not do makes the status `unknown`, not an error. */
export async function checkOne(session: Session, check: HealthCheckName, maxRows: number): Promise<HealthReport> {
  const { good, bad }: HealthCheck = HEALTH_CHECKS[check];
  try {
    const rows = await recoverably(session, () => session.rows<Row>(statementFor(HEALTH_CHECKS[check]), [maxRows]));
    const [worst] = rows;
    const shown = rows.map(({ level, object, detail, fix }) => ({
      level,
      ...(object === null ? {} : { object: oneLine(object) }),
      // It may quote what another session runs.
      detail: oneLine(withoutPasswords(detail), MAX_DETAIL),
      ...(fix === null || fix === '' ? {} : { fix: oneLine(fix) }),
    }));
    const status = worst === undefined || worst.level === 'unseen' ? 'ok' : worst.level;
    const more = (worst?.all ?? 0) - rows.length;
    return { check, status, summary: summaryOf(rows, shown, good, bad), rows: shown, ...(more > 0 ? { more } : {}) };
  } catch (error) {
    const known = toDatabaseError(error);
    if (!(known instanceof ToolError) || known.code !== 'denied') throw error;
    return { check, status: 'unknown', summary: `Could not be seen: ${known.message}`, rows: [] };
  }
}

function summaryOf(rows: readonly Row[], shown: readonly HealthRow[], good: string, bad: string): string {
  const serious = LEVELS.slice(0, 2).map((level) => rows.find((row) => row.level === level)?.alike ?? 0);
  const count = serious.reduce((sum, alike) => sum + alike, 0);
  const [only] = shown.filter(({ level }) => level !== 'unseen');
  if (count > 1) return `${count} ${bad}.`;
  if (only === undefined) return good;
  return only.object === undefined ? only.detail : `${only.object}: ${only.detail}`;
}
