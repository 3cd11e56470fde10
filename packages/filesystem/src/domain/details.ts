import type { Stats } from 'node:fs';
import { visibleName } from '@touchstone-mcp/core/visible';
import type { Entry } from './entry.ts';
import { afterOf, smallestAfter } from './list.ts';
import { type Companions, Pace } from './pace.ts';
import type { ProvenDirectory, Roots } from './roots.ts';
import { Spellings } from './spelling.ts';

/** As many entries as are measured at most: each costs a system call. */
export const MAX_MEASURED = 10_000;
const IN_FLIGHT = 16;

const LAST_DATE_MS = 8_640_000_000_000_000;

/** An entry and the bytes of its file. */
export interface SizedEntry extends Entry {
  /** Of regular files only. */
  readonly size?: number;
}

/** A directory with sizes, as much of it as fits. */
export interface SizedListing {
  readonly entries: SizedEntry[];
  readonly files: number;
  readonly directories: number;
  /** Bytes of the files that were counted. */
  readonly totalSize: number;
  readonly truncated: boolean;
}

/** How a listing is sorted and cut. */
export interface SizedLimits {
  readonly sortBy: 'name' | 'size';
  readonly limit: number;
  readonly maxChars: number;
}

/** The entries of a directory with their sizes, by name or with the largest first. Sums are of the first `MAX_MEASURED` names. */
export async function listSizes(directory: ProvenDirectory, limits: SizedLimits, companions: Companions): Promise<SizedListing> {
  const pace = new Pace(companions);
  const candidates = await smallestAfter(directory, afterOf(undefined), MAX_MEASURED + 1, pace);
  const measured = await measure(directory, candidates.slice(0, MAX_MEASURED), pace);
  const sorted = limits.sortBy === 'name' ? measured : measured.toSorted((left, right) => (right.size ?? 0) - (left.size ?? 0));
  let room = limits.maxChars;
  const overflow = sorted.findIndex((entry) => {
    room -= sizeLine(entry).length + 1;
    return room < 0;
  });
  const entries = sorted.slice(0, overflow === -1 ? limits.limit : Math.min(limits.limit, Math.max(1, overflow)));
  const directories = measured.filter(({ type }) => type === 'directory').length;
  return {
    entries,
    files: measured.length - directories,
    directories,
    totalSize: measured.reduce((sum, { size = 0 }) => sum + size, 0),
    truncated: entries.length < candidates.length,
  };
}

async function measure(directory: ProvenDirectory, entries: readonly Entry[], pace: Pace): Promise<SizedEntry[]> {
  const sized: SizedEntry[] = [];
  for (let at = 0; at < entries.length; at += IN_FLIGHT) {
    await pace.step('sizes read');
    pace.done += IN_FLIGHT;
    sized.push(...(await Promise.all(entries.slice(at, at + IN_FLIGHT).map((entry) => withSize(directory, entry)))));
  }
  return sized;
}

async function withSize(directory: ProvenDirectory, entry: Entry): Promise<SizedEntry> {
  const stats = entry.type === 'file' ? await directory.stat(entry.name) : undefined;
  return stats?.isFile() ? { ...entry, size: stats.size } : entry;
}

/** One line of a listing, in the official server's form. */
export function sizeLine({ name, type, size = 0 }: Entry & { readonly size?: number | undefined }): string {
  const directory = type === 'directory';
  return `${directory ? '[DIR]' : '[FILE]'} ${visibleName(name).padEnd(30)} ${directory ? '' : formatSize(size).padStart(10)}`;
}

/** Bytes as a person reads them, in the official server's form: `1.50 KB`. */
export function formatSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), units.length - 1);
  return power === 0 ? `${bytes} B` : `${(bytes / 1024 ** power).toFixed(2)} ${units[power]}`;
}

/** What the disk knows about a file or directory. */
export interface FileInfo {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'other';
  readonly size: number;
  /** ISO 8601. */
  readonly created: string;
  readonly modified: string;
  readonly accessed: string;
  /** Octal, such as `644`. */
  readonly permissions: string;
}

/** Facts about whatever stands at a path, links followed inside the roots. Nothing is opened: a pipe or a device notices nothing. */
export async function fileInfo(roots: Roots, requested: string, signal?: AbortSignal): Promise<FileInfo> {
  const { path, stats } = await roots.stat(requested, new Spellings(signal));
  return {
    path,
    type: typeOf(stats),
    size: stats.size,
    created: isoTime(stats.birthtimeMs),
    modified: isoTime(stats.mtimeMs),
    accessed: isoTime(stats.atimeMs),
    permissions: (stats.mode & 0o777).toString(8).padStart(3, '0'),
  };
}

/** Whoever owns a file may date it to a year that JavaScript has no date for: then it is the last, or the first, that it has. */
function isoTime(ms: number): string {
  return new Date(Math.min(Math.max(ms, -LAST_DATE_MS), LAST_DATE_MS)).toISOString();
}

function typeOf(stats: Stats): FileInfo['type'] {
  if (stats.isFile()) return 'file';
  return stats.isDirectory() ? 'directory' : 'other';
}
