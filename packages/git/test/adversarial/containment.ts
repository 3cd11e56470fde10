import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layFiles, layRepository, plainGit } from '../fixture/repository.ts';

/** What stands in every file and message outside the root. No answer and no log line may hold it. */
export const SECRET = 'the-secret-outside';

/** `ok`: the call works, and what it answers is from inside. */
export type Code = 'denied' | 'invalid_input' | 'not_found' | 'unavailable' | 'ok';

/** A repository that is not what it seems: made in `root/<name>`, with `out` beside the root. */
export type Trap = readonly [id: string, name: string, lay: (path: string, out: string) => void, code: Code, why: string];

/** Lays out `base`: a root with a plain repository, and outside it one with the secret. */
export function layOut(base: string): { root: string; out: string } {
  const [root, out] = [join(base, 'root'), join(base, 'out')];
  layRepository(join(root, 'plain'), [{ files: { 'file.txt': 'inside\n', 'sub/file.txt': 'inside\n' }, message: 'inside' }]);
  layRepository(join(out, 'secret'), [{ files: { 'file.txt': `${SECRET}\n`, [SECRET]: '' }, message: SECRET }]);
  plainGit(join(out, 'secret'), ['worktree', 'add', '--quiet', '-b', SECRET, '../linked']);
  plainGit(out, ['clone', '--quiet', '--bare', 'secret', 'bare.git']);
  writeFileSync(join(out, 'hostname'), SECRET);
  for (const [, name, lay] of traps) lay(join(root, name), out);
  symlinkSync(join(out, 'secret'), join(root, 'link-out'));
  symlinkSync('plain', join(root, 'link-in'));
  symlinkSync(join(out, 'not-there'), join(root, 'link-nowhere'));
  mkdirSync(join(root, 'nothing', 'here'), { recursive: true });
  return { root, out };
}

const inside = (path: string) => layRepository(path, [{ files: { 'file.txt': 'inside\n' }, message: 'inside' }]);

/** Replaces a part of the repository's data by a link to the same part of the one outside. */
function linked(part: string): (path: string, out: string) => void {
  return (path, out) => {
    inside(path);
    rmSync(join(path, '.git', part), { recursive: true, force: true });
    symlinkSync(join(out, 'secret', '.git', part), join(path, '.git', part));
  };
}

/** With `.git` a file that leads there. */
function pointing(target: (out: string) => string): (path: string, out: string) => void {
  return (path, out) => layFiles(path, { '.git': `gitdir: ${target(out)}\n` });
}

/** With a file in `.git` that says so. */
function saying(file: string, text: (out: string) => string): (path: string, out: string) => void {
  return (path, out) => {
    inside(path);
    layFiles(path, { [`.git/${file}`]: text(out) });
  };
}

