import { ToolError } from '@touchstone-mcp/core/errors';
import { git } from './command.ts';
import { refuseUnstorable } from './filters.ts';
import { refuseRewritingPublished } from './protection.ts';
import type { Repository } from './repository.ts';
import { proveFiles, stage } from './staging.ts';
import { gitWrite } from './writing.ts';

/** What is to be committed. Neither `files` nor `all`: what is staged. */
export interface CommitRequest {
  readonly message: string;
  /** These files and no others, staged or not. */
  readonly files?: readonly string[] | undefined;
  /** Every tracked file that has changed. */
  readonly all: boolean;
  /** In place of the last commit, whose author it keeps. */
  readonly amend: boolean;
}

/** Characters of a message. */
const MAX_MESSAGE = 50_000;

/** A commit that was just made. */
export interface Committed {
  readonly hash: string;
  readonly branch: string | undefined;
  readonly files: number;
  readonly added: number;
  readonly deleted: number;
  /** Whether it has a signature. */
  readonly signed: boolean;
}

/** Commits. Throws `conflict` where there is nothing to commit, or where `amend` would replace a commit that a remote has. */
export async function commit(repository: Repository, request: CommitRequest, signal: AbortSignal): Promise<Committed> {
  const { message, files, all, amend } = request;
  proveMessage(message);
  if (files !== undefined && all) throw new ToolError('invalid_input', 'files and all exclude each other.');
  if (amend) await refuseRewritingPublished(repository, signal);
  const paths = files === undefined ? undefined : proveFiles(files);
  if (paths !== undefined) await stage(repository, paths, signal);
  if (all) await refuseUnstorable(repository, { paths: [], untracked: false }, signal);
  const args = [
    'commit',
    '--file=-',
    '--cleanup=whitespace',
    '--untracked-files=no',
    ...(amend ? ['--amend'] : []),
    ...(all ? ['--all'] : []),
    ...(paths === undefined ? [] : ['--only', '--', ...paths]),
  ];
  const { stdout } = await gitWrite(repository, args, { signal, stdin: message });
  return { ...(await headCommit(repository, signal)), ...summaryOf(stdout.toString()) };
}

/** Text of a commit or tag: 1 to `maxChars` characters, and no NUL, which would end it. */
export function proveMessage(message: string, maxChars = MAX_MESSAGE): string {
  if (message.trim() !== '' && message.length <= maxChars && !message.includes('\0') && message.isWellFormed()) return message;
  throw new ToolError('invalid_input', `The message must be text of at most ${maxChars} characters, without NUL.`, {
    hint: 'Say what changes, and why.',
  });
}

async function headCommit(repository: Repository, signal: AbortSignal): Promise<{ hash: string; signed: boolean }> {
  const { stdout } = await git(repository, ['cat-file', '--batch'], { signal, stdin: 'HEAD\n' });
  const [head = '', ...lines] = stdout.toString().split('\n');
  const headers = lines.slice(0, lines.indexOf(''));
  return { hash: head.split(' ')[0] ?? '', signed: headers.some((line) => line.startsWith('gpgsig')) };
}

/** `[main (root-commit) 1234567] Subject`, and ` 2 files changed, 3 insertions(+), 1 deletion(-)`. No name of a branch has a blank. */
function summaryOf(said: string) {
  const branch = /^\[(\S+) (?:\(root-commit\) )?[0-9a-f]+\] /m.exec(said)?.[1];
  const count = (pattern: RegExp) => Number(pattern.exec(said)?.[1] ?? 0);
  return {
    branch,
    files: count(/^ (\d+) files? changed/m),
    added: count(/^ \d+ files? changed.* (\d+) insertions?\(\+\)/m),
    deleted: count(/^ \d+ files? changed.* (\d+) deletions?\(-\)/m),
  };
}
