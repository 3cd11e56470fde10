import { mkdir } from 'node:fs/promises';
import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { errnoOf, fault } from './errno.ts';
import { isLink } from './link.ts';
import type { Place } from './walk.ts';
import type { Target, WritableRoots } from './writable.ts';

/** A directory that is there now. */
export interface MadeDirectory {
  readonly path: string;
  /** Whether it, or one above it, was missing before. */
  readonly created: boolean;
}

/**
 * Makes a directory, and those above it that are missing, each in a parent that is held: no link can lead one outside. One that is there
 * already is left as it is. Nothing is made unless the policy allows all of it.
 */
export async function makeDirectory(roots: WritableRoots, path: string, signal?: AbortSignal): Promise<MadeDirectory> {
  const there = await roots.directoryAt(path);
  if (there !== undefined) return { path: there, created: false };
  using target = await roots.claim(path, { followLink: true, missingParents: true }, signal);
  return await target.telling(async () => {
    signal?.throwIfAborted();
    const found = await target.look();
    if (found !== undefined && !found.isDirectory()) throw taken(target);
    return { path: target.path, created: await makeAll(target.directory, [target.name, ...target.rest]) };
  });
}

async function makeAll(parent: Place, [name, ...rest]: readonly string[]): Promise<boolean> {
  if (name === undefined) return false;
  const made = await makeOne(parent, name);
  // Also the last one is entered: only so is it known that a directory stands there, whoever made it.
  const entered = await parent.enter(name);
  if (isLink(entered)) throw fault('ECHANGED');
  using place = entered;
  return (await makeAll(place, rest)) || made;
}

async function makeOne(parent: Place, name: string): Promise<boolean> {
  try {
    await parent.at(name, (path) => mkdir(path));
    return true;
  } catch (error) {
    // Another call was quicker.
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function taken({ requested }: Target): ToolError {
  return new ToolError('conflict', `Something else than a directory is there: ${visibleName(requested)}`, {
    hint: 'Nothing was changed. Choose another name.',
  });
}
