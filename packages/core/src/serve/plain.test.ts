import { createMcpHandler } from '@modelcontextprotocol/server';
import { afterAll, describe, expect, test } from 'vitest';
import { fixture } from '../../test/fixture/server.ts';
import { assemble } from '../assemble.ts';
import { commonSchema } from '../config/common.ts';
import { createLog } from '../log.ts';
import { createPlain } from './plain.ts';

const config = commonSchema.extend(fixture.configSchema.shape).parse({ rateLimit: 0, callTimeoutMs: 5_000 });
const assembly = await assemble(fixture, config, createLog('silent', [], { writableLength: 0, write() {} }));
const handler = createMcpHandler(assembly.factory);
const plain = createPlain(assembly);
const authInfo = { token: '', clientId: 'somebody', scopes: [], extra: { requestId: 'r' } };

afterAll(async () => {
  await handler.close();
  await assembly[Symbol.asyncDispose]();
});

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const capable = (capabilities: object) => ({ ...META, 'io.modelcontextprotocol/clientCapabilities': capabilities });
const ECHO = { name: 'echo_text', arguments: { text: 'hello' } };
const BOTH = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };

interface Question {
  inputRequests: object;
  requestState: string;
  resultType: string;
}

interface Case {
  headers: Record<string, string>;
  message: { jsonrpc: '2.0'; id: unknown; method: string; params?: Record<string, unknown> };
}

function modern(method: string, params: Record<string, unknown>, changes: Partial<Record<string, string | undefined>> = {}): Case {
  const headers = { ...BOTH, 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, 'mcp-name': params['name'], ...changes };
  const given = Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { headers: Object.fromEntries(given), message: { jsonrpc: '2.0', id: 7, method, params: { _meta: META, ...params } } };
}

function older(
  method: string,
  params?: Record<string, unknown>,
  headers: Record<string, string> = { 'mcp-protocol-version': '2025-11-25' },
): Case {
  return {
    headers: { ...BOTH, ...headers },
    message: { jsonrpc: '2.0', id: 'seven', method, ...(params === undefined ? {} : { params }) },
  };
}

function request({ headers }: Case, signal?: AbortSignal): Request {
  return new Request('http://localhost/mcp', { method: 'POST', headers, ...(signal === undefined ? {} : { signal }) });
}

/** Status and message, whether as JSON or as the only event of a stream. */
async function read(answer: Response | string | undefined): Promise<unknown> {
  if (answer === undefined) return undefined;
  const [status, text] = typeof answer === 'string' ? [200, answer] : [answer.status, await answer.text()];
  const data = text.startsWith('event: ') ? (text.split('data: ')[1] ?? '') : text;
  return { status, message: JSON.parse(data) };
}

