import type { PlannedTable } from './plan.ts';
import type { PlanNode } from './plan-text.ts';

/** An estimate is wrong from this factor on, and worth a word from so many rows on. */
const WRONG = 10;
const MANY_ROWS = 1_000;

/** Rows that a scan throws away, and the share of them, that an index would spare. */
const MANY_READ = 10_000;
const MOSTLY = 0.9;

/** Loops are told from so many on, if they take this share of the time. */
const MANY_LOOPS = 10_000;
const SHARE = 0.2;

/** The few facts of a plan that matter, each as one sentence; none where nothing stands out. */
export function findingsOf(nodes: readonly PlanNode[], tables: readonly PlannedTable[]): string[] {
  return [
    ...misestimate(nodes),
    ...nodes.flatMap((node) => [...wasteful(node, tables), ...spilled(node), ...looped(node, nodes[0])]),
    ...tables
      .filter(({ rows }) => rows < 0)
      .map(({ full }) => `${full} has no statistics, so estimates for it are guesses: run ANALYZE ${full}.`),
  ];
}

/** The worst of them only: it is often the cause of those above it. */
function misestimate(nodes: readonly PlanNode[]): string[] {
  const [worst] = nodes
    .flatMap((node) => (node.actual === undefined ? [] : [{ node, actual: node.actual, ...compared(node.rows, node.actual.rows) }]))
    .filter(({ node, factor, more, actual }) => {
      const rows = Math.max(node.rows, actual.rows) * actual.loops;
      // Whoever has enough rows stops asking: then there being fewer says nothing.
      return factor >= WRONG && rows >= MANY_ROWS && (more || !mayStopEarly(node));
    })
    .sort((one, other) => other.factor - one.factor);
  if (worst === undefined) return [];
  const { node, actual, factor, more } = worst;
  return [
    `${node.label} was estimated at ${node.rows} rows and gave ${count(actual.rows)}${actual.loops > 1 ? ' a loop' : ''}, ` +
      `${count(factor)} times ${more ? 'as many' : 'fewer'}: ANALYZE the tables; where columns depend on each other, CREATE STATISTICS.`,
  ];
}

function compared(estimated: number, got: number): { factor: number; more: boolean } {
  const [one, other] = [Math.max(estimated, 1), Math.max(got, 1)];
  return { factor: Math.max(one / other, other / one), more: other > one };
}

function mayStopEarly({ parent }: PlanNode): boolean {
  return parent !== undefined && (/^(Limit|Merge|Nested Loop (Semi|Anti)|Hash (Semi|Anti))/.test(parent.label) || mayStopEarly(parent));
}

function wasteful({ label, rows, actual, details }: PlanNode, tables: readonly PlannedTable[]): string[] {
  if (!/^(Parallel )?Seq Scan/.test(label)) return [];
  const filter = details.find((detail) => detail.startsWith('Filter:'));
  if (filter === undefined) return [];
  const [read, kept] =
    actual === undefined
      ? [tableOf(label, tables)?.rows ?? 0, rows]
      : [actual.loops * (numberOf(details, /^Rows Removed by Filter: (\d+)/) + actual.rows), actual.loops * actual.rows];
  if (read < MANY_READ || kept > (1 - MOSTLY) * read) return [];
  const about = actual === undefined ? 'about ' : '';
  return [`${label} reads ${count(read)} rows and keeps ${about}${count(kept)}: an index for its filter would spare the rest. ${filter}`];
}

function tableOf(label: string, tables: readonly PlannedTable[]): PlannedTable | undefined {
  return tables.find(({ name }) => label.endsWith(` on ${name}`) || label.includes(` on ${name} `));
}

function spilled({ label, details }: PlanNode): string[] {
  const kilobytes = numberOf(details, /(?:Sort Method: external \w+\s+Disk|Disk Usage): (\d+)kB/);
  if (kilobytes > 0) return [`${label} spilled ${count(kilobytes)} kB to disk: more work_mem would keep it in memory.`];
  const batches = label.endsWith('Hash') ? numberOf(details, /Batches: (\d+)/) : 0;
  return batches > 1 ? [`${label} did not fit into memory and went to disk in ${batches} batches: more work_mem would keep it there.`] : [];
}

function looped({ label, parent, actual }: PlanNode, root: PlanNode | undefined): string[] {
  if (actual === undefined || actual.loops < MANY_LOOPS || !parent?.label.startsWith('Nested Loop')) return [];
  const ms = actual.ms * actual.loops;
  if (ms < SHARE * (root?.actual?.ms ?? 0)) return [];
  return [`${label} ran ${count(actual.loops)} times inside a Nested Loop, about ${count(ms)} ms in all.`];
}

function numberOf(details: readonly string[], pattern: RegExp): number {
  return Math.max(0, ...details.map((detail) => Number(pattern.exec(detail)?.[1] ?? 0)));
}

function count(value: number): string {
  return String(value >= 10 ? Math.round(value) : Math.round(value * 10) / 10);
}
