import { PassThrough } from 'node:stream';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect, test, vi } from 'vitest';
import { openLibrary } from '../../test/fixture/library.ts';
import { assemble } from '../assemble.ts';
import { commonSchema } from '../config/common.ts';
import { resourceDefiner } from '../define.ts';
import { createLog } from '../log.ts';
import { serveHttp } from './http.ts';
import { serveStdio } from './stdio.ts';

/** How long to wait for what must come: reached by failures only. */
const PATIENT = { timeout: 20_000, interval: 5 };

const EMMA = 'library://books/emma';
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

interface Message {
  id?: number;
  method?: string;
  params?: { notifications?: object; uri?: string; _meta?: object };
  result?: object;
  error?: { code: number };
}

/** The library, where watching `slow` begins when the test opens the gate. */
async function openSlowLibrary() {
  const { server, news } = openLibrary();
  const gate = Promise.withResolvers<void>();
  const signals: AbortSignal[] = [];
  const slow = resourceDefiner<object>()({
    name: 'slow',
    title: 'Slow',
    description: 'Slow.',
    uriTemplate: 'slow://{name}',
    read: () => ({ text: '' }),
    async watch(_variables, _changed, { signal }) {
      signals.push(signal);
      await gate.promise;
    },
  });
  const lines: Record<string, unknown>[] = [];
  const log = createLog('debug', [], { writableLength: 0, write: (line) => lines.push(JSON.parse(line)) });
  const config = commonSchema.extend(server.configSchema.shape).parse({ rateLimit: 0 });
  const assembly = await assemble({ ...server, resources: () => [...(server.resources?.(config as never) ?? []), slow] }, config, log);
  return { assembly, log, lines, news, gate, signals };
}

/** A modern client that is in control of every line. */
async function speak() {
  const library = await openSlowLibrary();
  const [input, output] = [new PassThrough(), new PassThrough()];
  const serving = serveStdio(library.assembly, library.log, input, output);
  const messages: Message[] = [];
  let rest = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    messages.push(...lines.map((line) => JSON.parse(line)));
  });
  const send = (message: object) => input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const listen = (id: number, notifications: unknown) =>
    send({ id, method: 'subscriptions/listen', params: { notifications, _meta: META } });
  const receive = async (fits: (message: Message) => boolean) => {
    await vi.waitUntil(() => messages.some(fits), PATIENT);
    return messages.find(fits);
  };
  const pinged = async (id: number) => {
    send({ id, method: 'tools/list', params: { _meta: META } });
    await receive((message) => message.id === id);
  };
  return { ...library, serving, messages, send, listen, receive, pinged, input };
}

const acknowledges = ({ method }: Message) => method === 'notifications/subscriptions/acknowledged';

test('only what is watched is acknowledged', async () => {
  const { listen, receive, news } = await speak();
  listen(1, { resourceSubscriptions: [EMMA, 'library://books/secret', 'file:///etc/passwd'] });
  expect((await receive(acknowledges))?.params?.notifications).toEqual({ resourceSubscriptions: [EMMA] });
  news.emit('emma');
  const update = await receive(({ method }) => method === 'notifications/resources/updated');
  expect(update?.params).toEqual({ uri: EMMA, _meta: { 'io.modelcontextprotocol/subscriptionId': 1 } });
});

test.each([undefined, 'all', { resourceSubscriptions: 'emma' }, { resourceSubscriptions: [1] }])(
  '%j is left to the SDK to refuse',
  async (notifications) => {
    const { listen, receive, news } = await speak();
    listen(1, notifications);
    expect((await receive(({ id }) => id === 1))?.error?.code).toBe(-32602);
    expect(news.eventNames()).toEqual([]);
  },
);

test('what the SDK refuses is watched no longer', async () => {
  const { send, receive, news, pinged } = await speak();
  await pinged(1);
  send({ id: 2, method: 'subscriptions/listen', params: { notifications: { resourceSubscriptions: [EMMA] } } });
  expect((await receive(({ id }) => id === 2))?.error?.code).toBe(-32602);
  expect(news.listenerCount('emma')).toBe(0);
});

test('what is cancelled while it begins is never acknowledged', async () => {
  const { listen, send, signals, gate, pinged, messages } = await speak();
  await pinged(1);
  listen(2, { resourceSubscriptions: ['slow://a'] });
  await vi.waitUntil(() => signals.length === 1, PATIENT);
  send({ method: 'notifications/cancelled', params: { requestId: 2 } });
  await vi.waitUntil(() => signals[0]?.aborted, PATIENT);
  gate.resolve();
  await pinged(3);
  expect(messages.filter(acknowledges)).toEqual([]);
});

test('a slow beginning holds up nothing else', async () => {
  const { listen, signals, gate, pinged, receive } = await speak();
  listen(1, { resourceSubscriptions: ['slow://a'] });
  await vi.waitUntil(() => signals.length === 1, PATIENT);
  await pinged(2);
  gate.resolve();
  await receive(acknowledges);
});

test('the end of the connection releases everything', async () => {
  const { listen, receive, news, serving, input, lines } = await speak();
  listen(1, { resourceSubscriptions: [EMMA] });
  await receive(acknowledges);
  expect(lines).toContainEqual(
    expect.objectContaining({ audit: expect.objectContaining({ method: 'subscriptions/listen', outcome: 'ok', caller: 'stdio' }) }),
  );
  input.end();
  await serving.ended;
  expect(news.listenerCount('emma')).toBe(0);
});

test('over sockets: a stream tells of changes, and ends in good order before the server does', async () => {
  const { assembly, log, news, lines } = await openSlowLibrary();
  const serving = await serveHttp(assembly, log, {
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    allowedOrigins: [],
    authenticate: undefined,
  });
  const connectTo = async () => {
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
    await client.connect(new StreamableHTTPClientTransport(new URL(serving.url)));
    return client;
  };
  const [stays, leaves] = [await connectTo(), await connectTo()];
  const updates: string[] = [];
  stays.setNotificationHandler('notifications/resources/updated', ({ params }) => void updates.push(params.uri));
  const subscription = await stays.listen({ resourceSubscriptions: [EMMA, 'file:///etc/passwd'] });
  expect(subscription.honoredFilter).toEqual({ resourceSubscriptions: [EMMA] });
  const other = await leaves.listen({ resourceSubscriptions: [EMMA, 'library://books/a%20b'] });
  expect([news.listenerCount('emma'), news.listenerCount('a b')]).toEqual([1, 1]);
  await other.close();
  await vi.waitUntil(() => news.listenerCount('a b') === 0, PATIENT);
  news.emit('emma');
  await vi.waitUntil(() => updates.length === 1, PATIENT);
  expect(lines).toContainEqual(
    expect.objectContaining({ audit: expect.objectContaining({ method: 'subscriptions/listen', caller: '127.0.0.1' }) }),
  );
  await serving.close();
  expect(await subscription.closed).toBe('graceful');
  expect(news.listenerCount('emma')).toBe(0);
  await Promise.all([stays.close(), leaves.close()]);
});
