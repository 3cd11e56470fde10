import type { Config } from '../config.ts';
import type { GitTool } from '../tool.ts';
import { gitAdd } from './git-add.ts';
import { gitBlame } from './git-blame.ts';
import { gitBranch } from './git-branch.ts';
import { gitCheckout } from './git-checkout.ts';
import { gitCherryPick } from './git-cherry-pick.ts';
import { gitClean } from './git-clean.ts';
import { gitClone } from './git-clone.ts';
import { gitCommit } from './git-commit.ts';
import { gitCreateBranch } from './git-create-branch.ts';
import { gitDeleteBranch } from './git-delete-branch.ts';
import { gitDeleteRemoteBranch } from './git-delete-remote-branch.ts';
import { gitDiff } from './git-diff.ts';
import { gitDiffStaged } from './git-diff-staged.ts';
import { gitDiffUnstaged } from './git-diff-unstaged.ts';
import { gitFetch } from './git-fetch.ts';
import { gitGrep } from './git-grep.ts';
import { gitLog } from './git-log.ts';
import { gitMerge } from './git-merge.ts';
import { gitPull } from './git-pull.ts';
import { gitPush } from './git-push.ts';
import { gitPushForce } from './git-push-force.ts';
import { gitRebase } from './git-rebase.ts';
import { gitReset } from './git-reset.ts';
import { gitResetHard } from './git-reset-hard.ts';
import { gitRevert } from './git-revert.ts';
import { gitShow } from './git-show.ts';
import { gitStash } from './git-stash.ts';
import { gitStatus } from './git-status.ts';
import { gitTag } from './git-tag.ts';
import { gitWorktree } from './git-worktree.ts';

/** The tools of this server, in the order in which tools/list names them. */
const readTools = [gitStatus, gitDiffUnstaged, gitDiffStaged, gitDiff, gitLog, gitShow, gitBranch, gitBlame, gitGrep];

/** With `write`. */
const writeTools = [gitAdd, gitReset, gitCommit, gitCreateBranch, gitCheckout, gitStash, gitTag];

/** With `write` and the toolset `history`. */
const historyTools = [gitMerge, gitRebase, gitCherryPick, gitRevert];

/** With `write` and the toolset `worktree`. */
const worktreeTools = [gitWorktree];

/** With `write` and the toolset `remote`: the network. */
const remoteTools = [gitFetch, gitPull, gitPush, gitClone];

/** With `write` and `destructive`. */
const destructiveTools = [gitResetHard, gitClean, gitDeleteBranch];

/** With `write`, `destructive` and the toolset `remote`. */
const destructiveRemoteTools = [gitPushForce, gitDeleteRemoteBranch];

/** The tools that the settings ask for. With several directories, each call must say which repository it means. */
export function toolsFor({ repositories, write, toolsets, destructive }: Config): readonly GitTool[] {
  const tools = [
    ...readTools,
    ...(write ? writeTools : []),
    ...(write && toolsets.includes('history') ? historyTools : []),
    ...(write && toolsets.includes('worktree') ? worktreeTools : []),
    ...(write && toolsets.includes('remote') ? remoteTools : []),
    ...(write && destructive ? destructiveTools : []),
    ...(write && destructive && toolsets.includes('remote') ? destructiveRemoteTools : []),
  ];
  return repositories.length === 1 ? tools : tools.map(withRepository);
}

function withRepository(tool: GitTool): GitTool {
  if (!('repo_path' in tool.inputSchema.shape)) return tool;
  return { ...tool, inputSchema: tool.inputSchema.required({ repo_path: true }) };
}
