import { ToolError } from '@touchstone-mcp/core/errors';
import type { BoundValue, Session } from './database.ts';
import { findHypopg, withHypopg } from './hypopg.ts';
import { type Plan, plannedTables, planOf, provePlan } from './plan.ts';
import { findingsOf } from './plan-findings.ts';
import type { Policy } from './query.ts';

const MAX_INDEXES = 20;

/** What to explain. */
export interface ExplainRequest {
  readonly sql: string;
  readonly values?: readonly BoundValue[] | undefined;
  /** Runs the statement, which must only read. */
  readonly analyze?: boolean | undefined;
  /** CREATE INDEX, or `table (columns)`. */
  readonly hypotheticalIndexes?: readonly string[] | undefined;
  /** Characters of the plan. */
  readonly maxChars: number;
}

/** A plan, and what stands out in it. */
export interface Explanation {
  /** PostgreSQL's text, cut at a whole line. */
  readonly plan: string;
  /** Total, in the planner's unit; with the hypothetical indexes if there are any. */
  readonly cost: number;
  /** Estimated. */
  readonly rows: number;
  /** Of the execution, with `analyze`. */
  readonly ms?: number;
  /** Without the hypothetical indexes. */
  readonly costBefore?: number;
  readonly findings: string[];
}

/** Explains one statement. Throws ToolError denied and invalid_input for what may not be planned or, with `analyze`, not be run. */
export async function explain(session: Session, request: ExplainRequest, policy: Policy): Promise<Explanation> {
  const { sql, values = [], analyze = false, hypotheticalIndexes = [], maxChars } = request;
  if (hypotheticalIndexes.length > MAX_INDEXES)
    throw new ToolError('too_large', `At most ${MAX_INDEXES} hypothetical indexes can be tried at once.`);
  if (analyze && hypotheticalIndexes.length > 0) {
    throw new ToolError('invalid_input', 'A statement cannot run with indexes that do not exist.', {
      hint: 'Leave out analyze, or hypotheticalIndexes.',
    });
  }
  const statement = await provePlan(session, sql, analyze, policy);
  const plan = await planOf(session, statement, values, analyze);
  const tables = await plannedTables(session, statement.parsed.names);
  const without = explanationOf(plan, [...generic(plan), ...findingsOf(plan.nodes, tables)], maxChars);
  if (hypotheticalIndexes.length === 0) return without;

  const { after, indexes } = await withHypopg(session, await requireHypopg(session), policy, async (hypopg) => {
    const indexes = [];
    for (const definition of hypotheticalIndexes) indexes.push(await hypopg.create(definition));
    return { after: await planOf(session, statement, values), indexes };
  });
  const used = indexes.map(({ name, sql: definition }) => {
    const text = after.lines.some((line) => line.includes(name)) ? 'would be used' : 'would not be used';
    return `${definition} ${text}: cost ${plan.cost} without hypothetical indexes, ${after.cost} with them.`;
  });
  return { ...explanationOf(after, [...generic(plan), ...used, ...findingsOf(after.nodes, tables)], maxChars), costBefore: plan.cost };
}

function explanationOf({ lines, nodes, cost }: Plan, findings: string[], maxChars: number): Explanation {
  const ms = lines.flatMap((line) => /^Execution Time: ([\d.]+) ms/.exec(line)?.[1] ?? []).map(Number)[0];
  const [root] = nodes;
  return { plan: firstLines(lines, maxChars), cost, rows: root?.rows ?? 0, ...(ms === undefined ? {} : { ms }), findings };
}

function generic(plan: Plan): string[] {
  return plan.generic ? ['The plan is a generic one, for any params: with params it may be another.'] : [];
}

function firstLines(lines: readonly string[], maxChars: number): string {
  let room = maxChars;
  const end = lines.findIndex((line) => {
    room -= line.length + 1;
    return room < 0;
  });
  return end === -1 ? lines.join('\n') : [...lines.slice(0, end), `(${lines.length - end} more lines)`].join('\n');
}

async function requireHypopg(session: Session): Promise<{ schema: string }> {
  const hypopg = await findHypopg(session);
  if (hypopg !== undefined) return hypopg;
  throw new ToolError('unavailable', 'The extension hypopg, which hypothetical indexes need, is not installed in this database.', {
    hint: 'Ask the user to run CREATE EXTENSION hypopg there, or leave out hypotheticalIndexes.',
  });
}
