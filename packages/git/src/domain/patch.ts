import { ToolError } from '@touchstone-mcp/core/errors';
import { git } from './command.ts';
import { type Comparison, diffArguments } from './comparison.ts';
import { cursorOf, positionOf } from './cursor.ts';
import { type ChangedFile, COLON, changeOf, type DiffStat } from './diff.ts';
import type { RepositoryPath } from './names.ts';
import { proveRecordPath } from './record-path.ts';
import type { Repository } from './repository.ts';
import { decode } from './text.ts';

/** The patch of one file, as git writes it, from `diff --git` on. */
export interface Patch {
  readonly path: string;
  readonly text: string;
  /** Set where this is not all of it: the first of its lines that is here, from 0, or that its end is missing. */
  readonly part?: true | undefined;
}

/** A page of patches, in the order of the files. */
export interface PatchPage {
  readonly patches: readonly Patch[];
  /** Files without a patch here: binary, generated (unless asked for by path), unmerged, or with a name that is no UTF-8. */
  readonly omitted: number;
  readonly nextCursor?: string | undefined;
}

/** What a page is asked for. */
export interface PatchQuery {
  readonly paths: readonly RepositoryPath[];
  readonly contextLines: number;
  readonly maxChars: number;
  readonly cursor?: string | undefined;
}

/** Files whose patches one git process makes. */
const MAX_FILES = 100;

/** A longer line is cut: minified code is one line of megabytes. */
const MAX_LINE = 2_000;

/** Bytes of patches that one page is made of; a cursor can lead as far into a file. */
const MAX_BYTES = 16_000_000;

/** The patches of the files of a stat, as many as fit, in one git process. A file that does not fit is cut after a whole line, and goes on with the cursor. */
export async function readPatches(
  repository: Repository,
  comparison: Comparison,
  stat: DiffStat,
  query: PatchQuery,
  signal: AbortSignal,
): Promise<PatchPage> {
  const wanted = stat.files.filter((file) => hasPatch(file, query.paths));
  const omitted = stat.files.length - wanted.length;
  const [first, skip] = positionIn(wanted, query.cursor);
  const batch = batchOf(wanted.slice(first), query.maxChars);
  if (batch.length === 0) return { patches: [], omitted };
  // Names that git itself has just told; literal, behind `--`.
  const names = batch.flatMap(({ path, from }) => [path, ...(from === undefined ? [] : [from])]) as RepositoryPath[];
  const args = diffArguments(comparison, ['--raw', '-z', '--patch', `--unified=${query.contextLines}`], names);
  const { stdout, truncated } = await git(repository, args, { signal, maxBytes: MAX_BYTES, provesPaths: comparison.kind === 'commits' });
  const texts = linesOf(batch, stdout, truncated);
  if (truncated && (texts[0]?.length ?? 0) <= skip) throw tooLarge();
  // What was cut off is asked for again, with the page after this one.
  const read = truncated ? texts.filter((lines) => lines.length > 0).length : texts.length;
  const { patches, stoppedAt } = fill(batch.slice(0, read), texts, skip, query.maxChars);
  const behind = wanted[first + read];
  const next = stoppedAt ?? (behind === undefined ? undefined : cursorOf([behind.path, 0]));
  return { patches, omitted, ...(next === undefined ? {} : { nextCursor: next }) };
}

function tooLarge(): ToolError {
  return new ToolError('too_large', 'This patch is too large to be read further.', { hint: 'Ask for the stat only, or for other paths.' });
}

/** Whether a file's patch is shown: text, and either not generated or asked for. */
export function hasPatch({ path, binary, generated, inexact, change }: ChangedFile, paths: readonly string[]): boolean {
  if (binary || inexact || change === 'U') return false;
  return !generated || paths.includes(path);
}

function positionIn(files: readonly ChangedFile[], cursor: string | undefined): [first: number, skip: number] {
  if (cursor === undefined) return [0, 0];
  const [path, skip] = positionOf(cursor, ['string', 'number']);
  const first = files.findIndex((file) => file.path === path);
  if (first === -1)
    throw new ToolError('conflict', 'The diff has changed since this cursor was given.', { hint: 'Start again without a cursor.' });
  return [first, skip];
}

