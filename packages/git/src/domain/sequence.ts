import { ToolError } from '@touchstone-mcp/core/errors';
import type { CommandResult } from './command.ts';
import { currentCommit } from './head.ts';
import { refuseStrayChanges } from './losing.ts';
import type { ObjectId } from './names.ts';
import { type Conflict, conflictsIn, type Operation, operationIn } from './operation.ts';
import type { Repository } from './repository.ts';
import { refuseForeignSteps, refuseMovingProtected } from './resumable.ts';
import { writeError } from './write-errors.ts';
import { gitWrite } from './writing.ts';

/** What a call does about an operation. */
export type Action = 'start' | 'continue' | 'skip' | 'abort';

/** How an operation stands after a call. */
export interface Outcome {
  /** `conflict`: it waits for files to be resolved. `empty`: the commit at hand changes nothing here any more. */
  readonly state: 'done' | 'unchanged' | 'conflict' | 'empty' | 'aborted';
  readonly operation: Operation;
  /** HEAD after it. */
  readonly commit?: string | undefined;
  /** Files in conflict, not more than fit. */
  readonly files?: Conflict[] | undefined;
  readonly count?: number | undefined;
  /** What can be done about it. */
  readonly next?: string[] | undefined;
}

/** Files that are listed. */
const MAX_LISTED = 100;

/** Git's exit codes for "not finished": conflicts mostly. What else they mean is told apart by what is there after. */
const UNFINISHED = [0, 1, 2, 128];

const EMPTY = /is now empty|No changes - did you forget|nothing to commit|patch is empty/;

/**
 * Begins an operation, or goes on with it. Conflicts are a result, and wait. Any other failure of `start` is taken back, so that nothing
 * is in progress that the caller does not know of. `begin` gives the arguments, after what it has to check.
 */
export async function carryOut(
  repository: Repository,
  { operation, action, protectedBranches }: { operation: Operation; action: Action; protectedBranches: readonly string[] },
  begin: (head: ObjectId) => Promise<string[]>,
  signal: AbortSignal,
): Promise<Outcome> {
  refuseOther(operation, action, await operationIn(repository));
  if (action === 'start') return await start(repository, operation, begin, signal);
  await refuseForeignSteps(repository, operation);
  if (operation !== 'merge') await refuseMovingProtected(repository, { operation, action, protectedBranches }, signal);
  if (operation === 'rebase' && action !== 'continue') await refuseStrayChanges(repository, signal);
  const result = await gitWrite(repository, [operation, `--${action}`], { signal, okCodes: UNFINISHED });
  const outcome = await judge(repository, operation, result, signal);
  if (outcome === undefined) throw await writeError(repository, operation, result);
  return outcome.state === 'done' && action === 'abort' ? { ...outcome, state: 'aborted' } : outcome;
}

async function start(
  repository: Repository,
  operation: Operation,
  begin: (head: ObjectId) => Promise<string[]>,
  signal: AbortSignal,
): Promise<Outcome> {
  const before = await startingAt(repository, signal);
  const args = await begin(before);
  const nothingStaged = await prepare(repository, signal);
  const result = await gitWrite(repository, args, { signal, okCodes: UNFINISHED });
  const outcome = await judge(repository, operation, result, signal);
  if (outcome !== undefined) return outcome.state === 'done' && outcome.commit === before ? { ...outcome, state: 'unchanged' } : outcome;
  if ((await operationIn(repository)) === operation) await gitWrite(repository, [operation, '--abort'], { signal });
  else if (nothingStaged) await gitWrite(repository, ['reset', '--merge'], { signal });
  throw await writeError(repository, operation, result);
}

/** How it stands; undefined where git failed for a reason of its own. */
async function judge(
  repository: Repository,
  operation: Operation,
  { code, stdout, stderr }: CommandResult,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const commit = await currentCommit(repository, signal);
  const inProgress = (await operationIn(repository)) === operation;
  if (!inProgress) return code === 0 ? { state: 'done', operation, commit } : undefined;
  const conflicts = await conflictsIn(repository, signal);
  if (conflicts.length > 0) return waiting(operation, conflicts, commit);
  if (!EMPTY.test(`${stdout}${stderr}`)) return undefined;
  return { state: 'empty', operation, commit, next: [...(operation === 'merge' ? [] : ['action skip']), 'action abort'] };
}

/** Throws where there is nobody to commit as. Resolves to whether nothing is staged: then nothing that is staged later can be lost. */
async function prepare(repository: Repository, signal: AbortSignal): Promise<boolean> {
  await gitWrite(repository, ['var', 'GIT_COMMITTER_IDENT'], { signal });
  const { code } = await gitWrite(repository, ['diff', '--cached', '--quiet', '--no-ext-diff', '--'], { signal, okCodes: [0, 1] });
  return code === 0;
}

function waiting(operation: Operation, conflicts: readonly Conflict[], commit: string | undefined): Outcome {
  const next = [
    'edit the files, stage each with git_add, then action continue',
    ...(operation === 'merge' ? [] : ['action skip to leave this commit out']),
    'action abort to take everything back',
  ];
  return { state: 'conflict', operation, commit, files: conflicts.slice(0, MAX_LISTED), count: conflicts.length, next };
}

function refuseOther(operation: Operation, action: Action, current: Operation | undefined): void {
  if (action === 'start' && current !== undefined) {
    throw new ToolError('conflict', `A ${current} is in progress.`, { hint: 'Continue or abort it first.' });
  }
  if (action !== 'start' && current !== operation) {
    const hint = current === undefined ? 'Begin with action start.' : `A ${current} is.`;
    throw new ToolError('conflict', `No ${operation} is in progress.`, { hint });
  }
}

/** An argument that only `start` needs. */
export function required<Value>(value: Value | undefined, name: string): Value {
  if (value !== undefined) return value;
  throw new ToolError('invalid_input', `To start, ${name} is needed.`, { hint: 'Or say with action how to go on.' });
}

async function startingAt(repository: Repository, signal: AbortSignal): Promise<ObjectId> {
  const head = await currentCommit(repository, signal);
  if (head !== undefined) return head;
  throw new ToolError('conflict', 'This branch has no commits yet.', { hint: 'Commit, or check out another branch.' });
}
