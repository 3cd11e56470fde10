import { lstat } from 'node:fs/promises';
import { lookUp } from './names.ts';
import { proveRecordPath } from './record-path.ts';
import type { Repository } from './repository.ts';

/** The ids that a raw record of a diff has: zeros for what is not there, or is only in the work tree. */
export type BlobIds = readonly [before: string, now: string];

/** A file of a diff. */
interface Entry {
  readonly file: { readonly path: string; readonly change: string; readonly inexact?: true | undefined };
  readonly ids: BlobIds;
}

/** Sizes in bytes, as far as they are known. */
export interface BlobSizes {
  readonly bytesBefore?: number | undefined;
  readonly bytes?: number | undefined;
}

/** Files whose sizes are looked up; the others stay without. */
const MAX_FILES = 200;

const NONE = /^0+$/;

/** The sizes of binary files by their ids, in one git process; none where there are none. */
export async function binarySizes(
  repository: Repository,
  entries: readonly Entry[],
  signal: AbortSignal,
): Promise<ReadonlyMap<BlobIds, BlobSizes>> {
  const some = entries.slice(0, MAX_FILES);
  const wanted = [...new Set(some.flatMap(({ ids }) => ids).filter((id) => !NONE.test(id)))];
  const found = wanted.length === 0 ? [] : await lookUp(repository, wanted, signal);
  const known = new Map(found.flatMap((object, index) => (typeof object === 'object' ? [[wanted[index], object.size]] : [])));
  const sizes = some.map(async ({ file, ids }) => {
    const [before, now] = ids;
    const inWorkTree = NONE.test(now) && file.change !== 'D' && !file.inexact;
    const bytes = inWorkTree ? await workTreeSize(repository, file.path) : known.get(now);
    return [ids, { ...(known.has(before) ? { bytesBefore: known.get(before) } : {}), ...(bytes === undefined ? {} : { bytes }) }] as const;
  });
  return new Map(await Promise.all(sizes));
}

/** Git has just read it, so that it is a file below no link; undefined where it has gone. */
async function workTreeSize({ workTree }: Repository, path: string): Promise<number | undefined> {
  proveRecordPath(Buffer.from(path));
  const stats = workTree === undefined ? undefined : await lstat(workTree.below(path)).catch(() => undefined);
  return stats?.isFile() ? stats.size : undefined;
}
