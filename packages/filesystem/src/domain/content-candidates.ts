import { type ContentQuery, candidateArguments } from './content-query.ts';
import { BETWEEN_NAMES, isSingleName } from './cursor.ts';
import type { ListedDirectory, Run } from './name-walk.ts';
import { records } from './records.ts';
import { runRipgrep } from './ripgrep.ts';
import type { ProvenDirectory } from './roots.ts';

/** Names of files that one ripgrep may find. */
const MAX_FOUND_BYTES = 16 * 1024 * 1024;

/**
 * Files of the first chunk, how much larger each next one is, and the largest: a page that fills early is answered early, and a search of
 * everything starts few processes.
 */
const FIRST_FILES = 1_024;
const GROWTH = 2;
const MOST_FILES = 32_768;

/** Characters of the directories that one process is given, and of the files in them that it need not read. All of Windows has 32,767. */
const MOST_CHARACTERS = process.platform === 'win32' ? 16_000 : 64_000;
const MOST_OMITTED_CHARACTERS = MOST_CHARACTERS / 2;

/** Chunks that are searched at a time. */
const IN_FLIGHT = 2;

const NUL = 0;

/** How candidates are looked for. */
export interface CandidateSearch {
  readonly binary: string;
  readonly query: ContentQuery;
  /** Ends it: whoever has enough fires it. */
  readonly signal: AbortSignal;
}

/** A part of the walk, and the directories that it is in by their keys. */
interface Chunk {
  readonly runs: readonly Run[];
  readonly directories: ReadonlyMap<string, ListedDirectory>;
}

/**
 * Those of the files that a walk passes that may match, as ripgrep says, in the order of the walk, a chunk at a time. ripgrep is given
 * directories and reads what lies directly in them: which files count is decided by the walk alone.
 */
export async function* candidates(search: CandidateSearch, start: ProvenDirectory, walk: AsyncIterable<Run>): AsyncGenerator<string[]> {
  const known = new Found();
  const running: { readonly chunk: Chunk; readonly found: Promise<readonly (readonly string[])[]> }[] = [];
  const findAll = (directories: readonly ListedDirectory[]) => findIn(search, start, directories);
  let any = false;
  try {
    for await (const chunk of chunksOf(walk)) {
      any = true;
      const fresh = known.without(chunk);
      const found = fresh.length === 0 ? Promise.resolve([]) : findAll(fresh);
      // It comes out in its turn.
      found.catch(() => {});
      running.push({ chunk, found });
      const first = running.length < IN_FLIGHT ? undefined : running.shift();
      if (first !== undefined) yield known.take(first.chunk, await first.found);
    }
    for (let next = running.shift(); next !== undefined; next = running.shift()) yield known.take(next.chunk, await next.found);
    // A pattern that is none is refused even where there is nothing to search in.
    if (!any) await findAll([]);
  } finally {
    await Promise.allSettled(running.map(({ found }) => found));
  }
}

async function* chunksOf(walk: AsyncIterable<Run>): AsyncGenerator<Chunk> {
  let most = FIRST_FILES;
  let runs: Run[] = [];
  let directories = new Map<string, ListedDirectory>();
  let [files, characters] = [0, 0];
  for await (const run of walk) {
    const key = keyOf(run.directory.names);
    if (!directories.has(key)) characters += key.length + 3;
    directories.set(key, run.directory);
    runs.push(run);
    files += run.names.length;
    if (files < most && characters < MOST_CHARACTERS) continue;
    yield { runs, directories };
    [runs, directories, files, characters] = [[], new Map(), 0, 0];
    most = Math.min(GROWTH * most, MOST_FILES);
  }
  if (runs.length > 0) yield { runs, directories };
}

/** What was found in the directories that the walk is still in: it comes back to them when it has passed what is below. */
class Found {
  /** Names by the keys of their directories. */
  readonly #names = new Map<string, Set<string>>();
  #searched: readonly string[] = [];

  /** The directories of a chunk that were not searched with one before it. */
  without({ directories, runs }: Chunk): readonly ListedDirectory[] {
    const fresh = [...directories].filter(([key]) => !this.#searched.includes(key));
    this.#searched = openAt(runs, [...new Set([...this.#searched, ...directories.keys()])]);
    return fresh.map(([, directory]) => directory);
  }

  /** The keys of those files of a chunk that were found, in order. */
  take({ runs }: Chunk, found: readonly (readonly string[])[]): string[] {
    for (const names of found) {
      const key = keyOf(names.slice(0, -1));
      const known = this.#names.get(key) ?? new Set();
      this.#names.set(key, known.add(names.at(-1) ?? ''));
    }
    const taken = runs.flatMap(({ directory, names }) => {
      const known = this.#names.get(keyOf(directory.names));
      // Names that look alike are those of one file, if of any.
      return known === undefined
        ? []
        : [...new Set(names)].filter((name) => known.has(name)).map((name) => keyOf([...directory.names, name]));
    });
    const open = openAt(runs, [...this.#names.keys()]);
    for (const key of this.#names.keys()) if (!open.includes(key)) this.#names.delete(key);
    return taken;
  }
}

/** Those of some directories that the end of a part of the walk is in. */
function openAt(runs: readonly Run[], keys: readonly string[]): readonly string[] {
  const last = keyOf(runs.at(-1)?.directory.names ?? []);
  return keys.filter((key) => key === '' || key === last || last.startsWith(key + BETWEEN_NAMES));
}

function keyOf(names: readonly string[]): string {
  return names.join(BETWEEN_NAMES);
}

async function findIn({ binary, query, signal }: CandidateSearch, start: ProvenDirectory, directories: readonly ListedDirectory[]) {
  const found: string[][] = [];
  // Without a directory: its standard input, which is empty.
  const paths = directories.length === 0 ? ['-'] : directories.map(({ names }) => names.join('/') || '.');
  const args = candidateArguments(query, { directories: paths, omitted: omittedIn(directories) });
  await start.at(async (cwd) => {
    for await (const record of records(runRipgrep(binary, args, { pattern: query.pattern, cwd, signal }), NUL, MAX_FOUND_BYTES)) {
      const names = record.toString().replace(/^\.\//, '').split('/');
      if (names.every(isSingleName)) found.push(names);
    }
  });
  return found;
}

/** Paths of files that are left out, as many as there is room for: the others are read in vain. */
function omittedIn(directories: readonly ListedDirectory[]): readonly string[] {
  const paths: string[] = [];
  let room = MOST_OMITTED_CHARACTERS;
  for (const { names, omitted } of directories) {
    for (const name of omitted) {
      const path = [...names, name].join('/');
      room -= path.length + 10;
      if (room < 0) return paths;
      paths.push(path);
    }
  }
  return paths;
}
