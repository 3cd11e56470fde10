import * as z from 'zod';

/** Settings of the HTTP fetch server. */
export const configSchema = z.strictObject({
  userAgent: z.string().min(1).max(500).optional().describe('User-Agent of every request, instead of those that tell who asked.'),
  ignoreRobotsTxt: z.boolean().default(false).describe('Fetch what robots.txt asks to leave alone.').meta({ dialog: true }),
  proxyUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'HTTP proxy for all requests. It resolves names itself, so allowHosts must say which; the variables HTTP_PROXY and the like mean nothing here.',
    )
    .meta({ dialog: true }),
  caFile: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file of certificate authorities to trust beside the usual ones.')
    .meta({ path: 'file', placeholder: '/a/ca.pem' }),
  allowPrivate: z
    .array(z.string().min(1))
    .default([])
    .describe('Networks (CIDR) or exact host names that may be fetched although they are private. Metadata services never are.'),
  allowHosts: z
    .array(z.string().min(1))
    .default([])
    .describe('Hosts that may be fetched with all below them, and no others; * for any.')
    .meta({ dialog: true }),
  denyHosts: z.array(z.string().min(1)).default([]).describe('Hosts that are never fetched, with all below them.').meta({ dialog: true }),
  allowPorts: z
    .array(z.coerce.number<string | number>().int().min(1).max(65_535))
    .default([80, 443, 8080, 8443])
    .describe('Ports that may be used.'),
  headers: z
    .record(z.string().min(1), z.record(z.string().min(1), z.string()))
    .default({})
    .describe('Headers to send: host (by https) or whole origin -> name -> value. Never sent anywhere else, redirects included.')
    .meta({ secret: true }),
  maxBytes: z
    .int()
    .min(1_000)
    .max(100_000_000)
    .default(10_000_000)
    .describe('Most bytes of one body, decompressed. A longer one is cut, and of a text no more than 2 MiB are read.'),
  maxLength: z
    .int()
    .min(1)
    .max(999_999)
    .default(5_000)
    .describe('Characters of a page that fetch returns unless max_length says otherwise.'),
  maxCacheBytes: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(16_000_000)
    .describe('Memory for answers that may be used again; 0 turns it off.'),
  toolsets: z
    .array(z.enum(['api']))
    .default([])
    .describe('More tools: api (http_request, for the hosts of apiHosts).'),
  apiHosts: z
    .record(z.string().min(1), z.array(z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])).min(1))
    .default({})
    .describe('What http_request may do: exact host -> methods.')
    .meta({ placeholder: { 'api.example.com': ['GET', 'POST'] } }),
});

/** The settings, checked. */
export type Config = z.output<typeof configSchema>;
