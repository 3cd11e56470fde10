import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { errnoOf, fault } from './errno.ts';
import { isLink } from './link.ts';
import { sweep } from './temporary.ts';
import { lookAt, type Target } from './writable.ts';

const CHUNK_BYTES = 256 * 1024;

/** A file that is to be changed, open with the rights to do so. */
export interface ExistingFile {
  readonly handle: FileHandle;
  readonly stats: BigIntStats;
}

/**
 * Opens the regular file at a target for a change, if one is there, and closes it after `use`: Windows renames nothing over an open file.
 * A file that its permissions protect is `denied`, though replacing it would need no right to the file itself; and so is one with several
 * names.
 */
export async function withExisting<Result>(
  target: Target,
  flags: number,
  use: (file: ExistingFile) => Promise<Result>,
): Promise<Result | undefined> {
  const opened = await openOrNothing(target, flags);
  if (opened === undefined) return undefined;
  const { handle } = opened;
  try {
    const stats = await handle.stat({ bigint: true });
    // Root may write to any file; whoever took the right to write away meant root as well.
    if ((stats.mode & 0o222n) === 0n) throw readOnlyFile(target);
    if (stats.nlink > 1n) await refuseHardLink(target, stats);
    return await use({ handle, stats });
  } finally {
    await handle.close();
  }
}

async function openOrNothing({ directory, name }: Target, flags: number) {
  try {
    const opened = await directory.openFile(name, flags);
    // It was none when it was walked.
    if (isLink(opened)) throw fault('ECHANGED');
    return opened;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Replacing such a file would silently part it from its other names, and writing into it would change them, wherever they are: outside the
 * roots too (FS-023), and the store that a package manager shares between projects.
 */
async function refuseHardLink(target: Target, { ino, dev }: BigIntStats): Promise<void> {
  // Not if the other name is only what a killed call has left.
  await sweep(target.directory);
  const now = await lookAt(target.directory, target.name);
  if (now?.ino === ino && now.dev === dev && now.nlink === 1n) return;
  throw new ToolError('denied', `The file has other names (hard links), which may be outside: ${visibleName(target.requested)}`, {
    hint: 'To change this name alone, copy the file, delete this name, and move the copy to it.',
  });
}

function readOnlyFile({ requested }: Target): ToolError {
  return new ToolError('denied', `The file is read-only: ${visibleName(requested)}`, {
    hint: 'Its permissions forbid writing. Tell the user.',
  });
}

/** Throws a conflict unless a file's content has the hash that the caller has seen. No expectation is always met. */
export function refuseUnexpected(actual: string | undefined, expected: string | undefined, requested: string): void {
  if (expected === undefined || actual === expected.toLowerCase()) return;
  const what = actual === undefined ? 'The file does not exist any more' : 'The file has changed since it was read';
  throw new ToolError('conflict', `${what}: ${visibleName(requested)}`, { hint: 'Nothing was written. Read it again first.' });
}

/** SHA-256 of some bytes, in hexadecimal. */
export function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of an open file from its start, in hexadecimal. `signal` stops it between chunks. */
export async function sha256OfFile(handle: FileHandle, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunksOf(handle, signal)) hash.update(chunk);
  return hash.digest('hex');
}

/** The bytes of an open file from its start, a chunk at a time. A chunk is good until the next one. */
export async function* chunksOf(handle: FileHandle, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let position = 0; ; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Writes all of some bytes at the place where the file stands. */
export async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at);
    at += bytesWritten;
  }
}
