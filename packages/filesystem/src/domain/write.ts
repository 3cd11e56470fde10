import { constants } from 'node:fs';
import { ToolError } from '@touchstone-mcp/core/errors';
import { errnoOf } from './errno.ts';
import { type ExistingFile, refuseUnexpected, sha256Of, sha256OfFile, withExisting, writeAll } from './existing.ts';
import { publishFile } from './publish.ts';
import type { Target, WritableRoots } from './writable.ts';

/** What to do where a file has the name already: replace its content, refuse, or add to its end. */
export type WriteMode = 'overwrite' | 'create' | 'append';

/** A file to write. */
export interface WriteRequest {
  readonly path: string;
  readonly content: string;
  readonly mode: WriteMode;
  /** What the file must have been so far: else nothing is written. */
  readonly expectedSha256?: string | undefined;
}

/** A file as it was left. */
export interface Written {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly created: boolean;
}

/**
 * Writes a text file. Overwriting and creating happen whole or not at all, and keep the mode of the file (the owner where the system lets);
 * extended attributes and access lists are not kept, since Node cannot read them. Appending adds to the file in place. A link at the end
 * is followed inside the roots. Read-only files, files with several names, and what the policy protects are `denied`.
 */
export async function writeFile(roots: WritableRoots, request: WriteRequest, signal?: AbortSignal): Promise<Written> {
  const { path, mode, expectedSha256 } = request;
  if (mode === 'create' && expectedSha256 !== undefined) {
    throw new ToolError('invalid_input', 'expectedSha256 has no meaning where the file must not exist', { hint: 'Leave one of them out.' });
  }
  const content = bytesOf(request.content);
  using target = await roots.claim(path, { followLink: mode !== 'create', existing: mode !== 'create' }, signal);
  return await target.telling(async () => {
    if (mode === 'create') return await create(target, content, signal);
    const found = await withExisting(target, flagsFor(request), async (file) => {
      if (expectedSha256 !== undefined) refuseUnexpected(await sha256OfFile(file.handle, signal), expectedSha256, path);
      return mode === 'append' ? await append(target, file, content, signal) : file.stats;
    });
    if (found === undefined) {
      refuseUnexpected(undefined, expectedSha256, path);
      return await create(target, content, signal);
    }
    if ('path' in found) return found;
    await publishFile(target, { replaces: found, fill: (handle) => writeAll(handle, content), signal });
    return { path: target.path, size: content.length, sha256: sha256Of(content), created: false };
  });
}

/** To replace a file takes the right to write to it, though nothing is written there; the rest is read as well, for its hash. */
function flagsFor({ mode, expectedSha256 }: WriteRequest): number {
  if (mode === 'append') return constants.O_RDWR | constants.O_APPEND;
  return expectedSha256 === undefined ? constants.O_WRONLY : constants.O_RDWR;
}

/** The text as UTF-8. What UTF-8 has no bytes for is refused: Node would write U+FFFD in its place. */
export function bytesOf(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  throw new ToolError('invalid_input', 'The text has half of a surrogate pair, which no file can hold', { hint: 'Leave it out.' });
}

async function create(target: Target, content: Buffer, signal: AbortSignal | undefined): Promise<Written> {
  await publishFile(target, { fill: (handle) => writeAll(handle, content), signal });
  return { path: target.path, size: content.length, sha256: sha256Of(content), created: true };
}

async function append(target: Target, { handle, stats }: ExistingFile, content: Buffer, signal: AbortSignal | undefined): Promise<Written> {
  signal?.throwIfAborted();
  try {
    await writeAll(handle, content);
  } catch (error) {
    await takeBack(handle, stats.size, content.length, errnoOf(error));
    throw error;
  }
  await handle.sync();
  const { size } = await handle.stat();
  return { path: target.path, size, sha256: await sha256OfFile(handle), created: false };
}

/** Takes back what was added before the disk was full, unless others have added to the file as well. */
async function takeBack(handle: ExistingFile['handle'], before: bigint, most: number, errno: string | undefined): Promise<void> {
  const { size } = await handle.stat({ bigint: true });
  if (errno !== undefined && size > before && size < before + BigInt(most)) await handle.truncate(Number(before));
}
