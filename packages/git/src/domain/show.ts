import { ToolError } from '@touchstone-mcp/core/errors';
import { git, gitRecords } from './command.ts';
import { cursorOf, positionOf } from './cursor.ts';
import { type ChangedFile, type DiffStat, readDiffStat } from './diff.ts';
import { type Commit, readCommit } from './history.ts';
import { type ObjectId, objectIdOf, provePaths, proveRevision, type RepositoryPath, resolveCommit, shown } from './names.ts';
import { type PatchPage, readPatches } from './patch.ts';
import type { Waiting } from './progress.ts';
import type { Repository } from './repository.ts';
import { decode } from './text.ts';

/** A commit beside its first parent. */
export interface ShownCommit extends PatchPage {
  readonly kind: 'commit';
  readonly commit: Commit;
  /** As many files as are listed, and sums over all. */
  readonly stat: DiffStat & { readonly total: number };
}

/** A file as a commit has it. */
export interface ShownFile {
  readonly kind: 'file';
  readonly commit: string;
  readonly path: string;
  readonly size: number;
  /** Undefined where it is binary. */
  readonly text?: string | undefined;
  readonly symlink?: true | undefined;
  readonly inexact?: true | undefined;
  readonly nextCursor?: string | undefined;
}

/** A directory as a commit has it. */
export interface ShownDirectory {
  readonly kind: 'directory';
  readonly commit: string;
  readonly path: string;
  /** Names; those of directories end with a slash. */
  readonly entries: readonly string[];
  readonly nextCursor?: string | undefined;
}

/** What is asked for. */
export interface ShowQuery {
  /** A revision, or `<revision>:<path>`. */
  readonly revision: string;
  readonly paths: readonly string[];
  readonly contextLines: number;
  /** No patches. */
  readonly statOnly: boolean;
  readonly maxChars: number;
  readonly cursor?: string | undefined;
}

/** Characters of a commit's message beside its diff. */
const MAX_MESSAGE = 8_000;

/** The part of an answer that names of files may take; a message has a quarter. */
const LISTED = 0.4;

/** Bytes of a file of which a page is made. */
const MAX_BYTES = 16_000_000;

/** Bytes that are looked at to tell text from other things, as git does it. */
const SAMPLE = 8_000;

/** A commit with its diff, or what lies at a path in it. */
export async function show(repository: Repository, query: ShowQuery, waiting: Waiting): Promise<ShownCommit | ShownFile | ShownDirectory> {
  const { signal } = waiting;
  const colon = query.revision.indexOf(':');
  if (colon === -1) return await showCommit(repository, query, waiting);
  const revision = proveRevision(query.revision.slice(0, colon));
  const path = query.revision.slice(colon + 1).replace(/\/$/, '');
  const paths = path === '' ? [] : provePaths([path]);
  const commit = await resolveCommit(repository, revision, signal);
  return await showPath(repository, commit, paths[0], query, signal);
}

async function showCommit(repository: Repository, query: ShowQuery, waiting: Waiting): Promise<ShownCommit> {
  const { signal } = waiting;
  const paths = provePaths(query.paths);
  const id = await resolveCommit(repository, query.revision, signal);
  const commit = await readCommit(repository, id, Math.min(MAX_MESSAGE, query.maxChars / 4), signal);
  const [parent] = commit.parents;
  const comparison = { kind: 'commits', from: parent === undefined ? undefined : objectIdOf(parent), to: id } as const;
  const stat = await readDiffStat(repository, comparison, paths, waiting);
  const [files, chars] = listed(stat, query.maxChars * LISTED);
  const shownStat = { ...stat, files, total: stat.files.length };
  if (query.statOnly) return { kind: 'commit', commit, stat: shownStat, patches: [], omitted: 0 };
  const maxChars = query.maxChars - commit.message.length - chars;
  const page = await readPatches(repository, comparison, stat, { ...query, paths, maxChars }, signal);
  return { kind: 'commit', commit, stat: shownStat, ...page };
}

