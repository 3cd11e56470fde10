import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import type { Entry } from './entry.ts';
import { errnoOf, fault } from './errno.ts';
import { isLink } from './link.ts';
import type { Place } from './walk.ts';

const MAX_ENTRIES = 100_000;
/** Each level holds a descriptor. */
const MAX_DEPTH = 200;

/** A tree on its way to be copied or removed. */
export interface TreeWork {
  /** As it was requested, for refusals. */
  readonly requested: string;
  readonly signal?: AbortSignal | undefined;
  /** Called for each entry, before anything below it, with its names from the tree's root on. May refuse by throwing. */
  readonly visit: (entry: Entry, names: readonly string[]) => void;
}

/** Looks at everything in a directory, no link followed, and says how much there is. Refuses trees of a size that no call could finish. */
export async function surveyTree(directory: Place, work: TreeWork): Promise<number> {
  let count = 0;
  const survey = async (place: Place, names: readonly string[]): Promise<void> => {
    if (names.length > MAX_DEPTH) throw tooLarge(work.requested, `is deeper than ${MAX_DEPTH} directories`);
    for await (const entry of (await place.isLarge()) ? place.entries() : await place.allEntries()) {
      work.signal?.throwIfAborted();
      count += 1;
      if (count > MAX_ENTRIES) throw tooLarge(work.requested, `has more than ${MAX_ENTRIES} entries`);
      const below = [...names, entry.name];
      work.visit(entry, below);
      if (entry.type !== 'directory') continue;
      using child = await enterDirectory(place, entry.name);
      await survey(child, below);
    }
  };
  await survey(directory, []);
  return count;
}

/** The directory of that name; `ECHANGED` where it is a link by now. */
export async function enterDirectory(place: Place, name: string): Promise<Place> {
  try {
    const found = await place.enter(name);
    if (!isLink(found)) return found;
  } catch (error) {
    if (errnoOf(error) !== 'ENOTDIR') throw error;
  }
  throw fault('ECHANGED');
}

function tooLarge(requested: string, what: string): ToolError {
  return new ToolError('too_large', `The directory ${what}: ${visibleName(requested)}`, {
    hint: 'Nothing was changed. Take a smaller directory, or tell the user.',
  });
}
