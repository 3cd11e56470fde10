import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport as OlderTransportType } from '@modelcontextprotocol/sdk/shared/transport.js';
import { createMcpHandler } from '@modelcontextprotocol/server';
import type * as z from 'zod';
import { assemble } from '../assemble.ts';
import type { CallResult } from '../call.ts';
import { commonSchema } from '../config/common.ts';
import type { ServerLiteral } from '../define.ts';
import { createLog } from '../log.ts';

/** The generations of clients that every server is tested with: the current SDK's in each era, and the older SDK's. */
export const GENERATIONS = ['modern', 'legacy', 'v1'] as const;

/** One of them. */
export type Generation = (typeof GENERATIONS)[number];

/** A tool as a client sees it in tools/list. */
export interface ListedTool {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  inputSchema: Record<string, unknown>;
  outputSchema?: Record<string, unknown> | undefined;
  annotations?: Record<string, unknown> | undefined;
}

/** A real client that speaks to the server in memory, through the SDK's HTTP handler. */
export interface TestClient extends AsyncDisposable {
  listTools(): Promise<ListedTool[]>;
  callTool(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<CallResult>;
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

/** Starts `server` with the settings given (and no rate limit unless they name one) and connects a client of the generation. */
export async function connect<Dependencies, Config extends z.ZodObject>(
  server: ServerLiteral<Dependencies, Config>,
  settings: z.input<Config> & z.input<typeof commonSchema>,
  generation: Generation = 'modern',
): Promise<TestClient> {
  const schema = commonSchema.extend(server.configSchema.shape);
  // The extended schema is the common one and the server's own; its type is lost in the generic parameter.
  const config = schema.parse({ rateLimit: 0, ...settings }) as unknown as z.output<typeof commonSchema>;
  const log: Record<string, unknown>[] = [];
  const sink = { writableLength: 0, write: (line: string) => log.push(JSON.parse(line)) };
  const assembly = await assemble(server, config, createLog(config.logLevel, [], sink));
  const handler = createMcpHandler(assembly.factory);
  const client = await open(generation, (url, init) => handler.fetch(new Request(url, init)));
  return {
    log,
    listTools: async () => (await client.listTools()).tools,
    // Both clients check the answer against the outputSchema, and their types differ in names only.
    callTool: async (name, args = {}, { meta, ...options } = {}) =>
      (await client.callTool({ name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) }, options)) as CallResult,
    async [Symbol.asyncDispose]() {
      await client.close();
      await handler.close();
      await assembly[Symbol.asyncDispose]();
    },
  };
}

interface CallParams {
  name: string;
  arguments: Record<string, unknown>;
  _meta?: Record<string, unknown>;
}

interface AnyClient {
  listTools(): Promise<{ tools: ListedTool[] }>;
  callTool(params: CallParams, options: Omit<CallOptions, 'meta'>): Promise<unknown>;
  close(): Promise<void>;
}

async function open(generation: Generation, fetch: (url: string | URL, init?: RequestInit) => Promise<Response>): Promise<AnyClient> {
  const identity = { name: 'touchstone-tests', version: '1.0.0' };
  const url = new URL('http://localhost/mcp');
  if (generation === 'v1') {
    const client = new OlderClient(identity);
    // Its class declares `sessionId` in a way that its own interface refuses under exactOptionalPropertyTypes.
    await client.connect(new OlderTransport(url, { fetch }) as OlderTransportType);
    return {
      listTools: () => client.listTools(),
      callTool: (params, options) => client.callTool(params, undefined, options),
      close: () => client.close(),
    };
  }
  const mode = generation === 'modern' ? { pin: '2026-07-28' } : 'legacy';
  const client = new Client(identity, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(url, { fetch }));
  return client;
}
