import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** The server as a process of its own, for the database that the URL names. */
export function startServer(url: string, args: readonly string[]) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(TOUCHSTONE_|NODE_|VITEST|PG)/.test(name));
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...Object.fromEntries(kept), DATABASE_URL: url },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const log: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let id = 0;
  return {
    child,
    exited,
    /** Lines of stderr so far. */
    log,
    /** Sends a request over stdio. */
    send(method: string, params: object) {
      id += 1;
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    },
    /** The next line of stdout. */
    async answer() {
      const { value } = await answers.next();
      return JSON.parse(String(value));
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Resident memory of a process in bytes, at its peak or now. Linux only. */
export function residentBytes(pid: number, when: 'VmHWM' | 'VmRSS'): number {
  const [, kilobytes] = new RegExp(`^${when}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
