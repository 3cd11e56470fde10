import { createRequire } from 'node:module';
import {
  type Context,
  context,
  metrics,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api';
import {
  AggregationTemporality,
  type HistogramMetricData,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connect, GENERATIONS } from '../src/testing/index.ts';
import { openLibrary } from './fixture/library.ts';
import { fixture } from './fixture/server.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const meta = { traceparent: `00-${TRACE}-${PARENT}-01` };

const spans = new InMemorySpanExporter();
const tracing = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
const measured = new InMemoryMetricExporter(AggregationTemporality.DELTA);
const reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 3_600_000 });
const metering = new MeterProvider({ readers: [reader] });
let ambient: Context = ROOT_CONTEXT;

/** The W3C propagator, from the package that every SDK brings. */
function w3cPropagator(): TextMapPropagator {
  const require = createRequire(createRequire(import.meta.url).resolve('@opentelemetry/sdk-trace-base'));
  const { W3CTraceContextPropagator } = require('@opentelemetry/core');
  return new W3CTraceContextPropagator();
}

beforeAll(() => {
  trace.setGlobalTracerProvider(tracing);
  metrics.setGlobalMeterProvider(metering);
  propagation.setGlobalPropagator(w3cPropagator());
  context.setGlobalContextManager({
    active: () => ambient,
    with: (_context, run, self, ...args) => run.call(self as ThisParameterType<typeof run>, ...args),
    bind: (_context, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
});
beforeEach(async () => {
  await reader.forceFlush();
  measured.reset();
  spans.reset();
});
afterEach(() => {
  ambient = ROOT_CONTEXT;
});
afterAll(async () => {
  await tracing.shutdown();
  await metering.shutdown();
});

/** The one histogram, since the test began. */
async function durations(): Promise<HistogramMetricData> {
  await reader.forceFlush();
  const [metric, ...others] = measured.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  expect(others).toEqual([]);
  return metric as HistogramMetricData;
}

const versions = { modern: '2026-07-28', legacy: '2025-11-25', v1: '2025-11-25' };

describe.each(GENERATIONS)('%s client: a call', (generation) => {
  const attributes = {
    'mcp.method.name': 'tools/call',
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'echo_text',
    'network.transport': 'tcp',
    'network.protocol.name': 'http',
    'mcp.protocol.version': versions[generation],
  };

  test('is a span by the conventions', async () => {
    await using client = await connect(fixture, {}, generation);
    await client.callTool('echo_text', { text: 'a' });
    const [span, ...others] = spans.getFinishedSpans();
    expect(others).toEqual([]);
    expect(span).toMatchObject({
      name: 'tools/call echo_text',
      kind: SpanKind.SERVER,
      status: { code: SpanStatusCode.UNSET },
      links: [],
      instrumentationScope: { name: '@touchstone-mcp/fixture', version: '1.2.3' },
    });
    expect(span?.attributes).toEqual({ ...attributes, 'jsonrpc.request.id': expect.stringMatching(/^\d+$/) });
    expect(span?.parentSpanContext).toBeUndefined();
  });

  test('that fails has the error type of the conventions, whatever its code', async () => {
    await using client = await connect(fixture, {}, generation);
    await client.callTool('echo_text', {});
    const [span] = spans.getFinishedSpans();
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span?.attributes).toEqual({ ...attributes, 'jsonrpc.request.id': expect.any(String), 'error.type': 'tool_error' });
  });

  test('of a deprecated tool is marked, in what is measured too', async () => {
    const [echo] = fixture.tools(fixture.configSchema.parse({}));
    const tools = () => [{ ...echo, deprecated: 'Use read_diary (since 1.4.0).' } as NonNullable<typeof echo>];
    await using client = await connect({ ...fixture, tools }, {}, generation);
    await client.callTool('echo_text', { text: 'a' });
    expect(spans.getFinishedSpans()[0]?.attributes).toMatchObject({ ...attributes, 'touchstone.deprecated': true });
    expect((await durations()).dataPoints[0]?.attributes).toEqual({ ...attributes, 'touchstone.deprecated': true });
  });

  test("continues the client's trace, which the log names", async () => {
    await using client = await connect(fixture, {}, generation);
    await client.callTool('echo_text', { text: 'a' }, { meta });
    const [span] = spans.getFinishedSpans();
    expect(span?.spanContext().traceId).toBe(TRACE);
    expect(span?.parentSpanContext).toMatchObject({ spanId: PARENT, isRemote: true });
    expect(client.log.at(-1)).toMatchObject({ audit: { traceId: TRACE } });
  });

  test('begins a trace where the client has none, or a broken one', async () => {
    await using client = await connect(fixture, {}, generation);
    await client.callTool('echo_text', { text: 'a' }, { meta: { traceparent: 'broken' } });
    const [span] = spans.getFinishedSpans();
    expect(span?.parentSpanContext).toBeUndefined();
    expect(client.log.at(-1)).toMatchObject({ audit: { traceId: span?.spanContext().traceId } });
  });

  test('is measured, in the buckets of the conventions, by attributes of few values', async () => {
    await using client = await connect(fixture, {}, generation);
    for (const args of [{ text: 'a' }, { text: 'b' }, {}]) await client.callTool('echo_text', args);
    const { descriptor, dataPoints } = await durations();
    expect(descriptor).toMatchObject({ name: 'mcp.server.operation.duration', unit: 's' });
    expect(dataPoints.map((point) => [point.attributes, point.value.count])).toEqual([
      [attributes, 2],
      [{ ...attributes, 'error.type': 'tool_error' }, 1],
    ]);
    for (const { value } of dataPoints) {
      expect(value.buckets.boundaries).toEqual([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300]);
    }
  });

  test('leaves neither arguments nor results nor causes', async () => {
    await using client = await connect(fixture, {}, generation);
    await client.callTool('echo_text', { text: 'an argument', secret: 'another' });
    await client.callTool('fail_hard', { how: 'throw' });
    await client.callTool('fail_hard', { how: 'tool_error' });
    const told = spans.getFinishedSpans().map(({ name, attributes, status, events }) => ({ name, attributes, status, events }));
    expect(told).toHaveLength(3);
    expect(JSON.stringify([told, await durations()])).not.toMatch(/argument|another|hunter2|changed|row 17|"throw"/);
  });
});

test('a prompt is a span by the conventions too, and its name is one that the server knows', async () => {
  await using client = await connect(openLibrary().server, {});
  await client.getPrompt('review_book', { title: 'an argument' });
  await client.getPrompt('an invention').catch(() => {});
  const [got, unknown] = spans.getFinishedSpans();
  expect(got).toMatchObject({
    name: 'prompts/get review_book',
    status: { code: SpanStatusCode.UNSET },
    attributes: { 'mcp.method.name': 'prompts/get', 'gen_ai.prompt.name': 'review_book' },
  });
  expect(unknown).toMatchObject({
    name: 'prompts/get (unknown)',
    status: { code: SpanStatusCode.ERROR },
    attributes: { 'gen_ai.prompt.name': '(unknown)', 'error.type': 'not_found' },
  });
  expect(JSON.stringify([got?.attributes, unknown?.attributes])).not.toMatch(/argument|invention/);
});

test('the span of the HTTP request is linked, where the client has a trace of its own', async () => {
  const request = tracing.getTracer('http').startSpan('POST');
  await using client = await connect(fixture, {});
  ambient = trace.setSpan(ROOT_CONTEXT, request);
  await client.callTool('echo_text', { text: 'a' }, { meta });
  const [span] = spans.getFinishedSpans();
  expect(span?.spanContext().traceId).toBe(TRACE);
  expect(span?.links).toMatchObject([{ context: request.spanContext() }]);
});

test('the span of the HTTP request is the parent, where the client has none', async () => {
  const request = tracing.getTracer('http').startSpan('POST');
  await using client = await connect(fixture, {});
  ambient = trace.setSpan(ROOT_CONTEXT, request);
  await client.callTool('echo_text', { text: 'a' });
  const [span] = spans.getFinishedSpans();
  expect(span?.parentSpanContext?.spanId).toBe(request.spanContext().spanId);
  expect(span?.links).toEqual([]);
});

test('where nothing but metrics is registered, the log names no trace that does not exist', async () => {
  trace.disable();
  try {
    await using client = await connect(fixture, {});
    await client.callTool('echo_text', { text: 'a' });
    expect(client.log.at(-1)).toHaveProperty('audit');
    expect(client.log.at(-1)).not.toHaveProperty('audit.traceId');
    expect((await durations()).dataPoints).toHaveLength(1);
  } finally {
    trace.setGlobalTracerProvider(tracing);
  }
});
