import { sep } from 'node:path';
import { visibleName } from '@touchstone-mcp/core/visible';
import { cursorAt, cursorLength, type Position, positionOf } from './cursor.ts';
import type { Entry } from './entry.ts';
import { NameWalk } from './name-walk.ts';
import type { Companions } from './pace.ts';
import type { Roots } from './roots.ts';
import { Spellings } from './spelling.ts';
import { type WalkedDirectory, type WalkOptions, WalkRules } from './walk-rules.ts';

/** What is looked for. */
export interface NameQuery {
  readonly pattern: string;
  /** Of which type, if not of any. */
  readonly type?: Entry['type'] | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
  /** Characters of a text with one path a line. */
  readonly maxChars: number;
}

/** One page of paths in the order of a walk that goes down before it goes on, each directory's names sorted by their UTF-16 units. */
export interface NamePage {
  readonly matches: string[];
  readonly truncated: boolean;
  readonly nextCursor: string | undefined;
  /** Directories that could not be read, or that were too deep to enter. */
  readonly skipped: number;
}

/** Finds names below a requested directory, by the rules of `searchNames`. */
export async function searchFiles(
  roots: Roots,
  requested: string,
  query: NameQuery,
  options: WalkOptions,
  companions: Companions,
): Promise<NamePage> {
  await using start = await roots.openDirectory(requested, new Spellings(companions.signal));
  return await searchNames(start, query, await WalkRules.atStart(start, roots, options), companions);
}

/**
 * Finds names below a directory by a glob over the path from there. Nothing is kept between pages: what lies before a page is not entered,
 * and behind its end only the few directories that are read ahead. So all pages together cost little more than one walk, unless single
 * directories fill many of them: each page reads all names of those that it begins in, and holds them. Links are found, never followed.
 */
export async function searchNames(start: WalkedDirectory, query: NameQuery, rules: WalkRules, companions: Companions): Promise<NamePage> {
  const begin = query.cursor === undefined ? undefined : positionOf(query.cursor);
  const walk = new NameWalk({ patterns: [query.pattern], type: query.type, begin }, companions);
  const matches: string[] = [];
  let end: Position = begin ?? { names: [], alike: 0 };
  let room = query.maxChars;
  for await (const { directory, names } of walk.below(start, rules)) {
    const prefix = directory.path.endsWith(sep) ? directory.path : directory.path + sep;
    for (const name of names) {
      const match = prefix + name;
      const found = [...directory.names, name];
      room -= visibleName(match).length + 1;
      // At least one, or the next page would be this one again.
      const full = matches.length > 0 && (room < cursorLength(found) || matches.length >= query.limit);
      if (full) return { matches, truncated: true, nextCursor: cursorAt(end.names, end.alike), skipped: walk.skipped };
      matches.push(match);
      end = { names: found, alike: sameNames(found, end.names) ? end.alike + 1 : 1 };
    }
  }
  return { matches, truncated: false, nextCursor: undefined, skipped: walk.skipped };
}

function sameNames(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name, index) => name === right[index]);
}
