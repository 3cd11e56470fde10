import { ToolError } from '@touchstone-mcp/core/errors';

/** What is looked for in files. */
export interface ContentQuery {
  /** A regular expression of Rust's regex crate, or the text itself. */
  readonly pattern: string;
  readonly literal: boolean;
  readonly caseSensitive: boolean;
  /** Globs of files to search, and after a `!` of files not to. */
  readonly globs: readonly string[];
  /** Lines before and after each match. */
  readonly contextLines: number;
  readonly output: 'files' | 'lines' | 'count';
  readonly respectGitignore: boolean;
}

const MAX_PATTERN_CHARACTERS = 2_000;

/** Longer lines are cut by ripgrep, which says so. */
const MAX_COLUMNS = 500;

/** A glob that means the same to us and to ripgrep. */
const SAME_TO_BOTH = /^(?!.*(?:[^/]\*\*|\*\*[^/]|\{[^}]*[/{]|\/\/))(?!.*(?:^|\/)\.\/)[\w.*?/{}, @-]*[\w.*?}@-]$/;

/** Where ripgrep looks for files that may match, in paths from its working directory. */
export interface CandidatePlaces {
  readonly directories: readonly string[];
  /** Files in them that need not be read. */
  readonly omitted: readonly string[];
}

/**
 * The arguments that find the files directly in some directories that may match, names ended by NUL. No ignore file is read: one may be a
 * link out of the roots, or a pipe that never ends.
 */
export function candidateArguments(query: ContentQuery, { directories, omitted }: CandidatePlaces): readonly string[] {
  const includes = query.globs.filter((glob) => !glob.startsWith('!'));
  // A file that one of them does not let through is never looked at; so they are handed on only if we would say the same of every file.
  const globs = includes.every((glob) => SAME_TO_BOTH.test(glob)) ? includes : [];
  return [
    ...patternArguments(query),
    '--no-ignore',
    '--no-follow',
    '--hidden',
    '--max-depth=1',
    '--files-with-matches',
    '--null',
    '--path-separator=/',
    ...globs.map((glob) => `--glob=${glob}`),
    ...omitted.map((path) => `--glob=!/${path.replace(/[*?[\]{}\\!]/g, '\\$&')}`),
    '--',
    ...directories,
  ];
}

/**
 * The arguments that search in files named one by one, one record a line. Without `--text`: a file that is sparse behind its beginning
 * would be one line as long as the file, and a line is held in memory.
 */
export function searchArguments(query: ContentQuery, files: readonly string[]): readonly string[] {
  const lines = ['--line-number', `--context=${query.contextLines}`, `--max-columns=${MAX_COLUMNS}`, '--max-columns-preview'];
  const forms = { files: ['--count', '--max-count=1'], count: ['--count'], lines: ['--no-heading', '--no-context-separator', ...lines] };
  return [...patternArguments(query), '--with-filename', '--null', '--threads=1', ...forms[query.output], '--', ...files];
}

function patternArguments({ pattern, literal, caseSensitive }: ContentQuery): readonly string[] {
  // Rust's engine is linear in the text; the other one of ripgrep can backtrack for ever.
  const engine = literal ? ['--fixed-strings'] : ['--engine=default'];
  const letters = caseSensitive ? '--case-sensitive' : '--ignore-case';
  return ['--no-messages', '--color=never', '--no-mmap', '--crlf', letters, ...engine, `--regexp=${pattern}`];
}

/** Refuses what argv cannot carry, or what ripgrep would take for several patterns. */
export function refuseUnsearchable({ pattern }: ContentQuery): void {
  if (pattern === '') throw new ToolError('invalid_input', 'The pattern is empty.');
  if (pattern.length > MAX_PATTERN_CHARACTERS) {
    throw new ToolError('invalid_input', `The pattern is longer than ${MAX_PATTERN_CHARACTERS} characters.`);
  }
  if (!/[\0\n\r]/.test(pattern)) return;
  throw new ToolError('invalid_input', 'The pattern has a line end or a NUL character.', {
    hint: 'Lines are searched one by one: look for one of them.',
  });
}
