import { constants, type Dirent, lstatSync } from 'node:fs';
import { lstat, open, readdir, readlink, realpath } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import type { Boundary } from './boundary.ts';
import { errnoOf } from './errors.ts';
import type { HeldDirectory } from './held.ts';
import { isBranchName } from './names.ts';

const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants;

/** Bytes of the small files that say where something is. */
const MAX_POINTER = 16_384;

/** Alternates of alternates: git follows five. */
const MAX_ALTERNATES = 5;

/** Directories of a repository in which git follows links when it reads. */
const READ_THROUGH = ['reftable', 'info', 'rebase-merge', 'rebase-apply', 'sequencer'];

/** The same of a directory of objects, beside those of loose ones. */
const OBJECTS = ['', 'pack', 'pack/multi-pack-index.d', 'info', 'info/commit-graphs'];

/** Directories of loose objects that are remembered to have no links: 256 a repository. */
const MAX_REMEMBERED = 51_200;

/** Milliseconds in which a directory may change twice and look the same. */
const RACY_MS = 1_000;

/** What a repository has to lie inside the allowed directories for. */
export function outside(what: string): ToolError {
  return new ToolError('denied', `This repository has its ${what} outside the allowed directories.`, {
    hint: 'Tell the user: the directory it is in must be allowed too, or the repository is not what it seems.',
  });
}

/** A file of at most `maxBytes`, never through a link, a pipe or a device. Undefined where there is none. */
export async function readSmall(path: string, maxBytes = MAX_POINTER): Promise<Buffer | undefined> {
  try {
    await using file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stats = await file.stat();
    if (!stats.isFile() || stats.size > maxBytes) throw unreadable();
    const buffer = Buffer.alloc(maxBytes + 1);
    const { bytesRead } = await file.read(buffer, 0, maxBytes + 1, 0);
    if (bytesRead > maxBytes) throw unreadable();
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined;
    throw errno === undefined ? error : unreadable();
  }
}

function unreadable(): ToolError {
  return new ToolError('denied', 'This repository is not laid out as git does it.', {
    hint: 'Tell the user: a file in its .git directory is a link, not a file, or unreasonably large.',
  });
}

/** What a `.git` file, or `commondir`, leads to: one path, relative to the directory that it lies in. */
export function pointerIn(content: Buffer, prefix: string, base: string): string {
  const text = content.toString().replace(/(?<![\r\n])[\r\n]+$/, '');
  const target = text.startsWith(prefix) ? text.slice(prefix.length).replace(/^ /, '') : '';
  if (target === '' || /[\0\r\n]/.test(target)) throw unreadable();
  // Not joined: `..` must be looked up where the base leads to, which may be a descriptor.
  return isAbsolute(target) ? target : `${base}/${target}`;
}

/** Whether a directory is a git directory: what git itself looks for. */
export async function isGitDirectory(directory: HeldDirectory): Promise<boolean> {
  const [head, objects, refs] = await Promise.all(['HEAD', 'objects', 'refs'].map((name) => kindOf(directory.below(name))));
  const isCommon = objects !== undefined && refs !== undefined;
  return head !== undefined && (isCommon || (await kindOf(directory.below('commondir'))) !== undefined);
}

type Kind = 'directory' | 'file' | 'link' | 'other';

/** `undefined` where there is nothing. */
export async function kindOf(path: string): Promise<Kind | undefined> {
  const stats = await lstat(path).catch((error: unknown) => {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  });
  if (stats === undefined) return undefined;
  if (stats.isSymbolicLink()) return 'link';
  return stats.isDirectory() ? 'directory' : stats.isFile() ? 'file' : 'other';
}

/** What is at a path, or what stands in the way to it: behind a link nothing is looked at. */
export async function kindBelow(directory: HeldDirectory, path: string): Promise<Kind | undefined> {
  for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
    const kind = await kindOf(directory.below(path.slice(0, end)));
    if (kind !== 'directory') return kind;
  }
  return await kindOf(directory.below(path));
}

/**
 * Refuses links that lead outside: a pack that is another repository's, a reflog that is a shell's start file. `deep`, for what writes,
 * looks everywhere but into the directories of loose objects. Without `hooks` git never opens those, wherever they lead.
 */
export async function refuseLinksOutside(
  gitDir: HeldDirectory,
  boundary: Boundary,
  { deep, hooks }: { deep: boolean; hooks: boolean },
): Promise<void> {
  const entries = (await entriesOf(gitDir, '')).filter(({ name }) => hooks || name !== 'hooks');
  if (deep) return await refuseBelow(gitDir, '', boundary, entries);
  await refuseLinks(gitDir, '', entries, boundary);
  await Promise.all(['refs', 'logs'].map((name) => refuseBelow(gitDir, name, boundary)));
  await Promise.all(READ_THROUGH.map(async (name) => refuseLinks(gitDir, name, await entriesOf(gitDir, name), boundary)));
}

/** Directories without links, as they were then, and what they hold of directories. */
const plain = new Map<string, { readonly changed: bigint; readonly directories: readonly string[] }>();

/** How many of them are remembered. */
const MAX_PLAIN = 20_000;

