import { ToolError } from '@touchstone-mcp/core/errors';
import { ByteScanner } from './byte-scanner.ts';
import { gitChunks } from './command.ts';
import { cursorOf, positionOf } from './cursor.ts';
import { provePaths, proveText, resolveCommit } from './names.ts';
import type { Repository } from './repository.ts';
import { decode } from './text.ts';

/** What is searched for, and where. */
export interface GrepQuery {
  readonly pattern: string;
  /** Plain text; else a Perl-compatible regular expression. */
  readonly literal?: boolean | undefined;
  /** Undefined: the index. */
  readonly revision?: string | undefined;
  /** Patterns of paths; those that begin with ! exclude. */
  readonly globs: readonly string[];
  readonly contextLines: number;
  readonly output: 'lines' | 'files' | 'count';
  readonly maxChars: number;
  readonly cursor?: string | undefined;
}

/** A line that matches, or one around it. */
export interface GrepLine {
  readonly line: number;
  readonly text: string;
  readonly context?: true | undefined;
}

/** A file with matches. */
export interface GrepFile {
  readonly path: string;
  readonly count?: number | undefined;
  readonly lines?: GrepLine[] | undefined;
}

/** A page of what was found. */
export interface GrepPage {
  readonly files: GrepFile[];
  readonly nextCursor?: string | undefined;
}

/** Characters of a line. */
const MAX_LINE = 500;

/** Longest path that is read. */
const MAX_PATH = 8_192;

/** What a line weighs beside its text, in JSON too. */
const OVERHEAD = 20;

/**
 * Searches tracked files, in one process beside the one that looks a revision up. Never the work tree: there git follows directories that are
 * links by now, to wherever they lead. Regular expressions are PCRE's, which gives up in bounded time and memory; those of the C library do not.
 */
export async function grep(repository: Repository, query: GrepQuery, signal: AbortSignal): Promise<GrepPage> {
  const [at, skip] = startOf(query);
  const pattern = proveText(query.pattern, 'pattern');
  const commit = at === undefined ? undefined : await resolveCommit(repository, at, signal);
  const args = [
    'grep',
    ...FIXED,
    query.literal ? '--fixed-strings' : '--perl-regexp',
    ...MODES[query.output],
    ...(query.output === 'lines' ? [`--context=${query.contextLines}`] : []),
    // From stdin, so that a pattern can never be an option.
    '-f',
    '-',
    ...(commit === undefined ? ['--cached'] : [commit]),
    '--',
    ...pathspecsOf(query, commit === undefined),
  ];
  const chunks = gitChunks(repository, args, {
    signal,
    stdin: `${pattern}\n`,
    globs: true,
    okCodes: [0, 1],
    provesPaths: commit !== undefined,
  });
  try {
    return await pageOf(entriesIn(new ByteScanner(chunks), query, commit), query, (count) => cursorOf([commit ?? '', skip + count]), skip);
  } finally {
    await chunks.return(undefined);
  }
}

/** A cursor of the index has no revision. */
function startOf({ cursor, revision }: GrepQuery): [revision: string | undefined, skip: number] {
  if (cursor === undefined) return [revision, 0];
  const [at, skip] = positionOf(cursor, ['string', 'number']);
  return [at === '' ? undefined : at, skip];
}

const FIXED = ['--no-color', '--no-textconv', '--no-recurse-submodules', '--full-name', '-I', '-z'];

const MODES = { lines: ['--line-number', '--column'], files: ['--files-with-matches'], count: ['--count'] };

/** Magic is ours: what a caller writes comes behind it, where nothing but * ? [ ] and \ means anything. */
function pathspecsOf({ globs, contextLines }: GrepQuery, ofIndex: boolean): string[] {
  const specs = globs.map((glob) => {
    const excluded = glob.startsWith('!');
    const [path = ''] = provePaths([excluded ? glob.slice(1) : glob]);
    const isPattern = /[*?[\]\\]/.test(path);
    const magic = `top,${isPattern ? 'glob' : 'literal'}${excluded ? ',exclude' : ''}`;
    // As .gitignore has it: without a slash, it is a name anywhere.
    return `:(${magic})${isPattern && !path.includes('/') ? '**/' : ''}${path}`;
  });
  // Git writes -- between hunks: a path that begins so, with a line end, could not be told from that. (Those of a commit follow its id.)
  const forged = contextLines > 0 && ofIndex ? [':(top,glob,exclude)--\n*', ':(top,glob,exclude)--\n*/**'] : [];
  return [...specs, ...forged];
}

interface Entry {
  readonly path: string;
  readonly count?: number;
  readonly line?: GrepLine;
}

/** `path NUL`; `path NUL count LF`; `path NUL line NUL column NUL text LF`, without the column for context. Text may hold NUL, a path LF. */
async function* entriesIn(scanner: ByteScanner, { output, contextLines }: GrepQuery, commit: string | undefined): AsyncGenerator<Entry> {
  for (;;) {
    if (contextLines > 0 && output === 'lines') await scanner.skip('--\n');
    const name = await scanner.until(0, MAX_PATH);
    if (name === undefined) return;
    const path = decode(commit === undefined ? name : name.subarray(commit.length + 1)).text;
    if (output === 'files') yield { path };
    else if (output === 'count') yield { path, count: Number(await scanner.until(LF, 20)) };
    else yield { path, line: lineOf(Number(await scanner.until(0, 20)), (await scanner.until(LF, 4 * MAX_LINE)) ?? Buffer.alloc(0)) };
  }
}

const LF = 0x0a;

function lineOf(line: number, rest: Buffer): GrepLine {
  const nul = rest.subarray(0, 12).indexOf(0);
  const column = nul > 0 && /^\d+$/.test(rest.toString('latin1', 0, nul));
  const { text } = decode(column ? rest.subarray(nul + 1) : rest);
  const cut = text.length > MAX_LINE ? `${text.slice(0, MAX_LINE).toWellFormed()} [line cut]` : text.replace(/\r$/, '');
  return { line, text: cut, ...(column ? {} : { context: true as const }) };
}

async function pageOf(
  entries: AsyncGenerator<Entry>,
  { maxChars }: GrepQuery,
  cursorAfter: (count: number) => string,
  skip: number,
): Promise<GrepPage> {
  const files: GrepFile[] = [];
  let [room, seen] = [maxChars, 0];
  for await (const entry of entries) {
    seen += 1;
    if (seen <= skip) continue;
    room -= weightOf(entry, files.at(-1));
    if (room < 0 && files.length > 0) return { files, nextCursor: cursorAfter(seen - 1 - skip) };
    add(files, entry);
  }
  if (skip > 0 && files.length === 0) throw gone();
  return { files };
}

function weightOf({ path, line }: Entry, last: GrepFile | undefined): number {
  return OVERHEAD + (line?.text.length ?? 0) + (last?.path === path ? 0 : path.length + OVERHEAD);
}

/** Lines of a file come one behind the other. */
function add(files: GrepFile[], { path, count, line }: Entry): void {
  const last = files.at(-1);
  if (line !== undefined && last?.path === path) last.lines?.push(line);
  else files.push({ path, ...(count === undefined ? {} : { count }), ...(line === undefined ? {} : { lines: [line] }) });
}

function gone(): ToolError {
  return new ToolError('conflict', 'The matches before this page are no longer there.', { hint: 'Start again without a cursor.' });
}
