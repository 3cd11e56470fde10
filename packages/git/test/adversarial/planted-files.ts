import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { layFiles, plainGit } from '../fixture/repository.ts';
import { config, type Place, type Row } from './strange-repositories.ts';

/** Puts a link into `.git`, to a file outside. */
const link =
  (name: string, target = 'secret.txt') =>
  ({ path, out }: Place): void => {
    const at = join(path, '.git', name);
    mkdirSync(join(at, '..'), { recursive: true });
    rmSync(at, { recursive: true, force: true });
    symlinkSync(join(out, target), at);
  };

/** Writes a file in `.git`. */
const saying =
  (name: string, text: (place: Place) => string | Buffer) =>
  (place: Place): void =>
    layFiles(place.path, { [`.git/${name}`]: text(place) });

const pipe = (name: string) => (place: Place) => {
  rmSync(join(place.path, name), { force: true });
  mkdirSync(join(place.path, name, '..'), { recursive: true });
  execFileSync('mkfifo', [join(place.path, name)]);
};

/** What lies in `.git`, or in the work tree, and is no plain file, or leads outside. */
export const planted: readonly Row[] = [
  ['GIT-064', 'info/attributes that is a link to outside', link('info/attributes', 'attributes'), 'denied'],
  ['GIT-065', 'core.excludesFile, .gitignore and info/exclude that lead outside', excluded, 'denied'],
  ['GIT-005', 'HEAD is a link whose text looks like a ref and leads outside', climbingHead, 'denied'],
  [
    'GIT-005',
    'HEAD is a ref that climbs out',
    saying('HEAD', () => 'ref: refs/heads/../../../../../out/ref\n'),
    ['unavailable', 'denied', 'not_found', 'conflict'],
  ],
  [
    'GIT-005',
    'HEAD names a file outside',
    saying('HEAD', ({ out }) => `ref: ${out}/ref\n`),
    ['unavailable', 'denied', 'not_found', 'conflict'],
  ],
  [
    'GIT-005',
    'a branch that leads to a file outside',
    saying('refs/heads/main', () => 'ref: ../../../out/ref\n'),
    ['unavailable', 'denied', 'not_found', 'conflict'],
  ],
  ['GIT-005', 'a reflog that is a link to outside', link('logs/refs/heads/main'), 'denied'],
  ['GIT-005', 'a stash whose list is a link to outside', link('logs/refs/stash'), 'denied'],
  ['GIT-005', 'a rebase whose files are links to outside', link('rebase-merge/head-name'), 'denied'],
  ['GIT-005', 'a series whose list is a link to outside', link('sequencer/todo'), 'denied'],
  ['GIT-005', 'a graph of commits that is a link to outside', link('objects/info/commit-graph'), 'denied'],
  ['GIT-005', 'a part of a graph of commits that is', link('objects/info/commit-graphs/graph-1.graph'), 'denied'],
  ['GIT-005', 'an index over packs that is', link('objects/pack/multi-pack-index'), 'denied'],
  ['GIT-005', 'a part of an index over packs that is', link('objects/pack/multi-pack-index.d/x.midx'), 'denied'],
  ['GIT-005', 'a list of where history is cut that is', link('shallow'), 'denied'],
  ['GIT-005', 'a sparse checkout whose patterns are', link('info/sparse-checkout'), 'denied'],
  [
    'GIT-005',
    'alternates that borrow from each other',
    saying('objects/info/alternates', ({ path }) => `${path}/.git/objects\n../objects\n`),
    'denied',
  ],
  ['GIT-005', 'a shared index that is a link to outside', link(`sharedindex.${'0'.repeat(40)}`), 'denied'],
  ['GIT-005', 'the configuration is a pipe', pipe('.git/config'), 'denied'],
  ['GIT-005', 'info/exclude is a pipe', pipe('.git/info/exclude'), 'denied'],
  ['GIT-077', 'the work tree has a pipe for .gitignore', pipe('.gitignore'), ['timeout', 'conflict']],
  ['GIT-077', 'the work tree has a pipe for .gitattributes', pipe('.gitattributes'), ['timeout', 'conflict']],
  ['GIT-077', 'the work tree has a pipe for .mailmap', pipe('.mailmap'), ['timeout', 'conflict']],
  ['GIT-077', 'a tracked file is a pipe now', pipe('file.txt'), ['timeout', 'conflict', 'unavailable', 'denied', 'not_found']],
  [
    'GIT-077',
    'HEAD has three gigabytes',
    ({ path }) => truncateSync(join(path, '.git/HEAD'), 3e9),
    ['too_large', 'timeout', 'unavailable', 'denied', 'not_found', 'conflict'],
  ],
  [
    'GIT-077',
    '200,000 branches, with names that are none',
    ({ path }) => {
      const id = plainGit(path, ['rev-parse', 'HEAD']).trim();
      const names = Array.from({ length: 200_000 }, (_, index) => `refs/heads/b${String(index).padStart(6, '0')}`);
      const strange = ['refs/heads/../../x', 'refs/heads/a b', 'refs/heads/-D', 'refs/heads/x.lock', 'refs/../HEAD'];
      const lines = [...names, ...strange].sort().map((name) => `${id} ${name}\n`);
      layFiles(path, { '.git/packed-refs': `# pack-refs with: peeled fully-peeled sorted \n${lines.join('')}` });
    },
    ['unavailable', 'not_found', 'conflict'],
  ],
  [
    'GIT-072',
    'a list of where history is cut that is none',
    saying('shallow', () => 'nothing\n'),
    ['unavailable', 'denied', 'not_found', 'conflict'],
  ],
  [
    'GIT-014',
    'a linked work tree that is said to be outside',
    ({ path, out }) =>
      layFiles(path, {
        '.git/worktrees/w/gitdir': `${out}/secret/.git\n`,
        '.git/worktrees/w/commondir': '../..\n',
        '.git/worktrees/w/HEAD': 'ref: refs/heads/main\n',
        '.git/worktrees/../config.worktree': '[core]\n\tfsmonitor = x\n',
      }),
    ['conflict'],
  ],
];

function excluded({ path, out }: Place): void {
  config(path, ['core.excludesFile', join(out, 'secret.txt')]);
  symlinkSync(join(out, 'secret.txt'), join(path, '.gitignore'));
  link('info/exclude')({ path, out, program: '' });
}

/** Git takes a link for the name of a branch only where its text is one, and follows any other. */
function climbingHead({ path }: Place): void {
  rmSync(join(path, '.git/HEAD'));
  symlinkSync('refs/heads/../../../../../out/ref', join(path, '.git/HEAD'));
}
