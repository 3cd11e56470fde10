import { type ErrorCode, ToolError } from '@touchstone-mcp/core/errors';

type Meaning = readonly [says: RegExp, code: ErrorCode, message: string, hint?: string];

const LATER = 'Tell the user; the same call may work later.';

/** What git says (LC_ALL=C), and what it means to the caller. Git's own words never leave: they may hold paths, or what a repository put there. */
const MEANINGS: readonly Meaning[] = [
  [/must be run in a work tree/, 'invalid_input', 'This repository is bare: it has no work tree.', 'Use git_log and git_show.'],
  [
    /Unable to create '.*\.lock': File exists|cannot lock ref .*File exists/s,
    'conflict',
    'Another git holds the lock of this repository, or one that crashed has left it behind.',
    'Try again. If it stays, tell the user: when no git is running, the file ending in .lock in the .git directory may be deleted.',
  ],
  [
    /index file (corrupt|smaller|open)|bad signature|bad index file|unknown index entry|index uses .* extension/i,
    'unavailable',
    'The index of this repository cannot be read.',
    'Tell the user: it is damaged, or of a newer git.',
  ],
  [
    /unknown repository extension|Expected git repo version|unsupported .*format/i,
    'unavailable',
    'This repository is in a format that the installed git does not know.',
    'Tell the user: a newer git is needed.',
  ],
  [/detected dubious ownership/, 'denied', 'This repository belongs to another user.'],
  // Before those about damage: git calls an object that it has no memory for damaged, too.
  [
    /cannot allocate memory|out of memory|mmap failed|over limit|exceeds? .*limit/i,
    'unavailable',
    'There is not enough memory for this.',
    'Ask for less: a path, a smaller range.',
  ],
  [
    /promisor|missing (blob|tree|commit)|unable to read (tree|[0-9a-f]{40})|Could not read [0-9a-f]{40}|failed to traverse|bad tree object|bad object|missing object/i,
    'unavailable',
    'Objects of this repository are missing, and are never fetched on the way.',
    'Tell the user: it is damaged, or a partial clone, which git fetch completes.',
  ],
  [
    /object file .* is (empty|corrupt)|loose object .* is corrupt|corrupt|inflate: |pack .* (is|has|not)/i,
    'unavailable',
    'Objects of this repository are damaged.',
    'Tell the user: git fsck says which.',
  ],
  [
    /does not have any commits yet|ambiguous argument 'HEAD'|bad default revision|bad revision 'HEAD'/,
    'not_found',
    'This repository has no commits yet.',
  ],
  [
    /pathspec .* did not match|no such path|does not exist in|exists on disk, but not in/i,
    'not_found',
    'No such path there.',
    'Ask git_status, or a diff without a path, for the names.',
  ],
  [/no merge base/, 'not_found', 'These have no history in common.', 'Use a..b.'],
  [/has only \d+ lines?/, 'invalid_input', 'The file has fewer lines than startLine.'],
  [
    /pcre2_\w+ failed with error code/,
    'invalid_input',
    'This pattern needs too much work on some line.',
    'Use a simpler one, without repetitions inside repetitions, or literal.',
  ],
  // Of git grep, which reads its pattern as line 1 of its input.
  [/^fatal: In '-' at 1, /m, 'invalid_input', 'Not a regular expression.', 'Use Perl syntax, or set literal.'],
  [/USE_LIBPCRE/, 'invalid_input', 'The installed git has no regular expressions that are safe to run.', 'Set literal.'],
  [/beyond a symbolic link/, 'denied', 'The path leads through a symbolic link.'],
  [
    /is outside repository|outside of your sparse-checkout/,
    'denied',
    'The path is outside the repository, or outside its sparse checkout.',
  ],
  [
    /^fatal: log for .* only has|unknown revision|bad revision|Needed a single revision|not a valid object name|Not a valid object name|invalid object name/i,
    'not_found',
    'No such revision.',
    'Ask git_log or git_branch for the names.',
  ],
  [
    /not a git repository|not in a git directory/,
    'unavailable',
    'This is no repository that git can read.',
    'Tell the user: it is damaged, or being made.',
  ],
  [/No space left on device|Disk quota exceeded/, 'unavailable', 'The disk is full.', 'Tell the user: room must be made first.'],
  [/Permission denied|Read-only file system|Operation not permitted/, 'denied', 'The operating system does not permit this.'],
  [/Too many open files|Resource temporarily unavailable/, 'unavailable', 'The machine is too busy for this.', LATER],
];

/** The public error for a git that ended badly. What it wrote goes to the log as the cause. */
export function gitError(command: string, code: number | NodeJS.Signals, stderr: string): ToolError {
  const cause = new Error(`git ${command} ended with ${code}: ${stderr.trim()}`);
  const meaning = MEANINGS.find(([says]) => says.test(stderr));
  if (meaning === undefined)
    return new ToolError('unavailable', `git ${command} did not succeed.`, { hint: 'Tell the user; the log has the details.', cause });
  const [, errorCode, message, hint] = meaning;
  return new ToolError(errorCode, message, hint === undefined ? { cause } : { hint, cause });
}

/** The errno of whatever was thrown, if it has one. */
export function errnoOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
