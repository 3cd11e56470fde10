import { type CommandOptions, type CommandResult, git } from './command.ts';
import { lockForWriting } from './locks.ts';
import type { Repositories } from './repositories.ts';
import type { Repository } from './repository.ts';
import { writeError } from './write-errors.ts';

/** Over whatever the user's own configuration says: nothing is made up, put aside, rewritten or asked for on the way. */
const CONFIG: readonly (readonly [string, string])[] = [
  // Otherwise git makes an address of the names of the user and the machine.
  ['user.useConfigOnly', 'true'],
  ['i18n.commitEncoding', 'UTF-8'],
  ['commit.status', 'false'],
  ['commit.verbose', 'false'],
  ['merge.autoStash', 'false'],
  ['merge.log', 'false'],
  // It moves files to where nobody has looked whether something ignored is in the way.
  ['merge.directoryRenames', 'false'],
  ['rebase.autoStash', 'false'],
  ['rebase.autoSquash', 'false'],
  ['rebase.updateRefs', 'false'],
  ['rebase.rebaseMerges', 'false'],
  ['rebase.instructionFormat', '%s'],
  ['rebase.missingCommitsCheck', 'ignore'],
  ['branch.autoSetupMerge', 'false'],
  ['checkout.guess', 'false'],
  ['core.commentChar', '#'],
];

/** An editor that git does not even start: every message stays as it is. */
const NO_EDITOR = { GIT_EDITOR: ':', GIT_SEQUENCE_EDITOR: ':' };

const EVERY_CODE = Array.from({ length: 256 }, (_, code) => code);

/** Opens a repository for one call that changes it, alone among the calls of this process, and closes it after. */
export async function changeRepository<Result>(
  repositories: Repositories,
  path: string | undefined,
  signal: AbortSignal,
  change: (repository: Repository) => Promise<Result>,
): Promise<Result> {
  using repository = await repositories.open(path, { signal, write: true });
  using _turn = await lockForWriting(repository, signal);
  return await change(repository);
}

/** Runs a command that writes. Its failures are translated by the table of write-errors.ts; a lock that is in the way is named, with its age. */
export async function gitWrite(
  repository: Repository,
  args: readonly string[],
  { okCodes = [0], ...options }: Omit<CommandOptions, 'write' | 'config' | 'env'>,
): Promise<CommandResult> {
  const result = await git(repository, args, { ...options, write: true, config: CONFIG, env: NO_EDITOR, okCodes: EVERY_CODE });
  if (okCodes.includes(result.code)) return result;
  throw await writeError(repository, args[0] ?? '', result);
}
