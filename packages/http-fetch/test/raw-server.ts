import { defineServer } from '@touchstone-mcp/core';
import * as z from 'zod';
import { allowHeaders } from '../src/domain/headers.ts';
import type { Network } from '../src/domain/network.ts';
import { openDependencies } from '../src/open.ts';
import { server } from '../src/server.ts';
import { defineTool } from '../src/tool.ts';

/** What the client has brought, as it is. */
const rawFetch = defineTool({
  name: 'raw_fetch',
  title: 'Raw fetch',
  description: 'What the client has brought.',
  inputSchema: z.strictObject({
    url: z.string(),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
    headers: z.record(z.string(), z.string()).default({}),
    body: z.string().optional(),
    accept: z.string().optional(),
    userInitiated: z.boolean().default(false),
  }),
  outputSchema: z.object({
    status: z.number(),
    url: z.string(),
    redirects: z.array(z.object({ from: z.string(), to: z.string(), status: z.number() })),
    mediaType: z.string(),
    charset: z.string().optional(),
    start: z.string().describe('The first 2,000 characters'),
    size: z.number(),
    truncated: z.boolean(),
    incomplete: z.boolean(),
    wireBytes: z.number(),
    fromCache: z.boolean(),
    age: z.number().optional(),
    etag: z.string().optional(),
    lastModified: z.string().optional(),
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  audit: ['url'],
  async handler({ url, headers, body, accept, ...rest }, { client, robots, signal }) {
    using fetched = await client.send(url, {
      ...rest,
      ...(accept === undefined ? {} : { accept }),
      ...(body === undefined ? {} : { body }),
      headers: allowHeaders(headers),
      signal,
      before: async (next) => robots?.check(next, signal),
    });
    const { body: bytes, headers: _headers, ...facts } = fetched;
    return { ...facts, redirects: [...facts.redirects], start: bytes.toString('utf8', 0, 8_000).slice(0, 2_000), size: bytes.length };
  },
});

/** The server on a network of a test, which no setting could choose, with one tool that tells what its client brings. */
export function rawServerOn(network: Network) {
  return defineServer({ ...server, tools: () => [rawFetch], open: (config) => openDependencies(config, server.version, network) });
}
