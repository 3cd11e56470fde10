import { lstat } from 'node:fs/promises';
import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { gitRecords } from './command.ts';
import { emptyTree } from './comparison.ts';
import type { ObjectId } from './names.ts';
import { proveRecordPath } from './record-path.ts';
import type { Repository } from './repository.ts';

/** Files that are compared with the disk at once. */
const BATCH = 200;

/** What a command brings: the files that `to` has and `from` (undefined: nothing at all) has not, or that `commits` themselves add (or `undo`: delete). */
type Brought =
  | { readonly to: ObjectId; readonly from: ObjectId | undefined }
  | { readonly commits: readonly ObjectId[]; readonly undo?: boolean | undefined };

/** Git refuses to overwrite untracked files, but (checkout and fast-forward aside) not ignored ones, such as an .env. This refuses these, too. */
export async function refuseOverIgnored(repository: Repository, brought: Brought, signal: AbortSignal): Promise<void> {
  const [sides, stdin] =
    'to' in brought
      ? [[brought.from ?? emptyTree(brought.to), brought.to], undefined]
      : [['--root', '-m', '--stdin'], `${brought.commits.join('\n')}\n`];
  const filter = `--diff-filter=${'to' in brought || !brought.undo ? 'A' : 'D'}`;
  const args = ['diff-tree', '-r', '-z', '--no-commit-id', '--no-renames', '--name-only', filter, ...sides];
  let batch: string[] = [];
  for await (const name of gitRecords(repository, args, { signal, stdin })) {
    if (batch.push(proveRecordPath(name).toString()) < BATCH) continue;
    await refuseIgnored(repository, batch, signal);
    batch = [];
  }
  await refuseIgnored(repository, batch, signal);
}

async function refuseIgnored(repository: Repository, paths: readonly string[], signal: AbortSignal): Promise<void> {
  const exist = await Promise.all(paths.map((path) => exists(repository, path)));
  const there = paths.filter((_, index) => exist[index]);
  if (there.length === 0) return;
  const ignored = ['ls-files', '--others', '--ignored', '--exclude-standard', '-z', '--', ...there];
  for await (const name of gitRecords(repository, ignored, { signal })) {
    throw new ToolError('conflict', `The ignored file ${visibleName(name.toString())} is in the way: what it holds would be lost.`, {
      hint: 'Ask the user to move it away.',
    });
  }
}

async function exists({ workTree }: Repository, path: string): Promise<boolean> {
  return await lstat(workTree?.below(path) ?? '').then(
    () => true,
    () => false,
  );
}
