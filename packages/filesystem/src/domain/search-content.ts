import { ToolError } from '@touchstone-mcp/core/errors';
import { candidates } from './content-candidates.ts';
import { type ContentPage, type Hit, Page, type PageLimits } from './content-page.ts';
import { type ContentQuery, refuseUnsearchable, searchArguments } from './content-query.ts';
import { BETWEEN_NAMES } from './cursor.ts';
import { Descent } from './descent.ts';
import { refuseBinary, SNIFFED_BYTES } from './file-type.ts';
import { NameWalk } from './name-walk.ts';
import type { Companions } from './pace.ts';
import { records } from './records.ts';
import { canPassDescriptors, findRipgrep, MAX_INHERITED, runRipgrep } from './ripgrep.ts';
import type { ProvenDirectory, ProvenFile, Roots } from './roots.ts';
import { Spellings } from './spelling.ts';
import { WalkRules } from './walk-rules.ts';

export type { ContentPage, ContentQuery };

const NUL = 0;
const LINE_END = 10;

/** How ripgrep is given the files that it is to search: by descriptors, or one at a time as its standard input. */
export type Handover = 'descriptors' | 'stdin';

/** What was left out of a search. */
export interface Skipped {
  /** Directories that could not be read, or that were too deep to enter, as far as the page has come. */
  readonly skipped: number;
}

/** How a search is run. */
export interface ContentOptions extends Companions {
  readonly handover?: Handover;
}

/**
 * Searches in the files below a directory, or in one file.
 *
 * Our own walk says which files count, from the cursor on, and a first ripgrep which of them may match. It goes by paths, so whoever swaps
 * directories for links meanwhile can lead it out of the roots, and what it finds is therefore only a list of names to look at. Each is
 * opened again from the directory downwards by proven handles, and a second ripgrep, which is given those handles and no paths, finds what
 * is shown. So nothing from outside can be, neither names nor lines nor numbers.
 */
export async function searchContent(
  roots: Roots,
  requested: string,
  query: ContentQuery,
  limits: PageLimits,
  options: ContentOptions,
): Promise<ContentPage & Skipped> {
  refuseUnsearchable(query);
  const binary = await findRipgrep();
  const page = new Page(query.output, limits);
  const search = { binary, query, page, options, handover: options.handover ?? (canPassDescriptors() ? 'descriptors' : 'stdin') };
  await using start = await openStart(roots, requested, new Spellings(options.signal));
  if (!('handle' in start)) return { skipped: await searchBelow(search, start, roots), ...page.result() };
  await searchFile(search, start);
  return { skipped: 0, ...page.result() };
}

/** ripgrep would read a binary file to its end where it is the only one. */
async function searchFile(search: Search, file: ProvenFile): Promise<void> {
  const buffer = Buffer.alloc(SNIFFED_BYTES);
  const { bytesRead } = await file.handle.read(buffer, 0, buffer.length, 0);
  const start = buffer.subarray(0, bytesRead);
  // ripgrep reads UTF-16 by its mark.
  if (!/^(?:\xff\xfe|\xfe\xff)/.test(start.toString('latin1', 0, 2))) refuseBinary(start, { path: file.path, size: file.stats.size });
  await searchBatch(search, [{ file, key: '' }]);
}

interface Search {
  readonly binary: string;
  readonly query: ContentQuery;
  readonly page: Page;
  readonly options: ContentOptions;
  readonly handover: Handover;
}

interface Candidate {
  readonly file: ProvenFile;
  /** Its names from the start, as they are sorted. */
  readonly key: string;
}

async function openStart(roots: Roots, requested: string, spellings: Spellings): Promise<ProvenDirectory | ProvenFile> {
  try {
    return await roots.openDirectory(requested, spellings);
  } catch (error) {
    if (error instanceof ToolError && error.code === 'invalid_input') return await roots.openFile(requested, spellings);
    throw error;
  }
}

