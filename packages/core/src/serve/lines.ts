import type { Readable } from 'node:stream';
import {
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResponse,
  type JSONRPCMessage,
  type Transport,
} from '@modelcontextprotocol/server';
import { escapeInvisible } from '../guards/sanitize.ts';
import { idOf, MESSAGE_LIMITS, PARSE_ERROR, parseJson, type RpcError, shapeError } from '../guards/shape.ts';

const NEWLINE = 0x0a;

/** Answers waiting for a client that does not read, in bytes, from which on no further requests are taken from it. */
const MAX_UNREAD = 1 << 20;

/** How long requests in flight may still be answered once the input has ended. */
const FAREWELL_MS = 800;

const TOO_LONG: RpcError = { code: -32600, message: `Invalid request: longer than ${MESSAGE_LIMITS.bytes} bytes` };

const UNFIT: RpcError = { code: -32600, message: 'Invalid request: not a JSON-RPC message' };

/** Where lines go: what a Writable has of it. */
export interface LineSink {
  readonly writableLength: number;
  /** `done` is called once the text has left the process, or cannot. */
  write(text: string, done?: () => void): boolean;
  on(event: 'drain' | 'error', listener: () => void): unknown;
}

/**
 * JSON-RPC over two streams, one message a line. Unlike the SDK's transport it answers a bad line (-32700, -32600) and goes on, bounds a
 * line without closing, refuses an id that is still in flight, stops reading from a client that does not read, and answers what is in
 * flight when the input ends.
 */
export class LineTransport implements Transport {
  onmessage?: NonNullable<Transport['onmessage']>;
  onclose?: () => void;
  onerror?: (error: Error) => void;

  readonly #input: Readable;
  readonly #output: LineSink;
  #chunks: Buffer[] = [];
  #length = 0;
  #skipping = false;
  #blocked = false;
  #ended = false;
  #closed = false;
  readonly #inFlight = new Set<string | number>();

  constructor(input: Readable, output: LineSink) {
    this.#input = input;
    this.#output = output;
  }

  async start(): Promise<void> {
    this.#input.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#input.on('end', () => this.#end());
    this.#input.on('close', () => this.#end());
    this.#input.on('error', (error) => this.onerror?.(error));
    this.#output.on('drain', () => this.#unblock());
    // EPIPE and the like: the client has gone, and nothing can reach it any more.
    this.#output.on('error', () => this.close());
    if (this.#input.readableEnded || this.#input.destroyed) this.#end();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (this.#closed) return;
    if (!('method' in message) && message.id !== undefined) this.#inFlight.delete(message.id);
    this.#write(message);
    this.#leave();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#input.pause();
    this.onclose?.();
  }

  #write(message: unknown): void {
    // U+0085, U+2028 and U+2029 end a line for some readers, such as Python's.
    this.#output.write(`${escapeInvisible(JSON.stringify(message))}\n`);
    if (this.#output.writableLength > MAX_UNREAD) this.#blocked = true;
  }

  #refuse(error: RpcError, id: string | number | null): void {
    this.#write({ jsonrpc: '2.0', id, error });
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (!this.#blocked) this.#dispatch(chunk.includes(NEWLINE));
    // Read on a little while the client is not reading, so that the end of its input is still seen.
    if (this.#blocked && this.#length > MESSAGE_LIMITS.bytes) this.#input.pause();
  }

  #unblock(): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    this.#dispatch(true);
    this.#input.resume();
    this.#leave();
  }

  #dispatch(complete: boolean): void {
    if (complete) {
      let rest = Buffer.concat(this.#chunks);
      while (!this.#blocked && !this.#closed) {
        const end = rest.indexOf(NEWLINE);
        if (end < 0) break;
        if (this.#skipping) this.#skipping = false;
        else this.#line(rest.subarray(0, end));
        rest = rest.subarray(end + 1);
      }
      this.#chunks = rest.length === 0 ? [] : [rest];
      this.#length = rest.length;
    }
    if (!this.#blocked && this.#length > MESSAGE_LIMITS.bytes) this.#skip();
  }

  /** Forgets an endless line as it arrives, and answers it once. */
  #skip(): void {
    if (!this.#skipping) this.#refuse(TOO_LONG, null);
    this.#skipping = true;
    this.#chunks = [];
    this.#length = 0;
  }

  #line(bytes: Buffer): void {
    const message = parseJson(bytes);
    if (message === undefined && bytes.toString('latin1').trim() === '') return;
    const error = bytes.length > MESSAGE_LIMITS.bytes ? TOO_LONG : this.#problem(message);
    if (error !== undefined) {
      this.#refuse(error, idOf(message));
      return;
    }
    // Its shape has been checked just now.
    this.#deliver(message as JSONRPCMessage);
  }

  #problem(message: unknown): RpcError | undefined {
    if (message === undefined) return PARSE_ERROR;
    if (Array.isArray(message)) return { code: -32600, message: 'Invalid request: no batches over stdio' };
    const error = shapeError(message);
    if (error !== undefined) return error;
    // The SDK would drop it in silence, and its sender wait for ever.
    if (![isJSONRPCRequest, isJSONRPCNotification, isJSONRPCResponse].some((fits) => fits(message))) return UNFIT;
    const { method, id } = message as { method?: string; id?: string | number };
    const taken = method !== undefined && id !== undefined && this.#inFlight.has(id);
    return taken ? { code: -32600, message: 'Invalid request: this id is still in flight' } : undefined;
  }

  #deliver(message: JSONRPCMessage): void {
    if ('method' in message) {
      if ('id' in message) this.#inFlight.add(message.id);
      // Nothing will be sent for a cancelled request any more.
      else if (message.method === 'notifications/cancelled') this.#inFlight.delete(message.params?.['requestId'] as string | number);
    }
    this.onmessage?.(message);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    // The last line may lack its end.
    if (this.#length > 0 && !this.#blocked) this.#take(Buffer.of(NEWLINE));
    setTimeout(() => this.close(), FAREWELL_MS);
    this.#leave();
  }

  /** Closes once the input has ended and everything in it has been answered. */
  #leave(): void {
    if (this.#ended && !this.#blocked && this.#inFlight.size === 0) void this.close();
  }
}
