import { fileURLToPath } from 'node:url';
import { ToolError } from '@touchstone-mcp/core/errors';
import type { Roots } from './roots.ts';
import { visibleName } from './visible-name.ts';

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
 * so is what is no such URI. The directories given stay open; what is returned has to be disposed of.
 */
export async function narrowRoots(roots: Roots, uris: readonly string[]): Promise<NarrowedRoots> {
  const dropped: DroppedRoot[] = uris.slice(MAX_CLIENT_ROOTS).map((uri) => ({ uri, reason: `more than ${MAX_CLIENT_ROOTS} roots` }));
  const directories = new Map<string, string>();
  for (const uri of uris.slice(0, MAX_CLIENT_ROOTS)) {
    const directory = directoryOf(uri);
    if (typeof directory === 'string') directories.set(directory, uri);
    else dropped.push({ uri, reason: directory.reason });
  }
  const narrowed = await roots.narrow([...directories.keys()], (directory, error) =>
    dropped.push({ uri: directories.get(directory) ?? '', reason: String(error) }),
  );
  return { roots: narrowed, dropped };
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
