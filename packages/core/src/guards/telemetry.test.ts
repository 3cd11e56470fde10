import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { createTelemetry, type ObservedCall } from './telemetry.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const log = createLog('silent', [], { writableLength: 0, write() {} });

function call(meta: ObservedCall['meta']): ObservedCall {
  return { tool: 'echo_text', rpcId: '1', protocolVersion: undefined, transport: 'stdio', meta };
}

test.each([
  ['a traceparent', { traceparent: `00-${TRACE}-b7ad6b7169203331-01` }, TRACE],
  ['none', {}, undefined],
  ['no _meta', undefined, undefined],
  ['a number', { traceparent: 1 }, undefined],
  ['a list', { traceparent: [`00-${TRACE}-b7ad6b7169203331-01`] }, undefined],
  ['too short', { traceparent: `00-${TRACE.slice(1)}-b7ad6b7169203331-01` }, undefined],
  ['something behind it', { traceparent: `00-${TRACE}-b7ad6b7169203331-01\n{"level":"fatal"}` }, undefined],
])('without an SDK the log has the trace of the client: %s', async (_name, meta, traceId) => {
  const telemetry = await createTelemetry('fixture', '1.2.3', log);
  const span = telemetry(call(meta));
  expect(span.traceId).toBe(traceId);
  span.end('tool_error');
});

/** The modules that are loaded for telemetry, in a process of its own. */
function loadedBy(setup: string): string[] {
  const script = `
    import { registerHooks } from 'node:module';
    ${setup}
    const loaded = [];
    registerHooks({ resolve: (specifier, context, next) => (loaded.push(specifier), next(specifier, context)) });
    const { createTelemetry } = await import(${JSON.stringify(new URL('./telemetry.ts', import.meta.url))});
    await createTelemetry('fixture', '1.2.3', { warn() {} });
    console.log(JSON.stringify(loaded));
  `;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' }));
}

test('without an SDK nothing is loaded', () => {
  expect(loadedBy('').filter((specifier) => specifier.includes('opentelemetry'))).toEqual([]);
});

test('with an SDK its API is', () => {
  expect(loadedBy("globalThis[Symbol.for('opentelemetry.js.api.1')] = { version: '1.9.0' };")).toContain('@opentelemetry/api');
});
