import { delimiter, isAbsolute } from 'node:path';

/** Who commits, where nobody says otherwise. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** What the operator has opted in to. Everything is off by default. */
export interface Policy {
  /** Programs in a repository's `hooks`. */
  readonly hooks: boolean;
  /** The filter `lfs`, as git-lfs itself would set it up. */
  readonly lfs: boolean;
  /** Signing, as the operator's global configuration says. */
  readonly signing: boolean;
  /** The operator's global configuration. */
  readonly userConfig: boolean;
  readonly identity?: Identity | undefined;
}

/** Variables that a child may have from us: where programs are, and what an operating system needs to start one. */
const INHERITED = ['SystemRoot', 'SystemDrive', 'ComSpec', 'PATHEXT', 'TEMP', 'TMP', 'TMPDIR', 'TZ'];

/** Those that the operator's own configuration needs: where it is, and the agents that sign and log in. */
const OF_THE_USER = [
  'HOME',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'XDG_CONFIG_HOME',
  'APPDATA',
  'LOCALAPPDATA',
  'SSH_AUTH_SOCK',
  'GNUPGHOME',
  'GPG_TTY',
];

/** What turns off, in every git, whatever asks, logs, or reads what the repository or the machine brings along. */
const FIXED: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  LANGUAGE: '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '',
  SSH_ASKPASS: '',
  GIT_EDITOR: 'false',
  GIT_SEQUENCE_EDITOR: 'false',
  GIT_MERGE_AUTOEDIT: 'no',
  GIT_PAGER: 'cat',
  // From the start, not after two seconds: who waits decides what to show.
  GIT_PROGRESS_DELAY: '0',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: '',
  // git-lfs takes where to download from out of the repository (.lfsconfig, remotes): it gets what is here already, and no more.
  GIT_LFS_SKIP_SMUDGE: '1',
  // Bytes of one allocation: what claims to be larger is a bomb.
  GIT_ALLOC_LIMIT: '1g',
};

/** Nowhere, on any system. */
export const NOWHERE = process.platform === 'win32' ? 'NUL' : '/dev/null';

/** The environment of every child: an allow-list, and fixed values. Nothing that begins with GIT_ is ever inherited. */
export function environmentOf(policy: Policy, ambient: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const inherited = { ...pick(INHERITED, ambient), ...(policy.userConfig ? ofTheUser(ambient) : {}) };
  const home = policy.userConfig ? {} : { HOME: NOWHERE, XDG_CONFIG_HOME: NOWHERE, GIT_CONFIG_GLOBAL: NOWHERE };
  return { ...inherited, ...home, ...FIXED, PATH: searchPath(ambient).join(delimiter), ...identityOf(policy.identity) };
}

/** Variables that say where what is the operator's own is: home, configuration, agents. */
export function ofTheUser(ambient: NodeJS.ProcessEnv = process.env): Record<string, string> {
  return pick(OF_THE_USER, ambient);
}

function pick(names: readonly string[], ambient: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (ambient[name] === undefined ? [] : [[name, ambient[name]]])));
}

/** Where programs are looked for. A relative entry would be a directory of the repository: children run there. */
export function searchPath(ambient: NodeJS.ProcessEnv = process.env): string[] {
  return (ambient['PATH'] ?? ambient['Path'] ?? '').split(delimiter).filter((entry) => isAbsolute(entry));
}

function identityOf(identity: Identity | undefined): Record<string, string> {
  if (identity === undefined) return {};
  const { name, email } = identity;
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
}

/** The second wall, behind the repository's configuration, which git never sees: `-c` pairs on every command. */
export function overridesOf({ hooks, lfs, signing, userConfig }: Policy): string[] {
  const pairs: [string, string][] = [
    ...(hooks ? [] : [['core.hooksPath', NOWHERE] satisfies [string, string]]),
    ...(signing ? [] : UNSIGNED),
    ...(userConfig
      ? []
      : ([
          ['core.attributesFile', NOWHERE],
          ['core.excludesFile', NOWHERE],
        ] satisfies [string, string][])),
    ...ALWAYS,
    ['credential.helper', ''],
    ...(lfs ? LFS : []),
  ];
  return pairs.flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

const UNSIGNED: [string, string][] = [
  ['commit.gpgSign', 'false'],
  ['tag.gpgSign', 'false'],
  ['tag.forceSignAnnotated', 'false'],
  ['push.gpgSign', 'false'],
];

const LFS: [string, string][] = [
  ['filter.lfs.clean', 'git-lfs clean -- %f'],
  ['filter.lfs.smudge', 'git-lfs smudge -- %f'],
  ['filter.lfs.process', 'git-lfs filter-process'],
  ['filter.lfs.required', 'true'],
];

const ALWAYS: [string, string][] = [
  ['core.fsmonitor', 'false'],
  ['core.protectHFS', 'true'],
  ['core.protectNTFS', 'true'],
  ['core.useReplaceRefs', 'false'],
  ['core.quotePath', 'false'],
  // What is larger is compared as binary, and streamed where git can. Beyond these two, memory is watched (memory.ts).
  ['core.bigFileThreshold', '32m'],
  ['pack.windowMemory', '128m'],
  ['color.ui', 'false'],
  ['column.ui', 'never'],
  ['log.showSignature', 'false'],
  ['log.mailmap', 'false'],
  ['core.pager', 'cat'],
  ['merge.verifySignatures', 'false'],
  ['maintenance.auto', 'false'],
  ['gc.auto', '0'],
  ['rerere.enabled', 'false'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['push.recurseSubmodules', 'no'],
  ['status.submoduleSummary', 'false'],
  ['diff.submodule', 'short'],
  ['protocol.allow', 'never'],
  ['i18n.logOutputEncoding', 'UTF-8'],
  ['safe.bareRepository', 'explicit'],
];
