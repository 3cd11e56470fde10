import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { initialize } from './messages.ts';
import { type Running, start } from './processes.ts';
import { Skipped } from './rounds.ts';

const PATIENCE_MS = 20_000;

/** A server has refused, in its own words. */
export class Refused extends Error {}

/** A server over stdio, spawned, with the handshake behind it. */
export interface StdioServer extends AsyncDisposable {
  pid: number;
  /** Any number at a time. Throws `Refused`, and `Skipped` where no answer comes. */
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

interface Message {
  id?: number;
  method?: string;
  result?: { [key: string]: unknown };
  error?: unknown;
}

/** As little of our own work as can be: lines go to whoever waits for their id. */
function requester({ child }: Running): StdioServer['request'] {
  const [input, output] = [child.stdin as Writable, child.stdout as Readable];
  // A server that ends at once breaks the pipe; the missing answer says so.
  input.on('error', () => {});
  const waiting = new Map<number, (message: Message) => void>();
  let text = '';
  output.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      const message: Message = line.startsWith('{') ? JSON.parse(line) : {};
      // Notifications and the server's own requests are nobody's answer.
      if (message.method === undefined && message.id !== undefined) waiting.get(message.id)?.(message);
    }
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the server has ended')));
  ended.catch(() => {});
  let last = 0;
  return async (method, params) => {
    const id = ++last;
    const { promise: answer, resolve, reject } = Promise.withResolvers<Message>();
    waiting.set(id, resolve);
    input.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    const timer = setTimeout(() => reject(new Skipped(`no answer to ${method} in ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
    const { result, error } = await Promise.race([answer, ended]).finally(() => {
      clearTimeout(timer);
      waiting.delete(id);
    });
    if (result === undefined || result['isError'] === true) {
      throw new Refused(`${method} was refused: ${JSON.stringify(result ?? error).slice(0, 200)}`);
    }
    return result;
  };
}
