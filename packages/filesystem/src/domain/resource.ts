import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { errnoOf } from './errno.ts';
import { afterOf, listDirectory, smallestAfter } from './list.ts';
import { readMedia } from './media.ts';
import { Pace } from './pace.ts';
import type { Roots } from './roots.ts';
import { foldSpelling, Spellings } from './spelling.ts';

/** Names that are offered to complete a path. */
const MAX_NAMES = 100;

/** What a resource holds. */
export type Content = { text: string; mimeType: string } | { blob: Uint8Array; mimeType: string };

/** The roots as `file:` URIs. */
export function rootUris(roots: Roots): { uri: string; name: string }[] {
  return roots.list.map(({ path }) => ({ uri: pathToFileURL(path).href, name: basename(path) || path }));
}

/** The path that a `file:` URI names, from what follows its third slash, decoded. */
export function pathOfUri(rest: string): string {
  return /^[a-z]:/i.test(rest) && process.platform === 'win32' ? rest : `/${rest}`;
}

/** A whole file, text as text and anything else as bytes; of a directory, the names in it. */
export async function readContent(roots: Roots, path: string, maxChars: number, signal: AbortSignal): Promise<Content> {
  const { stats } = await roots.stat(path, new Spellings(signal));
  if (stats.isDirectory()) {
    await using directory = await roots.openDirectory(path, new Spellings(signal));
    const { entries } = await listDirectory(directory, { maxChars }, { signal });
    return {
      text: entries.map(({ name, type }) => visibleName(name) + (type === 'directory' ? '/' : '')).join('\n'),
      mimeType: 'text/plain',
    };
  }
  const { bytes, mimeType } = await readMedia(roots, path, { signal });
  return mimeType.startsWith('text/') || mimeType === 'image/svg+xml' ? { text: bytes.toString(), mimeType } : { blob: bytes, mimeType };
}

/** What may follow a part of a path: names that begin so, directories with a slash. Nothing, where there is nothing to see. */
export async function completePath(roots: Roots, typed: string, signal: AbortSignal): Promise<string[]> {
  const above = typed.slice(0, typed.lastIndexOf('/') + 1);
  const begun = typed.slice(above.length);
  const own = rootUris(roots).map(({ uri }) => decodeURIComponent(uri.slice('file:///'.length)));
  try {
    await using directory = await roots.openDirectory(pathOfUri(above), new Spellings(signal));
    const after = afterOf(undefined);
    const entries = await smallestAfter(directory, after, MAX_NAMES, new Pace({ signal }), ({ name }) => name.startsWith(begun));
    return entries.map(({ name, type }) => `${above}${name}${type === 'directory' ? '/' : ''}`);
  } catch (error) {
    // Above the roots only the roots themselves are known.
    if (error instanceof ToolError) return own.filter((path) => path.startsWith(typed));
    throw error;
  }
}

/**
 * Calls `changed` when the file, or what is in the directory, has changed or gone, until the signal aborts. It is the directory that is
 * watched, by its handle: editors replace files, and a watch on the old one would hear no more.
 */
export async function watchPath(roots: Roots, path: string, changed: () => void, signal: AbortSignal): Promise<void> {
  const { path: shown, stats } = await roots.stat(path, new Spellings(signal));
  const whole = stats.isDirectory();
  await using directory = await roots.openDirectory(whole ? shown : dirname(shown));
  signal.throwIfAborted();
  const watcher = await directory.at(async (at) => startWatching(at, signal));
  watcher.on('change', (_event, name) => {
    if (whole || typeof name !== 'string' || foldSpelling(name) === foldSpelling(basename(shown))) changed();
  });
  // The directory itself has gone: so has the file.
  watcher.on('error', changed);
}

function startWatching(path: string, signal: AbortSignal): FSWatcher {
  try {
    return watch(path, { signal, persistent: false });
  } catch (error) {
    throw watchFault(error);
  }
}

/** Why a watch cannot be started. The system has limits of its own for them, which it tells in the words of a full disk or too many files. */
export function watchFault(thrown: unknown): unknown {
  if (!['ENOSPC', 'EMFILE', 'ENFILE'].includes(errnoOf(thrown) ?? '')) return thrown;
  return new ToolError('unavailable', 'The operating system watches as many files as it can', {
    hint: 'Read the file again now and then, or tell the user; on Linux fs.inotify.max_user_watches and max_user_instances can be raised.',
    cause: thrown,
  });
}
