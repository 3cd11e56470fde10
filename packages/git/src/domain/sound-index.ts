import { readdir, stat } from 'node:fs/promises';
import { errnoOf } from './errors.ts';
import { proveRecordPath, strayPath } from './record-path.ts';
import type { Repository } from './repository.ts';

/** Commands that neither read the index nor look at the work tree, or list what the index holds and nothing else. */
const WITHOUT_INDEX = new Set([
  'blame',
  'branch',
  'cat-file',
  'config',
  'diff-tree',
  'fetch',
  'for-each-ref',
  'log',
  'ls-remote',
  'ls-tree',
  'merge-base',
  'push',
  'rev-list',
  'rev-parse',
  'symbolic-ref',
  'tag',
  'update-ref',
  'var',
]);

/** Modes of a file, a program, a link and a submodule. */
const ENTRY = /^1(?:00644|00755|20000|60000) [0-9a-f]+ [0-3]\t$/;

/** How many repositories are remembered. */
const MAX_REMEMBERED = 200;

/** Milliseconds in which a file may change twice and look the same. */
const RACY_MS = 50;

/** A state of the index that was looked at, and the paths of the submodules in it. */
interface Sound {
  readonly state: string;
  readonly submodules: readonly string[];
}

const sound = new Map<string, Sound>();

/** States that are too young to be remembered longer than one call. */
const soundForNow = new WeakMap<object, Sound>();

/**
 * Refuses (`denied`) an index that git did not make, before a command uses it: git believes its paths, and would read `../secret` in the work
 * tree. Asked once for each state of the index; `list` runs a git that lists it, and looks at nothing else. Refuses submodules whose repository is
 * elsewhere, too: git reads from there at which commit they are.
 */
export async function refuseUnsoundIndex(
  repository: Repository,
  [command = '']: readonly string[],
  list: (args: readonly string[]) => AsyncIterable<Buffer>,
): Promise<void> {
  if (repository.workTree === undefined || WITHOUT_INDEX.has(command)) return;
  const { dev, ino } = repository.gitDir.stats;
  const [state, changed] = await stateOf(repository.gitDir.below(''));
  if (state === '') return;
  const known = [soundForNow.get(repository), sound.get(`${dev}:${ino}`)].find((each) => each?.state === state);
  const submodules = known?.submodules ?? (await submodulesIn(list(['ls-files', '--stage', '-z'])));
  soundForNow.set(repository, { state, submodules });
  for (const path of submodules) await repository.proveSubmodule(path);
  if (known !== undefined || Math.abs(Date.now() - changed) < RACY_MS) return;
  if (sound.size >= MAX_REMEMBERED) sound.clear();
  sound.set(`${dev}:${ino}`, { state, submodules });
}

/** Judges every entry. Resolves to the paths of submodules. */
async function submodulesIn(records: AsyncIterable<Buffer>): Promise<string[]> {
  const submodules: string[] = [];
  for await (const record of records) {
    const tab = record.indexOf(TAB);
    if (!ENTRY.test(record.toString('latin1', 0, tab + 1))) throw strayPath();
    const path = proveRecordPath(record.subarray(tab + 1));
    if (record[1] === SUBMODULE) submodules.push(path.toString());
  }
  return submodules;
}

/** The second letter of the mode of a submodule, 160000, and of none else. */
const SUBMODULE = 0x36;
const TAB = 0x09;

/** What tells one state of the index from another, with those files that it shares entries with; and when it changed last. */
async function stateOf(gitDir: string): Promise<[state: string, changed: number]> {
  const names = (await readdir(gitDir)).filter((name) => name === 'index' || name.startsWith('sharedindex.')).sort();
  const facts = await Promise.all(
    names.map(async (name) => {
      const stats = await stat(`${gitDir}/${name}`, { bigint: true }).catch((error: unknown) => {
        // Git replaces it by renaming: gone for a moment, it is asked for again by the next command.
        if (errnoOf(error) !== 'ENOENT') throw error;
        return undefined;
      });
      return [name, stats?.ino, stats?.size, stats?.mtimeNs, stats?.ctimeNs, stats?.ctimeMs];
    }),
  );
  const state = facts.map((fact) => fact.slice(0, -1).join(':')).join('/');
  return [state, Math.max(0, ...facts.map((fact) => Number(fact.at(-1) ?? 0)))];
}
