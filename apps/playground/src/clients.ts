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

/** All of them. */
export const ALL_GENERATIONS = Object.keys(GENERATIONS) as [Generation, ...Generation[]];

/** How a client starts a server: the process gets these variables, and otherwise only those that every client passes on. */
export interface Launch {
  command: string;
  args: string[];
  env?: Record<string, string>;
  cwd?: string;
}

/** How to reach the server. What it logs over stdio goes to `onLog`, or to our own stderr. */
export type Target = ({ kind: 'stdio'; onLog?: (line: string) => void } & Launch) | { kind: 'http'; url: string; token: string };

/** The answer to a call, whichever client made it. */
export interface Answer {
  content: { type: string; text?: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
  _meta?: { code?: string };
}

/** What all clients have in common. Disposing of one closes it, and ends the server that it has started. */
export interface Visitor extends AsyncDisposable {
  /** The names of all tools. */
  tools(): Promise<string[]>;
  /** Aborting the signal tells the server that nobody waits any longer. */
  call(name: string, args: Record<string, unknown>, signal?: AbortSignal): Promise<Answer>;
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
    return visitorOf(client, (params, options) => client.callTool(params, undefined, options));
  }
  const client = new Client(IDENTITY, { versionNegotiation: { mode: generation === 'modern' ? { pin: '2026-07-28' } : 'legacy' } });
  if (target.kind === 'http') {
    await client.connect(new StreamableHTTPClientTransport(new URL(target.url), bearer(target)));
  } else {
    const transport = new StdioClientTransport(spawning(target));
    follow(transport.stderr, target.onLog);
    await client.connect(transport);
  }
  return visitorOf(client, (params, options) => client.callTool(params, options));
}

interface Listing {
  listTools(): Promise<{ tools: { name: string }[] }>;
  close(): Promise<void>;
}

type Call = (params: { name: string; arguments: Record<string, unknown> }, options: { signal?: AbortSignal }) => Promise<object>;

function visitorOf(client: Listing, call: Call): Visitor {
  return {
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    // Both SDKs type what a tool may answer more widely than our servers do.
    call: async (name, args, signal) => (await call({ name, arguments: args }, signal === undefined ? {} : { signal })) as Answer,
    [Symbol.asyncDispose]: () => client.close(),
  };
}

function spawning({ command, args, env, cwd, onLog }: Target & { kind: 'stdio' }) {
  const given = { ...(env === undefined ? {} : { env }), ...(cwd === undefined ? {} : { cwd }) };
  return { command, args, ...given, stderr: onLog === undefined ? ('inherit' as const) : ('pipe' as const) };
}

function bearer({ token }: { token: string }) {
  return { requestInit: { headers: { authorization: `Bearer ${token}` } } };
}

/** There is a stream where somebody listens. */
function follow(
  stderr: { on(event: 'data', listener: (chunk: Buffer) => void): unknown } | null,
  onLog: ((line: string) => void) | undefined,
): void {
  stderr?.on('data', (chunk) => {
    for (const line of chunk.toString().split('\n')) if (line !== '') onLog?.(line);
  });
}

/** The answer as a model reads it. */
export function textOf(answer: Answer): string {
  return answer.content.map((block) => block.text ?? `(${block.type})`).join('\n');
}
