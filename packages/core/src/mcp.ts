import {
  type CallToolRequestParams,
  type ListToolsResult,
  type McpServerFactory,
  PROTOCOL_VERSION_META_KEY,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
  type ServerContext,
  type StandardSchemaV1,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { type CallEnvironment, callTool } from './call.ts';
import type { AnyServer, Tool } from './define.ts';
import { makeVisible } from './guards/sanitize.ts';

export type { McpServerFactory } from '@modelcontextprotocol/server';

/** The SDK has held the request against its own schema just before; once is enough. */
const CHECKED: StandardSchemaV1<CallToolRequestParams> = {
  '~standard': { version: 1, vendor: 'touchstone', validate: (params) => ({ value: params as CallToolRequestParams }) },
};

/** The revision of the modern era that is served. */
export const MODERN_REVISION = '2026-07-28';

/** How long a client may keep the lists, which change only with a restart. */
const LIST_HINT = { ttlMs: 300_000, cacheScope: 'private' } as const;

/** What an HTTP request tells of its sender; serve/http.ts passes it through the SDK as `authInfo.extra`. */
export interface Sender {
  requestId: string;
}

/**
 * The SDK asks for a server per HTTP request (once a connection over stdio), so everything costly is made here, once: schemas, the
 * answer to tools/list, the map of tools. What the factory makes weighs two microseconds and shares nothing with another client's.
 */
// biome-ignore lint/suspicious/noExplicitAny: the dependencies are the server's own; core only hands them on
export function createFactory(server: AnyServer, tools: readonly Tool<any>[], env: CallEnvironment): McpServerFactory {
  const identity = { name: `touchstone-${server.name}`, title: server.title, version: server.version };
  const options = {
    instructions: server.instructions,
    capabilities: { tools: { listChanged: false }, resources: { listChanged: false }, prompts: { listChanged: false } },
    cacheHints: {
      'server/discover': LIST_HINT,
      'tools/list': LIST_HINT,
      'resources/list': LIST_HINT,
      'resources/templates/list': LIST_HINT,
      'prompts/list': LIST_HINT,
    },
  };
  // The revision is bound by the transport of an exchange, where the server says that it speaks it.
  const modernOptions = { ...options, supportedProtocolVersions: [...SUPPORTED_PROTOCOL_VERSIONS, MODERN_REVISION] };
  const list = listOf(tools);
  const byName = new Map(tools.map((tool) => [tool.name, tool]));

  return ({ era }) => {
    const instance = new Server(identity, era === 'modern' ? modernOptions : options);
    instance.setRequestHandler('tools/list', () => list);
    instance.setRequestHandler('tools/call', { params: CHECKED }, (params, context) => {
      const tool = byName.get(params.name);
      if (tool === undefined)
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${makeVisible(params.name.slice(0, 100))}`);
      return callTool(tool, { arguments: params.arguments, era, ...facts(context), ...channel(context) }, env);
    });
    serveEmptyLists(instance);
    return instance;
  };
}

/**
 * Tools are all that a server has so far, yet clients ask every server for resources and prompts; some then take "Method not found" for a
 * broken server (opencode: github.com/upstash/context7/pull/2534, Cline: github.com/DeusData/codebase-memory-mcp/pull/1015).
 */
function serveEmptyLists(instance: Server): void {
  instance.setRequestHandler('resources/list', () => ({ resources: [] }));
  instance.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: [] }));
  instance.setRequestHandler('resources/read', ({ params }) => {
    throw new ResourceNotFoundError(makeVisible(params.uri.slice(0, 2_000)));
  });
  instance.setRequestHandler('prompts/list', () => ({ prompts: [] }));
  instance.setRequestHandler('prompts/get', ({ params }) => {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown prompt: ${makeVisible(params.name.slice(0, 100))}`);
  });
}

/** The answer to tools/list, in the order of the server's own list. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export function listOf(tools: readonly Tool<any>[]): ListToolsResult {
  return {
    tools: tools.map(({ name, title, description, inputSchema, outputSchema, annotations }) => ({
      name,
      title,
      description,
      inputSchema: jsonSchema(inputSchema, 'input'),
      outputSchema: jsonSchema(outputSchema, 'output'),
      annotations,
    })),
  };
}

/** JSON Schema 2020-12. The dialect is the specification's default, so that naming it would only cost tokens. */
function jsonSchema(schema: z.ZodObject, io: 'input' | 'output') {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io });
  return rest as ListToolsResult['tools'][number]['inputSchema'];
}

function facts({ http, mcpReq }: ServerContext) {
  const sender = http?.authInfo?.extra as Sender | undefined;
  const transport = http === undefined ? ('stdio' as const) : ('http' as const);
  const envelope = mcpReq.envelope as Readonly<Record<string, unknown>> | undefined;
  const version = envelope?.[PROTOCOL_VERSION_META_KEY] ?? http?.req?.headers.get('mcp-protocol-version');
  return {
    signal: mcpReq.signal,
    caller: http?.authInfo?.clientId ?? transport,
    transport,
    protocolVersion: typeof version === 'string' ? version : undefined,
    requestId: sender?.requestId ?? String(mcpReq.id),
    rpcId: String(mcpReq.id),
    meta: mcpReq._meta,
  };
}

/** Progress goes out only where the client gave a token, and never after the answer. */
function channel({ mcpReq }: ServerContext) {
  const progressToken = mcpReq._meta?.progressToken;
  return {
    progress(progress: number, total?: number, message?: string) {
      if (progressToken === undefined || mcpReq.signal.aborted) return;
      const params = {
        progressToken,
        progress,
        ...(total === undefined ? {} : { total }),
        ...(message === undefined ? {} : { message: makeVisible(message) }),
      };
      // A client that has gone needs no progress; its absence is seen by the signal.
      mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
    },
  };
}
