import { gitRecords } from './command.ts';
import { type ObjectId, resolveCommit } from './names.ts';
import { refuseDropping } from './protection.ts';
import type { Repository } from './repository.ts';
import { proveFiles } from './staging.ts';
import { decode } from './text.ts';
import { gitWrite } from './writing.ts';

/** Makes branch, index and work tree what a commit is. What was not committed is lost; a protected branch keeps its commits. */
export async function resetHard(
  repository: Repository,
  revision: string,
  protectedBranches: readonly string[],
  signal: AbortSignal,
): Promise<{ commit: ObjectId }> {
  const commit = await resolveCommit(repository, revision, signal);
  await refuseDropping(repository, commit, protectedBranches, signal);
  await gitWrite(repository, ['reset', '--hard', '--quiet', '--no-recurse-submodules', commit], { signal });
  return { commit };
}

/** What git_clean is asked for. */
export interface CleanRequest {
  readonly paths: readonly string[];
  /** What .gitignore names as well, and not only what it does not. */
  readonly ignored: boolean;
  /** Only say what would be deleted. */
  readonly dryRun: boolean;
}

/** What was, or would be, deleted. Directories end with a slash. */
export interface Cleaned {
  readonly deleted: string[];
  readonly count: number;
}

/** Names that are listed. */
const MAX_LISTED = 200;

/** Deletes files that git does not track. Repositories inside this one are left alone. */
export async function clean(repository: Repository, { paths, ignored, dryRun }: CleanRequest, signal: AbortSignal): Promise<Cleaned> {
  const proven = proveFiles(paths);
  const candidates = await untracked(repository, proven, ignored, signal);
  if (!dryRun) {
    await gitWrite(repository, ['clean', '--force', '-d', '--quiet', ...(ignored ? ['-x'] : []), '--', ...proven], { signal });
  }
  const kept = dryRun ? new Set<string>() : await untracked(repository, proven, ignored, signal);
  const deleted = [...candidates].filter((name) => !kept.has(name));
  return { deleted: deleted.slice(0, MAX_LISTED), count: deleted.length };
}

async function untracked(repository: Repository, paths: readonly string[], ignored: boolean, signal: AbortSignal): Promise<Set<string>> {
  const args = ['ls-files', '--others', '--directory', '-z', ...(ignored ? [] : ['--exclude-standard']), '--', ...paths];
  const names = new Set<string>();
  for await (const name of gitRecords(repository, args, { signal })) names.add(decode(name).text);
  return names;
}
