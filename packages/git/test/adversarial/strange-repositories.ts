import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { layFiles, layRepository, plainGit } from '../fixture/repository.ts';

/** Where a repository is, the program that must not run, and a directory outside that holds the secret. */
export interface Place {
  readonly path: string;
  readonly program: string;
  readonly out: string;
}

/** `ok`: every call works, `denied`: none does. Otherwise each ends with one of these, or works. */
type Codes = 'ok' | 'denied' | readonly ('denied' | 'unavailable' | 'not_found' | 'timeout' | 'too_large' | 'conflict')[];

/** A repository that is not as git makes one: what is laid into it, and how calls may end. None may run the program, or tell the secret. */
export type Row = readonly [id: string, name: string, lay: (place: Place) => void, codes: Codes];

/** Adds settings to the configuration of a repository. */
export const config = (path: string, ...pairs: readonly (readonly [key: string, value: string])[]) => {
  for (const [key, value] of pairs) plainGit(path, ['config', '--add', key, value]);
};

const driver = ({ path, program }: Place) =>
  config(
    path,
    ['filter.evil.clean', program],
    ['filter.evil.smudge', program],
    ['diff.evil.textconv', program],
    ['merge.evil.driver', program],
  );

const ATTRIBUTES = '* filter=evil diff=evil merge=evil\n';

/** Commits something as no git would write it, and puts `main` there. */
const forged =
  (headers: (parent: string) => string, message: string | Buffer) =>
  ({ path }: Place) => {
    const [tree, parent] = ['HEAD^{tree}', 'HEAD'].map((name) => plainGit(path, ['rev-parse', name]).trim()) as [string, string];
    const head = `tree ${tree}\n${headers(parent)}author A <a@x> 1767268800 +0000\ncommitter C <c@x> 1767268800 +0000\n`;
    const commit = Buffer.concat([Buffer.from(head), Buffer.from(message)]);
    const id = plainGit(path, ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], {}, commit).trim();
    plainGit(path, ['update-ref', 'refs/heads/main', id]);
  };

/** A tag of a tag of a tag ... of the first commit. */
function tagTower({ path }: Place): void {
  let id = plainGit(path, ['rev-parse', 'HEAD']).trim();
  for (let level = 0; level < 60; level++) {
    const text = `object ${id}\ntype ${level === 0 ? 'commit' : 'tag'}\ntag t\ntagger A <a@x> 1 +0000\n\nx\n`;
    id = plainGit(path, ['hash-object', '-t', 'tag', '-w', '--stdin', '--literally'], {}, text).trim();
  }
  plainGit(path, ['update-ref', 'refs/tags/tower', id]);
}

