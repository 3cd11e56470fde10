/**
 * SDK 1.x as its documentation shows a stateless server (examples/server/simpleStatelessStreamableHttp): Express, and for every request
 * a new server, with its schemas, and a new transport. Left out: its console.log per request. Runs in .peers, where the SDK is.
 */
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { annotations, handle, output, tools } from './tools.ts';

function getServer() {
  const server = new McpServer({ name: 'bench', version: '1.0.0' });
  for (const { name, title, description, input } of tools) {
    server.registerTool(name, { title, description, inputSchema: input(), outputSchema: output(), annotations }, async (args) => {
      const structuredContent = handle(name, args);
      return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent };
    });
  }
  return server;
}

const app = createMcpExpressApp();
app.post('/mcp', async (request, response) => {
  const server = getServer();
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  await server.connect(transport);
  await transport.handleRequest(request, response, request.body);
  response.on('close', () => {
    transport.close();
    server.close();
  });
});
app.listen(Number(process.argv[2]), '127.0.0.1');