async function refuseBelow(gitDir: HeldDirectory, name: string, boundary: Boundary, listed?: readonly Dirent[]): Promise<void> {
  const stats = lstatSync(gitDir.below(name), { bigint: true, throwIfNoEntry: false });
  const key = `${stats?.dev}:${stats?.ino}`;
  const known = plain.get(key);
  if (known !== undefined && known.changed === stats?.ctimeNs) {
    for (const each of known.directories) await refuseBelow(gitDir, join(name, each), boundary);
    return;
  }
  const entries = listed ?? (await entriesOf(gitDir, name));
  await refuseLinks(gitDir, name, entries, boundary);
  const directories = entries
    .filter((entry) => entry.isDirectory() && !/^objects\/[0-9a-f]{2}$/.test(join(name, entry.name)))
    .map((entry) => entry.name);
  for (const each of directories) await refuseBelow(gitDir, join(name, each), boundary);
  // Of the git directory itself not all is listed, and a link may lead elsewhere by now.
  if (listed !== undefined || !stats?.isDirectory() || isYoung(stats) || entries.some((entry) => entry.isSymbolicLink())) return;
  if (plain.size >= MAX_PLAIN) plain.clear();
  plain.set(key, { changed: stats.ctimeNs, directories });
}

/** Whether it may change again and look the same. Not by mtime, which anybody may set. */
function isYoung({ ctimeMs }: { readonly ctimeMs: bigint }): boolean {
  return Math.abs(Date.now() - Number(ctimeMs)) < RACY_MS;
}

async function entriesOf(gitDir: HeldDirectory, name: string): Promise<Dirent[]> {
  return await readdir(gitDir.below(name), { withFileTypes: true }).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw errnoOf(error) === undefined ? error : unreadable();
  });
}

async function refuseLinks(gitDir: HeldDirectory, name: string, entries: readonly Dirent[], boundary: Boundary): Promise<void> {
  for (const entry of entries) {
    // A pipe would never end, and a device is anything.
    if (entry.isFIFO() || entry.isCharacterDevice() || entry.isBlockDevice()) throw unreadable();
    if (!entry.isSymbolicLink()) continue;
    const path = gitDir.below(join(name, entry.name));
    // An old way to say which branch is checked out: git reads the text, and follows nothing, but where it is no name of a ref.
    if (name === '' && entry.name === 'HEAD' && isRef(await readlink(path))) continue;
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined || boundary.rootOf(real) === undefined) throw outside('data (a link in its .git directory)');
  }
}

function isRef(target: string): boolean {
  return target.startsWith('refs/') && isBranchName(target.slice('refs/'.length));
}

/** Refuses links that lead outside in a directory of objects. */
export async function refuseObjectsOutside(objects: HeldDirectory, boundary: Boundary): Promise<void> {
  await Promise.all(OBJECTS.map(async (name) => refuseLinks(objects, name, await entriesOf(objects, name), boundary)));
}

const withoutLinks = new Map<string, bigint>();

/** Refuses links among loose objects: git makes none, and each would be read as an object of this repository. */
export async function refuseLooseLinks(objects: HeldDirectory): Promise<void> {
  for (const { name } of (await entriesOf(objects, '')).filter((entry) => /^[0-9a-f]{2}$/.test(entry.name))) {
    // Up to 256, each some microseconds: asked one by one through the thread pool, they would take longer than git itself.
    const stats = lstatSync(objects.below(name), { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) continue;
    const key = `${stats.dev}:${stats.ino}`;
    if (withoutLinks.get(key) === stats.ctimeNs) continue;
    const entries = await entriesOf(objects, name);
    if (!stats.isDirectory() || entries.some((entry) => !entry.isFile() && !entry.isDirectory())) throw unreadable();
    if (isYoung(stats)) continue;
    if (withoutLinks.size >= MAX_REMEMBERED) withoutLinks.clear();
    withoutLinks.set(key, stats.ctimeNs);
  }
}

/** Refuses objects that are borrowed from outside, also by those that are borrowed from. */
export async function refuseAlternatesOutside(objects: HeldDirectory, boundary: Boundary): Promise<void> {
  await refuseAlternatesOf(objects.below(''), boundary, 0);
}

async function refuseAlternatesOf(objects: string, boundary: Boundary, depth: number): Promise<void> {
  const content = await readSmall(join(objects, 'info', 'alternates'));
  if (content === undefined) return;
  if (depth === MAX_ALTERNATES) throw outside('objects (alternates of alternates)');
  for (const line of content.toString().split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    // Git unquotes such a line; none that it writes itself needs it.
    // So is `..` behind a name: git may resolve it by the text, and the system by what the name leads to.
    if (line.startsWith('"') || goesUpAgain(line)) throw unreadable();
    using held = await boundary.hold(isAbsolute(line) ? line : `${objects}/${line}`, () => outside('objects (alternates)'));
    await refuseObjectsOutside(held, boundary);
    await refuseLooseLinks(held);
    await refuseAlternatesOf(held.below(''), boundary, depth + 1);
  }
}

/** Whether a path has `..` behind a name. */
function goesUpAgain(path: string): boolean {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const name = parts.findIndex((part) => part !== '..');
  return name !== -1 && parts.includes('..', name);
}