export const traps: readonly Trap[] = [
  ['GIT-004', 'git-file', pointing((out) => `${out}/secret/.git`), 'denied', 'a .git file that leads outside (GHSA-w766-5x43-whvw)'],
  ['GIT-004', 'git-file-relative', pointing(() => '../../out/secret/.git'), 'denied', 'the same, climbing'],
  [
    'GIT-004',
    'git-file-linked',
    pointing((out) => `${out}/secret/.git/worktrees/linked`),
    'denied',
    'a linked work tree of a repository outside',
  ],
  ['GIT-004', 'git-file-bare', pointing((out) => `${out}/bare.git`), 'denied', 'a bare repository outside'],
  [
    'GIT-004',
    'git-file-nothing',
    pointing((out) => `${out}/not-there`),
    'denied',
    'nothing outside: the same answer, so that nobody learns what exists',
  ],
  ['GIT-004', 'git-file-lines', pointing((out) => `.\n${out}/secret/.git`), 'denied', 'two lines'],
  ['GIT-004', 'git-file-nul', pointing((out) => `${out}/secret/.git\0x`), 'denied', 'a NUL cuts names in C'],
  ['GIT-004', 'git-file-empty', pointing(() => ''), 'denied', 'nothing in it'],
  ['GIT-004', 'git-file-huge', pointing(() => 'x'.repeat(1_000_000)), 'denied', 'a megabyte of path'],
  ['GIT-004', 'git-file-proc', pointing((out) => `/proc/self/root${out}/secret/.git`), 'denied', 'a detour to outside'],
  [
    'GIT-005',
    'git-link',
    (path, out) => {
      mkdirSync(path);
      symlinkSync(join(out, 'secret', '.git'), join(path, '.git'));
    },
    'denied',
    '.git is a link to a repository outside',
  ],
  [
    'GIT-005',
    'git-link-inside',
    (path) => {
      mkdirSync(path);
      symlinkSync('../plain/.git', join(path, '.git'));
    },
    'ok',
    'a link to a repository inside is no way out',
  ],
  ['GIT-005', 'common', saying('commondir', (out) => `${out}/secret/.git\n`), 'denied', 'the common directory is outside'],
  ['GIT-005', 'common-relative', saying('commondir', () => '../../../out/secret/.git\n'), 'denied', 'the same, climbing'],
  ['GIT-005', 'objects-link', linked('objects'), 'denied', 'all objects are those of a repository outside'],
  [
    'GIT-005',
    'loose-link',
    (path, out) => {
      inside(path);
      const id = plainGit(join(out, 'secret'), ['rev-parse', 'HEAD:file.txt']).trim();
      const loose = join('.git', 'objects', id.slice(0, 2), id.slice(2));
      mkdirSync(join(path, loose, '..'), { recursive: true });
      symlinkSync(join(out, 'secret', loose), join(path, loose));
    },
    'denied',
    'one loose object is a link to outside',
  ],
  [
    'GIT-005',
    'loose-directory-link',
    (path, out) => {
      inside(path);
      const id = plainGit(join(out, 'secret'), ['rev-parse', 'HEAD:file.txt']).trim();
      rmSync(join(path, '.git', 'objects', id.slice(0, 2)), { recursive: true, force: true });
      symlinkSync(join(out, 'secret', '.git', 'objects', id.slice(0, 2)), join(path, '.git', 'objects', id.slice(0, 2)));
    },
    'denied',
    'a directory of loose objects is',
  ],
  [
    'GIT-005',
    'pipe',
    (path) => {
      inside(path);
      execFileSync('mkfifo', [join(path, '.git', 'packed-refs')]);
    },
    'denied',
    'a pipe in .git, which nobody ever writes to',
  ],
  [
    'GIT-005',
    'pipe-branch',
    (path) => {
      inside(path);
      execFileSync('mkfifo', [join(path, '.git', 'refs', 'heads', 'pipe')]);
    },
    'denied',
    'a branch is',
  ],
  [
    'GIT-005',
    'hooks-link',
    (path, out) => {
      inside(path);
      symlinkSync(out, join(path, '.git', 'hooks'));
    },
    'ok',
    'hooks are never opened, wherever they lead',
  ],
  ['GIT-005', 'refs-link', linked('refs'), 'denied', 'all refs are'],
  ['GIT-005', 'heads-link', linked('refs/heads'), 'denied', 'all branches are'],
  ['GIT-005', 'index-link', linked('index'), 'denied', 'the index is'],
  ['GIT-005', 'head-link', linked('HEAD'), 'denied', 'HEAD is'],
  ['GIT-005', 'config-link', linked('config'), 'denied', 'the configuration is'],
  ['GIT-005', 'logs-link', linked('logs'), 'denied', 'the reflog is'],
  [
    'GIT-005',
    'fan-out-link',
    (path, out) => {
      inside(path);
      symlinkSync(join(out, 'secret', '.git', 'objects'), join(path, '.git', 'objects', 'fe'));
    },
    'denied',
    'one directory of objects is outside',
  ],
  [
    'GIT-005',
    'pack-link',
    (path, out) => {
      inside(path);
      mkdirSync(join(path, '.git', 'objects', 'pack'), { recursive: true });
      symlinkSync(join(out, 'hostname'), join(path, '.git', 'objects', 'pack', 'pack-1.pack'));
    },
    'denied',
    'one pack is outside',
  ],
  [
    'GIT-005',
    'head-old-link',
    (path) => {
      inside(path);
      rmSync(join(path, '.git', 'HEAD'));
      symlinkSync('refs/heads/main', join(path, '.git', 'HEAD'));
    },
    'ok',
    'the old way to say which branch is checked out',
  ],
  [
    'GIT-005',
    'alternates',
    saying('objects/info/alternates', (out) => `${out}/secret/.git/objects\n`),
    'denied',
    'objects borrowed from outside',
  ],
  [
    'GIT-005',
    'alternates-relative',
    saying('objects/info/alternates', () => '../../../../out/secret/.git/objects\n'),
    'denied',
    'the same, climbing',
  ],
  [
    'GIT-005',
    'alternates-quoted',
    saying('objects/info/alternates', (out) => `"${out}/secret/.git/objects"\n`),
    'denied',
    'the same, quoted',
  ],
  [
    'GIT-005',
    'alternates-twice',
    saying('objects/info/alternates', () => '../../../alternates/.git/objects\n'),
    'denied',
    'borrowed from one that borrows from outside',
  ],
  ['GIT-005', 'alternates-inside', saying('objects/info/alternates', () => '../../../plain/.git/objects\n'), 'ok', 'borrowed from inside'],
  ['GIT-008', 'work-tree', saying('config', (out) => `[core]\n\tworktree = ${out}\n`), 'ok', 'core.worktree is not followed'],
  [
    'GIT-008',
    'work-tree-link',
    (path) => {
      inside(path);
      symlinkSync('../../out/hostname', join(path, 'link'));
      plainGit(path, ['add', 'link']);
    },
    'ok',
    'a staged link to outside is only its text (GIT-075)',
  ],
  [
    'GIT-016',
    'git-upper',
    (path, out) => layFiles(path, { '.GIT': `gitdir: ${out}/secret/.git` }),
    process.platform === 'linux' ? 'not_found' : 'denied',
    'another spelling of .git',
  ],
  [
    'GIT-065',
    'config-huge',
    (path) => {
      inside(path);
      appendFileSync(join(path, '.git', 'config'), `#${'x'.repeat(2_000_000)}`);
    },
    'denied',
    'megabytes of configuration',
  ],
  [
    'GIT-065',
    'extension',
    saying('config', () => '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tnews = 1\n'),
    'denied',
    'an extension of the format that nobody here knows',
  ],
  ['GIT-065', 'config-broken', saying('config', () => '[core\n'), 'unavailable', 'a configuration that git cannot read'],
  [
    'GIT-004',
    'moved',
    (path) => {
      inside(path);
      renameSync(join(path, '.git'), join(path, 'elsewhere'));
      layFiles(path, { '.git': 'gitdir: elsewhere' });
    },
    'ok',
    'a .git file that leads to inside',
  ],
];

