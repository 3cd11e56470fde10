import * as z from 'zod';

/** The settings that every server has beside its own. */
export const commonSchema = z.strictObject({
  http: z.boolean().default(false).describe('Serve Streamable HTTP at /mcp instead of stdio.'),
  httpHost: z.string().min(1).default('127.0.0.1').describe('Address to listen on. Anything but loopback needs a token.'),
  httpPort: z.int().min(0).max(65535).default(3001).describe('Port to listen on; 0 takes any free one.'),
  httpToken: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
    .optional()
    .describe('Bearer token that every HTTP client must send.')
    .meta({ secret: true }),
  httpAllowedHosts: z
    .array(z.string().min(1))
    .default([])
    .describe('Host headers to accept (host:port) beside the loopback names, for a server behind a proxy or a published port.'),
  httpAllowedOrigins: z
    .array(z.url())
    .default([])
    .describe('Origins of web pages that may call this server, such as https://app.example.com.'),
  tools: z.array(z.string().min(1)).default([]).describe('Tools to offer, and no others.'),
  excludeTools: z.array(z.string().min(1)).default([]).describe('Tools to leave out.'),
  listOutputSchemas: z
    .boolean()
    .default(false)
    .describe('Tell the schema of every answer in tools/list, for programs that check answers or make code of it. Costs tokens.'),
  rateLimit: z
    .int()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe('Tool calls a minute for each caller; 0 is unlimited. By default 60 over HTTP, 600 over stdio.'),
  rateBurst: z.int().min(0).max(1_000_000).default(30).describe('Tool calls above the rate that a caller may make every five minutes.'),
  maxConcurrency: z.int().min(1).max(1024).default(16).describe('Tool calls that run at the same time; further ones wait for their turn.'),
  callTimeoutMs: z.int().min(1).max(3_600_000).default(30_000).describe('Longest time one tool call may take, in milliseconds.'),
  maxResultChars: z
    .int()
    .min(1_000)
    .max(200_000)
    .default(40_000)
    .describe('Most characters of text in one answer (about four to a token).'),
  confirmation: z
    .enum(['required', 'preferred', 'off'])
    .default('required')
    .describe(
      'Whether a person confirms what destroys: required refuses clients that cannot ask, preferred lets those pass, off asks nobody.',
    )
    .meta({ dialog: true }),
  logLevel: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('Least severe log line to write to stderr.'),
});

/** The settings that every server has, checked and with their defaults. */
export type CommonConfig = z.output<typeof commonSchema>;
