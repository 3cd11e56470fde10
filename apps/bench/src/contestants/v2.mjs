/** SDK 2.x over node:http: McpServer with schemas that are built once, and the SDK's own adapter. Runs in .peers, where the SDK is. */
import { createServer } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { annotations, handle, output, tools } from './tools.ts';

const hoisted = tools.map(({ input, ...tool }) => ({ ...tool, inputSchema: z.object(input()), outputSchema: z.object(output()) }));

function getServer() {
  const server = new McpServer({ name: 'bench', version: '1.0.0' });
  for (const { name, title, description, inputSchema, outputSchema } of hoisted) {
    server.registerTool(name, { title, description, inputSchema, outputSchema, annotations }, async (args) => {
      const structuredContent = handle(name, args);
      return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent };
    });
  }
  return server;
}

createServer(toNodeHandler(createMcpHandler(getServer))).listen(Number(process.argv[2]), '127.0.0.1');
