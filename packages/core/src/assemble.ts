import type { CommonConfig } from './config/common.ts';
import type { AnyServer } from './define.ts';
import { createRateLimit } from './guards/rate-limit.ts';
import { Slots } from './guards/slots.ts';
import { createTelemetry } from './guards/telemetry.ts';
import type { Logger } from './log.ts';
import { createFactory, type McpServerFactory } from './mcp.ts';

const DEFAULT_RATE = { http: 60, stdio: 600 };

/** A server that can be served by any transport, once a process. Disposing of it closes what `open` opened. */
export interface Assembly extends AsyncDisposable {
  factory: McpServerFactory;
}

/** Puts a server literal, its checked settings and a log together. */
export async function assemble(server: AnyServer, config: CommonConfig, log: Logger): Promise<Assembly> {
  const dependencies: AsyncDisposable = await server.open(config, log);
  const factory = createFactory(server, server.tools(config), {
    dependencies,
    log,
    rateLimit: createRateLimit(config.rateLimit ?? (config.http ? DEFAULT_RATE.http : DEFAULT_RATE.stdio), config.rateBurst),
    slots: new Slots(config.maxConcurrency),
    telemetry: await createTelemetry(server.name, server.version, log),
    callTimeoutMs: config.callTimeoutMs,
    maxResultChars: config.maxResultChars,
  });
  return { factory, [Symbol.asyncDispose]: () => dependencies[Symbol.asyncDispose]() };
}