/** The number is that of the directories that were skipped. */
async function searchBelow(search: Search, start: ProvenDirectory, roots: Roots): Promise<number> {
  const { binary, query, page, options } = search;
  const wanted = query.globs.filter((glob) => !glob.startsWith('!'));
  const excludePatterns = query.globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1));
  const rules = await WalkRules.atStart(start, roots, { respectGitignore: query.respectGitignore, excludePatterns });
  const enough = new AbortController();
  const signal = options.signal === undefined ? enough.signal : AbortSignal.any([options.signal, enough.signal]);
  const patterns = wanted.length === 0 ? ['**'] : wanted;
  const walk = new NameWalk({ patterns, type: 'file', begin: page.begin }, { ...options, signal });
  const descents = Array.from({ length: DESCENTS }, () => new Descent(start));
  try {
    for await (const found of candidates({ binary, query, signal }, start, walk.below(start, rules))) {
      for (let keys = found; keys.length > 0; ) {
        const most = page.room(MAX_INHERITED);
        if (!(await searchAt(search, descents, keys.slice(0, most)))) {
          enough.abort();
          return walk.skipped;
        }
        keys = keys.slice(most);
      }
    }
    return walk.skipped;
  } finally {
    for (const descent of descents) await descent[Symbol.asyncDispose]();
  }
}

async function searchAt(search: Search, descents: readonly Descent[], keys: readonly string[]): Promise<boolean> {
  const batch = await openBatch(descents, keys);
  try {
    return await searchBatch(search, batch);
  } finally {
    await closeAll(batch);
  }
}

/** How many files are opened at a time. */
const DESCENTS = 4;

async function openBatch(descents: readonly Descent[], keys: readonly string[]): Promise<Candidate[]> {
  const share = Math.ceil(keys.length / descents.length);
  const shares = descents.map((descent, index) => openShare(descent, keys.slice(index * share, (index + 1) * share)));
  const settled = await Promise.allSettled(shares);
  const opened = settled.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed === undefined) return opened;
  await closeAll(opened);
  throw failed.reason;
}

async function openShare(descent: Descent, keys: readonly string[]): Promise<Candidate[]> {
  const opened: Candidate[] = [];
  try {
    for (const key of keys) {
      const file = await descent.openFile(key.split(BETWEEN_NAMES));
      if (file !== undefined) opened.push({ file, key });
    }
    return opened;
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

async function closeAll(batch: readonly Candidate[]): Promise<void> {
  await Promise.all(batch.map(({ file }) => file[Symbol.asyncDispose]()));
}

/** Searches in files that are open, and says whether the page can hold more. */
async function searchBatch(search: Search, batch: readonly Candidate[]): Promise<boolean> {
  if (search.handover === 'descriptors') return batch.length === 0 || (await runOver(search, batch));
  for (const candidate of batch) {
    if (!(await runOver(search, [candidate]))) return false;
  }
  return true;
}

async function runOver({ binary, query, page, options, handover }: Search, batch: readonly Candidate[]): Promise<boolean> {
  const descriptors = batch.map(({ file }) => file.handle.fd);
  const byDescriptor = handover === 'descriptors';
  const files = byDescriptor ? descriptors.map((_, index) => `/proc/self/fd/${FIRST_INHERITED + index}`) : ['-'];
  const output = runRipgrep(binary, searchArguments(query, files), {
    pattern: query.pattern,
    signal: options.signal,
    ...(byDescriptor ? { inherited: descriptors } : { stdin: descriptors[0] }),
  });
  for await (const record of records(output, LINE_END, Number.POSITIVE_INFINITY)) {
    const end = record.indexOf(NUL);
    const index = byDescriptor ? Number(record.toString('latin1', 0, end).split('/').at(-1)) - FIRST_INHERITED : 0;
    const candidate = batch[index];
    const hit = end === -1 ? undefined : hitOf(record.subarray(end + 1));
    if (candidate === undefined || hit === undefined) continue;
    if (!page.add(candidate.file.path, candidate.key, hit)) return false;
  }
  return true;
}

const FIRST_INHERITED = 3;

/** Reads `12:text` (a match), `11-text` (a line near one) and `12` (a count). */
function hitOf(record: Buffer): Hit | undefined {
  const [, number, mark, text = ''] = /^(\d+)(?:([:-])(.*))?$/su.exec(record.toString().replace(/\r$/, '')) ?? [];
  return number === undefined ? undefined : { number: Number(number), context: mark === '-', text };
}
