import { basename, dirname, join, resolve } from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import type { Boundary } from './boundary.ts';
import { parseSettings, sanitizeSettings } from './configuration.ts';
import { canHold, type HeldDirectory } from './held.ts';
import type { InstalledGit } from './installed.ts';
import {
  isGitDirectory,
  kindBelow,
  kindOf,
  outside,
  pointerIn,
  readSmall,
  refuseAlternatesOutside,
  refuseLinksOutside,
  refuseLooseLinks,
  refuseObjectsOutside,
} from './layout.ts';
import type { Place, Repository } from './repository.ts';

/** Bytes of a configuration: that of a repository with thousands of branches has some hundred thousand. */
const MAX_CONFIGURATION = 1_000_000;

/** How many configurations are remembered, read and judged. */
const MAX_REMEMBERED = 200;

/** What opening a repository needs. */
export interface Opening {
  readonly installed: InstalledGit;
  readonly boundary: Boundary;
  readonly mayOwn: (uid: bigint, path: string) => Promise<boolean>;
  readonly signal: AbortSignal;
  /** Whether git will write, so that links in the git directory are looked for everywhere. */
  readonly write: boolean;
}

interface Found {
  readonly workTree: HeldDirectory | undefined;
  readonly gitDir: HeldDirectory;
}

/** The directories of a repository, held. Undefined where there is none at this path. */
export async function findRepository(path: string, boundary: Boundary, refusal: () => ToolError): Promise<Found | undefined> {
  const directory = await boundary.hold(path, refusal);
  try {
    const gitDir = await gitDirOf(directory, boundary);
    if (gitDir !== undefined) return { workTree: directory, gitDir };
    if (basename(directory.path) !== '.git' && (await isGitDirectory(directory))) return { workTree: undefined, gitDir: directory };
  } catch (error) {
    directory[Symbol.dispose]();
    throw error;
  }
  directory[Symbol.dispose]();
  return undefined;
}

async function gitDirOf(directory: HeldDirectory, boundary: Boundary): Promise<HeldDirectory | undefined> {
  const path = directory.below('.git');
  const kind = await kindOf(path);
  const refusal = () => outside('git directory');
  if (kind === 'directory' || kind === 'link') return await boundary.hold(path, refusal);
  const pointer = kind === 'file' ? await readSmall(path) : undefined;
  return pointer === undefined ? undefined : await boundary.hold(pointerIn(pointer, 'gitdir:', directory.below('')), refusal);
}

/** Proves what was found, and says how git is to see it. Disposes of it when it is none that may be opened. */
export async function openRepository(path: string, found: Found, opening: Opening): Promise<Repository> {
  const held: HeldDirectory[] = [found.gitDir, ...(found.workTree === undefined ? [] : [found.workTree])];
  try {
    await opening.installed.proveStandIns();
    const commonDir = await commonDirOf(found.gitDir, opening.boundary);
    if (commonDir !== found.gitDir) held.push(commonDir);
    const objects = await opening.boundary.hold(commonDir.below('objects'), () => outside('objects'));
    held.push(objects);
    await refuseForeign(held, opening);
    const which = { deep: opening.write, hooks: opening.installed.policy.hooks };
    await Promise.all([...new Set([found.gitDir, commonDir])].map((each) => refuseLinksOutside(each, opening.boundary, which)));
    await refuseObjectsOutside(objects, opening.boundary);
    await refuseLooseLinks(objects);
    await refuseAlternatesOutside(objects, opening.boundary);
    const { text, ignored } = await configurationOf({ ...found, commonDir }, opening);
    const asChild = (await canHold()) ? CHILD.commonDir : commonDir.path;
    const bare = `[core]\n\tbare = ${found.workTree === undefined}\n`;
    const standIn = await opening.installed.standIns.get(text + bare, asChild);
    return repositoryOf(path, { ...found, commonDir, objects }, { standIn, ignored, held, opening });
  } catch (error) {
    for (const each of held) each[Symbol.dispose]();
    throw error;
  }
}

/** What the child's descriptors are. */
const CHILD = { workTree: '/proc/self/fd/3', gitDir: '/proc/self/fd/4', commonDir: '/proc/self/fd/5', objects: '/proc/self/fd/6' };

async function commonDirOf(gitDir: HeldDirectory, boundary: Boundary): Promise<HeldDirectory> {
  const pointer = await readSmall(gitDir.below('commondir'));
  if (pointer === undefined) return gitDir;
  return await boundary.hold(pointerIn(pointer, '', gitDir.below('')), () => outside('common directory'));
}

async function refuseForeign(directories: readonly HeldDirectory[], { mayOwn }: Opening): Promise<void> {
  for (const { stats, path } of directories) {
    if (await mayOwn(stats.uid, path)) continue;
    throw new ToolError('denied', 'This repository belongs to another user of the machine.', {
      hint: 'Tell the user: git refuses it too. The owner can be changed, or it can be named in safe.directory of the global configuration, with --user-config.',
    });
  }
}

const judged = new Map<string, { text: string; ignored: string[] }>();

