/** Arguments beside the path. */
export type Arguments = Readonly<Record<string, unknown>>;

/** One call that must be refused with a code, or answered (`ok`) without a word from outside. */
export type WalkRow = readonly [
  id: string,
  tool: string,
  args: Arguments,
  code: 'invalid_input' | 'denied' | 'not_found' | 'ok',
  why: string,
];

const cursor = (...names: readonly string[]) => Buffer.from(names.join('\0')).toString('base64url');

/** Patterns, globs and cursors that broke, or could break, servers of this kind. */
export const walkRows: readonly WalkRow[] = [
  ['FS-090', 'search_files', { path: '.', pattern: '*(*(*(a|b)))' }, 'invalid_input', 'extended globs explode (CVE-2026-27904)'],
  ['FS-090', 'search_files', { path: '.', pattern: '+(+(+(a|b)|c)|d)' }, 'invalid_input', 'the same'],
  ['FS-090', 'directory_tree', { path: '.', excludePatterns: ['*(*(*(a|b)))'] }, 'invalid_input', 'the same in an exclude'],
  ['FS-090', 'search_content', { path: '.', pattern: 'x', glob: ['*(*(*(a|b)))'] }, 'invalid_input', 'the same in a filter'],
  ['FS-091', 'search_files', { path: '.', pattern: `${'**/a/'.repeat(60)}b` }, 'ok', 'globstars explode (CVE-2026-27903)'],
  ['FS-092', 'search_files', { path: '.', pattern: `${'*'.repeat(34)}x` }, 'ok', 'stars explode (CVE-2026-26996)'],
  ['FS-092', 'search_files', { path: '.', pattern: `${'*a'.repeat(400)}x` }, 'ok', 'the same with letters between'],
  ['FS-092', 'search_files', { path: '.', pattern: '*'.repeat(1_001) }, 'invalid_input', 'longer than any glob'],
  ['FS-092', 'search_files', { path: '.', pattern: '{a,b}'.repeat(40) }, 'invalid_input', 'braces explode'],
  [
    'FS-092',
    'search_files',
    { path: '.', pattern: '*', excludePatterns: Array(1_000).fill('*') },
    'invalid_input',
    'more patterns than needed',
  ],
  ['FS-007', 'search_files', { path: '.', pattern: '../**' }, 'invalid_input', 'a glob that climbs'],
  ['FS-007', 'search_files', { path: '.', pattern: '{..,docs}/**' }, 'invalid_input', 'the same in braces'],
  ['FS-007', 'search_files', { path: '.', pattern: '/etc/*' }, 'ok', 'an absolute glob is one from here'],
  ['FS-007', 'search_content', { path: '.', pattern: 'x', glob: ['../**'] }, 'invalid_input', 'a filter that climbs'],
  ['FS-007', 'search_files', { path: '.', pattern: '*', cursor: cursor('..', 'out') }, 'invalid_input', 'a cursor that climbs'],
  ['FS-007', 'directory_tree', { path: '.', cursor: cursor('..', 'out') }, 'invalid_input', 'the same'],
  ['FS-007', 'directory_tree', { path: '.', cursor: cursor('docs/../../out') }, 'invalid_input', 'the same in one name'],
  ['FS-002', 'directory_tree', { path: '.', cursor: cursor('dir-link', 'a') }, 'ok', 'a cursor through a link: nothing is there'],
  ['FS-007', 'search_content', { path: '.', pattern: 'x', cursor: cursor('1', '..', 'out', 'secret.txt') }, 'invalid_input', 'the same'],
  ['FS-012', 'search_content', { path: '.', pattern: 'x', cursor: cursor('x', 'a') }, 'invalid_input', 'a cursor of another tool'],
  ['FS-094', 'search_content', { path: '.', pattern: '^(a+)+$' }, 'ok', 'a pattern that explodes elsewhere'],
  ['FS-094', 'search_content', { path: '.', pattern: '(.*a){25}' }, 'ok', 'the same'],
  ['FS-094', 'search_content', { path: '.', pattern: '(x+x+)+y' }, 'ok', 'the same'],
  ['FS-095', 'search_content', { path: '.', pattern: '(' }, 'invalid_input', 'no regular expression'],
  ['FS-095', 'search_content', { path: '.', pattern: '(?=a)' }, 'invalid_input', 'look-around'],
  ['FS-095', 'search_content', { path: '.', pattern: 'a\u0000b' }, 'invalid_input', 'a NUL ends an argument'],
  ['FS-095', 'search_content', { path: '.', pattern: '' }, 'invalid_input', 'no pattern'],
  ['FS-009', 'search_content', { path: '.', pattern: '--pre=/bin/sh' }, 'ok', 'a pattern that looks like an option'],
  ['FS-009', 'search_content', { path: '.', pattern: '-f/etc/passwd' }, 'ok', 'the same'],
  ['FS-009', 'search_content', { path: '.', pattern: 'x', glob: ['--follow'] }, 'ok', 'a glob that looks like an option'],
  ['FS-002', 'search_content', { path: '.', pattern: 'the-secret', respectGitignore: false }, 'ok', 'links are not followed'],
  ['FS-002', 'search_content', { path: '.', pattern: 'root:', output: 'files' }, 'ok', 'a link to /etc/passwd is not read'],
  ['FS-002', 'search_content', { path: 'file-link', pattern: 'x' }, 'denied', 'not even where it is asked for'],
  ['FS-060', 'search_content', { path: 'fifo', pattern: 'x' }, 'denied', 'a pipe would block for ever'],
  ['FS-060', 'search_content', { path: 'socket', pattern: 'x' }, 'denied', 'a socket'],
  ['FS-060', 'search_content', { path: 'zero', pattern: 'x' }, 'denied', 'a device behind a link'],
  ['FS-060', 'get_file_info', { path: 'fifo' }, 'ok', 'nothing is opened to tell what it is'],
  ['FS-060', 'list_directory_with_sizes', { path: '.' }, 'ok', 'the same'],
  ['FS-096', 'directory_tree', { path: '.' }, 'ok', 'a link to its own directory'],
  ['FS-096', 'search_files', { path: '.', pattern: '**' }, 'ok', 'the same'],
];
