import { type BigIntStats, constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { fault, fileError } from './errno.ts';
import { chunksOf, writeAll } from './existing.ts';
import { isLink } from './link.ts';
import { type Companions, Pace } from './pace.ts';
import { copyLink, moveDirectory, type Named, publishFile } from './publish.ts';
import { removeOwn } from './remove.ts';
import { temporaryName } from './temporary.ts';
import { enterDirectory, surveyTree } from './tree.ts';
import type { OpenedFile, Place } from './walk.ts';
import { lookAt, type Target, type WritableRoots } from './writable.ts';

/** What was copied. */
export interface Copied {
  readonly source: string;
  readonly destination: string;
  /** Files, directories and links, the source itself included. */
  readonly copied: number;
}

/**
 * Copies a file, a link (its text, never what it leads to) or a directory with all that is in it to a name that nothing has. The copy
 * appears whole or not at all. Modes are kept as far as the process's mask allows, owners and times are not.
 */
export async function copyPath(roots: WritableRoots, from: string, to: string, companions: Companions = {}): Promise<Copied> {
  const { signal } = companions;
  const claims = [
    { requested: from, purpose: 'read', existing: true },
    { requested: to, purpose: 'change' },
  ] as const;
  const [source, destination] = await roots.claimAll(claims, signal);
  if (source === undefined || destination === undefined) throw new Error('two claims give two targets');
  using _both = source;
  const found = await source.telling(async () => (await source.look()) ?? missing());
  const done = { source: source.path, destination: destination.path };
  return await destination.telling(async () => {
    if ((await destination.look()) !== undefined) throw fault('EEXIST');
    if (found.isSymbolicLink()) await copyLink(source, destination);
    else if (found.isDirectory()) return { ...done, copied: await copyDirectory(source, destination, found, companions) };
    else await copyFile(source, destination, signal);
    return { ...done, copied: 1 };
  });
}

function missing(): never {
  throw fault('ENOENT');
}

/** Copies a regular file to a name that nothing has, whole or not at all, and gives back what was copied. */
export async function copyFile(source: Target, destination: Target, signal: AbortSignal | undefined): Promise<BigIntStats> {
  const { handle, stats } = await source.telling(() => openSource(source));
  try {
    const before = await handle.stat({ bigint: true });
    const fill = (copy: OpenedFile['handle']) => pour(handle, copy, signal);
    await publishFile(destination, { fill, signal, mode: stats.mode & 0o777 });
    return before;
  } finally {
    await handle.close();
  }
}

async function openSource({ directory, name }: Named): Promise<OpenedFile> {
  const opened = await directory.openFile(name, constants.O_RDONLY);
  if (isLink(opened)) throw fault('ECHANGED');
  return opened;
}

async function pour(from: OpenedFile['handle'], to: OpenedFile['handle'], signal: AbortSignal | undefined): Promise<void> {
  for await (const chunk of chunksOf(from, signal)) await writeAll(to, chunk);
}

/** Under a temporary name first, where nobody sees it grow. */
async function copyDirectory(source: Target, destination: Target, found: BigIntStats, companions: Companions): Promise<number> {
  const { signal } = companions;
  // The copy would be a part of what is to be copied.
  if (destination.isWithin(source)) {
    throw new ToolError('invalid_input', `A directory cannot be copied into itself: ${visibleName(destination.requested)}`);
  }
  using from = await enterDirectory(source.directory, source.name);
  const count = await surveyTree(from, {
    requested: source.requested,
    signal,
    visit(entry, names) {
      destination.permit(names);
      if (entry.type === 'other') throw notCopied([source.requested, ...names].join('/'));
    },
  });
  const { directory } = destination;
  const temporary = { directory, name: temporaryName() };
  await directory.at(temporary.name, (path) => mkdir(path, Number(found.mode & 0o777n) | 0o700));
  try {
    {
      using to = await enterDirectory(directory, temporary.name);
      await copyEntries(from, to, { shown: source.requested, pace: new Pace(companions), signal });
    }
    signal?.throwIfAborted();
    await moveDirectory(temporary, destination);
  } catch (error) {
    await removeOwn(directory, temporary.name).catch(() => {});
    throw error;
  }
  return count + 1;
}

/** A directory that is being copied, as it is named in a refusal. */
interface Copying {
  readonly shown: string;
  readonly pace: Pace;
  readonly signal: AbortSignal | undefined;
}

async function copyEntries(from: Place, to: Place, { shown, pace, signal }: Copying): Promise<void> {
  for (const { name, type } of await from.allEntries()) {
    pace.done += 1;
    await pace.step('entries copied');
    const copying = { shown: `${shown}/${name}`, pace, signal };
    if (type === 'symlink') await copyLink({ directory: from, name }, { directory: to, name });
    else if (type === 'directory') await copySubdirectory(from, to, name, copying);
    else await copyEntry(from, to, name, copying);
  }
}

async function copySubdirectory(from: Place, to: Place, name: string, copying: Copying): Promise<void> {
  using source = await enterDirectory(from, name).catch(blaming(copying.shown));
  const stats = await lookAt(source, '.');
  await to.at(name, (path) => mkdir(path, Number((stats?.mode ?? 0o755n) & 0o777n) | 0o700));
  using destination = await enterDirectory(to, name);
  await copyEntries(source, destination, copying);
}

async function copyEntry(from: Place, to: Place, name: string, { shown, signal }: Copying): Promise<void> {
  const { handle, stats } = await openSource({ directory: from, name }).catch(blaming(shown));
  try {
    const copy = await to.createFile(name, stats.mode & 0o777);
    try {
      await pour(handle, copy, signal);
    } finally {
      await copy.close();
    }
  } finally {
    await handle.close();
  }
}

/** What cannot be read is not to be looked for at the destination. */
function blaming(shown: string): (error: unknown) => never {
  return (error) => {
    throw fileError(error, shown);
  };
}

function notCopied(path: string): ToolError {
  return new ToolError('denied', `Not a regular file, directory or link: ${visibleName(path)}`, {
    hint: 'Nothing was copied. Pipes, sockets and devices are never copied.',
  });
}
