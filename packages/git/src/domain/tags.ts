import { ToolError } from '@touchstone-mcp/core/errors';
import { git } from './command.ts';
import { proveMessage } from './commit.ts';
import { lookUp, proveBranchName, resolveCommit, shown } from './names.ts';
import type { Repository } from './repository.ts';
import { decode } from './text.ts';
import { gitWrite } from './writing.ts';

/** A tag, and the commit that it is for. */
export interface Tag {
  readonly name: string;
  readonly commit: string;
  /** ISO 8601: when it was made, or its commit where it is no object of its own. */
  readonly date?: string | undefined;
  /** The first line of its message, or of its commit's. */
  readonly subject?: string | undefined;
}

/** How many are listed. */
const MAX_LISTED = 200;

/** The tags, newest first; at most 200. */
export async function listTags(repository: Repository, signal: AbortSignal): Promise<{ tags: Tag[]; truncated: boolean }> {
  const format = '%(refname:strip=2)%00%(objectname)%00%(*objectname)%00%(creatordate:iso-strict)%00%(contents:subject)';
  const args = ['for-each-ref', '--sort=-creatordate', `--count=${MAX_LISTED + 1}`, `--format=${format}`, 'refs/tags'];
  const { stdout } = await git(repository, args, { signal });
  const tags = decode(stdout)
    .text.split('\n')
    .slice(0, -1)
    .map((line) => {
      const [name = '', id = '', peeled, date = '', subject = ''] = line.split('\0');
      return { name, commit: peeled || id, date, subject };
    });
  return { tags: tags.slice(0, MAX_LISTED), truncated: tags.length > MAX_LISTED };
}

/** Makes a tag: with a message an object of its own, without one only a name. */
export async function createTag(
  repository: Repository,
  { name, revision, message }: { name: string; revision: string; message?: string | undefined },
  signal: AbortSignal,
): Promise<Tag> {
  const tag = proveBranchName(name);
  const commit = await resolveCommit(repository, revision, signal);
  if (message === undefined) await gitWrite(repository, ['tag', '--no-sign', tag, commit], { signal });
  else {
    proveMessage(message);
    await gitWrite(repository, ['tag', '--annotate', '--file=-', '--cleanup=whitespace', tag, commit], { signal, stdin: message });
  }
  return { name: tag, commit };
}

/** Deletes a tag. What it named can be tagged again, as long as git keeps that. */
export async function deleteTag(repository: Repository, name: string, signal: AbortSignal): Promise<Tag> {
  const tag = proveBranchName(name);
  const [object] = await lookUp(repository, [`refs/tags/${tag}`], signal);
  if (typeof object !== 'object')
    throw new ToolError('not_found', `No such tag: ${shown(name)}`, { hint: 'Ask git_tag with action list.' });
  await gitWrite(repository, ['update-ref', '-d', `refs/tags/${tag}`, object.id], { signal });
  return { name: tag, commit: object.id };
}
