import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OlderStdioTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as OlderHttpTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport as OlderTransport } from '@modelcontextprotocol/sdk/shared/transport.js';

/** Who visits: the current SDK's client in each era of the protocol, and the older SDK's. */
export const GENERATIONS = {
  modern: 'current client, protocol 2026-07-28',
  legacy: 'current client, 2025 handshake',
  v1: 'older client (SDK v1)',
} as const;

/** One of them. */
export type Generation = keyof typeof GENERATIONS;

/** How to reach the server. */
export type Target =
  | { kind: 'stdio'; command: string; args: string[]; onLog: (line: string) => void }
  | { kind: 'http'; url: string; token: string };

/** The answer to a call, whichever client made it. */
export interface Answer {
  content: { type: string; text?: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
  _meta?: { code?: string };
}

/** What all clients have in common. */
export interface Visitor {
  listTools(): Promise<{ tools: { name: string }[] }>;
  /** Aborting the signal tells the server that nobody waits any longer. */
  callTool(params: { name: string; arguments: Record<string, unknown> }, signal?: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

const IDENTITY = { name: 'touchstone-playground', version: '1.0.0' };

/** Connects a client of the generation. */
export async function connect(generation: Generation, target: Target): Promise<Visitor> {
  if (generation === 'v1') {
    const client = new OlderClient(IDENTITY);
    // The cast: its HTTP class declares `sessionId` in a way that its own interface refuses under exactOptionalPropertyTypes.
    const transport =
      target.kind === 'stdio' ? new OlderStdioTransport(spawning(target)) : new OlderHttpTransport(new URL(target.url), bearer(target));
    if (target.kind === 'stdio') follow((transport as OlderStdioTransport).stderr, target.onLog);
    await client.connect(transport as OlderTransport);
    return visitorOf(client, async (params, options) => (await client.callTool(params, undefined, options)) as Answer);
  }
  const client = new Client(IDENTITY, { versionNegotiation: { mode: generation === 'modern' ? { pin: '2026-07-28' } : 'legacy' } });
  if (target.kind === 'http') {
    await client.connect(new StreamableHTTPClientTransport(new URL(target.url), bearer(target)));
  } else {
    const transport = new StdioClientTransport(spawning(target));
    follow(transport.stderr, target.onLog);
    await client.connect(transport);
  }
  return visitorOf(client, async (params, options) => (await client.callTool(params, options)) as Answer);
}

type Call = (params: { name: string; arguments: Record<string, unknown> }, options: { signal?: AbortSignal }) => Promise<Answer>;

function visitorOf(client: Pick<Visitor, 'listTools' | 'close'>, call: Call): Visitor {
  return {
    listTools: () => client.listTools(),
    callTool: (params, signal) => call(params, signal === undefined ? {} : { signal }),
    close: () => client.close(),
  };
}

function spawning({ command, args }: { command: string; args: string[] }) {
  return { command, args, stderr: 'pipe' as const };
}

function bearer({ token }: { token: string }) {
  return { requestInit: { headers: { authorization: `Bearer ${token}` } } };
}

/** Somebody must read stderr, or a server that logs a lot would wait for it. */
function follow(stderr: { on(event: 'data', listener: (chunk: Buffer) => void): unknown } | null, onLog: (line: string) => void): void {
  stderr?.on('data', (chunk) => {
    for (const line of chunk.toString().split('\n')) if (line !== '') onLog(line);
  });
}
