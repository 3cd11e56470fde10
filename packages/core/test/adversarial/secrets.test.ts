import { context, propagation, trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, GENERATIONS } from '../../src/testing/index.ts';
import { hostile } from '../fixture/hostile.ts';
import { parse, type StdioClient, startStdio } from '../harness.ts';
import { CONFIGURED, secrets } from './secrets.ts';

const PLACES = ['message', 'cause', 'property', 'aggregate', 'thrown', 'environment'];
const PARTS = secrets.map(({ part }) => part);

/** Which secrets are in a text: their names, so that a failure does not repeat them. */
function leaked(text: string): string[] {
  return secrets.filter(({ part }) => text.includes(part)).map(({ why }) => why);
}

test('the table holds what it says', () => {
  for (const { text, part } of secrets) expect(text).toContain(part);
  expect(new Set(PARTS).size).toBe(PARTS.length);
});

describe('CO-002: a process that meets every one of them', () => {
  let client: StdioClient;

  beforeAll(async () => {
    const dumped = Object.fromEntries(secrets.map(({ text }, index) => [`DUMPED_${index}`, text.replaceAll('\0', '')]));
    const env = { ...dumped, TOUCHSTONE_FIXTURE_API_KEY: CONFIGURED, TOUCHSTONE_FIXTURE_HTTP_TOKEN: 'S3cr3tPartToken' };
    client = await startStdio(['--rate-limit', '0', '--log-level', 'debug'], { env });
  });

  afterAll(() => client[Symbol.asyncDispose]());

  test.each(secrets.map((row) => [row.why, row] as const))('%s', async (_why, { text, part }) => {
    for (const where of PLACES) {
      const answer = await client.call('fail_with', { text, where });
      expect(answer.result._meta).toEqual({ code: 'internal', retryable: false });
      expect(JSON.stringify(answer)).not.toContain(part);
    }
    await client.call('echo_text', { text: 1, secret: text });
    await client.call('count_items', { items: [], [text]: text });
    await client.call(text, { text });
    client.send({ jsonrpc: '2.0', method: text, params: { text } });
    client.send(`{"half a message": ${JSON.stringify(text)}`);
  });

  test('its log is whole, and holds none of them', async () => {
    await client.call('fail_with', { text: 'the last', where: 'message' });
    await client.process.stderr.find('the last call', (line) => (line.includes('the last') ? line : undefined));
    const calls = client.process.stderr.all.map((line) => parse<{ audit?: { tool: string } }>(line));
    expect(calls.filter((line) => line?.audit?.tool === 'fail_with')).toHaveLength(secrets.length * PLACES.length + 1);
    expect(calls).not.toContain(undefined);
    expect(leaked(client.process.stderr.text)).toEqual([]);
    expect(client.process.stderr.text).not.toContain('S3cr3tPartToken');
  });

  test('what libraries print is cleaned as well', async () => {
    const shaped = secrets.filter(({ text }) => !text.includes(CONFIGURED));
    for (const { text } of shaped) expect((await client.call('fail_with', { text, where: 'console' })).result.isError).toBeUndefined();
    await client.process.stderr.find('what was printed', (line) => (line.includes('SECRET=[redacted]') ? line : undefined));
    expect(leaked(client.process.stderr.text)).toEqual([]);
  });
});

test.each([
  ['NODE_DEBUG', { NODE_DEBUG: 'http,net,stream,timer' }],
  ['DEBUG', { DEBUG: '*' }],
])('CO-003: %s shows no secret of ours', async (_name, env) => {
  await using client = await startStdio([], { env: { ...env, TOUCHSTONE_FIXTURE_API_KEY: CONFIGURED } });
  await client.call('fail_with', { text: CONFIGURED, where: 'cause' });
  client.process.child.stdin.end();
  expect((await client.process.ended()).code).toBe(0);
  expect(client.process.stderr.text).not.toContain('S3cr3tPart9');
});

test('CO-003: an open inspector is named', async () => {
  await using client = await startStdio([], { env: { NODE_OPTIONS: '--inspect=127.0.0.1:0' } });
  await client.process.logged('The inspector is open: whoever reaches it owns this process.');
});

describe.each(GENERATIONS)('CO-002: spans, %s', (generation) => {
  const exporter = new InMemorySpanExporter();

  beforeAll(() => {
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  });

  afterAll(() => {
    for (const api of [trace, context, propagation]) api.disable();
  });

  test('hold none of them', async () => {
    await using client = await connect(hostile, { apiKey: CONFIGURED }, generation);
    for (const { text } of secrets) {
      for (const where of PLACES) await client.callTool('fail_with', { text, where }).catch(() => {});
      await client.callTool('echo_text', { text, secret: text });
      await client.callTool('echo_text', { [text]: text });
    }
    const spans = exporter.getFinishedSpans();
    expect(spans).toHaveLength(secrets.length * (PLACES.length + 2));
    const seen = spans.map(({ name, attributes, events, links, status }) => ({ name, attributes, events, links, status }));
    expect(leaked(JSON.stringify(seen))).toEqual([]);
  });
});
