import type { CommonConfig } from './config/common.ts';
import { ConfigError } from './config/load.ts';
import type { AnyServer, AnyTool } from './define.ts';
import { createConsent } from './guards/consent.ts';
import { createFindDeprecated } from './guards/deprecation.ts';
import { createRateLimit } from './guards/rate-limit.ts';
import { Slots } from './guards/slots.ts';
import { createTelemetry } from './guards/telemetry.ts';
import type { Logger } from './log.ts';
import { type CallDirectly, createDirectCall, createFactory, type McpServerFactory } from './mcp.ts';
import { createPrompts } from './prompts.ts';
import type { Environment } from './request.ts';
import { createResources } from './resources.ts';
import { Watches } from './watches.ts';

const DEFAULT_RATE = { http: 60, stdio: 600 };

/** What a transport serves. */
export interface Served {
  factory: McpServerFactory;
  callDirectly: CallDirectly;
  /** Keeps watch over what clients of 2026 subscribe to; undefined where there is nothing to. Those of 2025 subscribe at the factory's servers. */
  watches: ((notify: (uri: string) => void) => Watches) | undefined;
}

/** A server that can be served by any transport, once a process. Disposing of it closes what `open` opened. */
export interface Assembly extends Served, AsyncDisposable {}

/** Puts a server literal, its checked settings and a log together. */
export async function assemble(server: AnyServer, config: CommonConfig, log: Logger): Promise<Assembly> {
  const tools = selectTools(server.tools(config), config);
  const dependencies: AsyncDisposable = await server.open(config, log);
  const narrow = server.narrow?.(config);
  const env: Environment = {
    dependencies,
    narrow: narrow && ((roots) => narrow(dependencies, roots, log)),
    log,
    rateLimit: createRateLimit(config.rateLimit ?? (config.http ? DEFAULT_RATE.http : DEFAULT_RATE.stdio), config.rateBurst),
    slots: new Slots(config.maxConcurrency),
    telemetry: await createTelemetry(server.name, server.version, log),
    // The replicas of a deployment have their token in common.
    consent: createConsent(config.confirmation, config.httpToken),
    findDeprecated: createFindDeprecated(log),
    callTimeoutMs: config.callTimeoutMs,
    maxResultChars: config.maxResultChars,
    listOutputSchemas: config.listOutputSchemas,
  };
  const resources = createResources(server.resources?.(config) ?? [], env);
  const watches = resources.watchable ? (notify: (uri: string) => void) => new Watches(resources, env, notify) : undefined;
  const prompts = createPrompts(server.prompts?.(config) ?? [], env);
  const factory = createFactory(server, tools, resources, watches, prompts, env);
  const callDirectly = createDirectCall(server, tools, env);
  return { factory, callDirectly, watches, [Symbol.asyncDispose]: () => dependencies[Symbol.asyncDispose]() };
}

/** The tools that the operator wants. A name that fits none stops the start: a tool that was to be left out must not stay. */
function selectTools(tools: readonly AnyTool[], { tools: only, excludeTools }: CommonConfig): readonly AnyTool[] {
  const names = tools.map(({ name }) => name);
  const stranger = [...only, ...excludeTools].find((name) => !names.includes(name));
  if (stranger !== undefined) throw new ConfigError(`No tool ${stranger} with these settings. There are: ${names.join(', ')}.`);
  return tools.filter(({ name }) => (only.length === 0 || only.includes(name)) && !excludeTools.includes(name));
}
