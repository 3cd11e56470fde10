import { readdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import { type Boundary, expandHome, openBoundary, type Root } from './boundary.ts';
import { errnoOf } from './errors.ts';
import { holdDirectory } from './held.ts';
import type { InstalledGit } from './installed.ts';
import { kindOf } from './layout.ts';
import { findRepository, openRepository } from './open-repository.ts';
import { ownership } from './ownership.ts';
import type { Repository } from './repository.ts';

/** How many repositories a hint names. */
const MAX_NAMED = 10;

/** Longest path that a caller may name. */
const MAX_PATH = 4_096;

/** How a repository is to be opened. */
export interface OpenOptions {
  readonly signal: AbortSignal;
  /** Whether git will write: then links in the git directory are looked for everywhere. */
  readonly write?: boolean | undefined;
}

/** The repositories inside the allowed directories, opened and proven a call at a time: nothing about them is remembered. */
export interface Repositories {
  readonly boundary: Boundary;
  readonly installed: InstalledGit;
  /**
   * Opens the repository that a path is in, as `repo_path` names it: absolute, or relative to the only allowed directory; undefined means
   * that directory. `denied` outside, `not_found` where there is none (the hint names some), `invalid_input` for what is no path.
   */
  open(path: string | undefined, options: OpenOptions): Promise<Repository>;
}

/** Opens the allowed directories. Throws a ToolError for one that is not there. */
export async function openRepositories(directories: readonly string[], installed: InstalledGit): Promise<Repositories> {
  const boundary = await openBoundary(directories);
  const mayOwn = ownership(installed);
  return {
    boundary,
    installed,
    async open(path, { signal, write = false }) {
      const [named, root] = startOf(path, boundary);
      const refusal = () => denied(path ?? '', boundary);
      const start = await directoryOf(named, root, boundary, refusal, () => notFound(path, boundary));
      for (let at = start; ; at = dirname(at)) {
        signal.throwIfAborted();
        const found = await findRepository(at, boundary, refusal);
        // A bare repository must be named: one that lies in a work tree as data must not be taken for what is around it.
        if (found !== undefined && (found.workTree !== undefined || at === start)) {
          return await openRepository(shownPath(found.workTree ?? found.gitDir, boundary, root), found, {
            installed,
            boundary,
            mayOwn,
            signal,
            write,
          });
        }
        found?.gitDir[Symbol.dispose]();
        if (at === root.path || at === root.real || dirname(at) === at) throw await notFound(path, boundary);
      }
    },
  };
}

/** The directory that a path means, and the root that it is in, by name only. `denied` outside, `invalid_input` for what is no path. */
export function startOf(path: string | undefined, boundary: Boundary, argument = 'repo_path'): [start: string, root: Root] {
  const { roots } = boundary;
  const [only] = roots;
  if (only === undefined || (path === undefined && roots.length > 1)) {
    throw new ToolError('invalid_input', 'Several directories are allowed: say which repository.', {
      hint: `Set ${argument}. ${allowed(boundary)}`,
    });
  }
  if (path === undefined) return [only.path, only];
  refuseNoPath(path, argument);
  const expanded = expandHome(path);
  if (!isAbsolute(expanded) && roots.length > 1) {
    throw new ToolError('invalid_input', `Several directories are allowed: ${argument} must be absolute.`, { hint: allowed(boundary) });
  }
  const start = resolve(only.path, expanded);
  const root = roots.find(({ path: named, real }) => [named, real].some((each) => start === each || start.startsWith(join(each, '/'))));
  if (root === undefined) throw denied(path, boundary);
  return [start, root];
}

/**
 * The directory that is meant: what is named, or what a file lies in. What is missing is `not_found` only where nothing leads outside on
 * the way to it: through a link, nobody learns what exists.
 */
async function directoryOf(
  path: string,
  root: Root,
  boundary: Boundary,
  refusal: () => ToolError,
  missing: () => Promise<ToolError>,
): Promise<string> {
  const opened = await holdDirectory(path).catch((error: unknown) => {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  });
  opened?.[Symbol.dispose]();
  if (opened !== undefined || path === root.path || path === root.real) return path;
  const parent = await directoryOf(dirname(path), root, boundary, refusal, missing);
  using held = await boundary.hold(parent, refusal);
  const kind = await kindOf(held.below(basename(path)));
  if (kind === 'link') throw refusal();
  if (kind === 'file') return parent;
  throw await missing();
}

/** What no system takes, and names that Windows and macOS would take for others. */
function refuseNoPath(path: string, argument: string): void {
  const fault =
    path.trim() === ''
      ? 'is empty'
      : path.includes('\0')
        ? 'has a NUL in it'
        : path.length > MAX_PATH
          ? 'is too long'
          : path.isWellFormed()
            ? undefined
            : 'is not well-formed text';
  const alias =
    process.platform === 'win32' && (/^[\\/]{2}[?.]/.test(path) || /:.*:|~\d|[. ](?:[\\/]|$)/.test(path))
      ? 'is not spelled plainly'
      : undefined;
  const said = fault ?? alias;
  if (said !== undefined) throw new ToolError('invalid_input', `${argument} ${said}.`, { hint: 'Name a directory.' });
}

/** The refusal of a path that is outside. */
export function denied(path: string, boundary: Boundary): ToolError {
  return new ToolError('denied', `Not inside the allowed directories: ${JSON.stringify(path.slice(0, 200))}`, { hint: allowed(boundary) });
}

function allowed({ roots }: Boundary): string {
  return `Allowed: ${roots.map(({ path }) => path).join(', ')}`;
}

async function notFound(path: string | undefined, boundary: Boundary): Promise<ToolError> {
  const names = (await Promise.all(boundary.roots.map(nearby))).flat().slice(0, MAX_NAMED);
  const hint = names.length === 0 ? allowed(boundary) : `Repositories: ${names.map((name) => JSON.stringify(name)).join(', ')}`;
  const where = path === undefined ? 'The allowed directory is' : `${JSON.stringify(path.slice(0, 200))} is`;
  return new ToolError('not_found', `${where} no git repository, nor in one.`, { hint });
}

/** Paths of the repositories directly below a root. */
export async function nearby({ path, real }: Root): Promise<string[]> {
  using held = await holdDirectory(real);
  const entries = await readdir(held.below(''), { withFileTypes: true });
  const directories = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .slice(0, 200);
  const kinds = await Promise.all(directories.map((name) => kindOf(held.below(join(name, '.git')))));
  return directories.filter((_, index) => kinds[index] !== undefined).map((name) => join(path, name));
}

/** Where the repository is, in terms of the root as the operator wrote it. */
function shownPath({ path }: { path: string }, boundary: Boundary, root: Root): string {
  const holder = boundary.rootOf(path) ?? root;
  return join(holder.path, relative(holder.real, path));
}
