import type { Tool } from '@touchstone-mcp/core';
import { ToolError } from '@touchstone-mcp/core/errors';
import { type Config, databaseNames } from './config.ts';
import type { Dependencies } from './server.ts';
import { choosingDatabase } from './tool.ts';
import { insightTools, readTools, writeTools } from './tools/index.ts';
import { namedQuery } from './tools/named-query.ts';

/** The tools that the settings ask for. Throws ToolError `invalid_input` for a query of the operator's that has the name of another tool. */
export function offeredTools(config: Config): Tool<Dependencies>[] {
  const own = [...readTools, ...(config.toolsets.includes('insights') ? insightTools : []), ...(config.write ? writeTools : [])];
  const clash = own.find(({ name }) => Object.hasOwn(config.queries, name));
  if (clash !== undefined) {
    throw new ToolError('invalid_input', `queries.${clash.name} has the name of a tool that this server has.`, { hint: 'Rename it.' });
  }
  const named = Object.entries(config.queries).map(([name, query]) => namedQuery(name, query));
  return [...own.map((tool) => choosingDatabase(tool, databaseNames(config))), ...named];
}
