import { type ChildProcess, fork, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { LoadOrder, LoadResult } from './load.ts';

/** `/proc` counts in hundredths of a second on every Linux, whatever the kernel's own clock. */
const TICK_MICROSECONDS = 10_000;

const PATIENCE_MS = 15_000;

/** A program of Node's, running; disposed of by its id. */
export interface Running extends AsyncDisposable {
  child: ChildProcess;
  pid: number;
}

/** Starts Node, the same binary for everybody, on a script; or another program. */
export function start(args: readonly string[], stdio: StdioOptions, env: NodeJS.ProcessEnv = {}, program = process.execPath): Running {
  const child = spawn(program, args, { stdio, env: { ...process.env, ...env } });
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    child,
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      const timer = setTimeout(() => child.kill('SIGKILL'), 2_000);
      child.kill();
      await exit;
      clearTimeout(timer);
    },
  };
}

/** Microseconds of processor that a process has used so far; undefined where there is no `/proc`. */
export function cpuMicroseconds(pid: number): number | undefined {
  return cpuTimes(pid)?.own;
}

/** Microseconds of processor, apart from those of its children that have ended. */
export function cpuTimes(pid: number): { own: number; children: number } | undefined {
  // The name in parentheses may hold spaces; utime, stime, cutime and cstime are fields 14 to 17.
  const fields = readProc(pid, 'stat')?.split(') ').at(-1)?.split(' ').slice(11, 15).map(Number);
  if (fields === undefined) return undefined;
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields;
  return { own: (user + system) * TICK_MICROSECONDS, children: (childrenUser + childrenSystem) * TICK_MICROSECONDS };
}

/** Resident memory of a process in MB, now or at its peak; undefined where there is no `/proc`. */
export function residentMb(pid: number, when: 'now' | 'peak'): number | undefined {
  const field = when === 'now' ? /^VmRSS:\s+(\d+)/m : /^VmHWM:\s+(\d+)/m;
  const kilobytes = field.exec(readProc(pid, 'status') ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1000;
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits until somebody listens on a port. Throws when the process ends before, or takes too long. */
export async function listening(port: number, { child }: Running): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isOpen(port))) {
    if (child.exitCode !== null) throw new Error(`the server has ended with code ${child.exitCode}`);
    if (performance.now() > deadline) throw new Error('the server does not listen');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}

/** The load generator, one for all contestants, so that it is as warm for the first as for the last. */
export interface Load extends AsyncDisposable {
  run: (order: LoadOrder) => Promise<LoadResult>;
}

/** Starts the load generator. */
export function startLoad(): Load {
  const child = fork(new URL('./load.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return {
    async run(order) {
      const signal = AbortSignal.timeout(order.ms + PATIENCE_MS);
      const answer = once(child, 'message', { signal });
      child.send(order);
      const [result]: (LoadResult & { error?: string })[] = await answer;
      if (result?.error !== undefined || result === undefined) throw new Error(result?.error ?? 'no load');
      return result;
    },
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