/** Values of repo_path. `{root}` and `{out}` stand for the real folders. */
export type Row = readonly [id: string, path: string, code: Code, why: string];

export const rows: readonly Row[] = [
  ['GIT-001', '{out}/secret', 'denied', 'a repository outside (CVE-2025-68145)'],
  ['GIT-001', '{root}/../out/secret', 'denied', 'climbing out'],
  ['GIT-001', '../out/secret', 'denied', 'the same, relative'],
  ['GIT-001', 'plain/../../out/secret', 'denied', 'the same in the middle'],
  ['GIT-001', '{root}-evil', 'denied', 'a sibling with the root as prefix of its name'],
  ['GIT-001', '/', 'denied', 'the root of everything'],
  ['GIT-001', '/etc', 'denied', 'no repository, and outside'],
  ['GIT-001', '/proc/self/cwd', 'denied', 'whatever this process is in'],
  ['GIT-001', '/proc/self/root{root}/plain', 'denied', 'inside, by a way that is none of its names'],
  ['GIT-002', '~/.password-store', 'denied', 'the home directory (servers#604)'],
  ['GIT-002', '~', 'denied', 'the same'],
  ['GIT-003', '{root}/plain/.git', 'ok', 'inside .git the repository around it is meant, never .git as a work tree'],
  ['GIT-003', '{root}/plain/.git/refs', 'ok', 'the same'],
  ['GIT-013', 'link-out', 'denied', 'a link to a repository outside'],
  ['GIT-013', 'link-out/.git', 'denied', 'through it'],
  ['GIT-013', 'link-out/not-there', 'denied', 'nothing behind it: the same answer'],
  ['GIT-013', 'link-nowhere', 'denied', 'a link to nothing outside: the same answer'],
  ['GIT-013', 'link-out/file.txt', 'denied', 'a file behind it'],
  ['GIT-013', 'link-in', 'ok', 'a link that stays inside'],
  ['GIT-016', 'C:\\r', 'not_found', 'a drive of Windows is a name here'],
  ['GIT-016', '\\\\?\\C:\\r', 'not_found', 'the same'],
  ['GIT-016', '/c/r', 'denied', 'a drive as MSYS writes it'],
  ['GIT-016', 'plain/.git::$INDEX_ALLOCATION', 'not_found', 'a stream of NTFS'],
  ['GIT-016', 'plain/GIT~1', 'not_found', 'a short name of Windows'],
  ['GIT-042', 'plain; touch {root}/mark', 'not_found', 'no shell'],
  ['GIT-042', '$(touch {root}/mark)', 'not_found', 'no shell'],
  ['GIT-042', '-C {out}/secret', 'not_found', 'no option'],
  ['GIT-042', '--git-dir={out}/secret/.git', 'not_found', 'no option'],
  ['GIT-042', 'file://{root}/plain', 'not_found', 'no URL'],
  ['GIT-001', '', 'invalid_input', 'no path'],
  ['GIT-001', ' ', 'invalid_input', 'no path'],
  ['GIT-001', '{root}/plain\0', 'invalid_input', 'a NUL cuts names in C'],
  ['GIT-001', '\ud800', 'invalid_input', 'half a character'],
  ['GIT-001', 'a/'.repeat(5_000), 'invalid_input', 'longer than any path'],
  ['GIT-001', 'nothing/here', 'not_found', 'no repository, nor in one'],
  ['GIT-001', '{root}', 'not_found', 'the root itself is none'],
  ['GIT-001', '{root}//plain/./sub/', 'ok', 'doubled slashes and dots mean nothing'],
  ['GIT-001', 'plain/sub', 'ok', 'a directory in a repository'],
  ['GIT-001', 'plain/file.txt', 'ok', 'a file in a repository'],
];
