import type { HeldDirectory } from './held.ts';
import type { InstalledGit } from './installed.ts';

declare const proven: unique symbol;

/** Where a child runs, and how it finds the repository there. */
export interface Place {
  readonly cwd: string;
  /** The common directory itself, by the path that the child knows it by. */
  readonly commonDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly inherited: readonly number[];
}

/**
 * A repository whose work tree, git directory, common directory and alternates were found inside the allowed directories. Made by
 * `openRepository` only; to be disposed of (`using`) when the call is done.
 */
export interface Repository extends Disposable {
  readonly [proven]: true;
  /** As a caller may see it: the work tree, or the repository where it is bare. */
  readonly path: string;
  /** Undefined where it is bare. */
  readonly workTree: HeldDirectory | undefined;
  readonly gitDir: HeldDirectory;
  /** The same as `gitDir` but for a linked work tree. */
  readonly commonDir: HeldDirectory;
  /** Settings of the repository that would run programs or lead elsewhere, and that git does not see. At most ten. */
  readonly ignored: readonly string[];
  readonly installed: InstalledGit;
  place(): Place;
  /** Throws `denied` where the repository of a submodule, checked out at this path, is outside the allowed directories. */
  proveSubmodule(path: string): Promise<void>;
  /** Throws `conflict` where a directory has been replaced since it was proven. */
  verify(): Promise<void>;
}
