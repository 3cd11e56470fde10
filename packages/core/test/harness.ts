import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** How long anything may take that a test waits for. Generous: it is reached by failures only. */
const PATIENCE_MS = 15_000;

/** For `expect.poll`. */
export const PATIENT = { timeout: PATIENCE_MS, interval: 20 };

/** The server whose tools misbehave, as a program. */
export const HOSTILE = fileURLToPath(new URL('fixture/hostile-main.ts', import.meta.url));

/** A JSON-RPC message, not trusted to be one. */
export interface Message {
  jsonrpc?: string;
  id?: string | number | null;
  method?: string;
  params?: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers is what the tests judge
  result?: any;
  error?: { code: number; message: string; data?: unknown };
}

/** Rejects with `what` in words unless `promise` settles in time. */
export async function within<Value>(promise: Promise<Value>, what: () => string, ms = PATIENCE_MS): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Not within ${ms} ms: ${what()}`)), ms);
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The lines of a stream as they come, all of them kept. */
export class Lines {
  readonly all: string[] = [];
  readonly ended: Promise<void>;
  #rest = '';
  readonly #watchers = new Set<() => void>();

  constructor(stream: Readable) {
    const decoder = new TextDecoder();
    stream.on('data', (chunk: Buffer) => {
      const parts = (this.#rest + decoder.decode(chunk, { stream: true })).split('\n');
      this.#rest = parts.pop() ?? '';
      this.all.push(...parts);
      for (const watcher of this.#watchers) watcher();
    });
    this.ended = new Promise((resolve) => stream.once('close', resolve));
  }

  /** What came, with what was never ended by a newline. */
  get text(): string {
    return [...this.all, this.#rest].join('\n');
  }

  /** The first line, from the beginning or from line `seen`, of which `choose` makes something. */
  find<Found>(what: string, choose: (line: string) => Found | undefined, seen = 0): Promise<Found> {
    let next = seen;
    const { promise, resolve } = Promise.withResolvers<Found>();
    const look = () => {
      for (; next < this.all.length; next++) {
        const found = choose(this.all[next] as string);
        if (found !== undefined) return resolve(found);
      }
    };
    this.#watchers.add(look);
    look();
    return within(promise, () => `${what}, but only:\n${this.text.slice(-2_000)}`).finally(() => this.#watchers.delete(look));
  }
}

/** How a process ended: what a shell would see. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A child process of the test, killed by its id when the test is over. */
export class Running implements AsyncDisposable {
  readonly child: ChildProcess & { pid: number; stdin: NodeJS.WritableStream; stdout: Readable; stderr: Readable };
  readonly ending: Promise<Ending>;
  readonly #stderr: Lines | undefined;
  readonly #stdout: Lines | undefined;

  constructor(child: ChildProcess, { reads = ['stdout', 'stderr'] }: { reads?: readonly string[] } = {}) {
    if (child.pid === undefined) throw new Error('The process could not be started');
    this.child = child as Running['child'];
    this.ending = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
    this.child.stdin?.on('error', () => {});
    this.#stdout = reads.includes('stdout') ? new Lines(this.child.stdout) : undefined;
    this.#stderr = reads.includes('stderr') ? new Lines(this.child.stderr) : undefined;
  }

  get stdout(): Lines {
    return this.#stdout ?? fail('stdout is not read');
  }

  get stderr(): Lines {
    return this.#stderr ?? fail('stderr is not read');
  }

  /** The first line of log with this message. */
  logged(msg: string): Promise<Record<string, unknown>> {
    return this.stderr.find(`a log line "${msg}"`, (line) => {
      const parsed = parse<Record<string, unknown>>(line);
      return parsed?.['msg'] === msg ? parsed : undefined;
    });
  }

  /** How it ended and all that it wrote, once its pipes are closed too. */
  async ended(ms = PATIENCE_MS): Promise<Ending> {
    const ending = await within(this.ending, () => `the end of the process\n${this.#stderr?.text.slice(-2_000)}`, ms);
    await within(Promise.all([this.#stdout?.ended, this.#stderr?.ended]), () => 'the end of its pipes');
    return ending;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
      await this.ending;
    }
    for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr]) (stream as Readable | null)?.destroy();
  }
}

/** What to start, and how. */
export interface StartOptions {
  env?: Record<string, string>;
  node?: readonly string[];
  /** The streams that the test reads; from others a careless client never takes anything. */
  reads?: readonly ('stdout' | 'stderr')[];
}

/** Starts the hostile server as a process over pipes. */
export function start(args: readonly string[], { env = {}, node = [], reads }: StartOptions = {}): Running {
  const child = spawn(process.execPath, [...node, HOSTILE, ...args], { env: cleanEnvironment(env), stdio: 'pipe' });
  return new Running(child, reads === undefined ? {} : { reads });
}

/** This process's environment without what would change the server's behaviour. */
export function cleanEnvironment(more: Record<string, string>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(TOUCHSTONE_|NODE_|VITEST|DEBUG$)/.test(name));
  return { ...Object.fromEntries(kept), ...more };
}

/** A client over stdio that is in full control of every byte. */
export class StdioClient implements AsyncDisposable {
  readonly process: Running;
  #id = 0;

  constructor(running: Running) {
    this.process = running;
  }

  /** Writes a line as it is, or a message as JSON. */
  send(message: string | Buffer | Message): void {
    const raw = typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message);
    this.process.child.stdin.write(Buffer.concat([Buffer.from(raw), Buffer.from('\n')]));
  }

  /** The first message that fits, from the beginning or from line `seen`. */
  receive(what: string, fits: (message: Message) => boolean, seen = 0): Promise<Message> {
    const choose = (line: string) => {
      const message = parse<Message>(line);
      return message !== undefined && fits(message) ? message : undefined;
    };
    return this.process.stdout.find(what, choose, seen);
  }

  answerTo(id: string | number): Promise<Message> {
    return this.receive(`an answer to ${id}`, (message) => message.id === id && message.method === undefined);
  }

  async request(method: string, params: Record<string, unknown> = {}): Promise<Message> {
    const id = `own-${++this.#id}`;
    this.send({ jsonrpc: '2.0', id, method, params });
    return await this.answerTo(id);
  }

  async call(name: string, args: Record<string, unknown> = {}): Promise<Message> {
    return await this.request('tools/call', { name, arguments: args });
  }

  /** The handshake of the older era. */
  async initialize(): Promise<this> {
    await this.request('initialize', INITIALIZE);
    this.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.process[Symbol.asyncDispose]();
  }
}

/** Parameters of an `initialize` request. */
export const INITIALIZE = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'touchstone-tests', version: '1.0.0' },
};

/** Starts the hostile server over stdio, greeted in the older era. */
export async function startStdio(args: readonly string[] = [], options: StartOptions = {}): Promise<StdioClient> {
  return await new StdioClient(start(args, options)).initialize();
}

/** JSON, or undefined where it is none. */
export function parse<Value>(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

function fail(message: string): never {
  throw new Error(message);
}
