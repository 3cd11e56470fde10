import type { Readable } from 'node:stream';
import { serveStdio as serveConnection } from '@modelcontextprotocol/server/stdio';
import type { Served } from '../assemble.ts';
import type { Logger } from '../log.ts';
import { type LineSink, LineTransport } from './lines.ts';
import { listenOverLines } from './listen.ts';

/** A running transport. */
export interface Serving {
  /** Resolves when the other side has ended the connection; never over HTTP. */
  ended: Promise<void>;
  /** Finishes what is in flight, bounded, then closes. */
  close(): Promise<void>;
}

/** Serves one client over two streams, in whichever era it opens with. */
export function serveStdio(served: Served, log: Logger, input: Readable, output: LineSink): Serving {
  const transport = new LineTransport(input, output);
  const { factory, listen } = listenOverLines(served, transport);
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const connection = serveConnection(factory, { transport, onerror: (error) => log.debug({ err: error }, 'stdio') });
  // The SDK has put its own handlers there: both are wanted.
  const release = listen();
  const closeInstance = transport.onclose;
  transport.onclose = () => {
    release();
    closeInstance?.();
    resolve();
  };
  return { ended, close: () => connection.close() };
}
