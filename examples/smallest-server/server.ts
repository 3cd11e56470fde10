import { createServer } from 'node:http';
import { localhostHostValidation, localhostOriginValidation, toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod';

// Made once: the SDK asks for a server on every HTTP request. Strict, so that a model hears of an argument that does not exist.
const countDays = {
  title: 'Count days',
  description: 'How many days lie between two dates.',
  inputSchema: z.strictObject({ from: z.iso.date().describe('First date, YYYY-MM-DD'), to: z.iso.date().describe('Last date') }),
  outputSchema: z.object({ days: z.int().describe('Below zero where the last date is the earlier one') }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
};

function createMcpServer(): McpServer {
  const server = new McpServer(
    { name: 'smallest-server', version: '1.0.0' },
    { capabilities: { tools: { listChanged: false } }, instructions: 'Counts days, so that nobody has to in their head.' },
  );
  server.registerTool('count_days', countDays, ({ from, to }) => {
    const answer = { days: (Date.parse(to) - Date.parse(from)) / 86_400_000 };
    // Once for programs, once for models.
    return { structuredContent: answer, content: [{ type: 'text', text: JSON.stringify(answer) }] };
  });
  return server;
}

const [flag, port = '3001'] = process.argv.slice(2);
if (flag === '--http') {
  // Both guards, or any web page that the user opens could call this server through their browser.
  const [isHostAllowed, isOriginAllowed] = [localhostHostValidation(), localhostOriginValidation()];
  const answer = toNodeHandler(createMcpHandler(createMcpServer));
  const http = createServer((request, response) => {
    if (!isHostAllowed(request, response) || !isOriginAllowed(request, response)) return;
    if (request.url === '/mcp') return void answer(request, response);
    response.writeHead(404).end();
  });
  // On stderr: over stdio, stdout belongs to the protocol.
  http.listen(Number(port), '127.0.0.1', () => process.stderr.write(`${JSON.stringify(http.address())}\n`));
} else {
  serveStdio(createMcpServer);
}
