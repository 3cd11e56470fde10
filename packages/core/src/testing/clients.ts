import { Client, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OlderHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport as OlderTransport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ElicitRequestSchema, ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';

/** The generations of clients that every server is tested with: the current SDK's in each era, and the older SDK's. */
export const GENERATIONS = ['modern', 'legacy', 'v1'] as const;

/** One of them. */
export type Generation = (typeof GENERATIONS)[number];

/** A person's answer to a question. */
export type Answer = 'accept' | 'decline' | 'cancel';

/** The person behind a client. Where there is none, the client says that it cannot ask. */
export type Elicit = ((question: string) => Answer | Promise<Answer>) | undefined;

/** Where a server is reached: by the SDK's idea of HTTP, or over two streams. */
export type Way = ((url: string | URL, init?: RequestInit) => Promise<Response>) | Transport;

type Page<Key extends string> = { [key in Key]: Record<string, unknown>[] } & { nextCursor?: string | undefined };

/** What the clients have in common. */
export interface AnyClient {
  listTools(): Promise<Page<'tools'>>;
  callTool(
    params: { name: string; arguments: Record<string, unknown>; _meta?: Record<string, unknown> },
    options: object,
  ): Promise<unknown>;
  listResources(params: { cursor?: string }): Promise<Page<'resources'>>;
  listResourceTemplates(): Promise<Page<'resourceTemplates'>>;
  readResource(params: { uri: string }): Promise<{ contents: Record<string, unknown>[] }>;
  complete(params: {
    ref: { type: 'ref/resource'; uri: string };
    argument: { name: string; value: string };
    context?: { arguments: Record<string, string> };
  }): Promise<{ completion: { values: string[]; total?: number | undefined; hasMore?: boolean | undefined } }>;
  /** Resolves to what ends it, or to undefined where the server did not acknowledge this URI. */
  subscribe(uri: string, onUpdate: (uri: string) => void): Promise<(() => Promise<unknown>) | undefined>;
  getServerCapabilities(): object | undefined;
  close(): Promise<void>;
}

const IDENTITY = { name: 'touchstone-tests', version: '1.0.0' };
const ADDRESS = new URL('http://localhost/mcp');

/** Connects a client of the generation. */
export async function open(generation: Generation, way: Way, elicit: Elicit): Promise<AnyClient> {
  return generation === 'v1' ? await openOlder(way, elicit) : await openCurrent(generation, way, elicit);
}

async function openCurrent(generation: 'modern' | 'legacy', way: Way, elicit: Elicit): Promise<AnyClient> {
  const mode = generation === 'modern' ? { pin: '2026-07-28' } : 'legacy';
  const client = new Client(IDENTITY, { versionNegotiation: { mode }, capabilities: elicit === undefined ? {} : { elicitation: {} } });
  if (elicit !== undefined) {
    client.setRequestHandler('elicitation/create', async ({ params }) => ({ action: await elicit(params.message) }));
  }
  await client.connect(typeof way === 'function' ? new StreamableHTTPClientTransport(ADDRESS, { fetch: way }) : way);
  return bind(client, async (uri, onUpdate) => {
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => onUpdate(params.uri));
    if (generation === 'legacy') {
      await client.subscribeResource({ uri });
      return () => client.unsubscribeResource({ uri });
    }
    const subscription = await client.listen({ resourceSubscriptions: [uri] });
    return subscription.honoredFilter.resourceSubscriptions?.includes(uri) ? () => subscription.close() : undefined;
  });
}

async function openOlder(way: Way, elicit: Elicit): Promise<AnyClient> {
  const client = new OlderClient(IDENTITY, { capabilities: elicit === undefined ? {} : { elicitation: {} } });
  if (elicit !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => ({ action: await elicit(params.message) }));
  }
  // Optional members are declared in a way that its own interface refuses under exactOptionalPropertyTypes.
  await client.connect((typeof way === 'function' ? new OlderHttp(ADDRESS, { fetch: way }) : way) as OlderTransport);
  const common = bind(client, async (uri, onUpdate) => {
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => onUpdate(params.uri));
    await client.subscribeResource({ uri });
    return () => client.unsubscribeResource({ uri });
  });
  return { ...common, callTool: (params, options) => client.callTool(params, undefined, options) };
}

/** Both SDKs' clients have these methods, and their types differ in names only. */
function bind(client: Omit<AnyClient, 'subscribe'> | OlderClient, subscribe: AnyClient['subscribe']): AnyClient {
  const known = client as Omit<AnyClient, 'subscribe'>;
  return {
    subscribe,
    listTools: () => known.listTools(),
    callTool: (params, options) => known.callTool(params, options),
    listResources: (params) => known.listResources(params),
    listResourceTemplates: () => known.listResourceTemplates(),
    readResource: (params) => known.readResource(params),
    complete: (params) => known.complete(params),
    getServerCapabilities: () => known.getServerCapabilities(),
    close: () => known.close(),
  };
}
