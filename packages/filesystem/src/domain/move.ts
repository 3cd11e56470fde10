import type { BigIntStats } from 'node:fs';
import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { copyFile } from './copy.ts';
import { errnoOf, fault } from './errno.ts';
import { moveDirectory, moveFile, moveLink, removeSame, renameOver, syncDirectory } from './publish.ts';
import { lookAt, type Target, type WritableRoots } from './writable.ts';

const STICKY = 0o1000n;

/** What was moved. */
export interface Moved {
  readonly source: string;
  readonly destination: string;
}

/**
 * Moves or renames a file, a link (never what it leads to) or a directory to a name that nothing has; what has it, even since a moment
 * ago, is never replaced. Between file systems a file is copied, flushed and then removed; directories are refused. Both sides need the
 * right to be written.
 */
export async function movePath(roots: WritableRoots, from: string, to: string, signal?: AbortSignal): Promise<Moved> {
  const claims = [
    { requested: from, purpose: 'whole', existing: true },
    { requested: to, purpose: 'whole' },
  ] as const;
  const [source, destination] = await roots.claimAll(claims, signal);
  if (source === undefined || destination === undefined) throw new Error('two claims give two targets');
  using _both = source;
  const found = await source.telling(async () => (await source.look()) ?? missing());
  const taken = await destination.telling(() => destination.look());
  await destination.telling(async () => {
    signal?.throwIfAborted();
    if (taken !== undefined) return await changeCase(source, destination, found, taken);
    if (found.isSymbolicLink()) return await moveLink(source, destination);
    await source.telling(() => refuseUnremovable(source, found));
    try {
      await (found.isDirectory() ? moveDirectory(source, destination) : moveFile(source, destination));
    } catch (error) {
      if (errnoOf(error) === 'EXDEV') return await moveAcross(source, destination, found, signal);
      throw found.isDirectory() && errnoOf(error) === 'EINVAL' ? intoItself(destination) : error;
    }
  });
  return { source: source.path, destination: destination.path };
}

function missing(): never {
  throw fault('ENOENT');
}

/**
 * In a sticky directory only the owner of a file, or of the directory, may take it away. A file is moved by a second name, and that could not be
 * taken away either.
 */
async function refuseUnremovable({ directory }: Target, found: BigIntStats): Promise<void> {
  const user = BigInt(process.geteuid?.() ?? 0);
  const around = await lookAt(directory, '.');
  if (user !== 0n && around !== undefined && (around.mode & STICKY) !== 0n && ![found.uid, around.uid].includes(user))
    throw fault('EACCES');
}

/** Where case means nothing, `readme` is there already when `README` is renamed to it, and is the same file. */
async function changeCase(source: Target, destination: Target, found: BigIntStats, taken: BigIntStats): Promise<void> {
  const sameName = source.name.toLowerCase() === destination.name.toLowerCase() && source.name !== destination.name;
  if (!sameName || found.dev !== taken.dev || found.ino !== taken.ino) throw fault('EEXIST');
  // Where case does mean something, these are two names of one file, and the disk lists both.
  for await (const { name } of destination.directory.entries()) if (name === destination.name) throw fault('EEXIST');
  await renameOver(source, destination);
}

async function moveAcross(source: Target, destination: Target, found: BigIntStats, signal: AbortSignal | undefined): Promise<void> {
  if (found.isDirectory()) {
    const hint = 'Nothing was changed. Copy it there, then delete the source.';
    const message = `A directory cannot be moved to another file system: ${visibleName(destination.requested)}`;
    throw new ToolError('invalid_input', message, { hint });
  }
  const copied = await copyFile(source, destination, signal);
  await syncDirectory(destination.directory);
  try {
    const now = await source.look();
    // What was written to it since would be lost.
    if (now?.mtimeNs !== copied.mtimeNs || now.size !== copied.size) throw fault('ECHANGED');
    await removeSame(source, copied);
  } catch (error) {
    await removeSame(destination, await destination.look()).catch(() => {});
    throw error;
  }
}

function intoItself({ requested }: Target): ToolError {
  return new ToolError('invalid_input', `A directory cannot be moved into itself: ${visibleName(requested)}`);
}
