import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import type { Boundary } from './boundary.ts';
import { errnoOf } from './errors.ts';
import type { HeldDirectory } from './held.ts';
import { isGitDirectory, kindOf } from './layout.ts';
import { isGitAlias, shown } from './names.ts';
import { denied, startOf } from './repositories.ts';

/** A directory inside the allowed ones that is empty, made now or before. */
export interface NewDirectory extends Disposable {
  readonly held: HeldDirectory;
  /** As a caller may see it. */
  readonly path: string;
  /** Takes everything away that has been written below, and the directory too where it was made now. */
  remove(): Promise<void>;
}

/**
 * Makes a directory, or takes an empty one, and holds it. The one that it lies in must be there. Each step of the way is proven to lie
 * inside, and none in a git directory.
 */
export async function newDirectory(path: string, boundary: Boundary): Promise<NewDirectory> {
  const [start, root] = startOf(path, boundary, 'path');
  const refusal = () => denied(path, boundary);
  const base = start === root.real || start.startsWith(join(root.real, sep)) ? root.real : root.path;
  const names = relative(base, start).split(sep).filter(Boolean);
  const name = names.pop();
  if (name === undefined || [...names, name].some(isGitAlias)) throw refusal();
  let parent = await boundary.hold(root.real, refusal);
  try {
    for (const each of names) {
      await refuseGitDirectory(parent, path);
      parent = await enter(parent, each, boundary, refusal);
    }
    await refuseGitDirectory(parent, path);
    return await takeEmpty(parent, name, { path: start, boundary, refusal });
  } catch (error) {
    parent[Symbol.dispose]();
    throw error;
  }
}

/** One step down. The directory above is let go only when the next one is held. */
async function enter(parent: HeldDirectory, name: string, boundary: Boundary, refusal: () => ToolError): Promise<HeldDirectory> {
  if ((await kindOf(parent.below(name))) === undefined) {
    throw new ToolError('not_found', `There is no directory ${shown(name)} on the way there.`, {
      hint: 'Name a new directory in one that exists.',
    });
  }
  const next = await boundary.hold(parent.below(name), refusal);
  parent[Symbol.dispose]();
  return next;
}

async function refuseGitDirectory(directory: HeldDirectory, path: string): Promise<void> {
  if (!(await isGitDirectory(directory))) return;
  throw new ToolError('denied', `Inside a git directory: ${shown(path)}`, { hint: 'Name a directory elsewhere.' });
}

async function takeEmpty(
  parent: HeldDirectory,
  name: string,
  { path, boundary, refusal }: { path: string; boundary: Boundary; refusal: () => ToolError },
): Promise<NewDirectory> {
  const made = await make(parent.below(name));
  const held = await boundary.hold(parent.below(name), refusal);
  if ((await readdir(held.below(''))).length > 0) {
    held[Symbol.dispose]();
    throw new ToolError('conflict', `Not empty: ${shown(basename(path))}`, { hint: 'Name a new directory.' });
  }
  return {
    held,
    path,
    async remove() {
      for (const entry of await readdir(held.below(''))) await rm(held.below(entry), { recursive: true, force: true });
      if (made) await rmdir(parent.below(name));
    },
    [Symbol.dispose]() {
      held[Symbol.dispose]();
      parent[Symbol.dispose]();
    },
  };
}

/** False where something is there already. */
async function make(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw errnoOf(error) === undefined
      ? error
      : new ToolError('denied', 'The operating system does not permit a directory there.', { hint: 'Tell the user.', cause: error });
  }
}
