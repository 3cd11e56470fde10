import {
  type CallToolRequestParams,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  inputRequired,
  inputResponse,
  type ListToolsResult,
  type McpServerFactory,
  ProtocolError,
  ProtocolErrorCode,
  SERVER_INFO_META_KEY,
  Server,
  type ServerContext,
  type StandardSchemaV1,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { callTool } from './call.ts';
import type { AnyServer, AnyTool } from './define.ts';
import { ToolError } from './errors.ts';
import type { Question, Reply } from './guards/consent.ts';
import { describeTool } from './guards/deprecation.ts';
import { makeVisible } from './guards/sanitize.ts';
import type { Prompts } from './prompts.ts';
import { type Environment, observe, type RequestFacts, wordsOf } from './request.ts';
import type { Resources } from './resources.ts';
import { plainFacts } from './serve/facts.ts';
import { type CreateWatches, serveCompletion, serveConnection, servePrompts, serveResources } from './serve/methods.ts';

export type { McpServerFactory } from '@modelcontextprotocol/server';

/** The SDK has held the request against its own schema just before; once is enough. */
const CHECKED: StandardSchemaV1<CallToolRequestParams> = {
  '~standard': { version: 1, vendor: 'touchstone', validate: (params) => ({ value: params as CallToolRequestParams }) },
};

/** The revision of the modern era that is served. */
export const MODERN_REVISION = '2026-07-28';

/** How long a client may keep the lists, which change only with a restart. */
const LIST_HINT = { ttlMs: 300_000, cacheScope: 'private' } as const;

/**
 * The SDK asks for a server per HTTP request (once a connection over stdio), so everything costly is made here, once: schemas, the
 * answer to tools/list, the map of tools. What the factory makes weighs two microseconds and shares nothing with another client's.
 */
export function createFactory(
  server: AnyServer,
  tools: readonly AnyTool[],
  resources: Resources,
  watches: CreateWatches,
  prompts: Prompts,
  env: Environment,
): McpServerFactory {
  const identity = identityOf(server);
  const completable = resources.completable || prompts.completable;
  // Clients ask every server for resources and prompts; some then take "Method not found" for a broken server (opencode:
  // github.com/upstash/context7/pull/2534, Cline: github.com/DeusData/codebase-memory-mcp/pull/1015).
  const options = {
    instructions: server.instructions,
    capabilities: {
      tools: { listChanged: false },
      resources: { listChanged: false },
      prompts: { listChanged: false },
      ...(completable ? { completions: {} } : {}),
    },
    cacheHints: {
      'server/discover': LIST_HINT,
      'tools/list': LIST_HINT,
      ...(resources.fixed ? { 'resources/list': LIST_HINT } : {}),
      'resources/templates/list': LIST_HINT,
      'prompts/list': LIST_HINT,
    },
  };
  // The revision is bound by the transport of an exchange, where the server says that it speaks it.
  const modernOptions = { ...options, supportedProtocolVersions: [...SUPPORTED_PROTOCOL_VERSIONS, MODERN_REVISION] };
  const list = listOf(tools, env.listOutputSchemas);
  const byName = new Map(tools.map((tool) => [tool.name, tool]));

  return ({ era, requestInfo }) => {
    const instance = new Server(identity, era === 'modern' ? modernOptions : options);
    // A client of 2025 needs a connection to be told of changes over, and over HTTP there is none.
    const connected = era === 'legacy' && requestInfo === undefined;
    if (watches !== undefined && (era === 'modern' || connected)) instance.registerCapabilities({ resources: { subscribe: true } });
    const factsOf = connected ? serveConnection(instance, watches, env) : plainFacts(era);
    instance.setRequestHandler('tools/list', () => list);
    instance.setRequestHandler('tools/call', { params: CHECKED }, async (params, context) => {
      const tool = byName.get(params.name);
      if (tool === undefined) throw await unknownTool(params.name, factsOf(context), env);
      const reply = replyOf(context, era === 'legacy' ? instance.getClientCapabilities() : undefined);
      const result = await callTool(tool, { arguments: params.arguments, reply, ...factsOf(context) }, env);
      return 'question' in result ? ask(result as Question) : result;
    });
    serveResources(instance, resources, factsOf);
    servePrompts(instance, prompts, factsOf);
    if (completable) serveCompletion(instance, resources, prompts, factsOf);
    return instance;
  };
}

/**
 * Calls a tool without a server of the SDK, for serve/plain.ts: the result as it is sent in an era. Undefined where the tool is not known,
 * or may ask the user first: that is the SDK's affair.
 */
export type CallDirectly = (name: string, args: unknown, facts: RequestFacts) => Promise<object> | undefined;

/** Nobody is asked anything. */
const NO_REPLY: Reply = { canAsk: false, answer: undefined, state: undefined };

/** The same tools as the factory's, for requests of which nothing but their call is left to do. */
export function createDirectCall(server: AnyServer, tools: readonly AnyTool[], env: Environment): CallDirectly {
  const identity = identityOf(server);
  const byName = new Map(tools.filter(({ confirm }) => confirm === undefined).map((tool) => [tool.name, tool]));
  return (name, args, facts) => {
    const tool = byName.get(name);
    return tool === undefined ? undefined : callAs(tool, args, facts, env, identity);
  };
}

async function callAs(tool: AnyTool, args: unknown, facts: RequestFacts, env: Environment, identity: object): Promise<object> {
  const result = await callTool(tool, { ...facts, arguments: args, reply: NO_REPLY }, env);
  if (facts.era === 'legacy') return result;
  const meta = 'content' in result ? (result._meta as object | undefined) : undefined;
  return { ...result, resultType: 'complete', _meta: { ...meta, [SERVER_INFO_META_KEY]: identity } };
}

function identityOf(server: AnyServer) {
  return { name: `touchstone-${server.name}`, title: server.title, version: server.version };
}

/** Counted and logged like any call; its name is the client's invention, and no label for a metric. */
async function unknownTool(given: string, facts: RequestFacts, env: Environment): Promise<ProtocolError> {
  const name = makeVisible(given.slice(0, 100));
  const refusal = await observe({ tool: '(unknown)', arguments: { name } }, facts, env, async () => {
    await env.rateLimit(facts.caller);
    throw new ToolError('not_found', `Unknown tool: ${name}`);
  }).catch((error: ToolError) => error);
  return new ProtocolError(ProtocolErrorCode.InvalidParams, refusal.code === 'rate_limited' ? wordsOf(refusal) : refusal.message);
}

/**
 * The answer to tools/list, in the order of the server's own list, with what a model and its host decide by. The hint that a call may be
 * repeated has a meaning only for what changes something (specification, ToolAnnotations).
 */
function listOf(tools: readonly AnyTool[], withOutputSchemas: boolean): ListToolsResult {
  return {
    tools: tools.map((tool) => {
      const { idempotentHint, ...hints } = tool.annotations;
      return {
        name: tool.name,
        title: tool.title,
        description: describeTool(tool),
        inputSchema: jsonSchema(tool.inputSchema, 'input'),
        ...(withOutputSchemas ? { outputSchema: jsonSchema(tool.outputSchema, 'output') } : {}),
        annotations: hints.readOnlyHint ? hints : { ...hints, idempotentHint },
      };
    }),
  };
}

/**
 * JSON Schema 2020-12, without what only costs tokens in every tools/list: the dialect, which is the specification's default, the bounds
 * that zod gives every integer, and of answers that they have no other members (those are left out before they are sent), may have any, or have
 * none that is named.
 */
function jsonSchema(schema: z.ZodObject, io: 'input' | 'output') {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io,
    override({ jsonSchema }) {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (io === 'output') trimOutput(jsonSchema);
    },
  });
  return rest as ListToolsResult['tools'][number]['inputSchema'];
}

