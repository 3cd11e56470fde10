import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layFiles, layRepository, plainGit } from '../fixture/repository.ts';
import type { Place } from './configuration.ts';

/** Arguments of a tool that writes, the code of its answer, and why. `{out}` stands for a directory outside. Each leaves everything as it was. */
export type Row = readonly [
  id: string,
  tool: string,
  args: Readonly<Record<string, unknown>>,
  code: 'denied' | 'invalid_input' | 'not_found',
  why: string,
];

const OPTIONS = ['-D', '-f', '-', '--', '--edit-description', '--output=x', '-F/etc/hostname', '--exec=touch x', '--upload-pack=x'];

/** Names that git refuses, or that would mean something else later. */
const NAMES = [
  ...OPTIONS,
  '',
  'a..b',
  'a~1',
  'a^',
  'a:b',
  'a@{b',
  'a.lock',
  'a//b',
  'a/',
  '/a',
  '.a',
  'a/.b',
  'a.',
  'HEAD',
  '@',
  'a b',
  'a\tb',
  'a\nb',
  'a\0b',
  'a\u007fb',
  'a*',
  'a?',
  'a[',
  'a\\b',
  'refs/heads/x',
  'x'.repeat(300),
  '\ud800',
];

/** Revisions that are none of the documented forms. */
const REVISIONS = [
  ...OPTIONS,
  '',
  'HEAD:../../etc/passwd',
  ':0:f',
  ':/text',
  'HEAD^{/x}',
  '@{-1}',
  'a..b',
  '^x',
  '--all',
  ':(top)',
  'a\0b',
];

/** Which argument of which tool is a revision. */
const TAKES_REVISION: readonly (readonly [tool: string, key: string, more: object])[] = [
  ['git_create_branch', 'base_branch', { branch_name: 'new' }],
  ['git_checkout', 'branch_name', {}],
  ['git_tag', 'revision', { action: 'create', name: 'new' }],
  ['git_merge', 'revision', {}],
  ['git_rebase', 'revision', {}],
  ['git_rebase', 'onto', { revision: 'HEAD' }],
  ['git_reset_hard', 'revision', {}],
];

/** Paths that are outside, in .git, or that git would take for more than they say. */
const PATHS: readonly (readonly [id: string, path: string, code: Row[3], why: string])[] = [
  ['GIT-037', '../../../.kube/config', 'denied', 'climbing out (CVE-2026-27735)'],
  ['GIT-037', '{out}/secret', 'denied', 'outside'],
  ['GIT-037', '/etc/hostname', 'denied', 'outside'],
  ['GIT-037', 'sub/../../out/secret', 'denied', 'climbing in the middle'],
  ['GIT-037', 'link-out/secret', 'denied', 'through a link'],
  ['GIT-105', '.git/config', 'denied', 'the repository itself'],
  ['GIT-105', 'sub/.GIT/hooks', 'denied', 'the same, as other systems spell it'],
  ['GIT-105', 'GIT~1/config', 'denied', 'the same in short names'],
  ['GIT-039', '-A', 'not_found', 'no option'],
  ['GIT-039', '--chmod=+x', 'not_found', 'no option'],
  ['GIT-039', '--pathspec-from-file=/etc/hostname', 'not_found', 'no option'],
  ['GIT-039', ':/', 'not_found', 'no magic'],
  ['GIT-039', ':(glob)**', 'not_found', 'no magic'],
  ['GIT-039', ':!x', 'not_found', 'no magic'],
  ['GIT-039', '*', 'not_found', 'no pattern'],
  ['GIT-039', '', 'invalid_input', 'no path'],
  ['GIT-039', 'a\0b', 'invalid_input', 'a NUL cuts names in C'],
];

