import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { ToolError } from '@touchstone-mcp/core/errors';
import { errnoOf } from './errno.ts';

const MAX_STDERR_CHARACTERS = 8_192;

/** How ripgrep is started. */
export interface RipgrepStart {
  /** The pattern among the arguments, for words about what is wrong with it. */
  readonly pattern: string;
  /** Its working directory. */
  readonly cwd?: string | undefined;
  /** Its descriptors from 0 on, but for 1 and 2, which are pipes to us. */
  readonly stdin?: number | undefined;
  readonly inherited?: readonly number[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Where the binary is. `unavailable` where npm has none for this platform, or was told to install no optional dependencies. */
export async function findRipgrep(): Promise<string> {
  try {
    return (await import('@vscode/ripgrep')).rgPath;
  } catch (cause) {
    throw missing(cause);
  }
}

function missing(cause: unknown): ToolError {
  return new ToolError('unavailable', `Searching in files needs ripgrep, which is not installed for ${process.platform}-${process.arch}.`, {
    hint: 'Tell the user: install this server with its optional dependencies. Meanwhile find files by name and read them.',
    cause,
  });
}

/**
 * What ripgrep writes, chunk by chunk. It ends with the process; whoever stops reading before, or aborts, ends the process. A pattern that
 * ripgrep refuses is `invalid_input` with its own words. No shell, no environment, no configuration file.
 */
export async function* runRipgrep(binary: string, args: readonly string[], start: RipgrepStart): AsyncGenerator<Buffer> {
  const { pattern, cwd, stdin, inherited = [], signal } = start;
  signal?.throwIfAborted();
  // Windows loads system libraries by this variable. Anything else, RIPGREP_CONFIG_PATH first of all, would change what is run.
  const env = process.platform === 'win32' ? { SystemRoot: process.env['SystemRoot'] } : {};
  const stdio: SpawnOptions['stdio'] = [stdin ?? 'ignore', 'pipe', 'pipe', ...inherited];
  const child = spawn(binary, ['--no-config', ...args], { cwd, env, stdio, windowsHide: true });
  const closed = once(child, 'close');
  // Awaited below, after what it wrote; a failure to start comes out there.
  closed.catch(() => {});
  const kill = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    if (complaint.length < MAX_STDERR_CHARACTERS) complaint += chunk.toString();
  });
  try {
    if (child.stdout !== null) yield* child.stdout;
    await closed.catch((error: unknown) => {
      throw errnoOf(error) === 'ENOENT' || errnoOf(error) === 'EACCES' ? missing(error) : error;
    });
    signal?.throwIfAborted();
    if (complaint !== '') throw refusedPattern(complaint, pattern);
    refuseCrash(child);
  } finally {
    signal?.removeEventListener('abort', kill);
    kill();
    await closed.catch(() => {});
  }
}

/** 2 is also "some file could not be read", of which it says nothing with `--no-messages`. */
function refuseCrash({ exitCode, signalCode }: ChildProcess): void {
  if (signalCode === null && exitCode !== null && exitCode <= 2) return;
  throw new ToolError('unavailable', 'ripgrep did not finish its search.', {
    hint: 'Search in a smaller directory or with a simpler pattern.',
    cause: new Error(`ripgrep ended with ${signalCode ?? exitCode}`),
  });
}

/** Turns `regex parse error: (?:a() ^ error: unclosed group` over several lines into one, with the position in the pattern as it was given. */
function refusedPattern(complaint: string, pattern: string): ToolError {
  const lines = complaint.trimEnd().split(/\r?\n/);
  const reason = lines.find((line) => line.startsWith('error: '))?.slice('error: '.length) ?? lines[0]?.replace(/^rg: /, '') ?? '';
  const position = positionOf(lines, pattern);
  const place = position === undefined ? '' : ` at character ${position}`;
  return new ToolError('invalid_input', `The pattern is not a regular expression${place}: ${reason}`, {
    hint: 'The syntax is that of Rust: no look-around, no backreferences. Set literal to search for the text as it is.',
  });
}

function positionOf(lines: readonly string[], pattern: string): number | undefined {
  const marks = lines.findIndex((line) => /^\s+\^+\s*$/.test(line));
  // ripgrep indents the pattern and wraps it in a group of its own.
  const indent = /^\s*\(\?:/.exec(lines[marks - 1] ?? '')?.[0].length;
  if (marks < 1 || indent === undefined) return undefined;
  const position = (lines[marks]?.indexOf('^') ?? 0) - indent + 1;
  // The end of the wrapping closes a group that was left open, and then the wrapping is said to be open.
  return position > 0 ? Math.min(position, pattern.length) : openGroup(pattern);
}

/** The position of the last group that is not closed, counted from 1. */
function openGroup(pattern: string): number | undefined {
  const open: number[] = [];
  for (const { 0: part, index } of pattern.matchAll(/\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()]/gu)) {
    if (part === '(') open.push(index + 1);
    else if (part === ')') open.pop();
  }
  return open.at(-1);
}

/** How many descriptors one process may be given: well below what Linux allows by default. */
export const MAX_INHERITED = 256;

/** Whether a process can be given open files by name, as `/proc/self/fd/3`: on Linux that opens the very same file, whatever its path is by now. */
export function canPassDescriptors(): boolean {
  return process.platform === 'linux';
}
