import { PassThrough } from 'node:stream';
import { createMcpHandler } from '@modelcontextprotocol/server';
import type * as z from 'zod';
import { type Assembly, assemble } from '../assemble.ts';
import type { CallResult } from '../call.ts';
import { commonSchema } from '../config/common.ts';
import type { ListedResource, ServerLiteral } from '../define.ts';
import { createLog, type Logger } from '../log.ts';
import type { ListedPrompt, SentMessage } from '../prompts.ts';
import type { ListedTemplate, ReadContent, ResourcePage } from '../resources.ts';
import { LineTransport } from '../serve/lines.ts';
import { listenOverHttp } from '../serve/listen.ts';
import { serveStdio } from '../serve/stdio.ts';
import { type Abilities, type Generation, open, type Way } from './clients.ts';

/** A tool as a client sees it in tools/list. */
export interface ListedTool {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  inputSchema: Record<string, unknown>;
  outputSchema?: Record<string, unknown> | undefined;
  annotations?: Record<string, unknown> | undefined;
}

/** A real client that speaks to the server in memory: through the SDK's HTTP handler, or over two streams. */
export interface TestClient extends AsyncDisposable {
  listTools(): Promise<ListedTool[]>;
  callTool(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<CallResult>;
  /** All pages of it. */
  listResources(): Promise<ListedResource[]>;
  listResourceTemplates(): Promise<ListedTemplate[]>;
  readResource(uri: string): Promise<ReadContent>;
  listPrompts(): Promise<ListedPrompt[]>;
  /** The messages that a prompt makes of its arguments. */
  getPrompt(name: string, args?: Record<string, string>): Promise<SentMessage[]>;
  /** How the variable of a template, or the argument of a prompt, may go on. */
  complete(of: string | { prompt: string }, name: string, typed: string, settled?: Record<string, string>): Promise<string[]>;
  /** Calls `onUpdate` with what changes. Resolves to what ends it, or to undefined where the server acknowledges no such subscription. */
  subscribe(uri: string, onUpdate: (uri: string) => void): Promise<(() => Promise<unknown>) | undefined>;
  /** What the server says that it can do. */
  capabilities(): object | undefined;
  /** Says that the roots of this client have changed (2025). */
  rootsChanged(): Promise<void>;
  /** Every line that the server has logged so far, parsed. */
  log: Record<string, unknown>[];
}

/** How to make a call. */
export interface CallOptions {
  /** `params._meta`, such as a `traceparent`. */
  meta?: Record<string, unknown>;
  signal?: AbortSignal;
  onprogress?: (progress: { progress: number; total?: number | undefined; message?: string | undefined }) => void;
}

/** How to connect. */
export interface ConnectOptions extends Abilities {
  /** By default `http`, where clients of 2025 can neither be asked nor subscribe. */
  over?: 'http' | 'stdio';
}

/**
 * Starts `server` with the settings given and connects a client of the generation. Unless they say otherwise there is no rate limit, and the
 * schemas of answers are listed, by which clients check each answer.
 */
export async function connect<Dependencies, Config extends z.ZodObject>(
  server: ServerLiteral<Dependencies, Config>,
  settings: z.input<Config> & z.input<typeof commonSchema>,
  generation: Generation = 'modern',
  { over = 'http', ...abilities }: ConnectOptions = {},
): Promise<TestClient> {
  const schema = commonSchema.extend(server.configSchema.shape);
  // The extended schema is the common one and the server's own; its type is lost in the generic parameter.
  const config = schema.parse({ rateLimit: 0, listOutputSchemas: true, ...settings }) as unknown as z.output<typeof commonSchema>;
  const log: Record<string, unknown>[] = [];
  const sink = { writableLength: 0, write: (line: string) => log.push(JSON.parse(line)) };
  const logger = createLog(config.logLevel, [], sink);
  const assembly = await assemble(server, config, logger);
  const { way, close } = over === 'http' ? overHttp(assembly) : overStdio(assembly, logger);
  const client = await open(generation, way, abilities);
  return {
    log,
    listTools: async () => (await client.listTools()).tools as unknown as ListedTool[],
    // The types of both clients differ in names only.
    callTool: async (name, args = {}, { meta, ...options } = {}) =>
      (await client.callTool({ name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) }, options)) as CallResult,
    async listResources() {
      const all: ListedResource[] = [];
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const page = (await client.listResources(cursor === '' ? {} : { cursor })) as unknown as ResourcePage;
        all.push(...page.resources);
        cursor = page.nextCursor;
      }
      return all;
    },
    listResourceTemplates: async () => (await client.listResourceTemplates()).resourceTemplates as unknown as ListedTemplate[],
    readResource: async (uri) => (await client.readResource({ uri })).contents[0] as ReadContent,
    listPrompts: async () => (await client.listPrompts()).prompts as unknown as ListedPrompt[],
    getPrompt: async (name, args) =>
      (await client.getPrompt({ name, ...(args === undefined ? {} : { arguments: args }) })).messages as unknown as SentMessage[],
    async complete(of, name, value, settled) {
      const ref = typeof of === 'string' ? { type: 'ref/resource' as const, uri: of } : { type: 'ref/prompt' as const, name: of.prompt };
      const context = settled === undefined ? {} : { context: { arguments: settled } };
      return (await client.complete({ ref, argument: { name, value }, ...context })).completion.values;
    },
    subscribe: (uri, onUpdate) => client.subscribe(uri, onUpdate),
    capabilities: () => client.getServerCapabilities(),
    rootsChanged: () => client.sendRootsListChanged(),
    async [Symbol.asyncDispose]() {
      await client.close();
      await close();
      await assembly[Symbol.asyncDispose]();
    },
  };
}

interface Reached {
  way: Way;
  close: () => Promise<void>;
}

/** As serve/exchange.ts does it, without sockets. */
function overHttp(assembly: Assembly): Reached {
  const handler = createMcpHandler(assembly.factory);
  const listening = listenOverHttp(assembly, () => {});
  const authInfo = { token: '', clientId: 'http', scopes: [] };
  return {
    async way(url, init) {
      const request = new Request(url, init);
      const message = request.method === 'POST' ? await request.clone().json() : {};
      return (await listening.serve({ message, request, authInfo })) ?? (await handler.fetch(request));
    },
    async close() {
      await listening.close();
      await handler.close();
    },
  };
}

/** Lines are read and written alike on both sides. */
function overStdio(assembly: Assembly, log: Logger): Reached {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const serving = serveStdio(assembly, log, input, output);
  return { way: new LineTransport(output, input), close: () => serving.close() };
}