/** As many files as may fit: each line has two characters at least, and each file a header. */
function batchOf(files: readonly ChangedFile[], maxChars: number): ChangedFile[] {
  let chars = 0;
  const end = files.findIndex((file, index) => {
    chars += 60 + file.path.length + 2 * ((file.added ?? 0) + (file.deleted ?? 0));
    return index > 0 && (chars > maxChars || index === MAX_FILES);
  });
  return end === -1 ? [...files] : files.slice(0, end);
}

/** Each file's lines: sections come in the order of the records before them, which may be of more files than were asked for (a path is also a directory). */
function linesOf(batch: readonly ChangedFile[], stdout: Buffer, truncated: boolean): string[][] {
  const { changes, patches } = splitOutput(stdout);
  // Only a header begins a line so: lines of content begin with a blank, +, - or a backslash. By \n alone: ^ would match behind \r as well.
  const sections = patches.split(/(?<=\n)(?=diff --git )/).filter((section) => section.startsWith('diff --git '));
  const texts = new Map<string, string>();
  let next = 0;
  for (const { path, count } of changes) {
    texts.set(path, sections.slice(next, next + count).join(''));
    next += count;
  }
  // Otherwise a patch would be told as that of another file.
  if (truncated ? next < sections.length : next !== sections.length) throw changedMeanwhile();
  return batch.map(({ path }) => {
    const lines = (texts.get(path) ?? '').split('\n');
    if (lines.at(-1) === '') lines.pop();
    return lines.map(clip);
  });
}

function changedMeanwhile(): ToolError {
  return new ToolError('conflict', 'Files have changed while they were compared.', { hint: 'Try again, or ask for the stat only.' });
}

/** Raw records, each field ended by NUL, then an empty one, then the patches. `count` is how many of those a record has. */
function splitOutput(stdout: Buffer): { changes: { path: string; count: number }[]; patches: string } {
  const changes: { path: string; count: number }[] = [];
  let at = 0;
  const field = () => {
    const end = stdout.indexOf(0, at);
    const bytes = stdout.subarray(at, end === -1 ? stdout.length : end);
    at = end === -1 ? stdout.length : end + 1;
    return bytes;
  };
  while (stdout[at] === COLON) {
    const record = field();
    // What is in conflict has two colons, and a patch of another kind, which is none here.
    const change = record[1] === COLON ? 'U' : changeOf(record);
    const first = proveRecordPath(field());
    const path = change === 'R' || change === 'C' ? proveRecordPath(field()) : first;
    changes.push({ path: decode(path).text, count: sectionsOf(change, record) });
  }
  return { changes, patches: decode(stdout.subarray(at + 1)).text };
}

/** What changes from a file to a link, say, is deleted and made anew. Of a directory there is none. */
function sectionsOf(change: string, record: Buffer): number {
  if (change === 'U' || /^:04|^:\d{6} 04/.test(record.toString('latin1'))) return 0;
  return change === 'T' ? 2 : 1;
}

function clip(line: string): string {
  return line.length <= MAX_LINE ? line : `${line.slice(0, MAX_LINE).toWellFormed()} [line cut: ${line.length} characters]`;
}

function fill(batch: readonly ChangedFile[], texts: readonly string[][], skip: number, maxChars: number) {
  const patches: Patch[] = [];
  let room = maxChars;
  for (const [index, { path }] of batch.entries()) {
    const from = index === 0 ? skip : 0;
    const lines = texts[index]?.slice(from) ?? [];
    const count = fitting(lines, room, patches.length === 0);
    const text = lines.slice(0, count).join('\n');
    room -= text.length + 1;
    const whole = from === 0 && count === lines.length;
    if (count > 0) patches.push({ path, text, ...(whole ? {} : { part: true as const }) });
    if (count < lines.length) return { patches, stoppedAt: cursorOf([path, from + count]) };
  }
  return { patches, stoppedAt: undefined };
}

/** How many of the lines fit; one at least where nothing else is on the page, so that every page goes on. */
function fitting(lines: readonly string[], room: number, first: boolean): number {
  let chars = 0;
  const end = lines.findIndex((line, index) => {
    chars += line.length + 1;
    return chars > room && !(first && index === 0);
  });
  return end === -1 ? lines.length : end;
}
