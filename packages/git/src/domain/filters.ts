import { ToolError } from '@touchstone-mcp/core/errors';
import { git, gitRecords } from './command.ts';
import { kindOf } from './layout.ts';
import { type RepositoryPath, shown } from './names.ts';
import type { Repository } from './repository.ts';

/**
 * Refuses to store files whose content only a program can make fit to be stored (the attribute `filter`, as of git-lfs), where this
 * server does not run that program: what is stored would be wrong. With `untracked`, refuses repositories inside this one, too: git would
 * store a link to them.
 */
export async function refuseUnstorable(
  repository: Repository,
  { paths, untracked }: { paths: readonly RepositoryPath[]; untracked: boolean },
  signal: AbortSignal,
): Promise<void> {
  const names: Buffer[] = [];
  // Not `ls-files --modified`, which would look behind a directory that has become a link.
  const flags = ['--porcelain=v1', '-z', '--no-renames', '--ignore-submodules=dirty', `--untracked-files=${untracked ? 'all' : 'no'}`];
  for await (const record of gitRecords(repository, ['status', ...flags, '--', ...paths], { signal })) {
    const name = record.subarray(3);
    if (name.at(-1) === SLASH) throw embedded(name.toString());
    if (record[1] !== STAGED && record[1] !== DELETED) names.push(name);
  }
  if (untracked) await refuseNested(repository, paths, signal);
  if (names.length === 0) return;
  const filtered = await filtersOf(repository, names, signal);
  if (filtered.size === 0) return;
  const running = await filtersThatRun(repository, signal);
  for (const [filter, path] of filtered) if (!running.has(filter)) throw unfiltered(path, filter);
}

/** Git passes over a file of a repository inside this one without a word. Directories of which it has stored files itself are none to it. */
async function refuseNested(repository: Repository, paths: readonly RepositoryPath[], signal: AbortSignal): Promise<void> {
  const directories = new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/') + 1)));
  const nested = new Set<string>();
  for (const directory of directories) nested.add((await nestedOn(repository, directory)) ?? '');
  for (const directory of nested) {
    if (directory === '') continue;
    const { stdout } = await git(repository, ['ls-files', '-z', '--', directory], { signal, maxBytes: directory.length * 2 });
    if (stdout.length === 0) throw embedded(directory);
  }
}

/** The outermost directory on a way that is a repository of its own. Behind a link nothing is looked at. */
async function nestedOn({ workTree }: Repository, way: string): Promise<string | undefined> {
  for (let end = way.indexOf('/'); end !== -1; end = way.indexOf('/', end + 1)) {
    const directory = way.slice(0, end + 1);
    if (workTree === undefined || (await kindOf(workTree.below(way.slice(0, end)))) !== 'directory') return undefined;
    if ((await kindOf(workTree.below(`${directory}.git`))) !== undefined) return directory;
  }
  return undefined;
}

const SLASH = 0x2f;
/** The second letter of a record: nothing is left to be stored. */
const [STAGED, DELETED] = [0x20, 0x44];

/** One path for every filter that the attributes name. */
async function filtersOf(repository: Repository, names: readonly Buffer[], signal: AbortSignal): Promise<Map<string, string>> {
  const stdin = Buffer.concat(names.flatMap((name) => [name, Buffer.of(0)]));
  const filters = new Map<string, string>();
  let fields: string[] = [];
  for await (const field of gitRecords(repository, ['check-attr', '-z', '--stdin', 'filter'], { signal, stdin })) {
    fields.push(field.toString());
    if (fields.length < 3) continue;
    const [path = '', , value = ''] = fields;
    if (!/^(?:unspecified|unset|set|)$/.test(value)) filters.set(value, path);
    fields = [];
  }
  return filters;
}

/** Those that git would run here: of the operator's own configuration and of the setting lfs, never the repository's. */
async function filtersThatRun(repository: Repository, signal: AbortSignal): Promise<Set<string>> {
  const args = ['config', '--null', '--name-only', '--get-regexp', '^filter\\..*\\.(clean|process)$'];
  const { stdout } = await git(repository, args, { signal, okCodes: [0, 1] });
  return new Set(
    stdout
      .toString()
      .split('\0')
      .map((key) => key.slice('filter.'.length, key.lastIndexOf('.'))),
  );
}

function unfiltered(path: string, filter: string): ToolError {
  return new ToolError('denied', `${shown(path)} is stored through the filter ${shown(filter)}, a program that this server does not run.`, {
    hint: filter === 'lfs' ? 'Tell the user: start with --lfs, or stage it with git itself.' : 'Tell the user: stage it with git itself.',
  });
}

function embedded(path: string): ToolError {
  return new ToolError('invalid_input', `${shown(path)} is a repository of its own, and would be stored as a link to it only.`, {
    hint: 'Name the other files, or ignore it in .gitignore.',
  });
}
