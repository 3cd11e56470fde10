import type { BigIntStats } from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import { type Confinement, confine } from './confine.ts';
import { errnoOf, fileError } from './errno.ts';
import { expandHome } from './path.ts';
import type { PinnedRoot, Place, Whereabouts } from './walk.ts';
import { rememberDirectory } from './walk-by-check.ts';
import { holdDirectory } from './walk-by-descriptor.ts';

/** `descriptor` has no race; `checked` has the one that `rememberDirectory` describes. */
export type Strategy = 'descriptor' | 'checked';

interface Pinning {
  readonly strategy: Strategy;
  readonly home: string;
  readonly confinement: Confinement;
}

/** Holds a directory that the operator allows, and remembers which one it is. An unusable one is a ToolError that names it (FS-027). */
export async function pinRoot(directory: string, { strategy, home, confinement }: Pinning): Promise<PinnedRoot> {
  // `path.resolve('')` would quietly allow the current directory.
  if (directory.trim() === '') throw new ToolError('invalid_input', 'An allowed directory has an empty name.');
  const given = path.resolve(expandHome(directory, { home, platform: path }));
  try {
    const real = await realpath(given);
    const { place, stats } = strategy === 'descriptor' ? await holdDirectory(real) : await rememberDirectory(real);
    return { path: given, real, place: await confine(place, real, confinement), verify: () => verifyRoot(given, stats) };
  } catch (error) {
    throw unusableRoot(given, error);
  }
}

/** Makes a root of a directory that was reached from one of the operator's. It has the place from then on, and lets go of it if it fails. */
export async function pinBelow(place: Place, shown: string, { root, names }: Pick<Whereabouts, 'root' | 'names'>): Promise<PinnedRoot> {
  try {
    const stats = await place.at('.', (at) => lstat(at, { bigint: true }));
    const real = path.join(root.real, ...names);
    const within = { root: root.within?.root ?? root, names: [...(root.within?.names ?? []), ...names] };
    return { path: shown, real, place, within, verify: names.length === 0 ? root.verify : () => verifyRoot(real, stats) };
  } catch (error) {
    place[Symbol.dispose]();
    throw error;
  }
}

function unusableRoot(given: string, cause: unknown): ToolError {
  const known = fileError(cause, given);
  const code = known instanceof ToolError ? known.code : 'unavailable';
  const hint = 'It must exist and be a directory that this user may open when the server starts.';
  return new ToolError(code, `Cannot open the allowed directory ${given} (${errnoOf(cause) ?? 'unknown error'})`, { hint, cause });
}

async function verifyRoot(given: string, pinned: BigIntStats): Promise<void> {
  const hint = 'Tell the user: the server must be restarted to use the new directory.';
  try {
    const now = await stat(given, { bigint: true });
    if (now.dev === pinned.dev && now.ino === pinned.ino) return;
  } catch (cause) {
    throw new ToolError('unavailable', `The allowed directory ${given} is gone`, { hint, cause });
  }
  throw new ToolError('unavailable', `The allowed directory ${given} was replaced after the server started`, { hint });
}
