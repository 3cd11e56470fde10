import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { ToolError } from '@touchstone-mcp/core/errors';
import { Connection } from 'pg';
import { OversizeMessage, Trimmer } from './trimmer.ts';

/** How a connection of pg is made. */
export interface WireOptions {
  ssl: false | ConnectionOptions;
  sslNegotiation: 'postgres' | 'direct';
  keepAlive?: boolean;
}

/** What pg's Connection has beside what its published types tell. */
export interface Wire extends EventEmitter {
  readonly stream: Duplex;
  _send(message: Buffer): void;
  connect(port: number | string, host?: string): void;
  attachListeners(stream: EventEmitter): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
  parse(query: { text: string }): void;
  bind(config: { values: readonly (string | null)[] }): void;
  describe(message: { type: 'P' }): void;
  execute(config: { rows?: number }): void;
  sync(): void;
}

const PlainConnection = Connection as unknown as new (options: WireOptions) => Wire;

/** Messages that are sent again and again, by what has made them. */
const kept = new WeakMap<object, Buffer>();

/** A connection whose rows are cut before pg gathers them in memory, and whose messages can leave together. */
export class TrimmedConnection extends PlainConnection {
  readonly trimmer = new Trimmer();
  #gathered: Buffer[] | undefined;

  /** What `send` sends leaves in one piece: a write for each message would cost more than the messages. */
  inOnePiece(send: () => void): void {
    const messages: Buffer[] = [];
    this.#gathered = messages;
    try {
      send();
    } finally {
      this.#gathered = undefined;
    }
    this._send(Buffer.concat(messages));
  }

  /** The same within it for what is always the same: the messages that `send` has sent once for `key`. */
  repeat(key: object, send: () => void): void {
    const known = kept.get(key);
    if (known === undefined) {
      const before = this.#gathered?.length ?? 0;
      send();
      kept.set(key, Buffer.concat(this.#gathered?.slice(before) ?? []));
    } else this._send(known);
  }

  override _send(message: Buffer): void {
    if (this.#gathered === undefined) super._send(message);
    else this.#gathered.push(message);
  }

  /** pg calls this once for the stream that the protocol is spoken on, before its first byte, under TLS and without. */
  override attachListeners(stream: EventEmitter): void {
    const trimmed = new EventEmitter();
    super.attachListeners(trimmed);
    stream.on('data', (chunk: Buffer) => {
      try {
        const parts = this.trimmer.push(chunk);
        for (const part of parts) trimmed.emit('data', part);
        if (parts.length === 0) free(chunk);
      } catch (error) {
        // What a listener throws is none of ours.
        if (!(error instanceof OversizeMessage)) throw error;
        this.stream.destroy(new ToolError('too_large', 'The database answered with a message that is too long to read.', { cause: error }));
      }
    });
  }
}

/** Gives memory back at once: the collector of V8 would wait for 64 MB of such chunks. */
function free({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

/** What a cancel request needs to know. */
export interface CancelKey {
  host: string;
  port: number;
  processID: number;
  secretKey: number;
}

/**
 * Asks a server to stop what one of its backends is doing, on a connection of its own, as the protocol wants it. Resolves once the server
 * has taken the request, and after `patienceMs` in any case.
 */
export function requestCancel({ host, port, processID, secretKey }: CancelKey, options: WireOptions, patienceMs: number): Promise<void> {
  const wire = new PlainConnection(options);
  return new Promise((resolve) => {
    const timer = setTimeout(() => wire.stream.destroy(), patienceMs);
    wire.on('error', () => wire.stream.destroy());
    wire.on('end', () => {
      clearTimeout(timer);
      resolve();
    });
    const send = () => wire.cancel(processID, secretKey);
    wire.on('sslconnect', send);
    wire.on('connect', () => {
      if (options.ssl === false) send();
      else if (options.sslNegotiation === 'postgres') wire.requestSsl();
    });
    if (host.startsWith('/')) wire.connect(`${host}/.s.PGSQL.${port}`);
    else wire.connect(port, host);
  });
}
