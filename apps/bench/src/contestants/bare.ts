/** Node's limit: JSON in, JSON out over node:http, and no protocol. It looks nothing up and checks nothing. */
import { createServer } from 'node:http';
import * as z from 'zod';
import { annotations, handle, output, tools } from './tools.ts';

const list = tools.map(({ name, title, description, input }) => ({
  name,
  title,
  description,
  inputSchema: z.toJSONSchema(z.object(input())),
  outputSchema: z.toJSONSchema(z.object(output())),
  annotations,
}));

interface Message {
  id: number;
  method: string;
  params: { name: string; arguments: Record<string, unknown> };
}

function resultOf({ method, params }: Message) {
  if (method === 'tools/list') return { tools: list };
  const structuredContent = handle(params.name, params.arguments);
  return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent };
}

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const message: Message = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const body = JSON.stringify({ jsonrpc: '2.0', id: message.id, result: resultOf(message) });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
