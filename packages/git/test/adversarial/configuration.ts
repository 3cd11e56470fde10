import { appendFileSync, chmodSync, cpSync, mkdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { layFiles, layRepository, plainGit } from '../fixture/repository.ts';

/** Where a repository and the program that must not run are. */
export interface Place {
  readonly path: string;
  readonly program: string;
}

/** A repository that would have git run a program: what is laid into it, and a plain command that does run it (undefined: none of this version does). */
export type Row = readonly [id: string, name: string, lay: (place: Place) => void, bites: readonly string[] | undefined];

/** Sets keys of the repository's own configuration; `{S}` stands for the program. */
function keys(...pairs: readonly (readonly [key: string, value: string])[]): (place: Place) => void {
  return ({ path, program }) => {
    for (const [key, value] of pairs) plainGit(path, ['config', '--add', ...[key, value].map((text) => text.replaceAll('{S}', program))]);
  };
}

/** The same in a file that the configuration includes. */
function included(include: string, file: string): (place: Place) => void {
  return ({ path, program }) => {
    layFiles(path, { [file]: `[core]\n\tfsmonitor = ${program}\n[filter "evil"]\n\tclean = ${program}\n` });
    plainGit(path, ['config', include, join(path, file)]);
  };
}

/** Programs where hooks are. */
function hooks(directory: string, ...names: readonly string[]): (place: Place) => void {
  return ({ path, program }) => {
    mkdirSync(join(path, directory), { recursive: true });
    for (const name of names) cpSync(program, join(path, directory, name));
    for (const name of names) chmodSync(join(path, directory, name), 0o755);
  };
}

function both(...parts: readonly ((place: Place) => void)[]): (place: Place) => void {
  return (place) => {
    for (const part of parts) part(place);
  };
}

const HOOKS = [
  'post-index-change',
  'reference-transaction',
  'pre-commit',
  'commit-msg',
  'post-commit',
  'post-checkout',
  'post-merge',
  'pre-push',
  'pre-rebase',
  'post-rewrite',
  'prepare-commit-msg',
  'pre-auto-gc',
  'fsmonitor-watchman',
  'query-watchman',
];

const STATUS = ['status'];
const DIFF = ['diff', 'HEAD~1'];

/**
 * A repository whose attributes name drivers for every file, with a change that git has to read the file for: same size, same time. What a
 * driver is called decides nothing but whether its program runs.
 */
export function layBait(path: string): void {
  layRepository(path, [
    { files: { 'file.txt': 'one\n', '.gitattributes': '* filter=evil diff=evil merge=evil\n*.md filter=a.b\n' }, message: 'one' },
    { files: { 'file.txt': 'two\n', 'read.md': 'x\n' }, message: 'two' },
  ]);
  const { atime, mtime } = statSync(join(path, '.git', 'index'));
  layFiles(path, { 'file.txt': 'TWO\n', 'read.md': 'y\n', untracked: '' });
  for (const file of ['file.txt', 'read.md']) utimesSync(join(path, file), atime, mtime);
}

export const rows: readonly Row[] = [
  ['GIT-060', 'core.fsmonitor', keys(['core.fsmonitor', '{S}']), STATUS],
  ['GIT-060', 'core.fsmonitor in other letters', keys(['CORE.FsMonitor', '{S}'], ['core.fsmonitorHookVersion', '2']), STATUS],
  ['GIT-060', 'core.fsmonitor=true, a daemon', keys(['core.fsmonitor', 'true'], ['fsmonitor.socketDir', '/tmp']), undefined],
  ['GIT-061', 'hooks', hooks('.git/hooks', ...HOOKS), ['checkout', '-q', '-b', 'bitten']],
  ['GIT-061', 'core.hooksPath', both(hooks('h', ...HOOKS), keys(['core.hooksPath', 'h'])), ['checkout', '-q', '-b', 'bitten']],
  ['GIT-062', 'diff.external', keys(['diff.external', '{S}']), DIFF],
  ['GIT-062', 'diff.<driver>.command', keys(['diff.evil.command', '{S}']), DIFF],
  ['GIT-063', 'diff.<driver>.textconv', keys(['diff.evil.textconv', '{S}'], ['diff.evil.cachetextconv', 'true']), ['show', 'HEAD']],
  ['GIT-064', 'filter.<driver>.clean', keys(['filter.evil.clean', '{S}'], ['filter.evil.required', 'true']), STATUS],
  ['GIT-064', 'filter.<driver>.process', keys(['filter.evil.process', '{S}']), STATUS],
  ['GIT-064', 'filter.<driver>.smudge', keys(['filter.evil.smudge', '{S}']), ['checkout', '-q', '-f', 'HEAD~1']],
  ['GIT-064', 'a driver with a dot in its name', keys(['filter.a.b.clean', '{S}']), STATUS],
  [
    'GIT-064',
    'a driver without a value',
    ({ path }) => appendFileSync(join(path, '.git', 'config'), '[filter "evil"]\n\tclean\n\trequired\n'),
    undefined,
  ],
  [
    'GIT-064',
    'attributes in .git/info',
    both(keys(['filter.i.clean', '{S}']), ({ path }) => layFiles(path, { '.git/info/attributes': '* filter=i\n' })),
    STATUS,
  ],
  [
    'GIT-064',
    'core.attributesFile',
    both(keys(['core.attributesFile', '.git/a'], ['filter.i.clean', '{S}']), ({ path }) => layFiles(path, { '.git/a': '* filter=i\n' })),
    undefined,
  ],
  ['GIT-065', 'include.path', included('include.path', 'evil.cfg'), STATUS],
  ['GIT-065', 'includeIf.onbranch', included('includeIf.onbranch:main.path', 'evil.cfg'), STATUS],
  ['GIT-065', 'includeIf.gitdir', included('includeIf.gitdir:**.path', 'evil.cfg'), STATUS],
  [
    'GIT-065',
    'includeIf.hasconfig',
    both(keys(['remote.o.url', 'https://example.com/x']), included('includeIf.hasconfig:remote.*.url:https://**.path', 'evil.cfg')),
    STATUS,
  ],
  [
    'GIT-065',
    'extensions.worktreeConfig',
    ({ path, program }) => {
      plainGit(path, ['config', 'core.repositoryformatversion', '1']);
      plainGit(path, ['config', 'extensions.worktreeConfig', 'true']);
      layFiles(path, { '.git/config.worktree': `[core]\n\tfsmonitor = ${program}\n` });
    },
    STATUS,
  ],
  ['GIT-066', 'merge.<driver>.driver', keys(['merge.evil.driver', '{S} %O %A %B'], ['merge.evil.name', 'x']), undefined],
  ['GIT-067', 'gc.recentObjectsHook', keys(['gc.recentObjectsHook', '{S}'], ['gc.auto', '1'], ['maintenance.auto', 'true']), undefined],
  [
    'GIT-068',
    'a partial clone',
    keys(
      ['core.repositoryformatversion', '1'],
      ['extensions.partialClone', 'o'],
      ['remote.o.promisor', 'true'],
      ['remote.o.url', 'ext::{S}'],
      ['protocol.ext.allow', 'always'],
    ),
    undefined,
  ],
  [
    'GIT-069',
    'core.sshCommand, core.gitProxy, core.askPass',
    keys(['core.sshCommand', '{S}'], ['core.gitProxy', '{S}'], ['core.askPass', '{S}'], ['remote.o.url', 'ssh://h/x']),
    ['fetch', '-q', 'o'],
  ],
  [
    'GIT-069',
    'remote.<n>.uploadpack and vcs',
    keys(['remote.o.url', '.'], ['remote.o.uploadpack', '{S}'], ['remote.o.receivepack', '{S}'], ['remote.p.vcs', '{S}']),
    ['fetch', '-q', 'o'],
  ],
  [
    'GIT-069',
    'url.<base>.insteadOf',
    keys(['url.ext::{S} .insteadOf', 'https://x/'], ['protocol.ext.allow', 'always'], ['remote.o.url', 'https://x/y']),
    ['fetch', '-q', 'o'],
  ],
  [
    'GIT-069',
    'credential.helper',
    keys(['credential.helper', '!{S}'], ['credential.https://x.helper', '!{S}'], ['http.proxy', 'http://127.0.0.1:9']),
    undefined,
  ],
  [
    'GIT-070',
    'gpg.program and log.showSignature',
    both(
      keys(
        ['gpg.program', '{S}'],
        ['gpg.ssh.program', '{S}'],
        ['gpg.x509.program', '{S}'],
        ['gpg.ssh.defaultKeyCommand', '{S}'],
        ['log.showSignature', 'true'],
        ['commit.gpgSign', 'true'],
        ['tag.gpgSign', 'true'],
        ['format.pretty', '%GG'],
      ),
      signed,
    ),
    ['log'],
  ],
  [
    'GIT-071',
    'pagers and editors',
    keys(
      ['core.pager', '{S}'],
      ['pager.log', '{S}'],
      ['pager.status', '{S}'],
      ['pager.show', '{S}'],
      ['core.editor', '{S}'],
      ['sequence.editor', '{S}'],
      ['interactive.diffFilter', '{S}'],
      ['man.x.cmd', '{S}'],
      ['web.browser', '{S}'],
    ),
    undefined,
  ],
  [
    'GIT-071',
    'aliases named like commands',
    keys(['alias.status', '!{S}'], ['alias.log', '!{S}'], ['alias.show', '!{S}'], ['alias.zz', '!{S}']),
    ['zz'],
  ],
  [
    'GIT-072',
    'the rest',
    keys(
      ['core.alternateRefsCommand', '{S}'],
      ['uploadpack.packObjectsHook', '{S}'],
      ['trailer.t.command', '{S}'],
      ['trailer.t.cmd', '{S}'],
      ['submodule.s.update', '!{S}'],
      ['mergetool.x.cmd', '{S}'],
      ['difftool.x.cmd', '{S}'],
      ['browser.x.cmd', '{S}'],
      ['sendemail.tocmd', '{S}'],
      ['receive.procReceiveRefs', 'refs'],
      ['instaweb.httpd', '{S}'],
      ['imap.tunnel', '{S}'],
      ['guitool.x.cmd', '{S}'],
      ['hook.x.command', '{S}'],
      ['hook.x.event', 'post-index-change'],
      ['lfs.customtransfer.x.path', '{S}'],
      ['init.templateDir', '/tmp'],
    ),
    undefined,
  ],
  [
    'GIT-072',
    'diff.<driver>.wordRegex and xfuncname, which never end',
    keys(['diff.evil.wordRegex', '(a*)*b'], ['diff.evil.xfuncname', '(a*)*b'], ['diff.wordRegex', '(a*)*b']),
    undefined,
  ],
  ['GIT-073', 'a submodule with a configuration of its own', submodule, STATUS],
  [
    'GIT-078',
    'trace2, notes, mailmap and orderfile, which read and write files',
    keys(
      ['trace2.eventTarget', '{S}'],
      ['core.notesRef', 'refs/notes/x'],
      ['notes.displayRef', 'refs/*'],
      ['mailmap.file', '/etc/passwd'],
      ['diff.orderFile', '/etc/passwd'],
      ['blame.ignoreRevsFile', '/etc/passwd'],
      ['commit.template', '/etc/passwd'],
    ),
    undefined,
  ],
  [
    'GIT-078',
    'aliases of -c by pretty and format',
    keys(
      ['pretty.x', '%x00%x00'],
      ['format.pretty', 'x'],
      ['log.date', 'format:%x'],
      ['diff.noprefix', 'true'],
      ['diff.mnemonicPrefix', 'true'],
      ['color.ui', 'always'],
      ['column.ui', 'always'],
      ['status.short', 'true'],
      ['core.quotePath', 'true'],
      ['diff.submodule', 'log'],
      ['status.submoduleSummary', 'true'],
      ['diff.relative', 'true'],
      ['log.follow', 'true'],
      ['grep.patternType', 'perl'],
    ),
    undefined,
  ],
];

/** A commit that says that it is signed: to show that, git asks the program. */
function signed({ path }: Place): void {
  const commit = plainGit(path, ['cat-file', 'commit', 'HEAD']);
  const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ\n -----END PGP SIGNATURE-----\n';
  const id = plainGit(path, ['hash-object', '-t', 'commit', '-w', '--stdin'], {}, commit.replace('\n\n', `\n${signature}\n`)).trim();
  plainGit(path, ['update-ref', 'refs/heads/main', id]);
}

/** .gitmodules says that git should look inside, where the submodule's own configuration would run a program. */
function submodule({ path, program }: Place): void {
  layRepository(join(path, 'sub'), [{ files: { f: '1\n' }, message: 'sub' }]);
  plainGit(join(path, 'sub'), ['config', 'core.fsmonitor', program]);
  layFiles(path, { '.gitmodules': '[submodule "sub"]\n\tpath = sub\n\turl = ./sub\n\tignore = none\n' });
  plainGit(path, ['-c', 'core.fsmonitor=false', 'add', 'sub', '.gitmodules']);
  plainGit(path, ['config', 'submodule.recurse', 'true']);
}
