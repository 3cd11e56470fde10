import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { vulnerabilityCheck } from '@simple-git/argv-parser';
import { ToolError } from '@touchstone-mcp/core/errors';
import { errnoOf } from './errors.ts';
import { watchMemory } from './memory.ts';

/** Characters of stderr that are kept: enough to know what it means. */
const MAX_STDERR = 8_192;

const MEGABYTE = 1024 ** 2;

/** How long a git that writes may take to put its lock files away before it is killed. */
const GRACE_MS = 1_500;

/** How one process is started. */
export interface Start {
  readonly binary: string;
  /** Fixed by us, before the subcommand. */
  readonly head: readonly string[];
  /** The subcommand and its arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Descriptors that the child has from 3 on. */
  readonly inherited?: readonly number[];
  readonly stdin?: Buffer | string | undefined;
  readonly signal: AbortSignal;
  /** Bytes of memory that it may take before it is ended (Linux). */
  readonly maxMemory: number;
  /** Whether it is asked to end before it is killed. */
  readonly gentle?: boolean;
  /** Sees what it writes to stderr as it comes, and returns what of that is kept. */
  readonly onStderr?: ((text: string) => string) | undefined;
}

/** A process that runs in a group of its own. Disposing of it kills whatever of the group is left, and waits for its end. */
export class RunningGit implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #start: Start;
  readonly #abort = () => this.#kill();
  readonly #watch: Disposable;
  #complaint = '';
  #exceeded = false;

  constructor(start: Start) {
    start.signal.throwIfAborted();
    refuseUnsafe(start.args);
    this.#start = start;
    const stdio: StdioOptions = [start.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...(start.inherited ?? [])];
    const { cwd, env } = start;
    // A group of its own, so that what git starts ends with it. On Windows it would be a window of its own.
    const detached = process.platform !== 'win32';
    this.#child = spawn(start.binary, [...start.head, ...start.args], { cwd, env, stdio, detached, windowsHide: true });
    this.#closed = once(this.#child, 'close');
    // Awaited in end; a failure to start comes out there.
    this.#closed.catch(() => {});
    start.signal.addEventListener('abort', this.#abort, { once: true });
    this.#watch = watchMemory(this.#child.pid ?? 0, start.maxMemory, () => {
      this.#exceeded = true;
      this.#kill();
    });
    // Its number may be another's soon.
    this.#child.once('exit', () => this.#watch[Symbol.dispose]());
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      const kept = start.onStderr === undefined ? chunk.toString() : start.onStderr(chunk.toString());
      if (this.#complaint.length < MAX_STDERR) this.#complaint += kept;
    });
    // Whoever reads no further closes the pipe: how it ended says the rest.
    this.#child.stdin?.on('error', () => {}).end(start.stdin);
  }

  /** What it writes, as it comes. */
  async *output(): AsyncGenerator<Buffer> {
    if (this.#child.stdout !== null) yield* this.#child.stdout;
  }

  /** How it ended. Throws when it could not start or was aborted. */
  async end(): Promise<{ code: number | NodeJS.Signals; stderr: string }> {
    await this.#closed.catch((cause: unknown) => {
      throw errnoOf(cause) === undefined
        ? cause
        : new ToolError('unavailable', 'git could not be started.', { hint: 'Tell the user; the log has the details.', cause });
    });
    this.#start.signal.throwIfAborted();
    if (this.#exceeded) throw tooMuchMemory(this.#start.maxMemory);
    return { code: this.#child.exitCode ?? this.#child.signalCode ?? 'SIGKILL', stderr: this.#complaint };
  }

  #kill(): void {
    // Git removes its lock files on SIGTERM; after SIGKILL they would stay.
    this.#signal(this.#start.gentle === true ? 'SIGTERM' : 'SIGKILL');
    if (this.#start.gentle !== true) return;
    const timer = setTimeout(() => this.#signal('SIGKILL'), GRACE_MS);
    this.#child.once('close', () => clearTimeout(timer));
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (process.platform === 'win32') this.#child.kill(signal);
      else process.kill(-pid, signal);
    } catch (error) {
      // Nobody is left in the group.
      if (errnoOf(error) !== 'ESRCH' && errnoOf(error) !== 'EPERM') throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#start.signal.removeEventListener('abort', this.#abort);
    this.#watch[Symbol.dispose]();
    const { exitCode, signalCode } = this.#child;
    if (exitCode === null && signalCode === null) this.#kill();
    await this.#closed.catch(() => {});
  }
}

function tooMuchMemory(maxMemory: number): ToolError {
  return new ToolError('too_large', `git needs more memory for this than it may have (${Math.floor(maxMemory / MEGABYTE)} MB).`, {
    hint: 'Ask for less: a path, a smaller range. The user can allow more with --max-memory-mb.',
  });
}

/** The guard of simple-git, over arguments that are ours already: a mistake in a tool must not become a program that runs. */
function refuseUnsafe(args: readonly string[]): void {
  const [first] = vulnerabilityCheck(args, {});
  if (first !== undefined) throw new Error(`Refused to run git ${args[0]}: ${first.message}`);
}
