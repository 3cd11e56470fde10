import { ToolError } from '@touchstone-mcp/core/errors';

/** One setting as git lists it: `branch.Main.remote` is ['branch', 'Main', 'remote']; a key without `=` has no value and means true. */
export interface Setting {
  readonly section: string;
  readonly subsection: string | undefined;
  readonly name: string;
  readonly value: string | undefined;
}

/** A value that a setting may have. */
type Values = RegExp;

const BOOLEAN: Values = /^(?:true|false|yes|no|on|off|[01])?$/i;
const NUMBER: Values = /^\d{1,9}[kmg]?$/i;
const WORD: Values = /^[\w.-]{1,60}$/;
const ANY: Values = /^/;
const LINE: Values = /^[\P{Cc}\t]{0,1000}$/u;
const REF: Values = /^(?!-)[^\p{Cc} ]{1,1000}$/u;

type Allowed = readonly [key: string, values: Values, why: string];

/**
 * What git sees of a repository's own configuration, and all that it sees. Everything else does not exist for it, whatever this or a later
 * version of git would do with it: programs (filters, drivers, hooks, helpers, editors, pagers, monitors), includes, other places on the disk.
 * `*` stands for a subsection.
 */
export const ALLOWED: readonly Allowed[] = [
  ['core.repositoryformatversion', /^[01]$/, 'the format of the repository'],
  ['core.filemode', BOOLEAN, 'how modes compare'],
  ['core.symlinks', BOOLEAN, 'how links are checked out'],
  ['core.ignorecase', BOOLEAN, 'how names compare'],
  ['core.precomposeunicode', BOOLEAN, 'how names compare'],
  ['core.trustctime', BOOLEAN, 'how the index compares'],
  ['core.checkstat', WORD, 'how the index compares'],
  ['core.autocrlf', /^(?:true|false|input)$/i, 'how contents compare'],
  ['core.eol', WORD, 'how contents compare'],
  ['core.safecrlf', WORD, 'what git add refuses'],
  ['core.whitespace', LINE, 'what a diff calls an error'],
  ['core.abbrev', WORD, 'how long short ids are'],
  ['core.logallrefupdates', WORD, 'whether there is a reflog'],
  ['core.sharedrepository', WORD, 'the modes of new files'],
  ['core.sparsecheckout', BOOLEAN, 'which files are checked out'],
  ['core.sparsecheckoutcone', BOOLEAN, 'which files are checked out'],
  ['core.splitindex', BOOLEAN, 'the format of the index'],
  ['core.untrackedcache', WORD, 'the format of the index'],
  ['core.compression', WORD, 'the size of new objects'],
  ['core.longpaths', BOOLEAN, 'Windows'],
  ['core.notesref', REF, 'which notes there are'],
  ['core.commentchar', LINE, 'what a comment in a message is'],
  ['index.sparse', BOOLEAN, 'the format of the index'],
  ['index.version', NUMBER, 'the format of the index'],
  ['extensions.objectformat', WORD, 'the format of the repository'],
  ['extensions.refstorage', /^(?:files|reftable)$/, 'the format of the repository'],
  ['extensions.preciousobjects', BOOLEAN, 'what is never deleted'],
  ['user.name', LINE, 'who commits'],
  ['user.email', LINE, 'who commits'],
  ['author.name', LINE, 'who commits'],
  ['author.email', LINE, 'who commits'],
  ['committer.name', LINE, 'who commits'],
  ['committer.email', LINE, 'who commits'],
  ['branch.*.remote', REF, 'what a branch follows'],
  ['branch.*.pushremote', REF, 'what a branch follows'],
  ['branch.*.merge', REF, 'what a branch follows'],
  ['branch.*.rebase', WORD, 'how a branch follows'],
  // Whatever it is: without one that git_push does not take, it would push to where git_fetch fetches from.
  ['remote.*.url', ANY, 'where a remote is; judged before it is talked to'],
  ['remote.*.pushurl', ANY, 'the same for git_push'],
  ['remote.*.fetch', REF, 'which refs follow a remote'],
  ['remote.pushdefault', REF, 'which remote git_push means'],
  ['push.default', WORD, 'which branches git_push means'],
  ['pull.rebase', WORD, 'how git_pull joins'],
  ['pull.ff', WORD, 'how git_pull joins'],
  ['merge.ff', WORD, 'how git_merge joins'],
  ['merge.conflictstyle', WORD, 'how conflicts look'],
  ['merge.renames', WORD, 'how renames are found'],
  ['merge.renormalize', BOOLEAN, 'how contents compare'],
  ['diff.algorithm', WORD, 'how a diff is made'],
  ['diff.indentheuristic', BOOLEAN, 'how a diff is made'],
  ['diff.renames', WORD, 'how renames are found'],
  ['status.renames', WORD, 'how renames are found'],
  ['i18n.commitencoding', WORD, 'what the bytes of a message are'],
  ['init.defaultbranch', REF, 'what a new branch is called'],
];

