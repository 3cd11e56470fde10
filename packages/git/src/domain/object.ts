import { ToolError } from '@touchstone-mcp/core/errors';
import { git, gitRecords } from './command.ts';
import { type FoundObject, lookUp, provePaths, proveRevision, shown } from './names.ts';
import type { Repository } from './repository.ts';
import { decode } from './text.ts';

/** A file as a revision has it; of a directory, its names, one a line, those of directories with a slash. */
export type ObjectContent = { readonly text: string } | { readonly bytes: Uint8Array };

/** Bytes that are looked at to tell text from other things, as git does it. */
const SAMPLE = 8_000;

/** Names that a completion looks through. */
const MAX_NAMES = 100;

/** Reads what lies at a path of a revision, whole: two git processes. `too_large` beyond `maxBytes`. */
export async function readObject(
  repository: Repository,
  revision: string,
  path: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<ObjectContent> {
  const object = await objectAt(repository, revision, path, signal);
  if (object?.type === 'tree') return { text: (await namesIn(repository, object, '', Number.POSITIVE_INFINITY, signal)).join('\n') };
  if (object?.type !== 'blob') {
    throw new ToolError('not_found', `No such file: ${shown(path)} in ${shown(revision)}`, {
      hint: 'Ask git_show for <revision>:<directory>.',
    });
  }
  if (object.size > maxBytes)
    throw new ToolError('too_large', `The file has ${object.size} bytes; the limit is ${maxBytes}.`, { hint: 'Ask git_show for it.' });
  const { stdout } = await git(repository, ['cat-file', 'blob', object.id], { signal, maxBytes });
  return stdout.subarray(0, SAMPLE).includes(0) ? { bytes: stdout } : { text: decode(stdout).text };
}

async function objectAt(repository: Repository, revision: string, path: string, signal: AbortSignal): Promise<FoundObject | undefined> {
  const proven = path === '' ? '' : provePaths([path.replace(/\/$/, '')])[0];
  // It would be a second line of git's input.
  if (proven === undefined || /\n/.test(proven)) return undefined;
  const [object] = await lookUp(repository, [`${proveRevision(revision)}:${proven}`], signal);
  return typeof object === 'object' ? object : undefined;
}

async function namesIn(repository: Repository, tree: FoundObject, begin: string, most: number, signal: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  for await (const record of gitRecords(repository, ['ls-tree', '-z', tree.id], { signal })) {
    const { text, exact } = decode(record.subarray(record.indexOf(0x09) + 1));
    if (exact && text.startsWith(begin)) names.push(record.includes(' tree ') ? `${text}/` : text);
    if (names.length === most) break;
  }
  return names;
}

/** Paths of a revision that begin so, as far as the next slash. */
export async function pathsThatBegin(repository: Repository, revision: string, typed: string, signal: AbortSignal): Promise<string[]> {
  const directory = typed.slice(0, typed.lastIndexOf('/') + 1);
  const tree = await objectAt(repository, revision, directory, signal);
  if (tree?.type !== 'tree') return [];
  const names = await namesIn(repository, tree, typed.slice(directory.length), MAX_NAMES, signal);
  return names.map((name) => directory + name);
}

/** Branches and tags that begin so, and HEAD. */
export async function revisionsThatBegin(repository: Repository, typed: string, signal: AbortSignal): Promise<string[]> {
  const args = ['for-each-ref', '--format=%(refname:lstrip=2)%00', 'refs/heads', 'refs/tags', 'refs/remotes'];
  const names = 'HEAD'.startsWith(typed) ? ['HEAD'] : [];
  for await (const record of gitRecords(repository, args, { signal })) {
    const { text, exact } = decode(record);
    const name = text.replace(/^\n/, '');
    if (exact && name !== '' && name.startsWith(typed)) names.push(name);
    if (names.length === MAX_NAMES) break;
  }
  return names;
}
