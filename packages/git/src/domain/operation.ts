import { gitRecords } from './command.ts';
import { kindOf, readSmall } from './layout.ts';
import { proveRecordPath } from './record-path.ts';
import type { Repository } from './repository.ts';
import { decode } from './text.ts';

/** What git can be in the middle of. */
export type Operation = 'merge' | 'rebase' | 'cherry-pick' | 'revert';

/** A file that a person or a model has to decide about. */
export interface Conflict {
  readonly path: string;
  /** In git's words: `both modified`, `deleted by us`, ... */
  readonly kind: string;
}

/** Traces in the git directory, and what they are traces of. */
const TRACES: readonly (readonly [name: string, operation: Operation])[] = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
];

/** Bytes of a list of commits that are to be picked. */
const MAX_TODO = 4_000_000;

/** What is in progress in a work tree: begun, and neither continued to its end nor aborted. No process is needed to know. */
export async function operationIn({ gitDir }: Repository): Promise<Operation | undefined> {
  const there = await Promise.all(TRACES.map(async ([name]) => (await kindOf(gitDir.below(name))) !== undefined));
  const traced = TRACES[there.indexOf(true)]?.[1];
  if (traced !== undefined) return traced;
  // Between two commits of a series there is its list only.
  const todo = await readSmall(gitDir.below('sequencer/todo'), MAX_TODO);
  if (todo === undefined) return undefined;
  return todo.toString('latin1', 0, 6) === 'revert' ? 'revert' : 'cherry-pick';
}

/** Which of the three versions (common, ours, theirs) there are, and what that means. */
const KINDS: Readonly<Record<string, string>> = {
  '1': 'both deleted',
  '2': 'added by us',
  '3': 'added by them',
  '12': 'deleted by them',
  '13': 'deleted by us',
  '23': 'both added',
  '123': 'both modified',
};

/** The files in conflict. */
export async function conflictsIn(repository: Repository, signal: AbortSignal): Promise<Conflict[]> {
  const stages = new Map<string, string>();
  for await (const record of gitRecords(repository, ['ls-files', '--unmerged', '-z'], { signal, provesPaths: true })) {
    const tab = record.indexOf(0x09);
    const path = decode(proveRecordPath(record.subarray(tab + 1))).text;
    stages.set(path, (stages.get(path) ?? '') + record.toString('latin1', tab - 1, tab));
  }
  return [...stages].map(([path, versions]) => ({ path, kind: KINDS[versions] ?? 'in conflict' }));
}
