import { stat } from 'node:fs/promises';
import { type ErrorCode, ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import type { CommandResult } from './command.ts';
import { gitError } from './errors.ts';
import type { Repository } from './repository.ts';

type Meaning = readonly [says: RegExp, code: ErrorCode, message: string, hint: string];

/** Names of files that a hint lists. */
const MAX_NAMED = 5;

const IN_THE_WAY = 'Files in the work tree are in the way: what they hold would be lost.';

/** What git says (LC_ALL=C) when it does not write, and what it means to the caller. */
const MEANINGS: readonly Meaning[] = [
  [
    /identity unknown|empty ident name|no (?:email|name) was given|unable to auto-detect email/,
    'denied',
    'There is nobody to commit as.',
    'Tell the user: set --author-name and --author-email, or --user-config, or user.name and user.email of the repository.',
  ],
  [
    /nothing to commit|no changes added to commit|nothing added to commit|No changes to commit/,
    'conflict',
    'There is nothing to commit.',
    'Stage something first (git_add), or pass files or all.',
  ],
  [
    /partial commit during a/,
    'conflict',
    'In the middle of a merge only everything that is staged can be committed.',
    'Stage the files, and call without files.',
  ],
  [
    /could not restore untracked files/,
    'conflict',
    'The stash came back in part only, and is kept: something was in the way.',
    'Ask git_status what has changed.',
  ],
  [
    /would be overwritten by|would be removed by|would lose untracked files|already exists, no checkout/,
    'conflict',
    IN_THE_WAY,
    'Commit or stash them first',
  ],
  [
    /unmerged|needs merge|resolve your current index first|you must edit all merge conflicts/i,
    'conflict',
    'Files are in conflict.',
    'Ask git_status for them, edit them, stage them with git_add; or abort what is in progress.',
  ],
  [
    /[Cc]annot (?:rebase|cherry-pick|revert|pull)|contains uncommitted changes|[Pp]lease commit or stash them|not uptodate/,
    'conflict',
    'There are changes that are not committed.',
    'Commit or stash them first.',
  ],
  [/already exists/, 'conflict', 'That name is taken.', 'Choose another one, or use the one that exists.'],
  [
    /exists; cannot create/,
    'conflict',
    'That name cannot stand beside an existing one: a/b and a exclude each other.',
    'Choose another name.',
  ],
  [
    /already (?:checked out|used by worktree) at/,
    'conflict',
    'That branch is checked out in another work tree.',
    'Work there, or make another branch.',
  ],
  [
    /cannot switch branch while|in the middle of|[Yy]ou have not concluded|in progress/,
    'conflict',
    'Something is in progress in this repository.',
    'Ask git_status; continue or abort it first.',
  ],
  [
    /is in submodule/,
    'invalid_input',
    'A path is in a submodule, which is a repository of its own.',
    'Name the submodule itself, or work in that repository.',
  ],
  [/ignored by one of your \.gitignore/, 'invalid_input', 'Ignored files are not staged.', 'Leave them out, or change .gitignore.'],
  [/unrelated histories/, 'conflict', 'The two have no commit in common.', 'Tell the user.'],
  [/[Nn]ot possible to fast-forward|Diverging branches/, 'conflict', 'This is no fast-forward.', 'Merge without ff only, or rebase.'],
  [/is a merge but no -m option/, 'invalid_input', 'That commit is a merge.', 'Say with mainline which parent counts, mostly 1.'],
  [
    /does not have parent|mainline was specified/,
    'invalid_input',
    'mainline does not fit that commit.',
    'Leave it out unless it is a merge.',
  ],
  [
    /No stash entries|is not a valid reference|stash.* only has|not a stash/,
    'not_found',
    'There is no such stash.',
    'Ask git_stash with action list.',
  ],
  [/initial commit yet/, 'conflict', 'This branch has no commits yet.', 'Commit first.'],
  [/empty commit message/, 'invalid_input', 'The message is empty.', 'Say what changes, and why.'],
  [
    /failed to sign|gpg failed|signing failed|[Cc]ouldn't (?:load|find|get).*key|either user\.signingkey/,
    'unavailable',
    'The commit could not be signed, and was not made.',
    'Tell the user: signing follows their global configuration; see that its key can be used without a question.',
  ],
  [/not something we can merge|fatal: bad object/, 'not_found', 'No such commit.', 'Ask git_branch or git_log for the names.'],
];

/** The public error for a command that did not write. What git said goes to the log as the cause. */
export async function writeError(repository: Repository, command: string, { code, stdout, stderr }: CommandResult): Promise<ToolError> {
  const said = `${stderr}\n${stdout.toString('utf8', 0, 8_192)}`;
  const known = gitError(command, code, said);
  if (/\.lock': File exists/.test(said))
    return new ToolError('conflict', known.message, { hint: await lockHint(repository), cause: known.cause });
  const meaning = MEANINGS.find(([says]) => says.test(said));
  if (meaning !== undefined) {
    const [, errorCode, message, hint] = meaning;
    return new ToolError(errorCode, message, { hint: message === IN_THE_WAY ? `${hint}${filesIn(said)}.` : hint, cause: known.cause });
  }
  if (!repository.installed.policy.hooks || code !== 1) return known;
  return new ToolError('conflict', `git ${command} did not succeed: a hook of the repository may have refused it.`, {
    hint: 'Tell the user; the log has what it said.',
    cause: known.cause,
  });
}

/** Git lists them one a line, behind a tab. */
function filesIn(said: string): string {
  const names = [...said.matchAll(/^\t(.+)$/gm)].map(([, name = '']) => visibleName(name));
  if (names.length === 0) return '';
  return `: ${names.slice(0, MAX_NAMED).join(', ')}${names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : ''}`;
}

async function lockHint({ gitDir }: Repository): Promise<string> {
  const stats = await stat(gitDir.below('index.lock')).catch(() => undefined);
  if (stats === undefined) return 'Try again.';
  const seconds = Math.max(0, Math.round((Date.now() - stats.mtimeMs) / 1000));
  const age =
    seconds < 120 ? `${seconds} seconds` : seconds < 7_200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;
  return `.git/index.lock is ${age} old. Try again; if it stays and no git is running, the user may delete it.`;
}
