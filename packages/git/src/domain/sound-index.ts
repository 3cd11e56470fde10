import { readdir, stat } from 'node:fs/promises';
import { errnoOf } from './errors.ts';
import { proveRecordPath, strayPath } from './record-path.ts';
import type { Repository } from './repository.ts';

/** Commands that neither read the index nor look at the work tree, or list what the index holds and nothing else. */
const WITHOUT_INDEX = new Set([
  'blame',
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
  'update-ref',
  'var',
]);

/** Modes of a file, a program, a link and a submodule. */
const ENTRY = /^1(?:00644|00755|20000|60000) [0-9a-f]+ [0-3]\t$/;

/** How many repositories are remembered. */
const MAX_REMEMBERED = 200;

/** Milliseconds in which a file may change twice and look the same. */
const RACY_MS = 50;

const sound = new Map<string, string>();

/**
 * Refuses (`denied`) an index that git did not make, before a command uses it: git believes its paths, and would read `../secret` in the work
 * tree. Asked once for each state of the index; `list` runs a git that lists it, and looks at nothing else.
 */
export async function refuseUnsoundIndex(
  { gitDir, workTree }: Repository,
  [command = '']: readonly string[],
  list: (args: readonly string[]) => AsyncIterable<Buffer>,
): Promise<void> {
  if (workTree === undefined || WITHOUT_INDEX.has(command)) return;
  const key = `${gitDir.stats.dev}:${gitDir.stats.ino}`;
  const [state, changed] = await stateOf(gitDir.below(''));
  if (state === '' || sound.get(key) === state) return;
  for await (const record of list(['ls-files', '--stage', '-z'])) {
    const tab = record.indexOf(TAB);
    if (!ENTRY.test(record.toString('latin1', 0, tab + 1))) throw strayPath();
    proveRecordPath(record.subarray(tab + 1));
  }
  if (Math.abs(Date.now() - changed) < RACY_MS) return;
  if (sound.size >= MAX_REMEMBERED) sound.clear();
  sound.set(key, state);
}

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
