import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { isWithin, locate, segmentsOf } from './path.ts';
import type { Roots } from './roots.ts';

/** Each is held open, and no workspace has more. */
const MAX_CLIENT_ROOTS = 256;

/** A root of a client's that counts for nothing, and why. */
export interface DroppedRoot {
  readonly uri: string;
  readonly reason: string;
}

/** What a client's roots leave of the allowed directories, if anything, and those of them that count for nothing. */
export interface NarrowedRoots {
  readonly roots: Roots | undefined;
  readonly dropped: readonly DroppedRoot[];
}

/**
 * Narrows the allowed directories to the `file:` URIs that a client names as its roots, never the other way: what lies outside is dropped, and
 * so is what is no such URI. A directory that is spelled through links outside counts as what they lead to. The directories given stay
 * open; what is returned has to be disposed of.
 */
export async function narrowRoots(roots: Roots, uris: readonly string[]): Promise<NarrowedRoots> {
  const dropped: DroppedRoot[] = uris.slice(MAX_CLIENT_ROOTS).map((uri) => ({ uri, reason: `more than ${MAX_CLIENT_ROOTS} roots` }));
  const directories = new Map<string, string>();
  for (const uri of uris.slice(0, MAX_CLIENT_ROOTS)) {
    const directory = directoryOf(uri);
    if (typeof directory === 'string') directories.set(await meant(directory, roots), uri);
    else dropped.push({ uri, reason: directory.reason });
  }
  const narrowed = await roots.narrow([...directories.keys()], (directory, error) =>
    dropped.push({ uri: directories.get(directory) ?? '', reason: String(error) }),
  );
  return { roots: narrowed, dropped };
}

/**
 * A directory as the disk calls it, where by its own spelling it is neither around an allowed directory nor in one: `/tmp/x` on macOS is
 * `/private/tmp/x`. It is proven like any other afterwards. Another machine is never asked.
 */
async function meant(directory: string, { list }: Roots): Promise<string> {
  const known = list.some((root) => isWithin(root, directory, path)) || locate(segmentsOf(directory, path), list, path) !== undefined;
  if (known || path.parse(directory).root.startsWith('\\\\')) return directory;
  return await realpath(directory).catch(() => directory);
}

/** The path in a `file:` URI, decoded once, by the rules of the system; of anything else, why it has none. */
export function directoryOf(uri: string, windows = process.platform === 'win32'): string | { readonly reason: string } {
  // `new URL` would make `file:///` of `file:../..`.
  if (!/^file:\/\//i.test(uri) || !URL.canParse(uri)) return { reason: 'no file: URI' };
  const url = new URL(uri);
  // A `#` or `?` that the client has not encoded: the path before it is another directory's.
  if (url.hash !== '' || url.search !== '') return { reason: 'a file: URI with a query or fragment' };
  try {
    return fileURLToPath(url, { windows });
  } catch (error) {
    return { reason: error instanceof Error ? error.message : 'no path' };
  }
}

/** The refusal of all that a client asks for whose roots leave nothing. */
export function nothingLeft(roots: Roots): ToolError {
  const allowed = roots.list.map((root) => visibleName(root.path)).join(', ');
  return new ToolError('denied', 'None of the roots of this client lies in an allowed directory, so nothing is shared with it.', {
    hint: `Tell the user: open a folder in one of ${allowed}, or start the server with --client-roots ignore.`,
  });
}
