/** The repository that the git part works on: the same commits in every run. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Lines of the file to blame, and the commits that they are from. */
export const STORY_LINES = 5_000;
const STORY_COMMITS = 200;
/** The file itself. */
export const STORY = 'story.txt';

/** What is staged, changed and untracked in the work tree, so many of each. */
export const DIRTY = 10;

const COMMITS = 50_000;
const FILES = 50_000;
/** Of the files, those that the branch `wide` changes. */
const CHANGED_EVERY = 5;
const AUTHORS = 20;
const FILE_LINES = 20;

/** Where it is, and how large. Removed when disposed of, and when the run is interrupted. */
export interface BuiltRepository extends Disposable {
  /** Of everything that is made for the run. */
  folder: string;
  path: string;
  commits: number;
  files: number;
  /** Files that differ between the branches `main` and `wide`. */
  changed: number;
}

/** Variables that keep whose machine it is out of the figures. */
export const GIT_ENVIRONMENT = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' } as const;

/** Builds it under a folder for temporary files; `scale` is its part of the full size. */
export async function buildRepository(scale: number): Promise<BuiltRepository> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'touchstone-bench-git-')));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const interrupted = () => {
    remove();
    process.exit(130);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const dispose = () => {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    remove();
  };
  try {
    const path = join(folder, 'repository');
    const [commits, files] = [COMMITS * scale, FILES * scale];
    const git = (...args: string[]) => execFileSync('git', args, { cwd: path, env: { ...process.env, ...GIT_ENVIRONMENT }, stdio: 'pipe' });
    execFileSync('git', ['init', '--quiet', '--initial-branch=main', path], { env: { ...process.env, ...GIT_ENVIRONMENT } });
    await fastImport(path, history(commits, files));
    git('checkout', '--quiet', '--force', 'main');
    for (let file = 0; file < 2 * DIRTY; file++) appendFileSync(join(path, pathOf(file)), 'changed\n');
    git('add', '--', ...Array.from({ length: DIRTY }, (_, file) => pathOf(file)));
    for (let file = 0; file < DIRTY; file++) writeFileSync(join(path, `untracked-${file}.txt`), 'new\n');
    // What git does by itself once there are so many objects.
    git('gc', '--quiet');
    return { folder, path, commits, files, changed: files / CHANGED_EVERY, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function fastImport(path: string, stream: Iterable<string>): Promise<void> {
  const child = spawn('git', ['fast-import', '--quiet'], { cwd: path, stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  await pipeline(Readable.from(stream), child.stdin);
  const [code] = await ended;
  if (code !== 0) throw new Error(`git fast-import has ended with code ${code}`);
}

/** All files in the first commit, one of them changed by every other, and now and then some more lines of the story. */
function* history(commits: number, files: number): Generator<string> {
  const versions = new Uint32Array(files);
  const story: string[] = [];
  for (let commit = 0; commit < commits; commit++) {
    yield head('main', commit);
    if (commit === 0) for (let file = 0; file < files; file++) yield put(pathOf(file), contentOf(file, 0));
    else {
      // A prime: every file has its turn.
      const file = (commit * 7_919) % files;
      versions[file] = commit;
      yield put(pathOf(file), contentOf(file, commit));
    }
    if (commit % (commits / STORY_COMMITS) === 0) {
      tell(story, commit);
      yield put(STORY, story.join(''));
    }
  }
  yield head('wide', commits, 'refs/heads/main');
  for (let file = 0; file < files; file += CHANGED_EVERY) yield put(pathOf(file), `${contentOf(file, versions[file] ?? 0)}one more line\n`);
}

function head(branch: string, commit: number, from?: string): string {
  const author = commit % AUTHORS;
  const message = `Change number ${commit}\n\nWhat it changes, and why it had to be changed, in a line or two.\n`;
  const who = `Author ${author} <author-${author}@example.com> ${1_600_000_000 + 60 * commit} +0000`;
  const parent = from === undefined ? '' : `from ${from}\n`;
  return `commit refs/heads/${branch}\nauthor ${who}\ncommitter ${who}\ndata ${message.length}\n${message}${parent}`;
}

function put(path: string, content: string): string {
  return `M 100644 inline ${path}\ndata ${content.length}\n${content}\n`;
}

/** A thousand directories, three deep. */
function pathOf(file: number): string {
  const at = (place: number) => `part-${Math.floor(file / place) % 10}`;
  return `src/${at(1)}/${at(10)}/${at(100)}/file-${String(file).padStart(5, '0')}.ts`;
}

function contentOf(file: number, version: number): string {
  const line = (number: number) => `line ${number} of file ${file}, version ${number === version % FILE_LINES ? version : 0}\n`;
  return Array.from({ length: FILE_LINES }, (_, number) => line(number)).join('');
}

/** Lines on end, somewhere in what is there. */
function tell(story: string[], commit: number): void {
  const lines = Array.from(
    { length: STORY_LINES / STORY_COMMITS },
    (_, line) => `What happened in the year ${commit}, sentence ${line}.\n`,
  );
  story.splice((commit * 37) % (story.length + 1), 0, ...lines);
}
