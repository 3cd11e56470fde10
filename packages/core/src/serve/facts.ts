import { PROTOCOL_VERSION_META_KEY, type Server, type ServerContext } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { ClientRoots, ROOTS_TIMEOUT_MS } from '../client-roots.ts';
import { makeVisible } from '../guards/sanitize.ts';
import type { Environment, RequestFacts } from '../request.ts';
import type { WatchRequest } from '../watches.ts';

/** What an HTTP request tells of its sender; serve/http.ts passes it through the SDK as `authInfo.extra`. */
export interface Sender {
  requestId: string;
}

/** What the SDK knows of a request, as the rest of core wants to know it. */
export type FactsOf = (context: ServerContext) => RequestFacts;

/** The facts of requests of which each is alone, or whose client has no roots to name. */
export function plainFacts(era: RequestFacts['era']): FactsOf {
  return (context) => {
    const { http, mcpReq } = context;
    const sender = http?.authInfo?.extra as Sender | undefined;
    const transport = http === undefined ? ('stdio' as const) : ('http' as const);
    const envelope = mcpReq.envelope as Readonly<Record<string, unknown>> | undefined;
    const version = envelope?.[PROTOCOL_VERSION_META_KEY] ?? http?.req?.headers.get('mcp-protocol-version');
    return {
      era,
      signal: mcpReq.signal,
      progress: progressOf(context),
      caller: http?.authInfo?.clientId ?? transport,
      transport,
      protocolVersion: typeof version === 'string' ? version : undefined,
      requestId: sender?.requestId ?? String(mcpReq.id),
      rpcId: String(mcpReq.id),
      meta: mcpReq._meta,
    };
  };
}

/** Roots as they come, for the server to judge: the SDK's own schema would refuse all of them for one that is no `file:` URI. */
const ROOTS = z.object({ roots: z.array(z.object({ uri: z.string() }).catch({ uri: '' })) });

/**
 * The same over a connection of 2025 whose client may have roots, which it is asked for once it is there and whenever it says that they
 * have changed. `onReplaced` is called when what the connection may use has become something else.
 */
export function narrowedFacts(
  instance: Server,
  narrow: NonNullable<Environment['narrow']>,
  { log, onReplaced }: { log: Environment['log']; onReplaced: (facts: WatchRequest) => void },
): { factsOf: FactsOf; close: () => void } {
  const ask = async () => {
    const { roots } = await instance.request({ method: 'roots/list' }, ROOTS, { timeout: ROOTS_TIMEOUT_MS });
    return roots.map(({ uri }) => uri);
  };
  const nobody = { signal: new AbortController().signal, progress() {} };
  const roots: ClientRoots = new ClientRoots({ ask, narrow, log, onReplaced: () => onReplaced({ ...nobody, borrow: roots.borrow }) });
  const declared = () => instance.getClientCapabilities()?.roots !== undefined;
  const renew = () => {
    if (declared()) roots.renew();
  };
  instance.oninitialized = renew;
  instance.setNotificationHandler('notifications/roots/list_changed', renew);
  const factsOf = plainFacts('legacy');
  return {
    factsOf: (context) => (declared() ? { ...factsOf(context), borrow: roots.borrow } : factsOf(context)),
    close: () => roots.close(),
  };
}

/** Progress goes out only where the client gave a token, and never after the answer. */
function progressOf({ mcpReq }: ServerContext): RequestFacts['progress'] {
  const progressToken = mcpReq._meta?.progressToken;
  return (progress, total, message) => {
    if (progressToken === undefined || mcpReq.signal.aborted) return;
    const params = {
      progressToken,
      progress,
      ...(total === undefined ? {} : { total }),
      ...(message === undefined ? {} : { message: makeVisible(message) }),
    };
    // A client that has gone needs no progress; its absence is seen by the signal.
    mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
  };
}
