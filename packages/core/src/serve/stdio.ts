import type { Readable } from 'node:stream';
import type { McpServerFactory } from '@modelcontextprotocol/server';
import { serveStdio as serveConnection } from '@modelcontextprotocol/server/stdio';
import type { Logger } from '../log.ts';
import { type LineSink, LineTransport } from './lines.ts';

/** A running transport. */
export interface Serving {
  /** Resolves when the other side has ended the connection; never over HTTP. */
  ended: Promise<void>;
  /** Finishes what is in flight, bounded, then closes. */
  close(): Promise<void>;
}

/** Serves one client over two streams, in whichever era it opens with. */
export function serveStdio(factory: McpServerFactory, log: Logger, input: Readable, output: LineSink): Serving {
  const transport = new LineTransport(input, output);
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const connection = serveConnection(factory, { transport, onerror: (error) => log.debug({ err: error }, 'stdio') });
  // The SDK has put its own handler there: both are wanted.
  const closeInstance = transport.onclose;
  transport.onclose = () => {
    closeInstance?.();
    resolve();
  };
  return { ended, close: () => connection.close() };
}
