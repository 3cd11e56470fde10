import { ToolError } from '@touchstone-mcp/core/errors';
import { isSingleName } from './cursor.ts';
import { errnoOf } from './errno.ts';

/** More of them are not named in a refusal. */
const MAX_NAMED = 5;

/** A directory whose names can be read. */
interface Listable {
  entries(): AsyncIterable<{ readonly name: string }>;
}

/** What is left of a name when the ways to write it are not told apart: one Unicode form, one kind of space (macOS names files with U+202F). */
export function foldSpelling(name: string): string {
  return name.normalize('NFC').replace(/[\u00a0\u202f]/g, ' ');
}

/** A name that may be written in several ways: it is not all of ASCII, or of those letters of it that Unicode has twice (U+212A is `K`). */
const WRITTEN_OTHERWISE = /[^!-~]|[K;`]/;

/** What is remembered of directories, by what they are called, for as long as one call lasts: names by what is left of them when folded. */
export class Spellings {
  readonly signal: AbortSignal | undefined;
  readonly #known = new Map<string, Promise<ReadonlyMap<string, readonly string[]>>>();

  /** `signal` ends the reading of a directory. */
  constructor(signal?: AbortSignal) {
    this.signal = signal;
  }

  /** The names of a directory that are `folded` when folded. All those of it are remembered that may be written in several ways. */
  async of(directory: Listable, called: string, folded: string): Promise<readonly string[]> {
    const names = this.#known.get(called) ?? this.#read(directory);
    this.#known.set(called, names);
    return (await names).get(folded) ?? [];
  }

  async #read(directory: Listable): Promise<ReadonlyMap<string, readonly string[]>> {
    const names = new Map<string, string[]>();
    for await (const { name } of directory.entries()) {
      this.signal?.throwIfAborted();
      if (!WRITTEN_OTHERWISE.test(name) || !isSingleName(name)) continue;
      const folded = foldSpelling(name);
      const alike = names.get(folded);
      if (alike === undefined) names.set(folded, [name]);
      else if (alike.length < MAX_NAMED) alike.push(name);
    }
    return names;
  }
}

/** Where names are looked up in other spellings: what this call has seen, and what the directory is called there. */
export interface SpellingContext {
  readonly spellings: Spellings;
  readonly called: () => string;
}

/**
 * Takes a step with a name or, if nothing has it, with the one name in that directory that differs from it in spelling only. Two such
 * names are a `conflict` that names both. What is found is a single name of that directory: the step judges it like any other.
 */
export async function withSpelling<Name extends string | undefined, Found>(
  directory: Listable,
  name: Name,
  step: (spelling: Name | string) => Promise<Found>,
  context: SpellingContext,
): Promise<Found> {
  try {
    return await step(name);
  } catch (error) {
    if (name === undefined || errnoOf(error) !== 'ENOENT') throw error;
    const spelling = await otherSpelling(directory, name, context);
    if (spelling === undefined) throw error;
    return await step(spelling);
  }
}

async function otherSpelling(directory: Listable, name: string, { spellings, called }: SpellingContext): Promise<string | undefined> {
  // Most names can be written in one way only, and what is missing is not worth a look at the whole directory.
  if (/^[!-~]*$/.test(name)) return undefined;
  const found = await spellings.of(directory, called(), foldSpelling(name));
  if (found.length > 1) throw ambiguous(found.toSorted());
  return found[0];
}

function ambiguous(names: readonly string[]): ToolError {
  return new ToolError('conflict', `Several names differ in their Unicode spelling only: ${names.map(spelledOut).join(', ')}`, {
    hint: 'Pass one of them exactly as it is written here.',
  });
}

/** A name as a JSON string of ASCII alone, since on a screen the names are the same. */
function spelledOut(name: string): string {
  return JSON.stringify(name).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
