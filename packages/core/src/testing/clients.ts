import { Client, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OlderHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport as OlderTransport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ElicitRequestSchema, ListRootsRequestSchema, ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';

/** The generations of clients that every server is tested with: the current SDK's in each era, and the older SDK's. */
export const GENERATIONS = ['modern', 'legacy', 'v1'] as const;

/** One of them. */
export type Generation = (typeof GENERATIONS)[number];

/** A person's answer to a question. */
export type Answer = 'accept' | 'decline' | 'cancel';

/** The person behind a client. Where there is none, the client says that it cannot ask. */
export type Elicit = ((question: string) => Answer | Promise<Answer>) | undefined;

/** The roots of a client, asked for each time anew. Where there are none, the client does not declare them. */
export type ListRoots = (() => unknown) | undefined;

/** What a client can do for its server. */
export interface Abilities {
  elicit?: Elicit;
  roots?: ListRoots;
}

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
  listPrompts(): Promise<Page<'prompts'>>;
  getPrompt(params: { name: string; arguments?: Record<string, string> }): Promise<{ messages: Record<string, unknown>[] }>;
  complete(params: {
    ref: { type: 'ref/resource'; uri: string } | { type: 'ref/prompt'; name: string };
    argument: { name: string; value: string };
    context?: { arguments: Record<string, string> };
  }): Promise<{ completion: { values: string[]; total?: number | undefined; hasMore?: boolean | undefined } }>;
  /** Resolves to what ends it, or to undefined where the server did not acknowledge this URI. */
  subscribe(uri: string, onUpdate: (uri: string) => void): Promise<(() => Promise<unknown>) | undefined>;
  getServerCapabilities(): object | undefined;
  sendRootsListChanged(): Promise<void>;
  close(): Promise<void>;
}

const IDENTITY = { name: 'touchstone-tests', version: '1.0.0' };
const ADDRESS = new URL('http://localhost/mcp');

/** Connects a client of the generation. */
export async function open(generation: Generation, way: Way, abilities: Abilities): Promise<AnyClient> {
  return generation === 'v1' ? await openOlder(way, abilities) : await openCurrent(generation, way, abilities);
}

function capabilitiesOf({ elicit, roots }: Abilities) {
  return { ...(elicit === undefined ? {} : { elicitation: {} }), ...(roots === undefined ? {} : { roots: { listChanged: true } }) };
}

async function openCurrent(generation: 'modern' | 'legacy', way: Way, { elicit, roots }: Abilities): Promise<AnyClient> {
  const mode = generation === 'modern' ? { pin: '2026-07-28' } : 'legacy';
  const client = new Client(IDENTITY, { versionNegotiation: { mode }, capabilities: capabilitiesOf({ elicit, roots }) });
  // Whatever the test has it answer: the client's own type knows well-formed answers only.
  if (roots !== undefined) client.setRequestHandler('roots/list', async () => (await roots()) as { roots: { uri: string }[] });
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

async function openOlder(way: Way, { elicit, roots }: Abilities): Promise<AnyClient> {
  const client = new OlderClient(IDENTITY, { capabilities: capabilitiesOf({ elicit, roots }) });
  if (roots !== undefined) client.setRequestHandler(ListRootsRequestSchema, async () => (await roots()) as { roots: { uri: string }[] });
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
    listPrompts: () => known.listPrompts(),
    getPrompt: (params) => known.getPrompt(params),
    complete: (params) => known.complete(params),
    getServerCapabilities: () => known.getServerCapabilities(),
    sendRootsListChanged: () => known.sendRootsListChanged(),
    close: () => known.close(),
  };
}
