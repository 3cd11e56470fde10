import { gitError } from './errors.ts';
import { RunningGit, type Start } from './process.ts';
import type { Repository } from './repository.ts';
import { refuseUnsoundIndex } from './sound-index.ts';

/** Bytes of stdout that `git` keeps unless told otherwise. */
const MAX_BYTES = 16_000_000;

/** Bytes of one record: a message of a commit may have any number. */
const MAX_RECORD = 1_000_000;

/** Variables that a command may add: who, and when. Values are proven before (names.ts). */
type CommandVariable =
  | 'GIT_AUTHOR_NAME'
  | 'GIT_AUTHOR_EMAIL'
  | 'GIT_AUTHOR_DATE'
  | 'GIT_COMMITTER_NAME'
  | 'GIT_COMMITTER_EMAIL'
  | 'GIT_COMMITTER_DATE'
  | 'GIT_EDITOR'
  | 'GIT_SEQUENCE_EDITOR'
  | 'GIT_ALLOW_PROTOCOL'
  | 'GIT_CONFIG_GLOBAL'
  | 'GIT_REFLOG_ACTION'
  | 'GIT_SSH_COMMAND'
  | 'GIT_SSH_VARIANT'
  | 'HOME'
  | 'SSH_AUTH_SOCK'
  | 'GIT_INDEX_FILE';

/** How a command runs. */
export interface CommandOptions {
  readonly signal: AbortSignal;
  /** What it reads; without it, stdin is closed. */
  readonly stdin?: Buffer | string | undefined;
  /** Whether it may take locks. What only reads takes none, not even to refresh the index. */
  readonly write?: boolean | undefined;
  /** Further settings, from our code only: `-c key=value`, after and over those of every command. */
  readonly config?: readonly (readonly [key: string, value: string])[] | undefined;
  readonly env?: Readonly<Partial<Record<CommandVariable, string>>> | undefined;
  /** Whether what is behind `--` are patterns, each with `:(glob)` or the like before it, from our code. By default paths are literal. */
  readonly globs?: boolean | undefined;
  /** Whether it uses no index, or opens no file by a path in it and whoever reads its records proves each: then the index need not be judged before. */
  readonly provesPaths?: boolean | undefined;
  /** Sees what it writes to stderr as it comes, and returns what of that is kept. */
  readonly onStderr?: Start['onStderr'];
  /** Exit codes that are no failure. By default 0. */
  readonly okCodes?: readonly number[] | undefined;
}

/** What a command wrote. */
export interface CommandResult {
  readonly stdout: Buffer;
  /** Whether it wrote more than `maxBytes`, and was ended. */
  readonly truncated: boolean;
  readonly code: number;
  /** For matching only: it must not leave. */
  readonly stderr: string;
}

/**
 * Runs one git command on a proven repository: the subcommand and its arguments, built by our code only, refs as object ids, paths after
 * `--`. The environment is an allow-list, the process group is killed whole on abort. Throws a ToolError for a code that is not ok.
 */
export async function git(
  repository: Repository,
  args: readonly string[],
  { maxBytes = MAX_BYTES, ...options }: CommandOptions & { maxBytes?: number | undefined },
): Promise<CommandResult> {
  await refuseUnsound(repository, args, options);
  await using running = new RunningGit(startOf(repository, args, options));
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of running.output()) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) return { stdout: Buffer.concat(chunks).subarray(0, maxBytes), truncated: true, code: 0, stderr: '' };
  }
  return { stdout: Buffer.concat(chunks), truncated: false, ...(await endOf(running, repository, args, options)) };
}

/** The same as it comes, chunk by chunk. Whoever stops reading ends the process. */
export async function* gitChunks(repository: Repository, args: readonly string[], options: CommandOptions): AsyncGenerator<Buffer> {
  await refuseUnsound(repository, args, options);
  yield* chunksOf(repository, args, options);
}

async function* chunksOf(repository: Repository, args: readonly string[], options: CommandOptions): AsyncGenerator<Buffer> {
  await using running = new RunningGit(startOf(repository, args, options));
  yield* running.output();
  await endOf(running, repository, args, options);
}

async function refuseUnsound(repository: Repository, args: readonly string[], { signal, provesPaths }: CommandOptions): Promise<void> {
  if (provesPaths) return;
  await refuseUnsoundIndex(repository, args, (list) => splitRecords(chunksOf(repository, list, { signal })));
}

/** The same, record by record (each ended by NUL, which is left out) as they come. Whoever stops reading ends the process. */
export function gitRecords(repository: Repository, args: readonly string[], options: CommandOptions): AsyncGenerator<Buffer> {
  return splitRecords(gitChunks(repository, args, options));
}

/** Splits at NUL; a last record without one comes too. Of a record that is too long, the beginning. Most are views of a chunk: who keeps one copies it. */
async function* splitRecords(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let [pending, bytes]: [Buffer[], number] = [[], 0];
  const keep = (part: Buffer) => {
    // Nothing of what is left out: even an empty part of a chunk would keep all of it in memory.
    if (bytes === MAX_RECORD) return;
    const kept = part.subarray(0, MAX_RECORD - bytes);
    bytes += kept.length;
    pending.push(kept);
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      const record = chunk.subarray(start, end);
      start = end + 1;
      if (bytes === 0 && record.length <= MAX_RECORD) {
        yield record;
        continue;
      }
      keep(record);
      yield Buffer.concat(pending);
      [pending, bytes] = [[], 0];
    }
    if (start < chunk.length) keep(chunk.subarray(start));
  }
  if (pending.length > 0) yield Buffer.concat(pending);
}

async function endOf(running: RunningGit, repository: Repository, args: readonly string[], { okCodes = [0] }: CommandOptions) {
  const { code, stderr } = await running.end();
  await repository.verify();
  if (typeof code !== 'number' || !okCodes.includes(code)) throw gitError(args[0] ?? '', code, stderr);
  return { code, stderr };
}

function startOf(
  repository: Repository,
  args: readonly string[],
  { signal, stdin, write = false, config = [], env, globs = false, onStderr }: CommandOptions,
): Start {
  const place = repository.place();
  return {
    binary: repository.installed.binary,
    head: [
      '--no-pager',
      ...(globs ? [] : ['--literal-pathspecs']),
      ...repository.installed.overrides,
      ...config.flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    args,
    env: {
      ...repository.installed.env,
      ...place.env,
      GIT_OPTIONAL_LOCKS: write ? '1' : '0',
      ...(globs ? { GIT_LITERAL_PATHSPECS: '0' } : {}),
      ...env,
    },
    cwd: place.cwd,
    inherited: place.inherited,
    stdin,
    signal,
    maxMemory: repository.installed.maxMemory,
    gentle: write,
    onStderr,
  };
}