function trimOutput(schema: z.core.JSONSchema.BaseSchema): void {
  const { additionalProperties: others, properties } = schema;
  if (others === false || (typeof others === 'object' && Object.keys(others).length === 0)) delete schema.additionalProperties;
  if (properties !== undefined && Object.keys(properties).length === 0) delete schema.properties;
}

/** The one key among a request's questions. */
const CONFIRM = 'confirm';

/** A question without a form: accepting it is the answer. To a client of 2025 the SDK sends it as `elicitation/create`. */
function ask({ question, state }: Question) {
  const requestedSchema = { type: 'object', properties: {} } as const;
  return inputRequired({ inputRequests: { [CONFIRM]: inputRequired.elicit({ message: question, requestedSchema }) }, requestState: state });
}

/**
 * Whether and what the client's user has answered. In 2025 only a connection can be asked over: whoever sends `initialize` and a call in
 * one batch over HTTP would wait for a question that no answer can reach.
 */
function replyOf({ http, mcpReq }: ServerContext, connected: ClientCapabilities | undefined): Reply {
  const envelope = mcpReq.envelope as { [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities } | undefined;
  const { elicitation } = envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? (http === undefined ? connected : undefined) ?? {};
  // Forms are what a client means that names no kind.
  const canAsk = elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
  const view = inputResponse(mcpReq.inputResponses, CONFIRM);
  return { canAsk, answer: view.kind === 'elicit' ? view.action : undefined, state: mcpReq.requestState() };
}
