import { type AuthInfo, createMcpHandler, type McpServerFactory, type RequestId, type Server } from '@modelcontextprotocol/server';
import type { Served } from '../assemble.ts';
import { MODERN_REVISION } from '../mcp.ts';
import type { RequestFacts } from '../request.ts';
import type { Release } from '../watches.ts';
import type { Sender } from './facts.ts';
import type { LineTransport } from './lines.ts';
import type { PlainRequest } from './plain.ts';

/**
 * A `subscriptions/listen` (2026-07-28), which the SDK serves without telling anybody (github.com/modelcontextprotocol/typescript-sdk
 * issue 2827). So it is looked at on its way in: what it asks for is watched first, and what cannot be watched is taken out of it, so that
 * the SDK acknowledges nothing that would never be told.
 */
interface ListenMessage {
  id: RequestId;
  method: 'subscriptions/listen';
  params: { notifications: { resourceSubscriptions: string[] }; _meta?: Record<string, unknown> };
}

function isListen(message: unknown): message is ListenMessage {
  const { method, id, params } = message as Partial<ListenMessage>;
  const uris: unknown = params?.notifications?.resourceSubscriptions;
  return method === 'subscriptions/listen' && id !== undefined && Array.isArray(uris) && uris.every((uri) => typeof uri === 'string');
}

function narrowed<Message extends ListenMessage>(message: Message, uris: string[]): Message {
  const { params } = message;
  return { ...message, params: { ...params, notifications: { ...params.notifications, resourceSubscriptions: uris } } };
}

function factsOf(message: ListenMessage, transport: 'stdio' | 'http', signal: AbortSignal, authInfo?: AuthInfo): RequestFacts {
  const rpcId = String(message.id);
  return {
    signal,
    progress() {},
    caller: authInfo?.clientId ?? transport,
    transport,
    era: 'modern',
    protocolVersion: MODERN_REVISION,
    requestId: (authInfo?.extra as Sender | undefined)?.requestId ?? rpcId,
    rpcId,
    meta: message.params._meta,
  };
}

/** Streams that may be open at once. Each of them holds a connection. */
const MAX_STREAMS = 128;

/** Streams of changes over HTTP. */
export interface Listening {
  /** Undefined where the request asks for no resources. */
  serve(request: PlainRequest): Promise<Response | undefined>;
  /** Ends all streams, saying so. */
  close(): Promise<void>;
}

/** A handler of the SDK's for nothing but these streams, so that they can end before the calls in flight do. */
export function listenOverHttp({ factory, watches: create }: Served, onerror: (error: Error) => void): Listening {
  const handler = createMcpHandler(factory, { onerror, maxSubscriptions: MAX_STREAMS });
  const watches = create?.((uri) => handler.notify.resourceUpdated(uri));
  return {
    async serve({ message, request, authInfo }) {
      if (watches === undefined || !isListen(message)) return undefined;
      const facts = factsOf(message, 'http', request.signal, authInfo);
      const { uris, release } = await watches.listen(message.params.notifications.resourceSubscriptions, facts);
      const answer = await handler.fetch(request, { authInfo, parsedBody: narrowed(message, uris) });
      // A stream ends when its client leaves, or with the process.
      const streams = answer.headers.get('content-type')?.startsWith('text/event-stream') === true;
      if (!streams || request.signal.aborted) release();
      else request.signal.addEventListener('abort', release, { once: true });
      return answer;
    },
    async close() {
      await handler.close();
      watches?.close();
    },
  };
}

/** The same over two streams: `factory` is to be served, and `listen` to be called once the SDK has its handlers in place. */
export function listenOverLines(
  { factory, watches: create }: Served,
  transport: LineTransport,
): { factory: McpServerFactory; listen: () => Release } {
  if (create === undefined) return { factory, listen: () => () => {} };
  let instance: Server | undefined;
  const watches = create((uri) => void instance?.sendResourceUpdated({ uri }).catch(() => {}));
  const held = new Map<RequestId, { left: AbortController; release: Release }>();
  const end = (id: unknown) => {
    const listening = held.get(id as RequestId);
    held.delete(id as RequestId);
    listening?.left.abort();
    listening?.release();
  };
  const listen = () => {
    const deliver = transport.onmessage;
    transport.onmessage = (message, extra) => {
      if ('method' in message && message.method === 'notifications/cancelled') end(message.params?.['requestId']);
      if (!isListen(message)) return deliver?.(message, extra);
      const left = new AbortController();
      const listening = { left, release() {} };
      held.set(message.id, listening);
      void watches
        .listen(message.params.notifications.resourceSubscriptions, factsOf(message, 'stdio', left.signal))
        .then(({ uris, release }) => {
          listening.release = release;
          // Whoever has cancelled it in the meantime expects no answer.
          if (left.signal.aborted) release();
          else deliver?.(narrowed(message, uris), extra);
        });
    };
    const send = transport.send.bind(transport);
    transport.send = async (message) => {
      // Refused, or at its end.
      if (!('method' in message)) end(message.id);
      await send(message);
    };
    return () => watches.close();
  };
  const remember: McpServerFactory = async (context) => {
    const made = await factory(context);
    // Ours makes nothing else.
    instance = made as Server;
    return made;
  };
  return { factory: remember, listen };
}
