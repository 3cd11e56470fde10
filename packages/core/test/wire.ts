import { connect, type Socket } from 'node:net';
import { expect } from 'vitest';
import { INITIALIZE, type Message, parse, type Running, type StartOptions, start, within } from './harness.ts';

/** A hostile server over HTTP. */
export interface HttpServer extends AsyncDisposable {
  process: Running;
  port: number;
}

/** Starts the hostile server over HTTP on a free port, without a rate limit unless the arguments name one. */
export async function startHttp(args: readonly string[] = [], options: StartOptions = {}): Promise<HttpServer> {
  const running = start(['--http', '--http-port', '0', '--rate-limit', '0', ...args], options);
  const { url } = await running.logged('listening');
  return { process: running, port: Number(new URL(String(url)).port), [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

/** Ends a server that a table of attacks was tried on: it must be as well as before, and nothing may have gone wrong in it. */
export async function endHttp(server: HttpServer): Promise<void> {
  expect((await callHttp(server.port, 'echo_text', { text: 'still here' }))?.result.structuredContent).toEqual({ text: 'still here' });
  expect(server.process.stderr.all.filter((line) => /"level":"(error|fatal)"|^[^{]/.test(line))).toEqual([]);
  await server[Symbol.asyncDispose]();
}

/** An HTTP answer as it stood on the wire. */
export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** A TCP connection that sends bytes as they are, and reads HTTP answers. */
export class RawConnection implements AsyncDisposable {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  #received: Buffer = Buffer.alloc(0);
  readonly #watchers = new Set<() => void>();

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1' });
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
    this.socket.on('error', () => {});
    this.socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#look();
    });
    this.socket.on('close', () => this.#look());
  }

  /** All bytes that came and belong to no answer taken so far. */
  get pending(): string {
    return this.#received.toString('latin1');
  }

  send(bytes: string | Buffer): this {
    this.socket.write(bytes);
    return this;
  }

  /** The next answer; undefined where the server closes without one. */
  answer(): Promise<RawAnswer | undefined> {
    const { promise, resolve } = Promise.withResolvers<RawAnswer | undefined>();
    const look = () => {
      const parsed = takeAnswer(this.#received, this.socket.destroyed);
      if (parsed !== undefined) {
        this.#received = parsed.rest;
        // At once: several chunks may be read before a promise is settled, and the next answer belongs to the next who asks.
        this.#watchers.delete(look);
        resolve(parsed.answer);
      } else if (this.socket.destroyed) resolve(undefined);
    };
    this.#watchers.add(look);
    look();
    return within(promise, () => `an HTTP answer, but only: ${this.pending.slice(0, 500)}`).finally(() => this.#watchers.delete(look));
  }

  /** Resolves once what came contains `text`. */
  contains(text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => {
      if (this.#received.includes(text)) resolve();
    };
    this.#watchers.add(look);
    look();
    return within(promise, () => `"${text}", but only: ${this.pending.slice(0, 500)}`).finally(() => this.#watchers.delete(look));
  }

  #look(): void {
    for (const watcher of this.#watchers) watcher();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }
}

function takeAnswer(bytes: Buffer, ended: boolean): { answer: RawAnswer; rest: Buffer } | undefined {
  const split = bytes.indexOf('\r\n\r\n');
  if (split < 0) return undefined;
  const [first = '', ...lines] = bytes.subarray(0, split).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const status = Number(first.split(' ')[1]);
  const after = bytes.subarray(split + 4);
  if (status < 200 || status === 204) return { answer: { status, headers, body: '' }, rest: after };
  if (headers['transfer-encoding'] === 'chunked') return takeChunks(after, { status, headers });
  const length =
    headers['content-length'] === undefined ? (ended ? after.length : Number.POSITIVE_INFINITY) : Number(headers['content-length']);
  // What answers HEAD has a length and no body.
  if (after.length < length && !ended) return undefined;
  return { answer: { status, headers, body: after.subarray(0, length).toString('utf8') }, rest: after.subarray(length) };
}

function takeChunks(bytes: Buffer, head: Omit<RawAnswer, 'body'>): { answer: RawAnswer; rest: Buffer } | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return undefined;
    const size = Number.parseInt(bytes.subarray(at, end).toString('latin1'), 16);
    const next = end + 2 + size + 2;
    if (bytes.length < next) return undefined;
    if (size === 0) return { answer: { ...head, body: Buffer.concat(parts).toString('utf8') }, rest: bytes.subarray(next) };
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    at = next;
  }
}

/** A whole HTTP request in bytes. Content-Length is counted unless the headers say how long the body is, or it is left out by `null`. */
export function rawRequest(
  port: number,
  {
    target = '/mcp',
    method = 'POST',
    headers = {} as Record<string, string | null>,
    lines = [] as readonly string[],
    body = '' as string | Buffer,
  } = {},
): Buffer {
  const given = {
    host: `127.0.0.1:${port}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const head = Object.entries(given)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}`);
  return Buffer.concat([
    Buffer.from(`${[`${method} ${target} HTTP/1.1`, ...head, ...lines].join('\r\n')}\r\n\r\n`, 'latin1'),
    Buffer.from(body),
  ]);
}

/** Sends bytes over a connection of their own. */
export async function exchange(port: number, bytes: Buffer): Promise<RawAnswer | undefined> {
  await using connection = new RawConnection(port);
  return await connection.send(bytes).answer();
}

/** A `tools/call` in the older era, which needs no handshake over HTTP. */
export function callMessage(name: string, args: unknown = {}, id: unknown = 1): Message {
  return { jsonrpc: '2.0', id: id as number, method: 'tools/call', params: { name, arguments: args as Record<string, unknown> } };
}

/** The JSON-RPC messages in an answer, whichever of the two media types it has. */
export function messagesOf(answer: RawAnswer | undefined): Message[] {
  if (answer === undefined) return [];
  if (!answer.headers['content-type']?.startsWith('text/event-stream')) {
    const parsed = parse<Message | Message[]>(answer.body);
    return parsed === undefined ? [] : [parsed].flat();
  }
  return answer.body
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .flatMap((line) => parse<Message>(line.slice(6)) ?? []);
}

/** Calls a tool over HTTP and gives the JSON-RPC answer. */
export async function callHttp(port: number, name: string, args: Record<string, unknown> = {}): Promise<Message | undefined> {
  const answer = await exchange(port, rawRequest(port, { body: JSON.stringify(callMessage(name, args)) }));
  return messagesOf(answer).find((message) => message.id === 1);
}

/** The headers of a `tools/call` of `echo_text` in the current era. */
export const MODERN_HEADERS = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'echo_text' };

/** A `tools/call` in the current era. */
export function modernCall(name: string, args: unknown = {}, id: unknown = 1, version = '2026-07-28'): Message {
  const { params, ...rest } = callMessage(name, args, id);
  const envelope = {
    'io.modelcontextprotocol/protocolVersion': version,
    'io.modelcontextprotocol/clientInfo': INITIALIZE.clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return { ...rest, params: { ...params, _meta: envelope } };
}
