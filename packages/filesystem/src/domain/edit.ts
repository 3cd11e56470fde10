import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { unifiedDiff } from './diff.ts';
import { applyEdits, type Edit } from './edit-text.ts';
import { fault } from './errno.ts';
import { chunksOf, type ExistingFile, refuseUnexpected, sha256Of, withExisting, writeAll } from './existing.ts';
import { notUtf8, refuseBinary, SNIFFED_BYTES } from './file-type.ts';
import { publishFile } from './publish.ts';
import type { Target, WritableRoots } from './writable.ts';

/** Larger files are not edited: an edit holds a file in memory several times over. */
const MAX_EDIT_BYTES = 10 * 1024 * 1024;

/** Edits of one file. */
export interface EditRequest {
  readonly path: string;
  readonly edits: readonly Edit[];
  /** Whether the file is to stay as it is. */
  readonly dryRun: boolean;
  /** What the file must be: else nothing is written. */
  readonly expectedSha256?: string | undefined;
}

/** A file as it was left, or, after a dry run, as it would be. */
export interface Edited {
  readonly path: string;
  readonly diff: string;
  readonly diffTruncated: boolean;
  readonly replacements: number;
  readonly dryRun: boolean;
  readonly size: number;
  readonly sha256: string;
}

/**
 * Replaces text in a UTF-8 file, all edits or none, by the rules of `applyEdits`. The byte order mark, the mode and every byte that no
 * edit names stay. Edits of one file wait for each other and see each other's work; other encodings are refused by name. The diff has at
 * most `budget` characters.
 */
export async function editFile(roots: WritableRoots, request: EditRequest, budget: number, signal?: AbortSignal): Promise<Edited> {
  const { path, edits, dryRun, expectedSha256 } = request;
  using target = await roots.claim(path, { followLink: true, existing: true }, signal);
  return await target.telling(async () => {
    const found = await withExisting(target, constants.O_RDWR, async (file) => ({
      replaces: file.stats,
      bytes: await readText(target, file, signal),
    }));
    if (found === undefined) throw fault('ENOENT');
    const { bytes, replaces } = found;
    refuseUnexpected(sha256Of(bytes), expectedSha256, path);
    const edited = await applyEdits(bytes.toString(), edits, 2 * MAX_EDIT_BYTES, signal);
    const content = Buffer.from(edited.text);
    const { diff, truncated } = unifiedDiff(target.path, edited.before, edited.after, budget);
    if (!dryRun && !content.equals(bytes)) {
      await publishFile(target, { replaces, fill: (handle) => writeAll(handle, content), signal });
    }
    const { replacements } = edited;
    return { path: target.path, diff, diffTruncated: truncated, replacements, dryRun, size: content.length, sha256: sha256Of(content) };
  });
}

async function readText({ path, requested }: Target, { handle, stats }: ExistingFile, signal: AbortSignal | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // By what is read, not by what the file says of itself: some say 0, and others grow.
  for await (const chunk of chunksOf(handle, signal)) {
    size += chunk.length;
    if (size > MAX_EDIT_BYTES) throw tooLarge(requested, Math.max(size, Number(stats.size)));
    chunks.push(Buffer.from(chunk));
  }
  const bytes = Buffer.concat(chunks, size);
  refuseBinary(bytes.subarray(0, SNIFFED_BYTES), { path, size });
  if (!isUtf8(bytes)) throw notUtf8(bytes.subarray(0, SNIFFED_BYTES), { path, size });
  return bytes;
}

function tooLarge(requested: string, size: number): ToolError {
  return new ToolError('too_large', `The file has ${size} bytes; edits take at most ${MAX_EDIT_BYTES}: ${visibleName(requested)}`, {
    hint: 'Write the file anew, or tell the user.',
  });
}