/** What a repository says about itself: attributes, settings, commits, submodules. */
export const strange: readonly Row[] = [
  [
    'GIT-064',
    'attributes in the index alone, gone from the work tree',
    (place) => {
      driver(place);
      layFiles(place.path, { '.gitattributes': ATTRIBUTES });
      plainGit(place.path, ['-c', 'filter.evil.clean=', 'add', '.gitattributes']);
      rmSync(join(place.path, '.gitattributes'));
    },
    // Of git_add and git_commit: what only a filter makes fit to be stored is not stored, and then is in the way.
    ['denied', 'conflict'],
  ],
  [
    'GIT-064',
    'a macro of attributes that brings a driver',
    (place) => {
      driver(place);
      layFiles(place.path, { '.git/info/attributes': '[attr]plain filter=evil diff=evil merge=evil\n* plain\n' });
    },
    ['denied', 'conflict'],
  ],
  [
    'GIT-064',
    'attributes that are a link to outside',
    (place) => {
      driver(place);
      writeFileSync(join(place.out, 'attributes'), ATTRIBUTES);
      symlinkSync(join(place.out, 'attributes'), join(place.path, '.gitattributes'));
    },
    'ok',
  ],
  [
    'GIT-064',
    'a line of attributes without end, and another with many (CVE-2022-23521)',
    ({ path }) => layFiles(path, { '.gitattributes': `* ${'a'.repeat(3_000_000)}=x\n* ${'-a '.repeat(500_000)}\n` }),
    'ok',
  ],
  [
    'GIT-063',
    'encodings of files that are none',
    ({ path }) =>
      layFiles(path, { '.gitattributes': '*.txt working-tree-encoding=../../out//TRANSLIT\n*.md working-tree-encoding=UTF-16\n' }),
    ['denied', 'unavailable', 'conflict'],
  ],
  [
    'GIT-065',
    'an include of what is read like a device, and of itself',
    ({ path }) =>
      appendFileSync(
        join(path, '.git/config'),
        '[include]\n\tpath = /dev/zero\n\tpath = config\n[includeIf "gitdir:/"]\n\tpath = /dev/tty\n',
      ),
    'ok',
  ],
  [
    'GIT-065',
    'an include in a configuration that another repository inside shares',
    ({ path, program }) => {
      const shared = join(path, '..', `shared-${path.length}`);
      layRepository(shared, [{ files: { f: '' }, message: 'one' }]);
      layFiles(shared, { 'evil.cfg': `[core]\n\tfsmonitor = ${program}\n` });
      config(shared, ['include.path', '../evil.cfg'], ['core.fsmonitor', program]);
      layFiles(path, { '.git/commondir': `../../${basename(shared)}/.git\n` });
    },
    ['unavailable', 'not_found', 'denied', 'conflict'],
  ],
  ['GIT-077', 'a tag of a tag, sixty times', tagTower, 'ok'],
  ['GIT-077', 'a commit with 5,000 parents', forged((parent) => `parent ${parent}\n`.repeat(5_000), '\nmany\n'), 'ok'],
  [
    'GIT-092',
    'a commit in an encoding that is a path',
    forged((parent) => `parent ${parent}\n`, 'encoding ../../../out/evil//\n\nx\n'),
    'ok',
  ],
  [
    'GIT-092',
    'a commit in an encoding that changes its alphabet in the middle',
    forged((parent) => `parent ${parent}\n`, Buffer.from('encoding ISO-2022-CN-EXT\n\n\u001b$*H\u001bN\u0021\u0021\n', 'latin1')),
    'ok',
  ],
  [
    'GIT-092',
    'a commit that its tree is missing of',
    forged(() => `parent ${'0'.repeat(39)}1\n`, '\nx\n'),
    ['unavailable', 'not_found', 'conflict'],
  ],
  [
    'GIT-072',
    'replaced commits and grafts: history is what it is',
    ({ path, out }) => {
      const [head, first] = ['HEAD', 'HEAD~1'].map((name) => plainGit(path, ['rev-parse', name]).trim());
      const secret = readFileSync(join(out, 'secret.txt'), 'utf8');
      const blob = plainGit(path, ['hash-object', '-w', '--stdin'], {}, secret).trim();
      const file = plainGit(path, ['rev-parse', 'HEAD:file.txt']).trim();
      plainGit(path, ['update-ref', `refs/replace/${file}`, blob]);
      layFiles(path, { '.git/info/grafts': `${head}\n${first} ${head}\n` });
    },
    'ok',
  ],
  [
    'GIT-073',
    'a submodule whose name climbs out and whose URL is an option',
    ({ path, out }) => {
      const modules = `[submodule "../../../out"]\n\tpath = ../../out\n\turl = --upload-pack=x\n[submodule "s"]\n\tpath = s\n\turl = ${out}\n\tupdate = !x\n`;
      layFiles(path, { '.gitmodules': modules });
      plainGit(path, ['update-index', '--add', '--cacheinfo', `160000,${plainGit(path, ['rev-parse', 'HEAD']).trim()},s`]);
      mkdirSync(join(path, 's'));
      layFiles(path, { 's/.git': `gitdir: ${out}/secret/.git\n` });
    },
    // Whatever reads at which commit it is.
    ['denied'],
  ],
  [
    'GIT-073',
    'a submodule inside whose common directory is outside',
    ({ path, out }) => {
      layRepository(join(path, 's'), [{ files: { f: '' }, message: 'one' }]);
      plainGit(path, ['add', 's']);
      layFiles(path, { 's/.git/commondir': `${out}/secret/.git\n` });
    },
    ['denied'],
  ],
  [
    'GIT-060',
    'a monitor that listens already, and an index that believes it',
    ({ path, program }) => {
      plainGit(path, ['-c', 'core.fsmonitor=/bin/true', 'update-index', '--fsmonitor']);
      config(path, ['core.fsmonitor', program], ['core.untrackedCache', 'true'], ['index.version', '4'], ['feature.manyFiles', 'true']);
    },
    'ok',
  ],
  [
    'GIT-060',
    'a bare repository kept as files in a work tree, named itself',
    ({ path, program }) => {
      rmSync(join(path, '.git/index'));
      config(path, ['core.bare', 'true'], ['core.fsmonitor', program], ['core.worktree', '/'], ['alias.log', `!${program}`]);
    },
    ['conflict', 'denied', 'unavailable', 'not_found'],
  ],
  [
    'GIT-061',
    'hooks beside the configuration that the work tree is told to use',
    ({ path, program }) => {
      for (const name of ['post-index-change', 'reference-transaction', 'pre-commit', 'post-checkout', 'fsmonitor-watchman'])
        layFiles(path, { [`.git/hooks/${name}`]: `#!/bin/sh\nexec '${program}'\n`, [`hooks/${name}`]: `#!/bin/sh\nexec '${program}'\n` });
      execFileSync('chmod', ['-R', '+x', join(path, '.git/hooks'), join(path, 'hooks')]);
      appendFileSync(join(path, '.git/config'), '[extensions]\n\tworktreeConfig = true\n[core]\n\trepositoryformatversion = 1\n');
      layFiles(path, { '.git/config.worktree': '[core]\n\thooksPath = hooks\n' });
    },
    'ok',
  ],
  [
    'GIT-070',
    'a key for signatures, and files that say who is allowed',
    ({ path, program, out }) =>
      config(
        path,
        ['gpg.format', 'ssh'],
        ['user.signingKey', `${out}/secret.txt`],
        ['gpg.ssh.allowedSignersFile', `${out}/secret.txt`],
        ['gpg.ssh.program', program],
        ['commit.gpgSign', 'true'],
        ['tag.gpgSign', 'true'],
        ['merge.verifySignatures', 'true'],
      ),
    'ok',
  ],
  [
    'GIT-072',
    'notes, templates and orders of files from outside',
    ({ path, out }) =>
      config(
        path,
        ['commit.template', `${out}/secret.txt`],
        ['diff.orderFile', `${out}/secret.txt`],
        ['mailmap.file', `${out}/secret.txt`],
        ['blame.ignoreRevsFile', `${out}/secret.txt`],
        ['core.notesRef', 'refs/notes/../../out'],
        ['notes.displayRef', '*'],
        ['format.attach', 'x'],
      ),
    'ok',
  ],
];

/** A repository with two commits, and changes that are not staged. */
export function layPlain(path: string): void {
  layRepository(path, [
    { files: { 'file.txt': 'one\n', 'read.md': 'one\n' }, message: 'one' },
    { files: { 'file.txt': 'two\n' }, message: 'two' },
  ]);
  plainGit(path, ['branch', 'side', 'HEAD~1']);
  layFiles(path, { 'file.txt': 'TWO\n', untracked: '' });
}
