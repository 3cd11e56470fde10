import { readdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import type { Boundary } from './boundary.ts';
import { errnoOf } from './errors.ts';
import { kindOf, outside, readSmall } from './layout.ts';
import { isBranchName, lookUp } from './names.ts';
import type { Repository } from './repository.ts';

/** A work tree of a repository. */
export interface Worktree {
  /** Undefined where it lies outside the allowed directories. */
  readonly path?: string | undefined;
  readonly main?: true | undefined;
  /** Undefined where it is at a commit itself. */
  readonly branch?: string | undefined;
  /** Undefined where there is none yet. */
  readonly commit?: string | undefined;
  readonly locked?: true | undefined;
  /** Set where its directory is gone. */
  readonly missing?: true | undefined;
}

/** Work trees that are listed. */
const MAX_LISTED = 200;

/** Bytes of the files that say where one is and what it is at. */
const MAX_BYTES = 8_192;

/**
 * The work trees of a repository, the main one first, as its files tell it. Git itself is told another common directory, and would name
 * a main work tree that is not there.
 */
export async function listWorktrees(repository: Repository, boundary: Boundary, signal: AbortSignal): Promise<Worktree[]> {
  const { commonDir } = repository;
  const names = await namesIn(repository);
  const linked = await Promise.all(names.slice(0, MAX_LISTED - 1).map((name) => entryOf(repository, name, boundary)));
  const main = { name: '', path: mainPath(commonDir.path, boundary), head: await textOf(commonDir.below('HEAD')), main: true as const };
  const entries = [...(main.path === undefined ? [] : [main]), ...linked];
  const commits = await commitsOf(repository, entries, signal);
  return entries.map(({ name: _name, head, ...entry }, index) => {
    const branch = branchIn(head);
    const commit = commits[index];
    return { ...entry, ...(branch === undefined ? {} : { branch }), ...(commit === undefined ? {} : { commit }) };
  });
}

interface Entry extends Worktree {
  readonly name: string;
  readonly head: string;
}

/** The names that linked work trees have in the repository. */
export async function namesIn({ commonDir }: Repository): Promise<string[]> {
  const entries = await readdir(commonDir.below('worktrees'), { withFileTypes: true }).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

/** Undefined where the repository is bare, or its work tree is elsewhere. */
function mainPath(commonDir: string, boundary: Boundary): string | undefined {
  const path = /[\\/]\.git$/.test(commonDir) ? dirname(commonDir) : undefined;
  return path !== undefined && boundary.rootOf(path) !== undefined ? path : undefined;
}

async function entryOf({ commonDir }: Repository, name: string, boundary: Boundary): Promise<Entry> {
  const file = (each: string) => commonDir.below(`worktrees/${name}/${each}`);
  const path = dirname(resolve(commonDir.path, 'worktrees', name, await textOf(file('gitdir'))));
  const inside = boundary.rootOf(path) !== undefined;
  return {
    name,
    head: await textOf(file('HEAD')),
    ...(inside ? { path } : {}),
    ...((await kindOf(file('locked'))) === undefined ? {} : { locked: true as const }),
    ...(inside && !(await isThere(path, boundary)) ? { missing: true as const } : {}),
  };
}

/** Whether it is there, inside: through a link to outside, nobody learns what is. */
async function isThere(path: string, boundary: Boundary): Promise<boolean> {
  try {
    using held = await boundary.hold(path, () => outside('work tree'));
    return (await kindOf(held.below('.git'))) !== undefined;
  } catch (error) {
    if (error instanceof ToolError) return false;
    throw error;
  }
}

async function commitsOf(repository: Repository, entries: readonly Entry[], signal: AbortSignal): Promise<(string | undefined)[]> {
  const names = entries.map(({ head }) => {
    const branch = branchIn(head);
    if (branch !== undefined) return `refs/heads/${branch}`;
    // A repository may write anything there: `HEAD:file` would be an answer about something else.
    return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(head) ? head : 'refs/heads/';
  });
  const found = names.length === 0 ? [] : await lookUp(repository, names, signal);
  return found.map((object) => (typeof object === 'object' ? object.id : undefined));
}

/** What `HEAD` names. */
function branchIn(head: string): string | undefined {
  const branch = /^ref: refs\/heads\/([^\0-\x20\x7f]+)$/.exec(head)?.[1];
  return branch !== undefined && isBranchName(branch) ? branch : undefined;
}

async function textOf(path: string): Promise<string> {
  return (await readSmall(path, MAX_BYTES))?.toString().replace(/(?<![\r\n])[\r\n]+$/, '') ?? '';
}
