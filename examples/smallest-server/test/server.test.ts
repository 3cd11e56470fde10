import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OlderStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const SERVER = join(import.meta.dirname, '..', 'server.ts');
const IDENTITY = { name: 'examples', version: '1.0.0' };
const COMMAND = { command: process.execPath, args: [SERVER] };
const ERAS = { modern: { pin: '2026-07-28' }, legacy: 'legacy' } as const;

let http: ChildProcess;
let url: URL;

beforeAll(async () => {
  http = spawn(process.execPath, [SERVER, '--http', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  if (http.stderr === null) throw new Error('stderr is not piped');
  const [line] = await once(createInterface(http.stderr), 'line');
  url = new URL(`http://127.0.0.1:${JSON.parse(line).port}/mcp`);
});

afterAll(async () => {
  const exited = once(http, 'exit');
  http.kill();
  await exited;
});

describe.each(Object.entries(ERAS))('A client of the %s era', (_era, mode) => {
  test.each(['stdio', 'http'])('calls the tool over %s', async (way) => {
    const client = new Client(IDENTITY, { versionNegotiation: { mode } });
    await client.connect(way === 'stdio' ? new StdioClientTransport(COMMAND) : new StreamableHTTPClientTransport(url));
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['count_days']);
    const answer = await client.callTool({ name: 'count_days', arguments: { from: '2028-02-28', to: '2028-03-01' } });
    expect(answer).toMatchObject({ structuredContent: { days: 2 }, content: [{ type: 'text', text: '{"days":2}' }] });
    await client.close();
  });

  test.each([{ from: '2027-02-29', to: '2027-03-01' }, { from: '2027-02-01' }, { from: '2027-02-01', to: '2027-03-01', unit: 'weeks' }])(
    'hears what is wrong with %j',
    async (wrong) => {
      const client = new Client(IDENTITY, { versionNegotiation: { mode } });
      await client.connect(new StreamableHTTPClientTransport(url));
      const answer = await client.callTool({ name: 'count_days', arguments: wrong });
      expect(answer).toMatchObject({ isError: true, content: [{ text: expect.stringMatching(/from|to|unit/) }] });
      await client.close();
    },
  );
});

test('a client of the older SDK calls the tool', async () => {
  const client = new OlderClient(IDENTITY);
  await client.connect(new OlderStdio(COMMAND));
  const answer = await client.callTool({ name: 'count_days', arguments: { from: '2026-12-24', to: '2026-12-31' } });
  expect(answer.structuredContent).toEqual({ days: 7 });
  await client.close();
});

test.each([
  [{ host: 'rebound.example' }, 403],
  [{ origin: 'https://page.example' }, 403],
  [{ origin: 'http://localhost:6274' }, 200],
])('a request with %j is answered with %i', async (headers, status) => {
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: IDENTITY };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
  const accept = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  // fetch would not send a Host of our choice.
  const sent = request(url, { method: 'POST', headers: { ...accept, ...headers } });
  sent.end(body);
  const [response] = await once(sent, 'response');
  response.resume();
  expect(response.statusCode).toBe(status);
});

test('it ends with its client', async () => {
  const server = spawn(process.execPath, [SERVER], { stdio: ['pipe', 'ignore', 'inherit'] });
  const exited = once(server, 'exit');
  server.stdin.end();
  expect(await exited).toEqual([0, null]);
});
