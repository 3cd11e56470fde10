import { defineServer, toolDefiner } from '@touchstone-mcp/core';
import * as z from 'zod';
import { annotations, handle, output, tools } from '../../src/contestants/tools.ts';

const defineTool = toolDefiner<object>();

/** The fifteen tools of the bench as one of our servers, bundled and run as any of them. */
export const server = defineServer({
  name: 'bench',
  title: 'Bench',
  version: '1.0.0',
  envPrefix: 'TOUCHSTONE_BENCH',
  instructions: 'A server for the bench.',
  configSchema: z.strictObject({}),
  tools: () =>
    tools.map(({ name, title, description, input }) =>
      defineTool({
        name,
        title,
        description,
        inputSchema: z.strictObject(input()),
        outputSchema: z.object(output()),
        annotations,
        handler: (args) => handle(name, args),
      }),
    ),
  open: async () => ({ async [Symbol.asyncDispose]() {} }),
});