/** The first files that fit, and the characters that they take. */
function listed({ files }: DiffStat, maxChars: number): [files: ChangedFile[], chars: number] {
  let chars = 0;
  const end = files.findIndex(({ path, from = '' }) => {
    const own = path.length + from.length + 24;
    if (chars + own > maxChars) return true;
    chars += own;
    return false;
  });
  return [end === -1 ? [...files] : files.slice(0, end), chars];
}

async function showPath(repository: Repository, commit: ObjectId, path: RepositoryPath | undefined, query: ShowQuery, signal: AbortSignal) {
  if (path === undefined) return await showDirectory(repository, commit, '', query, signal);
  const { stdout } = await git(repository, ['ls-tree', '-z', '--long', commit, '--', path], { signal });
  const [, mode, type, id = '', size] = /^(\d{6}) (\w+) ([0-9a-f]+) +(\d+|-)\t/.exec(stdout.toString('latin1')) ?? [];
  // Git lists what is in a directory where a path is spelled otherwise: `.`, or with two slashes.
  const named = stdout.subarray(stdout.indexOf(0x09) + 1, stdout.indexOf(0));
  if (type === undefined || !named.equals(Buffer.from(path)))
    throw new ToolError('not_found', `No such path in this commit: ${shown(path)}`, {
      hint: 'Ask for the directory above it, as <revision>:<directory>.',
    });
  if (type === 'tree') return await showDirectory(repository, objectIdOf(id), path, query, signal, commit);
  if (type === 'commit')
    throw new ToolError('invalid_input', `A submodule, not a file: ${shown(path)}`, {
      hint: `It is at commit ${id} of another repository.`,
    });
  return await showFile(repository, { id: objectIdOf(id), commit, path, size: Number(size), symlink: mode === '120000' }, query, signal);
}

interface Blob {
  readonly id: ObjectId;
  readonly commit: ObjectId;
  readonly path: string;
  readonly size: number;
  readonly symlink: boolean;
}

/** Whole lines from where the cursor says. */
async function showFile(
  repository: Repository,
  { id, symlink, ...blob }: Blob,
  { cursor, maxChars }: ShowQuery,
  signal: AbortSignal,
): Promise<ShownFile> {
  const [start] = cursor === undefined ? [0] : positionOf(cursor, ['number']);
  const about = { kind: 'file' as const, ...blob, ...(symlink ? { symlink: true as const } : {}) };
  const { stdout, truncated } = await git(repository, ['cat-file', 'blob', id], { signal, maxBytes: MAX_BYTES });
  if (stdout.subarray(0, SAMPLE).includes(0)) return about;
  const { text, exact } = decode(stdout);
  const page = text.slice(start, start + maxChars);
  const last = start + page.length >= text.length;
  if (last && truncated)
    throw new ToolError('too_large', `Only the first ${MAX_BYTES} bytes of a file can be shown.`, {
      hint: 'Ask git_diff or git_blame about it.',
    });
  const end = last ? page.length : page.lastIndexOf('\n') + 1 || page.length;
  return {
    ...about,
    text: page.slice(0, end).toWellFormed(),
    ...(exact ? {} : { inexact: true as const }),
    ...(last ? {} : { nextCursor: cursorOf([start + end]) }),
  };
}

async function showDirectory(
  repository: Repository,
  tree: ObjectId,
  path: string,
  { cursor, maxChars }: ShowQuery,
  signal: AbortSignal,
  commit = tree,
): Promise<ShownDirectory> {
  const [skip] = cursor === undefined ? [0] : positionOf(cursor, ['number']);
  const entries: string[] = [];
  let [room, index] = [maxChars, 0];
  for await (const record of gitRecords(repository, ['ls-tree', '-z', tree], { signal })) {
    if (index++ < skip) continue;
    const name = decode(record.subarray(record.indexOf(0x09) + 1)).text + (record.includes(' tree ') ? '/' : '');
    room -= name.length + 3;
    if (room < 0 && entries.length > 0) return { kind: 'directory', commit, path, entries, nextCursor: cursorOf([index - 1]) };
    entries.push(name);
  }
  return { kind: 'directory', commit, path, entries };
}
