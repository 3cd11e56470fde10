import { homedir } from 'node:os';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import { errnoOf } from './errors.ts';
import { type HeldDirectory, holdDirectory } from './held.ts';

/** A directory that the operator allows, with everything below it. */
export interface Root {
  /** As the operator wrote it, made absolute. */
  readonly path: string;
  /** Links resolved, when the server started. */
  readonly real: string;
}

/** The allowed directories, and the one question about them: does it lie inside. */
export class Boundary {
  readonly roots: readonly Root[];

  constructor(roots: readonly Root[]) {
    this.roots = roots;
  }

  /** The root that a real path lies in, the innermost one first. */
  rootOf(real: string): Root | undefined {
    return this.roots.filter((root) => isInside(root.real, real)).sort((a, b) => b.real.length - a.real.length)[0];
  }

  /** Holds a directory that lies inside. `denied` where it does not, and where there is none outside: nobody learns what exists there. */
  async hold(path: string, refusal: () => ToolError): Promise<HeldDirectory> {
    const held = await holdDirectory(path).catch((error: unknown) => {
      if (errnoOf(error) === undefined) throw error;
      throw refusal();
    });
    if (this.rootOf(held.path) !== undefined) return held;
    held[Symbol.dispose]();
    throw refusal();
  }
}

/** Resolves the directories that the operator names. Throws a ToolError for one that is not there. */
export async function openBoundary(directories: readonly string[]): Promise<Boundary> {
  const roots = await Promise.all(
    directories.map(async (directory) => {
      const path = resolve(expandHome(directory));
      try {
        using held = await holdDirectory(path);
        return { path, real: held.path };
      } catch (cause) {
        throw new ToolError('not_found', `${directory} is no directory that can be opened.`, {
          hint: 'Name directories that exist.',
          cause,
        });
      }
    }),
  );
  return new Boundary(roots);
}

/** Whether a path is a directory or below it. Both are absolute and have no links. */
export function isInside(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`));
}

/** `~` and `~/x` are in the home directory; `~name` is a name. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}
