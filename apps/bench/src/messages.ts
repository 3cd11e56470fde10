import { tools } from './contestants/tools.ts';

/** Which shape the HTTP requests have: a handshake's revision in a header, or all that a request needs in the request. */
export type Era = '2026-07-28' | '2025-11-25';

/** What is measured over HTTP. */
export type Work = 'tools/call' | 'tools/list';

const CALL = { name: 'find_files', arguments: { path: 'src', pattern: '**/*.ts', limit: 50 } };

/** Must stand in every answer that is counted; `check` has looked at a whole one before. */
export const MARKER: Record<Work, string> = { 'tools/call': 'find_files has done its work.', 'tools/list': '"hash_file"' };

const CLIENT = { name: 'touchstone-bench', version: '1.0.0' };

/** One HTTP request, ready to be written to a socket. */
export function httpRequest(work: Work, era: Era, port: number): string {
  return work === 'tools/call' ? postRequest(work, CALL, era, port) : postRequest(work, {}, era, port);
}

/** The same of any method and params; `name` is the tool's, where one is called. */
export function postRequest(method: string, params: { name?: string; arguments?: object }, era: Era, port: number): string {
  const modern = era === '2026-07-28';
  const meta = {
    'io.modelcontextprotocol/protocolVersion': era,
    'io.modelcontextprotocol/clientInfo': CLIENT,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, ...(modern ? { _meta: meta } : {}) } });
  const headers = {
    host: `127.0.0.1:${port}`,
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'mcp-protocol-version': era,
    ...(modern ? { 'mcp-method': method, ...(params.name === undefined ? {} : { 'mcp-name': params.name }) } : {}),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `POST /mcp HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

interface Answer {
  result?: {
    tools?: { name: string; inputSchema: { properties?: object }; outputSchema?: object }[];
    content?: { text: string }[];
    structuredContent?: { count: number };
    isError?: boolean;
  };
}

/** Says what is wrong with an answer, or undefined. */
export function problem(work: Work, { result }: Answer): string | undefined {
  if (result === undefined) return 'no result';
  if (work === 'tools/call') {
    const fits = result.isError !== true && (result.structuredContent?.count ?? 0) >= 3;
    return fits && result.content?.[0]?.text.includes(MARKER[work]) ? undefined : 'a wrong result of tools/call';
  }
  const listed = result.tools ?? [];
  const complete = tools.every(({ name, input }, index) => {
    const tool = listed[index];
    const properties = Object.keys(tool?.inputSchema.properties ?? {});
    return tool?.name === name && tool.outputSchema !== undefined && properties.join() === Object.keys(input()).join();
  });
  return complete && listed.length === tools.length ? undefined : 'a wrong result of tools/list';
}

/** The JSON-RPC message in a body of JSON, or in one of server-sent events. */
export function parseBody(body: string): Answer {
  const data = body.startsWith('{') ? body : /^data: (\{.*)$/m.exec(body)?.[1];
  return JSON.parse(data ?? 'null') ?? {};
}

/** The opening of a stdio conversation, as clients of 2025 hold it. */
export const initialize = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: CLIENT };
