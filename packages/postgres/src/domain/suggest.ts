import { ToolError } from '@touchstone-mcp/core/errors';
import type { Session } from './database.ts';
import { checkOne } from './health.ts';
import { findHypopg, type Hypopg, withHypopg } from './hypopg.ts';
import { oneLine, visibleIdentifier } from './identifier.ts';
import type { Candidate } from './index-candidates.ts';
import type { TableFacts } from './indexed-tables.ts';
import { planOf, recoverably } from './plan.ts';
import type { Policy } from './query.ts';
import { type Load, type Progress, type Skipped, type Weighed, weighedStatements } from './weighed.ts';

/** What to find indexes for, and how many. */
export interface SuggestRequest extends Load {
  readonly limit: number;
}

/** One index that would help. */
export type Suggestion = {
  /** CREATE INDEX, ready to run. */
  readonly sql: string;
  readonly reason: string;
  /** Percent of the cost of all statements (by the time that each takes, for a workload) that it saves beside those before it. */
  readonly gain?: number;
  /** Estimated. */
  readonly bytes?: number;
  /** The heaviest statements that it helps, with the planner's cost before and after. */
  readonly helps: { readonly query: string; readonly costBefore?: number; readonly costAfter?: number }[];
};

/** Which indexes to make, and which could go. */
export interface Advice {
  /** Whether hypopg was there to have the planner decide. Without it, suggestions are a guess by the shape of the statements. */
  readonly costed: boolean;
  readonly suggestions: Suggestion[];
  /** Statements that were looked at. */
  readonly statements: number;
  /** Statements that could not be planned, and why. */
  readonly skipped: Skipped[];
  /** Indexes of these tables that could go, as check_health has it. */
  readonly redundant: string[];
}

/** Candidates that are tried. */
const MAX_CANDIDATES = 40;

/** Statements that are named with one index, and indexes that could go. */
const MOST_HELPED = 5;
const MOST_REDUNDANT = 20;

/** An index must save this share of the cost of a statement to be one that helps it, and of all to be worth its upkeep. */
const HELPS = 0.1;
const WORTH = 0.01;

/** Of candidates that save nearly as much as the best, the smallest is taken. */
const NEARLY = 0.95;

/** Suggests indexes. Throws what `weighedStatements` throws. */
export async function suggestIndexes(session: Session, request: SuggestRequest, policy: Policy, progress: Progress): Promise<Advice> {
  const { weighed, skipped, tables } = await weighedStatements(session, request, policy, progress);
  const candidates = uniqueCandidates(weighed);
  const hypopg = await findHypopg(session);
  const costed = hypopg !== undefined;
  const suggestions = costed
    ? await withHypopg(session, hypopg, policy, (indexes) => chooseGreedily(session, indexes, weighed, candidates, request.limit, progress))
    : candidates.slice(0, request.limit).map((candidate) => guess(candidate, weighed));
  return { costed, suggestions, statements: weighed.length, skipped, redundant: await redundantOn(session, tables) };
}

/** Without costs: whatever has this candidate may be helped by it. */
function guess(candidate: Candidate, weighed: readonly Weighed[]): Suggestion {
  const helped = weighed.filter(({ candidates }) => candidates.some((other) => keyOf(other) === keyOf(candidate)));
  return {
    sql: definitionOf(candidate, true),
    reason: oneLine(candidate.reason),
    helps: helped.slice(0, MOST_HELPED).map(({ query }) => ({ query })),
  };
}

/** Those of the heaviest statements first. */
function uniqueCandidates(weighed: readonly Weighed[]): Candidate[] {
  const all = weighed.toSorted((one, other) => other.weight - one.weight).flatMap(({ candidates }) => candidates);
  const unique = new Map<string, Candidate>();
  for (const candidate of all) if (!unique.has(keyOf(candidate))) unique.set(keyOf(candidate), candidate);
  return [...unique.values()].slice(0, MAX_CANDIDATES);
}

function keyOf({ table, columns }: Candidate): string {
  return `${table.oid} ${columns.join('\0')}`;
}

function isAlike(one: Candidate, other: Candidate): boolean {
  const both = Math.min(one.columns.length, other.columns.length);
  return one.table.oid === other.table.oid && one.columns.slice(0, both).join('\0') === other.columns.slice(0, both).join('\0');
}

