import { rmdir, unlink } from 'node:fs/promises';
import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { errnoOf, fault } from './errno.ts';
import { type Companions, Pace } from './pace.ts';
import { enterDirectory, surveyTree } from './tree.ts';
import type { Place } from './walk.ts';
import type { Target, WritableRoots } from './writable.ts';

/** What was deleted. */
export interface Removed {
  readonly path: string;
  /** Files, directories and links, the path itself included. */
  readonly deleted: number;
}

/**
 * Deletes a file, a link (never what it leads to), an empty directory, or with `recursive` a directory with all that is in it. Nothing is
 * deleted where the policy protects anything in it, or where it holds an allowed directory. A deletion that is stopped has deleted a part.
 */
export async function removePath(roots: WritableRoots, path: string, recursive: boolean, companions: Companions = {}): Promise<Removed> {
  const { signal } = companions;
  using target = await roots.claim(path, { purpose: 'whole', existing: true }, signal);
  return await target.telling(async () => {
    const found = await target.look();
    if (found === undefined) throw fault('ENOENT');
    signal?.throwIfAborted();
    const { directory, name } = target;
    if (!found.isDirectory()) {
      await directory.at(name, unlink);
      return { path: target.path, deleted: 1 };
    }
    if (!recursive) await removeEmpty(target);
    const deleted = recursive ? await removeTree(target, companions) : 1;
    return { path: target.path, deleted };
  });
}

async function removeEmpty({ directory, name, requested }: Target): Promise<void> {
  try {
    await directory.at(name, rmdir);
  } catch (error) {
    if (errnoOf(error) !== 'ENOTEMPTY' && errnoOf(error) !== 'EEXIST') throw error;
    const hint = 'Nothing was deleted. Set recursive to delete everything in it.';
    throw new ToolError('conflict', `The directory is not empty: ${visibleName(requested)}`, { hint, cause: error });
  }
}

async function removeTree(target: Target, companions: Companions): Promise<number> {
  const visit = (_: unknown, names: readonly string[]) => target.permit(names);
  {
    using place = await enterDirectory(target.directory, target.name);
    await surveyTree(place, { requested: target.requested, signal: companions.signal, visit });
  }
  return await removeAt(target.directory, target.name, [], { permit: (names) => target.permit(names), pace: new Pace(companions) });
}

interface Removal {
  readonly permit: (names: readonly string[]) => void;
  readonly pace: Pace;
}

/** Removes a directory from below. What has become a link since it was listed is removed as the link that it is. */
async function removeAt(parent: Place, name: string, names: readonly string[], removal: Removal): Promise<number> {
  let deleted = 1;
  {
    using place = await enterDirectory(parent, name);
    for (const entry of await place.allEntries()) {
      removal.pace.done += 1;
      await removal.pace.step('entries deleted');
      const below = [...names, entry.name];
      // Again: it may have come since the survey.
      removal.permit(below);
      if (entry.type === 'directory') deleted += await removeAt(place, entry.name, below, removal);
      else {
        await place.at(entry.name, unlink).catch(goneAlready);
        deleted += 1;
      }
    }
  }
  await parent.at(name, rmdir).catch(goneAlready);
  return deleted;
}

function goneAlready(error: unknown): void {
  if (errnoOf(error) !== 'ENOENT') throw error;
}

/** Removes whatever stands at a name, without asking: for what this process itself has put there. */
export async function removeOwn(parent: Place, name: string): Promise<void> {
  try {
    await removeAt(parent, name, [], { permit: () => {}, pace: new Pace({}) });
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
