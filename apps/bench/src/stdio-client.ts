import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { initialize } from './messages.ts';
import { type Running, start } from './processes.ts';

const PATIENCE_MS = 20_000;

/** A server over stdio, spawned, with the handshake behind it. */
export interface StdioServer extends AsyncDisposable {
  pid: number;
  request: (method: string, params: object) => Promise<{ [key: string]: unknown }>;
}

/** Spawns a server and opens the conversation. */
export async function connectStdio(args: readonly string[], env: NodeJS.ProcessEnv = {}, program?: string): Promise<StdioServer> {
  const running = start(args, ['pipe', 'pipe', 'ignore'], env, program);
  const request = requester(running);
  try {
    await request('initialize', initialize);
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw error;
  }
  running.child.stdin?.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
  return { pid: running.pid, request, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

/** One request at a time, and as little of our own work as can be: the next line of output is its answer. */
function requester({ child }: Running): StdioServer['request'] {
  const [input, output] = [child.stdin as Writable, child.stdout as Readable];
  // A server that ends at once breaks the pipe; the missing answer says so.
  input.on('error', () => {});
  let waiting: ((line: string) => void) | undefined;
  let text = '';
  output.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      // Notifications and the server's own requests are nobody's answer.
      if (line.startsWith('{') && !line.includes('"method":')) waiting?.(line);
    }
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the server has ended')));
  ended.catch(() => {});
  let id = 0;
  return async (method, params) => {
    const answer = new Promise<string>((resolve) => {
      waiting = resolve;
    });
    input.write(`${JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params })}\n`);
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`no answer to ${method}`)), PATIENCE_MS);
    const message = JSON.parse(await Promise.race([answer, ended, late]).finally(() => clearTimeout(timer)));
    if (message.result === undefined || message.result.isError === true) throw new Error(`${method} was refused`);
    return message.result;
  };
}