export const rows: readonly Row[] = [
  ...NAMES.flatMap((name): Row[] => [
    ['GIT-040', 'git_create_branch', { branch_name: name }, 'invalid_input', 'no name of a branch'],
    ['GIT-040', 'git_tag', { action: 'create', name }, 'invalid_input', 'no name of a tag'],
    ['GIT-040', 'git_tag', { action: 'delete', name }, 'invalid_input', 'no name of a tag'],
    ['GIT-040', 'git_delete_branch', { branch_name: name, force: true }, 'invalid_input', 'no name of a branch'],
  ]),
  ...TAKES_REVISION.flatMap(([tool, key, more]) =>
    REVISIONS.map((revision): Row => ['GIT-031', tool, { ...more, [key]: revision }, 'invalid_input', 'no revision']),
  ),
  ...REVISIONS.flatMap((revision): Row[] => [
    ['GIT-031', 'git_cherry_pick', { revisions: [revision] }, 'invalid_input', 'no revision'],
    ['GIT-031', 'git_revert', { revisions: ['HEAD', revision] }, 'invalid_input', 'no revision'],
  ]),
  ...PATHS.flatMap(([id, path, code, why]): Row[] => [
    [id, 'git_add', { files: [path] }, code, why],
    [id, 'git_commit', { message: 'm', files: [path] }, code, why],
    // Git deletes nothing behind a link, and says nothing about it.
    ...(code === 'not_found' || path.startsWith('link-out') ? [] : [[id, 'git_clean', { paths: [path] }, code, why] satisfies Row]),
  ]),
  ['GIT-039', 'git_add', { files: [] }, 'invalid_input', 'nothing named is not everything'],
  ['GIT-039', 'git_commit', { message: 'm', files: [] }, 'invalid_input', 'the same'],
  ['GIT-039', 'git_reset', { files: [] }, 'invalid_input', 'the same'],
  ['GIT-039', 'git_clean', { paths: [] }, 'invalid_input', 'the same'],
  ['GIT-044', 'git_commit', { message: 'a\0b', all: true }, 'invalid_input', 'a NUL would cut it'],
  ['GIT-044', 'git_commit', { message: '\ud800', all: true }, 'invalid_input', 'half a character'],
  ['GIT-044', 'git_commit', { message: 'x'.repeat(100_000), all: true }, 'invalid_input', 'over the cap'],
  ['GIT-044', 'git_commit', { message: '\n \n', all: true }, 'invalid_input', 'no text'],
  ['GIT-044', 'git_tag', { action: 'create', name: 'v', message: 'a\0b' }, 'invalid_input', 'a NUL would cut it'],
  ['GIT-044', 'git_merge', { revision: 'side', message: 'a\0b' }, 'invalid_input', 'a NUL would cut the argument'],
  ['GIT-044', 'git_stash', { action: 'push', message: 'a\nb' }, 'invalid_input', 'one line'],
  ['GIT-045', 'git_commit', { message: 'm', all: true, author: 'a <b> --exec' }, 'invalid_input', 'no such argument'],
  ['GIT-045', 'git_commit', { message: 'm', all: true, date: '$(id)' }, 'invalid_input', 'no such argument'],
  ['GIT-046', 'git_stash', { action: 'drop', index: -1 }, 'invalid_input', 'out of bounds'],
  ['GIT-046', 'git_stash', { action: 'drop', index: 1e9 }, 'invalid_input', 'out of bounds'],
  ['GIT-046', 'git_stash', { action: 'drop', index: '0 --all' }, 'invalid_input', 'no number'],
  ['GIT-046', 'git_revert', { revisions: ['HEAD'], mainline: -1 }, 'invalid_input', 'out of bounds'],
  ['GIT-100', 'git_reset_hard', { revision: 'HEAD~1' }, 'denied', 'a protected branch keeps its commits'],
  ['GIT-100', 'git_delete_branch', { branch_name: 'main', force: true }, 'denied', 'a protected branch stays'],
  ['GIT-100', 'git_checkout', { branch_name: 'main', force: true }, 'invalid_input', 'there is no force'],
];

/** A repository with something to write about, and a link to outside. */
export function layTarget(path: string, out: string): void {
  layRepository(path, [
    { files: { f: '1\n', 'sub/g': 'g\n' }, message: 'one' },
    { files: { f: '2\n' }, message: 'two' },
  ]);
  plainGit(path, ['branch', 'side', 'HEAD~1']);
  layFiles(path, { f: '3\n', untracked: '' });
  plainGit(path, ['add', 'f']);
  plainGit(path, ['stash', 'push', '--quiet', '--keep-index']);
  writeFileSync(join(out, 'secret'), 'outside\n');
  symlinkSync(out, join(path, 'link-out'));
}

/** Every tool that writes, with arguments that work on `layTarget`: for a repository that must not be written to. */
export const CALLS: readonly (readonly [tool: string, args: Record<string, unknown>])[] = [
  ['git_add', { files: ['.'] }],
  ['git_commit', { message: 'm' }],
  ['git_reset', {}],
  ['git_create_branch', { branch_name: 'new' }],
  ['git_checkout', { branch_name: 'side' }],
  ['git_stash', { action: 'pop' }],
  ['git_tag', { action: 'create', name: 'v' }],
  ['git_merge', { revision: 'side' }],
  ['git_rebase', { revision: 'side' }],
  ['git_cherry_pick', { revisions: ['side'] }],
  ['git_revert', { revisions: ['HEAD'] }],
  ['git_reset_hard', {}],
  ['git_clean', { paths: ['.'] }],
  ['git_delete_branch', { branch_name: 'side', force: true }],
];

const HOOKS = ['post-checkout', 'post-merge', 'pre-commit', 'post-commit', 'reference-transaction', 'post-index-change', 'post-rewrite'];

/**
 * A repository whose configuration includes a file that is not there yet: `side` brings it, with the attributes, drivers and hooks that
 * would then run in the middle of the merge, or in the next command (GIT-065). `topic` and `clash` are there to be joined, too.
 */
