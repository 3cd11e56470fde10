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

/**
 * Takes a step with a name or, if nothing has it, with the one name in that directory that differs from it in spelling only. Two such
 * names are a `conflict` that names both. What is found is a single name of that directory: the step judges it like any other.
 */
export async function withSpelling<Name extends string | undefined, Found>(
  directory: Listable,
  name: Name,
  step: (spelling: Name | string) => Promise<Found>,
): Promise<Found> {
  try {
    return await step(name);
  } catch (error) {
    if (name === undefined || errnoOf(error) !== 'ENOENT') throw error;
    const spelling = await otherSpelling(directory, name);
    if (spelling === undefined) throw error;
    return await step(spelling);
  }
}

async function otherSpelling(directory: Listable, name: string): Promise<string | undefined> {
  // Most names can be written in one way only, and what is missing is not worth a look at the whole directory.
  if (/^[!-~]*$/.test(name)) return undefined;
  const folded = foldSpelling(name);
  const found: string[] = [];
  for await (const entry of directory.entries()) {
    if (foldSpelling(entry.name) === folded && isSingleName(entry.name)) found.push(entry.name);
    if (found.length === MAX_NAMED) break;
  }
  if (found.length > 1) throw ambiguous(found.sort());
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
