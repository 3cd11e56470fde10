import { access, constants, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { ToolError } from '@touchstone-mcp/core/errors';
import { environmentOf, overridesOf, type Policy, searchPath } from './environment.ts';
import { RunningGit } from './process.ts';
import { openStandIns, type StandIns } from './stand-in.ts';
import { holesOf, isBelow, OLDEST, type Version, versionOf, versionWords } from './version.ts';

/** The git of this machine, and how this server runs it. */
export interface InstalledGit extends AsyncDisposable {
  readonly binary: string;
  readonly version: Version;
  readonly policy: Policy;
  readonly env: Readonly<Record<string, string>>;
  /** `-c` pairs of every command. */
  readonly overrides: readonly string[];
  readonly standIns: StandIns;
  /** Asked before the first repository is opened, and not at the start, which it would hold up. Rejects with a ToolError for a git that may not be used. */
  proveStandIns(): Promise<void>;
  /** Bytes of memory that one command may take. */
  readonly maxMemory: number;
  /** Runs a git that needs no repository, in an empty place of ours. Resolves to what it wrote. */
  run(args: readonly string[], options: { signal: AbortSignal; stdin?: Buffer; env?: Readonly<Record<string, string>> }): Promise<Buffer>;
}

/** How the operator wants git to be found. */
export interface GitSettings {
  readonly gitPath?: string | undefined;
  readonly acceptOldGit: boolean;
  readonly maxMemoryMb: number;
}

/** How long git may take to tell its version. */
const START_MS = 10_000;

/** Finds git and asks its version. Throws a ToolError that an operator can act on: there is none, or it has known holes. */
export async function openInstalledGit({ gitPath, acceptOldGit, maxMemoryMb }: GitSettings, policy: Policy): Promise<InstalledGit> {
  const binary = gitPath ?? (await findProgram('git'));
  if (binary === undefined || !isAbsolute(binary) || !(await isProgram(binary))) {
    const what = gitPath === undefined ? 'git is not installed, or not on PATH.' : 'gitPath names no program by its absolute path.';
    throw new ToolError('unavailable', what, { hint: 'Install git 2.45 or newer, or set gitPath.' });
  }
  const standIns = await openStandIns(policy.hooks);
  const env = environmentOf(policy);
  const maxMemory = maxMemoryMb * 1024 ** 2;
  const run: InstalledGit['run'] = async (args, { signal, stdin, env: more }) => {
    // In front of the ceiling git still looks into the place itself, which is empty, and no further.
    const place = { GIT_CEILING_DIRECTORIES: dirname(standIns.base), GIT_OPTIONAL_LOCKS: '0', ...more };
    const cwd = standIns.base;
    await using running = new RunningGit({ binary, head: [], args, env: { ...env, ...place }, cwd, stdin, signal, maxMemory });
    const chunks: Buffer[] = [];
    for await (const chunk of running.output()) chunks.push(chunk);
    const { code, stderr } = await running.end();
    if (code !== 0) throw new ToolError('unavailable', `git ${args[0]} did not succeed.`, { cause: new Error(`${code}: ${stderr}`) });
    return Buffer.concat(chunks);
  };
  try {
    const version = versionOf((await run(['--version'], { signal: AbortSignal.timeout(START_MS) })).toString());
    refuseOld(version, acceptOldGit);
    return {
      binary,
      version,
      policy,
      env,
      overrides: overridesOf(policy),
      standIns,
      proveStandIns: once(() => proveStandIns(standIns, run)),
      maxMemory,
      run,
      [Symbol.asyncDispose]: () => standIns[Symbol.asyncDispose](),
    };
  } catch (error) {
    await standIns[Symbol.asyncDispose]();
    throw error;
  }
}

/** That git takes the configuration from the stand-in is what everything rests on: a git that does not must not be used. */
async function proveStandIns(standIns: StandIns, run: InstalledGit['run']): Promise<void> {
  const { gitDir, standIn } = await standIns.probe();
  const env = { GIT_DIR: gitDir, GIT_COMMON_DIR: standIn, GIT_OBJECT_DIRECTORY: join(gitDir, 'objects') };
  const listed = await run(['config', '--null', '--name-only', '--list'], { signal: AbortSignal.timeout(START_MS), env });
  const names = listed.toString().split('\0');
  if (names.includes('probe.standin') && !names.includes('probe.repository')) return;
  throw new ToolError('unavailable', 'This git does not take its configuration from where it is told to.', {
    hint: 'Install a git from git-scm.com, or set gitPath.',
  });
}

function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}

function refuseOld(version: Version, acceptOldGit: boolean): void {
  const words = versionWords(version);
  if (isBelow(version, OLDEST)) {
    throw new ToolError('unavailable', `git ${words} is too old: this server needs ${versionWords(OLDEST)} or newer.`, {
      hint: 'Install a newer git.',
    });
  }
  const [hole] = holesOf(version);
  if (hole === undefined || acceptOldGit) return;
  throw new ToolError('unavailable', `git ${words} has a known hole, ${hole.id}: ${hole.what}.`, {
    hint: `Install git ${versionWords(hole.closedIn.at(-1) ?? OLDEST)} or newer. Where your distribution has closed it, start with --accept-old-git.`,
  });
}

/** The first program of this name on PATH. */
export async function findProgram(program: string): Promise<string | undefined> {
  const name = process.platform === 'win32' ? `${program}.exe` : program;
  for (const directory of searchPath()) {
    const path = join(directory, name);
    if (await isProgram(path)) return path;
  }
  return undefined;
}

/** Whether there is a file at this path that may be run. */
export async function isProgram(path: string): Promise<boolean> {
  return await Promise.all([access(path, constants.X_OK), stat(path)]).then(
    ([, stats]) => stats.isFile(),
    () => false,
  );
}
