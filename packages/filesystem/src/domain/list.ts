import { visibleName } from '@touchstone-mcp/core/visible';
import { cursorAt, type Position, positionOf } from './cursor.ts';
import { byName, type Entry } from './entry.ts';
import { type Companions, Pace } from './pace.ts';
import type { ProvenDirectory } from './roots.ts';

/** Brackets, kind, spaces and line end that a tool writes around each name. */
const CHARACTERS_AROUND_NAME = 10;

/** One page of a directory. */
export interface Page {
  readonly entries: Entry[];
  readonly truncated: boolean;
  /** Names the end of this page, if more follow. */
  readonly nextCursor: string | undefined;
}

/** Where a page begins and how long it may be. */
export interface PageLimits {
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
  /** Characters of a text with one line an entry. */
  readonly maxChars: number;
}

/**
 * One page of a directory's names in the order of their UTF-16 units. Nothing is kept between pages, so names that come or go between
 * them neither shift nor repeat the others. Memory is bounded by the page, time by the directory; `signal` stops it.
 */
export async function listDirectory(
  directory: ProvenDirectory,
  { cursor, limit = 1000, maxChars }: PageLimits,
  companions: Companions = {},
): Promise<Page> {
  const after = afterOf(cursor === undefined ? undefined : positionOf(cursor));
  const candidates = await smallestAfter(directory, after, limit + 1, new Pace(companions));
  const entries = candidates.slice(0, Math.min(limit, countThatFit(candidates, maxChars)));
  const truncated = entries.length < candidates.length;
  const last = entries.at(-1);
  if (!truncated || last === undefined) return { entries, truncated, nextCursor: undefined };
  const alike = entries.filter(({ name }) => name === last.name).length + (last.name === after.name ? after.alike : 0);
  return { entries, truncated, nextCursor: cursorAt([last.name], alike) };
}

/** Which of a directory's names were shown before: all that are smaller than one, and of those that are it, the first so many on the disk. */
export interface After {
  readonly name: string;
  readonly alike: number;
}

/** Where the names of one directory go on. */
export function afterOf(position: Position | undefined): After {
  return { name: position?.names[0] ?? '', alike: position?.alike ?? 0 };
}

/** The first wanted entries after some, in order. Keeps at most twice as many as are asked for, however many there are. */
export async function smallestAfter(
  directory: { read(): AsyncIterable<Entry> },
  after: After,
  count: number,
  pace: Pace,
  wanted: (entry: Entry) => boolean = () => true,
): Promise<readonly Entry[]> {
  let kept: Entry[] = [];
  let bound: string | undefined;
  let alike = 0;
  for await (const entry of directory.read()) {
    pace.done += 1;
    if (pace.isDue()) await pace.step('names seen');
    if (entry.name < after.name || (bound !== undefined && entry.name > bound) || !wanted(entry)) continue;
    if (entry.name === after.name) alike += 1;
    if (entry.name === after.name && alike <= after.alike) continue;
    kept.push(entry);
    if (kept.length < 2 * count) continue;
    kept = kept.sort(byName).slice(0, count);
    bound = kept.at(-1)?.name;
  }
  return kept.sort(byName).slice(0, count);
}

/** At least one, or the next page would be this one again. */
function countThatFit(entries: readonly Entry[], maxChars: number): number {
  let room = maxChars;
  const overflow = entries.findIndex(({ name }) => {
    room -= visibleName(name).length + CHARACTERS_AROUND_NAME;
    return room < 0;
  });
  return overflow === -1 ? entries.length : Math.max(1, overflow);
}
