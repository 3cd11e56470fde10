/** What repeated measurements came to. */
export interface Figure {
  median: number;
  min: number;
  max: number;
}

/** Median and spread of what could be measured; undefined where nothing could. */
export function figure(values: readonly (number | undefined)[]): Figure | undefined {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return undefined;
  return { median: quantile(sorted, 0.5), min, max };
}

/** A quantile of sorted numbers. */
export function quantile(sorted: readonly number[], part: number): number {
  const place = (sorted.length - 1) * part;
  const [low, high] = [sorted[Math.floor(place)] ?? Number.NaN, sorted[Math.ceil(place)] ?? Number.NaN];
  return low + (high - low) * (place % 1);
}

/** One contestant's line of a section: its figures by column, or why there are none. */
export interface Row {
  name: string;
  note?: string;
  figures: Record<string, Figure | undefined>;
}

/** What can be measured by itself. */
export const PARTS = ['http', 'stdio', 'files', 'postgres', 'git', 'fetch'] as const;

/** One of these. */
export type Part = (typeof PARTS)[number];

/** Columns with a row a contestant. */
export interface Section {
  /** By these two the ratios find it. */
  part: Part;
  id: string;
  title: string;
  columns: readonly string[];
  rows: Row[];
}

/** What the plan of a run is: how often, and how long. */
export interface Plan {
  rounds: number;
  warmUpMs: number;
  measureMs: number;
  starts: number;
  trips: number;
  /** Of each kind of work on files and pages, after the first. */
  calls: number;
  /** Of each question about a repository, after the first. */
  repeats: number;
  /** Part of its full size that the repository has. */
  scale: number;
}