interface Trial {
  readonly candidate: Candidate;
  readonly bytes: number;
  /** Part of the cost of all that it saves. */
  readonly gain: number;
  readonly costs: ReadonlyMap<Weighed, number>;
}

/** Takes the best, keeps it, and asks again what the others would still save. */
async function chooseGreedily(
  session: Session,
  hypopg: Hypopg,
  weighed: Weighed[],
  candidates: Candidate[],
  limit: number,
  progress: Progress,
): Promise<Suggestion[]> {
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  const chosen: Suggestion[] = [];
  let open = candidates;
  while (chosen.length < limit && open.length > 0) {
    const trials: Trial[] = [];
    for (const [done, candidate] of open.entries()) {
      progress(done, open.length, `trying indexes, round ${chosen.length + 1}`);
      const trial = await tryIndex(session, hypopg, weighed, candidate, total);
      if (trial !== undefined && trial.gain >= WORTH) trials.push(trial);
    }
    const most = Math.max(...trials.map(({ gain }) => gain));
    const [best] = trials.filter(({ gain }) => gain >= NEARLY * most).toSorted((one, other) => one.bytes - other.bytes);
    if (best === undefined) break;
    await hypopg.create(definitionOf(best.candidate, false));
    chosen.push(suggestionOf(best));
    for (const [each, cost] of best.costs) each.cost = cost;
    // What saves nothing now will not save more beside another, and of (a) and (a, b) one makes the other needless.
    open = trials.map(({ candidate }) => candidate).filter((candidate) => !isAlike(candidate, best.candidate));
  }
  return chosen;
}

async function tryIndex(
  session: Session,
  hypopg: Hypopg,
  weighed: readonly Weighed[],
  candidate: Candidate,
  total: number,
): Promise<Trial | undefined> {
  const index = await recoverably(session, () => hypopg.create(definitionOf(candidate, false))).catch((error: unknown) => {
    if (error instanceof ToolError && error.code === 'invalid_input') return undefined;
    throw error;
  });
  if (index === undefined) return undefined;
  const costs = new Map<Weighed, number>();
  let gain = 0;
  for (const each of weighed) {
    if (!each.candidates.some(({ table }) => table.oid === candidate.table.oid)) continue;
    const { cost } = await planOf(session, each.statement, each.values);
    if (each.cost - cost < HELPS * each.costBefore) continue;
    costs.set(each, cost);
    gain += (each.weight / total) * ((each.cost - cost) / each.costBefore);
  }
  await hypopg.drop(index);
  return { candidate, bytes: index.bytes, gain, costs };
}

function suggestionOf({ candidate, bytes, gain, costs }: Trial): Suggestion {
  return {
    sql: definitionOf(candidate, true),
    reason: oneLine(candidate.reason),
    gain: Math.round(1_000 * gain) / 10,
    bytes,
    helps: [...costs].slice(0, MOST_HELPED).map(([{ query, cost }, after]) => ({ query, costBefore: cost, costAfter: after })),
  };
}

function definitionOf({ table, columns }: Candidate, ready: boolean): string {
  const { name, columns: quoted, partitioned } = table as TableFacts;
  const list = `${name} (${columns.map((column) => quoted.get(column)).join(', ')})`;
  if (!ready) return `CREATE INDEX ON ${list}`;
  return partitioned
    ? `CREATE INDEX ON ${visibleIdentifier(list)}; -- locks it for writing: it is partitioned`
    : `CREATE INDEX CONCURRENTLY ON ${visibleIdentifier(list)};`;
}

async function redundantOn(session: Session, tables: ReadonlySet<string>): Promise<string[]> {
  if (tables.size === 0) return [];
  const { rows } = await checkOne(session, 'indexes', 1_000);
  const on = [...tables].map((name) => `On ${visibleIdentifier(name)}, `);
  return rows
    .filter(({ detail }) => on.some((start) => detail.startsWith(start)))
    .slice(0, MOST_REDUNDANT)
    .map(({ object, detail, fix }) => `${object}: ${detail} ${fix ?? ''}`.trim());
}