export function layAmbush({ path, program }: Place): void {
  layRepository(path, [{ files: { 'file.txt': 'top\n\n\n\nbottom\n', 'plain.md': 'x\n' }, message: 'base' }]);
  const branch = (name: string, files: Readonly<Record<string, string>>) => {
    plainGit(path, ['checkout', '--quiet', '-b', name, 'main']);
    layFiles(path, files);
    for (const file of Object.keys(files)) if (file.startsWith('h/')) chmodSync(join(path, file), 0o755);
    plainGit(path, ['add', '--all']);
    plainGit(path, ['commit', '--quiet', '--message', name]);
  };
  const driver = `[filter "evil"]\n\tclean = ${program}\n\tsmudge = ${program}\n\trequired = true\n[merge "evil"]\n\tdriver = ${program} %A\n`;
  const others = `[core]\n\tfsmonitor = ${program}\n\thooksPath = h\n\teditor = ${program}\n[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = ${program}\n`;
  branch('side', {
    'file.txt': 'TOP\n\n\n\nbottom\n',
    '.gitattributes': '*.txt merge=evil diff=evil\n*.bin filter=evil\n',
    'filtered.bin': 'content\n',
    'brought.cfg': `${driver}${others}[gc]\n\tauto = 1\n\trecentObjectsHook = ${program}\n`,
    ...Object.fromEntries(HOOKS.map((hook) => [`h/${hook}`, `#!/bin/sh\n${program}\n`])),
  });
  branch('clash', { 'file.txt': 'clash\n\n\n\nbottom\n' });
  branch('topic', { 'topic.md': 'topic\n' });
  plainGit(path, ['checkout', '--quiet', 'main']);
  layFiles(path, { 'file.txt': 'top\n\n\n\nBOTTOM\n' });
  plainGit(path, ['commit', '--quiet', '--all', '--message=main']);
  plainGit(path, ['config', 'include.path', '../brought.cfg']);
}

/** A call and the code of its answer; with `write` for a tool, files that somebody else writes between two calls. */
export type Step = readonly [tool: string, args: Readonly<Record<string, unknown>>, code?: 'denied' | 'conflict'];

/** A day's work on it, by every tool. */
export const steps: readonly Step[] = [
  ['git_merge', { revision: 'side' }],
  ['git_status', {}],
  ['write', { 'file.txt': 'TOP\nnew\n\n\nBOTTOM\n', 'filtered.bin': 'other\n' }],
  ['git_add', { files: ['file.txt'] }],
  ['git_add', { files: ['filtered.bin'] }, 'denied'],
  ['git_commit', { message: 'm', all: true }, 'denied'],
  ['git_commit', { message: 'm' }],
  ['git_commit', { message: 'better', amend: true }],
  ['git_stash', { action: 'push' }, 'denied'],
  ['git_reset_hard', {}],
  ['write', { 'file.txt': 'TOP\nnewer\n\n\nBOTTOM\n', 'new.md': '' }],
  ['git_stash', { action: 'push', include_untracked: true }],
  ['git_stash', { action: 'show' }],
  ['git_stash', { action: 'apply' }],
  ['git_reset_hard', {}],
  ['git_clean', { paths: ['.'] }],
  ['git_stash', { action: 'pop' }],
  ['git_commit', { message: 'm', files: ['file.txt', 'new.md'] }],
  ['git_create_branch', { branch_name: 'here' }],
  ['git_checkout', { branch_name: 'main~2' }],
  ['git_checkout', { branch_name: 'here' }],
  ['git_cherry_pick', { revisions: ['topic'] }],
  ['git_revert', { revisions: ['HEAD'] }],
  ['git_tag', { action: 'create', name: 'v1', message: 'annotated' }],
  ['git_merge', { revision: 'clash' }],
  ['git_merge', { action: 'abort' }],
  ['git_checkout', { branch_name: 'topic' }],
  ['git_rebase', { revision: 'main' }],
  ['git_reset', {}],
  ['git_delete_branch', { branch_name: 'here', force: true }],
  ['git_tag', { action: 'delete', name: 'v1' }],
];

/** The part of it in which every kind of program would have its turn. */
export const shortDay: readonly Step[] = [
  ['git_merge', { revision: 'side' }],
  ['write', { 'file.txt': 'TOP\nnew\n\n\nBOTTOM\n' }],
  ['git_add', { files: ['file.txt'] }],
  ['git_commit', { message: 'm' }],
  ['git_checkout', { branch_name: 'topic' }],
  ['git_rebase', { revision: 'main' }],
  ['write', { 'file.txt': 'again\n' }],
  ['git_stash', { action: 'push' }],
  ['git_stash', { action: 'pop' }],
  ['git_tag', { action: 'create', name: 'v1', message: 'annotated' }],
];

/** What plain git does run on it: the ambush is worth something only if it works. */
export const bites: readonly (readonly string[])[] = [
  ['merge', '--no-edit', 'side'],
  ['checkout', 'side'],
];