const PLAIN: [string, Case][] = [
  ['a call', modern('tools/call', ECHO)],
  ['a list', modern('tools/list', {})],
  ['a call of a client with capabilities', modern('tools/call', { ...ECHO, _meta: capable({ elicitation: {}, roots: {}, sampling: {} }) })],
  [
    'a call of a client with detailed capabilities',
    modern('tools/call', { ...ECHO, _meta: capable({ elicitation: { form: {}, url: {} } }) }),
  ],
  [
    'a call of a client with a title',
    modern('tools/call', { ...ECHO, _meta: { ...META, 'io.modelcontextprotocol/clientInfo': { name: 'a', version: '1', title: 'A' } } }),
  ],
  ['a call with a trace', modern('tools/call', { ...ECHO, _meta: { ...META, traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` } })],
  ['a call that is refused', modern('tools/call', { name: 'echo_text', arguments: { wrong: 1 } })],
  ['a call that fails', modern('tools/call', { name: 'fail_hard', arguments: { how: 'throw' } })],
  ['a call without arguments', modern('tools/call', { name: 'report_progress' })],
  ['an unknown tool', modern('tools/call', { name: 'nothing_here' })],
  ['a picture', modern('tools/call', { name: 'show_picture' })],
  ['a call of 2025', older('tools/call', ECHO)],
  ['a call of 2025 without its revision', older('tools/call', ECHO, {})],
  ['a list of 2025', older('tools/list')],
  ['a list of 2025 with empty params', older('tools/list', {})],
  ['an unknown tool of 2025', older('tools/call', { name: 'nothing_here' })],
  ['arguments of 2025 that are no object', older('tools/call', { name: 'echo_text', arguments: 'text' })],
];

const LEFT_TO_THE_SDK: [string, Case][] = [
  ['another method', modern('prompts/list', {})],
  ['progress', modern('tools/call', { ...ECHO, _meta: { ...META, progressToken: 1 } })],
  ['progress with the token 0', modern('tools/call', { ...ECHO, _meta: { ...META, progressToken: 0 } })],
  ['a method header that disagrees', modern('tools/call', ECHO, { 'mcp-method': 'tools/list' })],
  ['a name header that disagrees', modern('tools/call', ECHO, { 'mcp-name': 'fail_hard' })],
  ['no method header', modern('tools/call', ECHO, { 'mcp-method': undefined })],
  ['no name header', modern('tools/call', ECHO, { 'mcp-name': undefined })],
  ['a revision in the envelope alone', modern('tools/call', ECHO, { 'mcp-protocol-version': undefined })],
  ['another revision in the header', modern('tools/call', ECHO, { 'mcp-protocol-version': '2025-11-25' })],
  [
    'another revision in the envelope',
    modern('tools/call', { ...ECHO, _meta: { ...META, 'io.modelcontextprotocol/protocolVersion': '2025-11-25' } }),
  ],
  ['a revision that nobody knows', modern('tools/call', ECHO, { 'mcp-protocol-version': '2099-01-01' })],
  ['no envelope', modern('tools/list', { _meta: undefined })],
  [
    'an envelope without capabilities',
    modern('tools/list', { _meta: { ...META, 'io.modelcontextprotocol/clientCapabilities': undefined } }),
  ],
  ['an envelope without a client', modern('tools/list', { _meta: { ...META, 'io.modelcontextprotocol/clientInfo': undefined } })],
  ['a client without a name, in a list', modern('tools/list', { _meta: { ...META, 'io.modelcontextprotocol/clientInfo': {} } })],
  ['capabilities that are no objects', modern('tools/list', { _meta: capable({ elicitation: 5 }) })],
  ['a client without a name, in a call', modern('tools/call', { ...ECHO, _meta: { ...META, 'io.modelcontextprotocol/clientInfo': {} } })],
  ['a client of 2025 that takes no stream', older('tools/call', ECHO, { accept: 'application/json' })],
  ['progress in 2025', older('tools/call', { ...ECHO, _meta: { progressToken: 1 } })],
  ['a revision of 2025 that never was', older('tools/call', ECHO, { 'mcp-protocol-version': '2025-01-01' })],
];

describe.each([1, 2])('time %i', () => {
  test.each(PLAIN)('%s gets the answer that createMcpHandler gives', async (_what, given) => {
    const answer = await plain({ message: given.message, request: request(given), authInfo });
    expect(answer).toBeDefined();
    expect(await read(answer)).toEqual(await read(await handler.fetch(request(given), { authInfo, parsedBody: given.message })));
  });

  test.each(LEFT_TO_THE_SDK)('%s is left to createMcpHandler', async (_what, given) => {
    expect(await read(await plain({ message: given.message, request: request(given), authInfo }))).toBeUndefined();
  });
});

test('a list from memory has the id of its own request', async () => {
  for (const id of [1, 'two', 'a "quoted" one', 4]) {
    const given = modern('tools/list', {});
    const answer = await plain({ message: { ...given.message, id }, request: request(given), authInfo });
    expect(await read(answer)).toMatchObject({ status: 200, message: { jsonrpc: '2.0', id } });
  }
});

test.each([modern('tools/call', { name: 'wait_long' }), older('tools/call', { name: 'wait_long' })])(
  'a client that leaves stops the work: %j',
  async (given) => {
    const client = new AbortController();
    const answer = plain({ message: given.message, request: request(given, client.signal), authInfo });
    client.abort();
    expect(await answer).toMatchObject({ status: 499 });
  },
);

test('a question is a plain answer too, and the answer to it', async () => {
  const capabilities = { 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } };
  const params = { name: 'erase_diary', arguments: { about: 'x' }, _meta: { ...META, ...capabilities } };
  const ask = modern('tools/call', params);
  const asked = (await read(await plain({ message: ask.message, request: request(ask), authInfo }))) as { message: { result: Question } };
  const { inputRequests, requestState, resultType } = asked.message.result;
  const question = {
    method: 'elicitation/create',
    params: { mode: 'form', message: 'Erase all about "x"?', requestedSchema: { type: 'object' } },
  };
  expect({ inputRequests, resultType }).toMatchObject({ inputRequests: { confirm: question }, resultType: 'input_required' });
  const answer = modern('tools/call', { ...params, requestState, inputResponses: { confirm: { action: 'accept', content: {} } } });
  const { message } = (await read(await plain({ message: answer.message, request: request(answer), authInfo }))) as { message: object };
  expect(message).toMatchObject({ result: { resultType: 'complete', structuredContent: { erased: expect.any(Number) } } });
});
