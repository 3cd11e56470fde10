import * as z from 'zod';
import { type ApiAnswer, apiText, callApi } from '../domain/api.ts';
import type { ApiRules } from '../domain/api-rules.ts';
import type { Method } from '../domain/fetched.ts';
import { defineTool } from '../tool.ts';

const SAFE: readonly Method[] = ['GET', 'HEAD'];
const REPEATABLE: readonly Method[] = [...SAFE, 'PUT', 'DELETE'];

/** Hosts that the description names. */
const NAMED = 250;

/** The tool for the APIs of an operator: it offers the methods that one of them takes, and its hints are true of all of those. */
export function httpRequest(rules: ApiRules) {
  const methods = [...new Set([...SAFE, ...[...rules.values()].flat()])].filter((method) =>
    [...rules.values()].some((allowed) => allowed.includes(method)),
  );
  const readOnly = methods.every((method) => SAFE.includes(method));
  return defineTool({
    name: 'http_request',
    title: 'HTTP request',
    description: `Calls an API. Hosts: ${namesOf(rules)}.`,
    inputSchema: z.strictObject({
      url: z.string().describe('Whole, with its query'),
      method: z
        .enum(methods as [Method, ...Method[]])
        .default(methods[0] as Method)
        .describe('Method'),
      headers: z.record(z.string(), z.string()).default({}).describe('Such as If-Match; credentials are the operator’s'),
      body: z.unknown().optional().describe('Sent as JSON; a string as it is'),
      select: z.string().max(500).optional().describe('JSONPath of what is wanted of a JSON'),
    }),
    // Whole in the answer, and short in tools/list.
    outputSchema: z.looseObject({ status: z.number(), content: z.string(), truncated: z.boolean() }),
    annotations: {
      readOnlyHint: readOnly,
      destructiveHint: !readOnly,
      idempotentHint: methods.every((method) => REPEATABLE.includes(method)),
      openWorldHint: true,
    },
    audit: ['url', 'method'],
    confirm: ({ url, method }) => (method === 'DELETE' ? `Send DELETE to ${JSON.stringify(url)}?` : undefined),
    async handler(input, { client, extractor, maxResultChars, signal }) {
      return { ...(await callApi({ client, extractor, rules }, { ...input, signal, maxChars: maxResultChars })) };
    },
    // What the handler returns, which the schema keeps whole.
    text: (output) => apiText(output as unknown as ApiAnswer),
  });
}

/** `api.example.com (GET, POST)`, as many as a description has room for. */
function namesOf(rules: ApiRules): string {
  const names = Array.from(rules, ([host, methods]) => `${host} (${methods.join(', ')})`);
  const fitting = names.filter((_name, index) => names.slice(0, index + 1).join(', ').length <= NAMED);
  return fitting.length === names.length ? names.join(', ') : `${fitting.join(', ')} and ${names.length - fitting.length} more`;
}
