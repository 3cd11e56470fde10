import { type ChildProcess, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What one process has taken, in bytes. */
export interface Memory {
  /** The most that ever was in memory at one time. */
  readonly peak: number;
  /** What is now, and no file's. */
  readonly anonymous: number;
}

/** An answer of the server, and how long it took. */
export interface Timed {
  readonly result: Record<string, unknown>;
  readonly ms: number;
}

/** The bundled server as people run it, and the site that it may read. */
export interface Bundled extends AsyncDisposable {
  request(method: string, params: object): Promise<Timed>;
  fetch(name: string, input?: object): Promise<Timed>;
  /** Of the process with all its threads. */
  memory(): Memory;
  /** Processor time of the main thread in its longest turn since the last time, in milliseconds; with `turns.ts` loaded. */
  longestTurn(): Promise<number>;
}

const CALL_MS = 120_000;

/** Starts the site and the server, which have to have been bundled. Linux only: it reads /proc. */
export async function startBundled(flags: readonly string[] = [], nodeFlags: readonly string[] = []): Promise<Bundled> {
  const site = spawn(process.execPath, [join(import.meta.dirname, 'site.entry.ts')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = await once(site.stdout, 'data');
  const origin = `http://127.0.0.1:${String(port).trim()}`;
  const settings = [
    '--allow-private',
    '127.0.0.1/32',
    '--allow-ports',
    new URL(origin).port,
    '--rate-limit',
    '0',
    '--call-timeout-ms',
    `${CALL_MS}`,
  ];
  const server = spawn(process.execPath, [...nodeFlags, join(import.meta.dirname, '../../dist/main.js'), ...settings, ...flags], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  server.stderr.resume();
  const waiting = new Map<number, (message: Record<string, unknown>) => void>();
  createInterface({ input: server.stdout }).on('line', (line) => {
    // Long answers are pictures; what matters is that they came.
    const message = JSON.parse(line);
    waiting.get(message.id)?.(message.result ?? message);
    waiting.delete(message.id);
  });
  // Whoever waits for an answer of a server that has died would wait for ever.
  const dead = new AbortController();
  const ended = once(server, 'exit').then(([code, signal]) => {
    dead.abort();
    return { isError: true, content: `The server ended: ${code ?? signal}` };
  });
  server.stdin.on('error', () => {});
  let last = 0;
  const request = async (method: string, params: object): Promise<Timed> => {
    const id = ++last;
    const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>();
    waiting.set(id, resolve);
    const started = performance.now();
    server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return { result: await Promise.race([promise, ended]), ms: performance.now() - started };
  };
  await request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'load', version: '0' } });
  server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
  await request('tools/list', {});
  return {
    request,
    fetch: (name, input = {}) =>
      request('tools/call', { name: 'fetch', arguments: { url: `${origin}/${name}`, max_length: 40_000, ...input } }),
    memory: () => memoryOf(server),
    async longestTurn() {
      server.kill('SIGUSR2');
      let said = '';
      for await (const [text] of on(server.stderr, 'data', { signal: dead.signal })) {
        said += text;
        const [, turn] = /^turn (\S+)\n/m.exec(said) ?? [];
        if (turn !== undefined) return Number(turn);
      }
      return Number.NaN;
    },
    async [Symbol.asyncDispose]() {
      server.kill('SIGKILL');
      site.kill('SIGKILL');
    },
  };
}

function memoryOf({ pid, exitCode, signalCode }: ChildProcess): Memory {
  if (exitCode !== null || signalCode !== null) return { peak: Number.NaN, anonymous: Number.NaN };
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return { peak: bytes('VmHWM'), anonymous: bytes('RssAnon') };
}
