import type { Attributes, Context, Histogram, Span } from '@opentelemetry/api';
import type { Logger } from '../log.ts';
import type { Deprecated } from './deprecation.ts';

/** One call under observation. */
export interface CallSpan {
  /** For the log, so that its lines can be found from a trace. */
  traceId: string | undefined;
  /** `errorType` is undefined where the call succeeded. */
  end(errorType: string | undefined): void;
}

/** What telemetry may know of a request. Never arguments, never results, never URIs. */
export interface ObservedCall extends Deprecated {
  /** Where it is not `tools/call`. */
  method?: string;
  tool?: string;
  prompt?: string;
  rpcId: string;
  protocolVersion: string | undefined;
  transport: 'stdio' | 'http';
  /** `params._meta` of the request, which may carry `traceparent` (SEP-414). */
  meta: Readonly<Record<string, unknown>> | undefined;
}

/** Starts the observation of a call. */
export type Telemetry = (call: ObservedCall) => CallSpan;

/** Buckets that the semantic conventions recommend for this histogram, in seconds. */
const BUCKETS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

/**
 * Spans and durations by OpenTelemetry's conventions for MCP servers, where an OpenTelemetry SDK has been registered in this process
 * (such as by `NODE_OPTIONS=--import ...`). Elsewhere nothing is loaded, and only a `traceparent` is read for the log.
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/mcp.md
 */
export async function createTelemetry(serverName: string, version: string, log: Logger): Promise<Telemetry> {
  // The place where the API keeps what an SDK registers, for every copy of major version 1.
  if (!(Symbol.for('opentelemetry.js.api.1') in globalThis)) return silent;
  const api = await import('@opentelemetry/api').catch(() => undefined);
  if (api === undefined) {
    log.warn('An OpenTelemetry SDK is registered, but @opentelemetry/api is not installed beside this server: no spans.');
    return silent;
  }
  const tracer = api.trace.getTracer(`@touchstone-mcp/${serverName}`, version);
  const durations: Histogram = api.metrics
    .getMeter(`@touchstone-mcp/${serverName}`, version)
    .createHistogram('mcp.server.operation.duration', { unit: 's', advice: { explicitBucketBoundaries: BUCKETS } });
  return (call) => {
    const ambient = api.context.active();
    const parent: Context = api.propagation.extract(ambient, call.meta ?? {}, META_GETTER);
    const started = performance.now();
    const ambientSpan = api.trace.getSpanContext(ambient);
    const linked = parent !== ambient && ambientSpan !== undefined;
    const attributes = attributesOf(call);
    const span: Span = tracer.startSpan(
      nameOf(call),
      {
        kind: api.SpanKind.SERVER,
        attributes: { ...attributes, 'jsonrpc.request.id': call.rpcId },
        ...(linked ? { links: [{ context: ambientSpan }] } : {}),
      },
      parent,
    );
    const { traceId } = span.spanContext();
    return {
      // All zeros where an SDK measures but does not trace.
      traceId: api.isValidTraceId(traceId) ? traceId : undefined,
      end(errorType) {
        const outcome: Attributes = errorType === undefined ? {} : { 'error.type': errorType };
        span.setAttributes(outcome);
        if (errorType !== undefined) span.setStatus({ code: api.SpanStatusCode.ERROR });
        span.end();
        durations.record((performance.now() - started) / 1000, { ...attributes, ...outcome });
      },
    };
  };
}

const META_GETTER = {
  keys: (carrier: Readonly<Record<string, unknown>>) => Object.keys(carrier),
  get(carrier: Readonly<Record<string, unknown>>, key: string) {
    const value = Object.hasOwn(carrier, key) ? carrier[key] : undefined;
    return typeof value === 'string' ? value : undefined;
  },
};

function nameOf({ method = 'tools/call', tool, prompt }: ObservedCall): string {
  return [method, tool ?? prompt].filter((part) => part !== undefined).join(' ');
}

function attributesOf(call: ObservedCall): Attributes {
  return {
    'mcp.method.name': call.method ?? 'tools/call',
    ...(call.tool === undefined ? {} : { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': call.tool }),
    ...(call.deprecated === undefined ? {} : { 'touchstone.deprecated': true }),
    ...(call.prompt === undefined ? {} : { 'gen_ai.prompt.name': call.prompt }),
    'network.transport': call.transport === 'stdio' ? 'pipe' : 'tcp',
    ...(call.transport === 'http' ? { 'network.protocol.name': 'http' } : {}),
    ...(call.protocolVersion === undefined ? {} : { 'mcp.protocol.version': call.protocolVersion }),
  };
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

const silent: Telemetry = ({ meta }) => {
  const traceparent = meta?.['traceparent'];
  return { traceId: typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined, end() {} };
};