/** With hooks, a repository may also say where they are. */
const WITH_HOOKS: readonly Allowed[] = [['core.hookspath', LINE, 'where hooks are']];

/** Extensions that mean nothing once the configuration has been read: both files are one, and nothing is fetched on the way. */
const ABSORBED = new Set(['worktreeconfig', 'partialclone', 'noop', 'relativeworktrees']);

/** Settings by which a repository would run a program, or read a file elsewhere: worth telling whoever trusts it. */
const RISKY =
  /^(?:include|includeif|filter|hook|alias|credential|gpg|pager|trailer|difftool|mergetool|browser|man|guitool|web|sendemail|lfs|uploadpack|receive)\.|^core\.(?:fsmonitor|hookspath|sshcommand|gitproxy|editor|pager|askpass|attributesfile|excludesfile|alternaterefscommand|worktree)$|^sequence\.editor$|^interactive\.difffilter$|^init\.templatedir$|^gc\.recentobjectshook$|^diff\.(?:external|orderfile|(?:.+\.)?(?:command|textconv))$|^merge\..+\.driver$|^remote\..+\.(?:vcs|uploadpack|receivepack|proxy)$|^url\.|^http\.|^protocol\.|^submodule\..+\.update$/;

/** Values by which such a setting turns something off. Of http., that is a check. */
const OFF = /^(?:false|no|off|0|never)$/i;

/** How many of them are named. */
const MAX_NAMED = 10;

/** Reads what `git config --list -z` writes. */
export function parseSettings(listed: Buffer): Setting[] {
  const records = listed.toString().split('\0').slice(0, -1);
  return records.map((record) => {
    const end = record.search(/\n/);
    const key = end === -1 ? record : record.slice(0, end);
    const [first, last] = [key.indexOf('.'), key.lastIndexOf('.')];
    return {
      section: key.slice(0, first),
      subsection: first === last ? undefined : key.slice(first + 1, last),
      name: key.slice(last + 1),
      value: end === -1 ? undefined : record.slice(end + 1),
    };
  });
}

/** What of a repository's settings git may see, as the text of a configuration file, and the names of those that it will not and that matter. */
export function sanitizeSettings(settings: readonly Setting[], hooks: boolean): { text: string; ignored: string[] } {
  const rules = new Map([...ALLOWED, ...(hooks ? WITH_HOOKS : [])].map(([key, values]) => [key, values]));
  for (const setting of settings) refuseUnknownExtension(setting);
  const allowed = settings.filter(({ section, subsection, name, value }) => {
    const values = rules.get(subsection === undefined ? `${section}.${name}` : `${section}.*.${name}`);
    return (values?.test(value ?? '') ?? false) && LINE.test(subsection ?? '');
  });
  const risky = settings.filter((setting) => !allowed.includes(setting) && isRisky(setting)).map(nameOf);
  return { text: allowed.map(writeSetting).join(''), ignored: [...new Set(risky)].slice(0, MAX_NAMED) };
}

/** Not what git itself writes for submodules and partial clones, nor what turns something off: nobody needs to hear of that. */
function isRisky(setting: Setting): boolean {
  const { section, name, value = '' } = setting;
  if (section === 'submodule' && name === 'update' && !value.startsWith('!')) return false;
  return RISKY.test(nameOf(setting)) && (section === 'http' || !OFF.test(value));
}

/** Git refuses a repository with an extension that it does not know: what it means for the data is unknown. So does this. */
function refuseUnknownExtension({ section, subsection, name }: Setting): void {
  if (section !== 'extensions' || subsection !== undefined || ABSORBED.has(name)) return;
  if (ALLOWED.some(([key]) => key === `extensions.${name}`)) return;
  throw new ToolError('denied', 'This repository uses an extension of its format that this server does not know.', {
    hint: 'Tell the user: a newer version of this server is needed.',
  });
}

function nameOf({ section, subsection, name }: Setting): string {
  return [section, ...(subsection === undefined ? [] : [subsection]), name].join('.');
}

/** A section a setting: git reads them in this order, and the last one of a name counts, as in the file that they come from. */
function writeSetting({ section, subsection, name, value }: Setting): string {
  const head = subsection === undefined ? `[${section}]` : `[${section} "${subsection.replace(/["\\]/g, '\\$&')}"]`;
  return value === undefined ? `${head}\n\t${name}\n` : `${head}\n\t${name} = "${escapeValue(value)}"\n`;
}

function escapeValue(value: string): string {
  return value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\b', '\\b');
}
