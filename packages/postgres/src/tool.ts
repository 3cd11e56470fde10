import { type Tool, toolDefiner } from '@touchstone-mcp/core';
import * as z from 'zod';
import type { Dependencies } from './server.ts';

/** A tool of this server: its handler receives the databases and the limits of an answer. */
export const defineTool = toolDefiner<Dependencies>();

/**
 * Gives a tool the argument `database` where there are several: its handler goes on asking for `databases.get()`, and gets the one that was
 * chosen. Where there is one, tools/list does not speak of it.
 */
export function choosingDatabase(tool: Tool<Dependencies>, names: readonly string[]): Tool<Dependencies> {
  if (names.length < 2) return tool;
  const database = z
    .enum(names)
    .default(names[0] ?? '')
    .describe('Which database');
  return {
    ...tool,
    inputSchema: tool.inputSchema.extend({ database }),
    audit: [...(tool.audit ?? []), 'database'],
    handler({ database: name, ...input }: { database: string }, context) {
      const databases = { ...context.databases, get: () => context.databases.get(name) };
      // What is left is the tool's own input.
      return tool.handler(input as never, { ...context, databases });
    },
  } as Tool<Dependencies>;
}
