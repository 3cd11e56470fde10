import type { Tool } from '@touchstone-mcp/core';
import type { Config } from './config.ts';
import { apiRules } from './domain/api-rules.ts';
import type { Dependencies } from './server.ts';
import { httpRequest } from './tools/http-request.ts';
import { tools } from './tools/index.ts';

/** The tools that the settings ask for. Throws ToolError `invalid_input` for an API without hosts, and for hosts that are none. */
export function offeredTools({ toolsets, apiHosts }: Config): Tool<Dependencies>[] {
  return toolsets.includes('api') ? [...tools, httpRequest(apiRules(apiHosts))] : [...tools];
}
