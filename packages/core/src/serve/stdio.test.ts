import { PassThrough } from 'node:stream';
import { CLIENT_CAPABILITIES_META_KEY, CLIENT_INFO_META_KEY, PROTOCOL_VERSION_META_KEY } from '@modelcontextprotocol/server';
import { describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { type Dependencies, fixture } from '../../test/fixture/server.ts';
import { assemble } from '../assemble.ts';
import { commonSchema } from '../config/common.ts';
import { type Tool, toolDefiner } from '../define.ts';
import { createLog } from '../log.ts';
import { serveStdio } from './stdio.ts';

interface Message {
  id?: number | string;
  method?: string;
  params?: Record<string, unknown>;
  result?: { content?: { text: string }[]; isError?: boolean; [key: string]: unknown };
  error?: { code: number; message: string };
}

const client = { name: 'test', version: '1.0.0' };

/** How long to wait for what must come: reached by failures only. */
const PATIENT = { timeout: 20_000, interval: 5 };

/** How a client of each era opens, and what each of its requests carries. */
const ERAS = {
  legacy: { opening: { method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: client } }, meta: {} },
  modern: {
    opening: { method: 'server/discover', params: {} },
    meta: { [PROTOCOL_VERSION_META_KEY]: '2026-07-28', [CLIENT_INFO_META_KEY]: client, [CLIENT_CAPABILITIES_META_KEY]: {} },
  },
};

/** A client that speaks over two streams to the server. */
async function speak(era: keyof typeof ERAS, settings: z.input<typeof commonSchema> = {}, more: Tool<Dependencies>[] = []) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const log: Record<string, unknown>[] = [];
  const logger = createLog('debug', [], { writableLength: 0, write: (line) => log.push(JSON.parse(line)) });
  const server = { ...fixture, tools: (config: Parameters<typeof fixture.tools>[0]) => [...fixture.tools(config), ...more] };
  const config = commonSchema.extend(fixture.configSchema.shape).parse(settings);
  const assembly = await assemble(server, config, logger);
  const serving = serveStdio(assembly, logger, input, output);
  const messages: Message[] = [];
  let rest = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    messages.push(...lines.map((line) => JSON.parse(line)));
  });
  let ids = 0;
  const send = (message: object) => input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const request = (method: string, params: Record<string, unknown>): number => {
    const id = ++ids;
    send({ id, method, params: { ...params, _meta: { ...ERAS[era].meta, ...(params['_meta'] as object | undefined) } } });
    return id;
  };
  const answerTo = async (id: number | null): Promise<Message> => {
    await vi.waitUntil(() => messages.some((message) => message.id === id), PATIENT);
    return messages.find((message) => message.id === id) ?? {};
  };
  const { method, params } = ERAS[era].opening;
  expect((await answerTo(request(method, params))).result).toMatchObject({ capabilities: { tools: { listChanged: false } } });
  if (era === 'legacy') send({ method: 'notifications/initialized' });
  const call = (name: string, args: object, _meta: object = {}) => request('tools/call', { name, arguments: args, _meta });
  return { input, log, serving, messages, send, request, answerTo, call };
}

describe.each(['legacy', 'modern'] as const)('%s client', (era) => {
  test('lists and calls tools', async () => {
    const { answerTo, request, call, log } = await speak(era);
    expect((await answerTo(request('tools/list', {}))).result?.['tools']).toHaveLength(9);
    const id = call('echo_text', { text: 'grüß dich' });
    expect((await answerTo(id)).result).toMatchObject({ structuredContent: { text: 'grüß dich' } });
    expect(log.at(-1)).toMatchObject({ audit: { caller: 'stdio', transport: 'stdio', era, requestId: String(id), outcome: 'ok' } });
  });

  test('asks for resources and prompts, of which there are none', async () => {
    const { answerTo, request } = await speak(era);
    expect((await answerTo(request('resources/list', {}))).result).toMatchObject({ resources: [] });
    expect((await answerTo(request('resources/templates/list', {}))).result).toMatchObject({ resourceTemplates: [] });
    expect((await answerTo(request('prompts/list', {}))).result).toMatchObject({ prompts: [] });
    expect((await answerTo(request('resources/read', { uri: 'file:///etc/passwd' }))).error?.code).toBe(-32602);
    expect((await answerTo(request('prompts/get', { name: 'x'.repeat(500) }))).error).toMatchObject({
      code: -32602,
      message: `not_found: Unknown prompt: ${'x'.repeat(100)}\nThis server has none.`,
    });
  });

  test('is answered a bad line, and goes on', async () => {
    const { answerTo, call, messages, input } = await speak(era);
    input.write('hello\n');
    expect((await answerTo(call('echo_text', { text: 'a' }))).result).toBeDefined();
    expect(messages.map(({ error }) => error?.code)).toContain(-32700);
  });

  test('cancels a call, which is never answered', async () => {
    const { answerTo, call, send, log, messages } = await speak(era);
    const id = call('wait_long', {});
    const diary = async () => (await answerTo(call('read_diary', {}))).result?.['structuredContent'];
    await vi.waitUntil(async () => JSON.stringify(await diary()).includes('started'), PATIENT);
    send({ method: 'notifications/cancelled', params: { requestId: id } });
    await vi.waitUntil(() => log.some(({ audit }) => (audit as { outcome: string } | undefined)?.outcome === 'cancelled'), PATIENT);
    expect(await diary()).toEqual({ entries: ['started', 'aborted'] });
    expect(messages.filter((message) => message.id === id)).toEqual([]);
  });

  test('gets progress before the answer, none after it', async () => {
    let late = () => {};
    const reportLate = toolDefiner<object>()({
      name: 'report_late',
      title: 'Report late',
      description: 'Reports once in time, and whenever the test wants.',
      inputSchema: z.strictObject({}),
      outputSchema: z.object({}),
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
      handler(_input, { progress }) {
        late = () => progress(2);
        progress(1);
        return {};
      },
    });
    const { answerTo, call, messages } = await speak(era, {}, [reportLate]);
    const id = call('report_late', {}, { progressToken: 'p' });
    await answerTo(id);
    late();
    await answerTo(call('read_diary', {}));
    expect(messages.filter(({ method }) => method === 'notifications/progress').map(({ params }) => params?.['progress'])).toEqual([1]);
  });

  test('gets no progress that it did not ask for', async () => {
    const { answerTo, call, messages } = await speak(era);
    await answerTo(call('report_progress', {}));
    expect(messages.filter(({ method }) => method !== undefined)).toEqual([]);
  });

  test('has ended when its input has, and its calls are answered', async () => {
    const { call, serving, input, messages } = await speak(era);
    const id = call('report_progress', {});
    input.end();
    await serving.ended;
    await vi.waitUntil(() => messages.some((message) => message.id === id), PATIENT);
  });

  test('is left when the server stops, and its calls are aborted', async () => {
    const { call, serving, log, answerTo } = await speak(era);
    call('wait_long', {});
    await answerTo(call('read_diary', {}));
    await serving.close();
    await serving.ended;
    await vi.waitUntil(() => log.some(({ audit }) => (audit as { outcome: string } | undefined)?.outcome === 'cancelled'), PATIENT);
  });
});

test('an error of the input is logged for those who look', async () => {
  const { input, serving, log } = await speak('legacy');
  input.destroy(new Error('EIO'));
  await serving.ended;
  expect(log.at(-1)).toMatchObject({ level: 'debug', msg: 'stdio', err: { message: 'EIO' } });
});