/** What git may see of the configuration: read by us, listed by git without any include, and judged. */
async function configurationOf({ gitDir, commonDir, workTree }: Found & { commonDir: HeldDirectory }, opening: Opening) {
  const common = await readSmall(commonDir.below('config'), MAX_CONFIGURATION);
  const own = await readSmall(gitDir.below('config.worktree'), MAX_CONFIGURATION);
  const { hooks } = opening.installed.policy;
  const key = [hooks, gitDir.path, workTree?.path, common?.toString('latin1'), own?.toString('latin1')].join('\0');
  const known = judged.get(key);
  if (known !== undefined) return known;
  const settings = common === undefined ? [] : await settingsIn(common, opening);
  const perWorkTree = settings.some(
    ({ section, name, value }) => section === 'extensions' && name === 'worktreeconfig' && value !== 'false',
  );
  if (perWorkTree && own !== undefined) settings.push(...(await settingsIn(own, opening)));
  // Git writes it for a submodule, and it is where the work tree is anyway.
  const telling = settings.filter(
    ({ section, name, value = '' }) => !(section === 'core' && name === 'worktree' && resolve(gitDir.path, value) === workTree?.path),
  );
  const result = sanitizeSettings(telling, hooks);
  if (judged.size === MAX_REMEMBERED) judged.clear();
  judged.set(key, result);
  return result;
}

async function settingsIn(configuration: Buffer, { installed, signal }: Opening) {
  const listed = await installed.run(['config', '--file', '-', '--no-includes', '--null', '--list'], { signal, stdin: configuration });
  return parseSettings(listed);
}

/** As far as git looks into one: at which commit it is. */
async function refuseSubmoduleOutside(path: string, { boundary }: Opening): Promise<void> {
  using directory = await boundary.hold(path, () => outside('submodule'));
  using gitDir = await gitDirOf(directory, boundary);
  if (gitDir === undefined) return;
  const commonDir = await commonDirOf(gitDir, boundary);
  try {
    const which = { deep: false, hooks: false };
    await Promise.all([...new Set([gitDir, commonDir])].map((each) => refuseLinksOutside(each, boundary, which)));
  } finally {
    if (commonDir !== gitDir) commonDir[Symbol.dispose]();
  }
}

interface Rest {
  readonly standIn: string;
  readonly ignored: readonly string[];
  readonly held: readonly HeldDirectory[];
  readonly opening: Opening;
}

function repositoryOf(
  path: string,
  { workTree, gitDir, commonDir, objects }: Found & { commonDir: HeldDirectory; objects: HeldDirectory },
  { standIn, ignored, held, opening }: Rest,
) {
  const repository: Omit<Repository, symbol> & Disposable = {
    path,
    workTree,
    gitDir,
    commonDir,
    ignored,
    installed: opening.installed,
    place: () => placeOf([workTree ?? gitDir, gitDir, commonDir, objects], workTree !== undefined, standIn),
    async proveSubmodule(name) {
      if (workTree !== undefined && (await kindBelow(workTree, name)) === 'directory')
        await refuseSubmoduleOutside(workTree.below(name), opening);
    },
    async verify() {
      const unchanged = await Promise.all(held.map((each) => each.isUnchanged()));
      // A pack may have been put there while git ran.
      await refuseObjectsOutside(objects, opening.boundary);
      if (!unchanged.every(Boolean))
        throw new ToolError('conflict', 'The repository was replaced while git was running.', { hint: 'Try again.' });
    },
    [Symbol.dispose]() {
      for (const each of held) each[Symbol.dispose]();
    },
  };
  // The brand has no value: it says that this function alone makes one.
  return repository as Repository;
}

type Four = [start: HeldDirectory, gitDir: HeldDirectory, commonDir: HeldDirectory, objects: HeldDirectory];

/** By descriptors where they can be had: then no name is looked up again that could lead elsewhere by now. */
function placeOf([start, gitDir, commonDir, objects]: Four, hasWorkTree: boolean, standIn: string): Place {
  const descriptors = [start, gitDir, commonDir, objects].map(({ descriptor }) => descriptor);
  const inherited = descriptors.filter((descriptor) => descriptor !== undefined);
  const paths =
    inherited.length === 4 ? CHILD : { workTree: start.path, gitDir: gitDir.path, commonDir: commonDir.path, objects: objects.path };
  return {
    cwd: paths.workTree,
    inherited: inherited.length === 4 ? inherited : [],
    commonDir: paths.commonDir,
    env: {
      GIT_DIR: paths.gitDir,
      // Told where the repository is and not this, git would take the directory it runs in for the work tree, bare or not.
      ...(hasWorkTree ? { GIT_WORK_TREE: '.' } : { GIT_IMPLICIT_WORK_TREE: '0' }),
      GIT_COMMON_DIR: standIn,
      GIT_OBJECT_DIRECTORY: paths.objects,
      GIT_SHALLOW_FILE: join(paths.commonDir, 'shallow'),
      // None there: grafts would change what history is.
      GIT_GRAFT_FILE: join(standIn, 'grafts'),
      GIT_CEILING_DIRECTORIES: dirname(start.path),
    },
  };
}
