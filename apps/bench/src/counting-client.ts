/** A client for answers of any size: it counts their bytes, and of none does it keep more than the beginning. */
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { initialize } from './messages.ts';
import { type Running, residentMb, start } from './processes.ts';
import { Skipped } from './rounds.ts';

const KEPT_BYTES = 2_000_000;
const PATIENCE_MS = 20_000;
const MOST_MB = 2_000;
const LOOK_EVERY_MS = 250;
const LINE_END = 10;

/** One call of a tool. */
export interface Call {
  name: string;
  arguments: object;
}

/** One answer as it came. */
export interface Reply {
  bytes: number;
  start: Buffer;
}

/** Requests sent together, and their answers. */
export interface Exchange {
  /** From before the first request is written to the end of the last answer. */
  ms: number;
  replies: Reply[];
}

/** A server over stdio, spawned, with the handshake behind it. */
export interface CountedServer extends AsyncDisposable {
  pid: number;
  /** The names of what it lists. */
  tools: readonly string[];
  /** `Skipped` where the answers would take too long or too much memory. */
  call: (calls: readonly Call[]) => Promise<Exchange>;
}

/** Spawns a server, opens the conversation and asks for its tools. */
export async function connectCounting(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CountedServer> {
  const running = start(args, ['pipe', 'pipe', 'ignore'], env);
  const send = sender(running);
  try {
    await send([['initialize', initialize]]);
    running.child.stdin?.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
    const { replies } = await send([['tools/list', {}]]);
    const tools = replies.flatMap((reply) => (resultOf(reply)['tools'] as { name: string }[]).map(({ name }) => name));
    const call: CountedServer['call'] = (calls) => send(calls.map((params) => ['tools/call', params]));
    return { pid: running.pid, tools, call, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw error;
  }
}

/** What a server has answered. Throws where that is a refusal, or longer than what was kept. */
export function resultOf({ bytes, start: line }: Reply): Record<string, unknown> {
  if (bytes > line.length) throw new Error(`${bytes} bytes in one answer`);
  const { result } = JSON.parse(line.toString());
  if (result === undefined || result.isError === true) throw new Error(`refused: ${line.toString('utf8', 0, 300)}`);
  return result;
}

/** All requests at once; the next lines of output, so many, are their answers in some order. */
function sender({ child, pid }: Running): (requests: [method: string, params: object][]) => Promise<Exchange> {
  const [input, output] = [child.stdin as Writable, child.stdout as Readable];
  // A server that ends at once breaks the pipe; the missing answer says so.
  input.on('error', () => {});
  let waiting: ((line: Reply) => void) | undefined;
  readLines(output, (line) => {
    // Notifications and the server's own requests are nobody's answer.
    if (!line.start.includes('"method":')) waiting?.(line);
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the server has ended')));
  ended.catch(() => {});
  let id = 0;
  return async (requests) => {
    const lines = requests.map(([method, params]) => `${JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params })}\n`);
    const replies: Reply[] = [];
    const { promise: complete, resolve } = Promise.withResolvers<number>();
    waiting = (line) => {
      if (replies.push(line) === requests.length) resolve(performance.now());
    };
    using limits = watch(pid);
    const sent = performance.now();
    input.write(lines.join(''));
    const end = await Promise.race([complete, ended, limits.exceeded]);
    return { ms: end - sent, replies };
  };
}

/** Rejects once a server takes too long or too much. */
function watch(pid: number): Disposable & { exceeded: Promise<never> } {
  const { promise: exceeded, reject } = Promise.withResolvers<never>();
  const until = performance.now() + PATIENCE_MS;
  const timer = setInterval(() => {
    if (performance.now() > until) reject(new Skipped(`no answer in ${PATIENCE_MS / 1000} s`));
    if ((residentMb(pid, 'now') ?? 0) > MOST_MB) reject(new Skipped(`more than ${MOST_MB} MB of memory`));
  }, LOOK_EVERY_MS);
  return { exceeded, [Symbol.dispose]: () => clearInterval(timer) };
}

function readLines(output: Readable, take: (line: Reply) => void): void {
  let kept: Buffer[] = [];
  let bytes = 0;
  const add = (part: Buffer) => {
    if (bytes < KEPT_BYTES) kept.push(part.subarray(0, KEPT_BYTES - bytes));
    bytes += part.length;
  };
  output.on('data', (chunk: Buffer) => {
    let from = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, from)) {
      add(chunk.subarray(from, end));
      take({ bytes, start: Buffer.concat(kept) });
      [kept, bytes, from] = [[], 0, end + 1];
    }
    add(chunk.subarray(from));
  });
}
