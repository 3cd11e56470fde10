/** One node of a plan, as EXPLAIN's text shows it. */
export interface PlanNode {
  /** What it does, to what: `Index Scan using orders_pkey on orders o`. */
  readonly label: string;
  /** The node that takes its rows. */
  readonly parent: PlanNode | undefined;
  /** Estimated, in the planner's unit, with all below it. */
  readonly cost: number;
  /** Estimated, of one loop. */
  readonly rows: number;
  /** What was measured, rows of one loop on average; missing without ANALYZE, and where it never ran. */
  readonly actual: { readonly ms: number; readonly rows: number; readonly loops: number } | undefined;
  /** What it says of itself: `Filter: (a = 1)`, `Rows Removed by Filter: 7`. */
  readonly details: string[];
}

const ESTIMATED = String.raw`\(cost=[\d.]+\.\.(?<cost>[\d.]+) rows=(?<rows>\d+) width=\d+\)`;
const MEASURED = String.raw` \(actual time=[\d.]+\.\.(?<ms>[\d.]+) rows=(?<got>[\d.]+) loops=(?<loops>\d+)\)`;
const NODE = new RegExp(String.raw`^(?<indent>\s*)(?:->\s+)?(?<label>\S.*?) {2}${ESTIMATED}(?:${MEASURED}| \(never executed\))?$`);

/** The nodes in the lines of a plan, the root first. Lines below the plan (times, triggers) belong to no node. */
export function readNodes(lines: readonly string[]): PlanNode[] {
  const nodes: PlanNode[] = [];
  let path: { node: PlanNode; indent: number }[] = [];
  for (const line of lines) {
    const found = NODE.exec(line)?.groups;
    const indent = (found?.['indent'] ?? /^\s*/.exec(line)?.[0] ?? '').length;
    path = path.filter((above) => above.indent < indent);
    const parent = path.at(-1)?.node;
    if (found === undefined) {
      parent?.details.push(line.trim());
      continue;
    }
    const { label = '', cost, rows, ms, got, loops } = found;
    const actual = got === undefined ? undefined : { ms: Number(ms), rows: Number(got), loops: Number(loops) };
    const node: PlanNode = { label, parent, cost: Number(cost), rows: Number(rows), actual, details: [] };
    nodes.push(node);
    path.push({ node, indent });
  }
  return nodes;
}
