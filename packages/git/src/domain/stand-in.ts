import { createHash } from 'node:crypto';
import { access, lstat, mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errnoOf } from './errors.ts';

/** What of the common directory a stand-in leads on to: ignore and attribute patterns, linked work trees, whose branch the main one is on, where history is cut. */
const LED_ON = ['info', 'worktrees', 'lfs', 'HEAD', 'shallow'];

/**
 * Directories that stand in for the common directory of a repository (GIT_COMMON_DIR). Git takes the configuration and the hooks from
 * there, so that it never sees those of the repository, not even ones that appear while it runs.
 */
export class StandIns implements AsyncDisposable {
  readonly #base: string;
  readonly #hooks: boolean;

  constructor(base: string, hooks: boolean) {
    this.#base = base;
    this.#hooks = hooks;
  }

  /** A directory of this process that no repository is in. */
  get base(): string {
    return this.#base;
  }

  /** The stand-in with this configuration, for a common directory by the path that a child knows it by. Made once for all that are alike. */
  async get(configuration: string, commonDir: string): Promise<string> {
    const id = createHash('sha256')
      .update(JSON.stringify([configuration, commonDir]))
      .digest('hex')
      .slice(0, 32);
    const path = join(this.#base, id);
    // Asked every time: a cleaner of temporary files may have been there.
    if (!(await isWhole(path))) await this.#make(path, configuration, commonDir);
    return path;
  }

  /** A repository with `probe.repository` in its configuration, and a stand-in that has `probe.standin` instead. */
  async probe(): Promise<{ gitDir: string; standIn: string }> {
    const gitDir = join(this.#base, 'probe');
    for (const name of ['objects', 'refs']) await mkdir(join(gitDir, name), { recursive: true });
    await writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/main\n');
    await writeFile(join(gitDir, 'config'), '[probe]\n\trepository = true\n');
    return { gitDir, standIn: await this.get('[core]\n\tbare = true\n[probe]\n\tstandin = true\n', gitDir) };
  }

  /** Under another name first, so that no call ever sees half of one. */
  async #make(path: string, configuration: string, commonDir: string): Promise<void> {
    await mkdir(this.#base, { recursive: true, mode: 0o700 });
    await refuseForeignBase(this.#base);
    const draft = await mkdtemp(`${path}-`);
    // Git wants to see it before it believes that this is a repository.
    await mkdir(join(draft, 'refs'));
    await writeFile(join(draft, 'config'), configuration);
    for (const name of this.#hooks ? [...LED_ON, 'hooks'] : LED_ON) await link(join(commonDir, name), join(draft, name));
    if (await moveTo(draft, path)) return;
    // Another call was faster and made the same, which its git may be reading: only what is left of an old one is taken away.
    if (!(await isWhole(path))) {
      await rm(path, { recursive: true, force: true });
      if (await moveTo(draft, path)) return;
    }
    await rm(draft, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    // A call that is being aborted may still be making one.
    return rm(this.#base, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Where a cleaner of temporary files has taken the place away, anybody may have made it again. */
async function refuseForeignBase(base: string): Promise<void> {
  const stats = await lstat(base);
  const shared = process.platform !== 'win32' && (stats.uid !== process.geteuid?.() || (stats.mode & 0o777) !== 0o700);
  if (!stats.isDirectory() || shared) throw new Error('The directory for temporary files has been replaced by somebody else');
}

/** Makes the place for them, which nobody else may enter. */
export async function openStandIns(hooks: boolean): Promise<StandIns> {
  return new StandIns(await realpath(await mkdtemp(join(tmpdir(), 'touchstone-git-'))), hooks);
}

/** Without the right to make links (Windows), directories are junctions, and a file is left out. */
async function link(target: string, path: string): Promise<void> {
  await symlink(target, path, 'junction').catch((error: unknown) => {
    if (process.platform !== 'win32') throw error;
  });
}

async function isWhole(path: string): Promise<boolean> {
  return await access(join(path, 'config')).then(
    () => true,
    () => false,
  );
}

/** False where something is there already. */
async function moveTo(draft: string, path: string): Promise<boolean> {
  try {
    await rename(draft, path);
    return true;
  } catch (error) {
    if (errnoOf(error) !== 'ENOTEMPTY' && errnoOf(error) !== 'EEXIST' && errnoOf(error) !== 'EPERM') throw error;
    return false;
  }
}
