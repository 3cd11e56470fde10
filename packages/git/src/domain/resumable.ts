import { ToolError } from '@touchstone-mcp/core/errors';
import { kindOf, readSmall } from './layout.ts';
import { lookUp, type ObjectId } from './names.ts';
import type { Operation } from './operation.ts';
import { isAncestor, refuseProtected, refuseRewritingProtected, refuseRewritingPublishedOf } from './protection.ts';
import type { Repository } from './repository.ts';

/** Steps that run nothing, as they stand in the list of an operation. `exec` is the one that does. */
const STEPS = {
  rebase: /^(?:pick|p|drop|d|fixup|f|squash|s|reword|r|edit|e|break|b|noop|label|l|reset|t|merge|m)(?:\s|$)/,
  others: /^(?:pick|p|revert)(?:\s|$)/,
};

/** Bytes of a list of steps. */
const MAX_LIST = 4_000_000;

/**
 * Refuses to go on with what this server cannot have begun: a repository may come with a rebase in the middle, whose next step is a
 * program, or whose merges are to be made or signed by one. What it says about where to go back to is no better.
 */
export async function refuseForeignSteps({ gitDir, installed }: Repository, operation: Operation): Promise<void> {
  const read = async (name: string) => (await readSmall(gitDir.below(name), MAX_LIST))?.toString() ?? '';
  const signs = (text: string) => text.trim() !== '' && !installed.policy.signing;
  const rebases = operation === 'rebase';
  if (rebases && (await kindOf(gitDir.below('rebase-apply'))) !== undefined) throw foreign(operation);
  const list = (await read(rebases ? 'rebase-merge/git-rebase-todo' : 'sequencer/todo')).split('\n').map((line) => line.trim());
  const allowed = rebases ? STEPS.rebase : STEPS.others;
  if (!list.every((step) => step === '' || step.startsWith('#') || allowed.test(step))) throw foreign(operation);
  const options = await read('sequencer/opts');
  if (!/^(?:|ort|recursive)$/.test((await read('rebase-merge/strategy')).trim()) || /strategy/i.test(options)) throw foreign(operation);
  if (signs(await read('rebase-merge/gpg_sign_opt')) || signs(/gpg-?sign.*/i.exec(options)?.[0] ?? '')) throw foreign(operation);
}

/** Refuses to let an operation that a repository came with take commits from a protected branch. */
export async function refuseMovingProtected(
  repository: Repository,
  { operation, action, protectedBranches }: { operation: Operation; action: string; protectedBranches: readonly string[] },
  signal: AbortSignal,
): Promise<void> {
  const { gitDir } = repository;
  const read = async (name: string) => (await readSmall(gitDir.below(name)))?.toString().trim() ?? '';
  if (operation !== 'rebase') {
    if (action !== 'abort') return;
    const start = await commitIn(repository, await read('sequencer/head'), signal);
    if (start !== undefined) await refuseRewritingProtected(repository, start, protectedBranches, signal);
    return;
  }
  const name = await read('rebase-merge/head-name');
  const branch = name.replace(/^refs\/heads\//, '');
  if (!protectedBranches.includes(branch)) return;
  const tip = await commitIn(repository, name, signal);
  if (tip === undefined) return;
  if (action !== 'abort') return await refuseRewritingPublishedOf(repository, { branch, tip, base: 'HEAD' }, protectedBranches, signal);
  const start = await commitIn(repository, await read('rebase-merge/orig-head'), signal);
  if (start === undefined || !(await isAncestor(repository, tip, start, signal))) refuseProtected(branch, protectedBranches, 'moved back');
}

/** A commit that a file of the operation names. */
async function commitIn(repository: Repository, text: string, signal: AbortSignal): Promise<ObjectId | undefined> {
  if (text === '' || /[\0-\x20\x7f]|^-/.test(text)) return undefined;
  const [found] = await lookUp(repository, [`${text}^{commit}`], signal);
  return typeof found === 'object' ? found.id : undefined;
}

function foreign(operation: Operation): ToolError {
  return new ToolError('denied', `This ${operation} was begun elsewhere, and has steps that this server does not take.`, {
    hint: 'Tell the user: git itself can go on with it, or abort it.',
  });
}
