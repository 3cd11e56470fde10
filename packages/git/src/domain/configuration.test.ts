import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ALLOWED, parseSettings, type Setting, sanitizeSettings } from './configuration.ts';

const PROGRAM = '/tmp/program.sh';

/** Every setting that the installed git knows, `<x>` and `*` filled in. */
const KEYS = execFileSync('git', ['help', '--config'], { encoding: 'utf8' })
  .split('\n')
  .filter((line) => /^[a-zA-Z0-9]+\./.test(line))
  .map((key) => key.replaceAll(/<[^>]*>|\*/g, 'x'));

/** Settings of later versions that run a program, or read what is elsewhere. */
const LATER = [
  'hook.x.command',
  'hook.x.event',
  'gc.recentObjectsHook',
  'attr.tree',
  'promisor.acceptFromServer',
  'trailer.x.cmd',
  'credential.x.helper',
  'bundle.x.uri',
  'fetch.bundleURI',
];

function settingOf(key: string, value: string): Setting {
  const [section = '', ...rest] = key.split('.');
  const name = rest.pop() ?? '';
  return { section: section.toLowerCase(), subsection: rest.length === 0 ? undefined : rest.join('.'), name: name.toLowerCase(), value };
}

const passing = (value: string) =>
  [...KEYS, ...LATER].filter((key) => sanitizeSettings([settingOf(key, value)], false).text !== '' || key.startsWith('extensions.'));

test('of all settings of this git, these alone may have a path in them, and none of them is run or read', () => {
  const keys = passing(PROGRAM).filter((key) => !key.startsWith('extensions.'));
  expect(keys.sort()).toEqual([
    'author.email',
    'author.name',
    'branch.x.merge',
    'branch.x.pushRemote',
    'branch.x.remote',
    'committer.email',
    'committer.name',
    'core.commentChar',
    'core.notesRef',
    'core.whitespace',
    'init.defaultBranch',
    'remote.pushDefault',
    'remote.x.fetch',
    'remote.x.pushurl',
    'remote.x.url',
    'user.email',
    'user.name',
  ]);
});

test('with hooks, also where they are', () => {
  expect(sanitizeSettings([settingOf('core.hooksPath', '.husky')], true).text).toBe('[core]\n\thookspath = ".husky"\n');
});

test('what is allowed says why', () => {
  expect(ALLOWED.filter(([key, , why]) => key !== key.toLowerCase() || why === '')).toEqual([]);
  expect(new Set(ALLOWED.map(([key]) => key)).size).toBe(ALLOWED.length);
});

test('values and subsections that would be more than they are', () => {
  const written = (key: Partial<Setting>) =>
    sanitizeSettings([{ section: 'branch', subsection: 'x', name: 'remote', value: 'o', ...key }], false).text;
  expect(written({ value: 'o"\\x' })).toBe('[branch "x"]\n\tremote = "o\\"\\\\x"\n');
  expect(written({ value: 'o\n[core]\n\tfsmonitor=x' })).toBe('');
  expect(written({ subsection: 'x"]\\' })).toBe('[branch "x\\"]\\\\"]\n\tremote = "o"\n');
  expect(written({ subsection: 'x\n[core]' })).toBe('');
  expect(written({ value: '--upload-pack=x' })).toBe('');
  expect(written({ section: 'core', subsection: undefined, name: 'filemode', value: undefined })).toBe('[core]\n\tfilemode\n');
});

test('what git lists', () => {
  expect(parseSettings(Buffer.from('core.bare\nfalse\0core.filemode\0branch.A.b.merge\nrefs/heads/x\ny\0'))).toEqual([
    { section: 'core', subsection: undefined, name: 'bare', value: 'false' },
    { section: 'core', subsection: undefined, name: 'filemode', value: undefined },
    { section: 'branch', subsection: 'A.b', name: 'merge', value: 'refs/heads/x\ny' },
  ]);
});

test('an extension that nobody here knows', () => {
  expect(() => sanitizeSettings([settingOf('extensions.news', '1')], false)).toThrow('extension');
  expect(sanitizeSettings([settingOf('extensions.partialClone', 'o'), settingOf('extensions.worktreeConfig', 'true')], false).text).toBe(
    '',
  );
});

test.each<[key: string, value: string, named: boolean]>([
  ['core.fsmonitor', '/x', true],
  ['core.fsmonitor', 'false', false],
  ['pager.log', 'false', false],
  ['submodule.s.update', '!x', true],
  ['submodule.s.update', 'rebase', false],
  ['http.sslVerify', 'false', true],
  ['protocol.ext.allow', 'always', true],
  ['protocol.ext.allow', 'never', false],
  ['core.worktree', '../..', true],
  ['extensions.partialClone', 'origin', false],
  ['remote.origin.promisor', 'true', false],
  ['remote.origin.partialCloneFilter', 'blob:none', false],
])('%s=%s is not used: worth saying %s', (key, value, named) => {
  expect(sanitizeSettings([settingOf(key, value)], false)).toEqual({
    text: '',
    ignored: named ? [key.replace(/\w+$/, (name) => name.toLowerCase())] : [],
  });
});
