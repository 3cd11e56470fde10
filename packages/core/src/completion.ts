import type { AnyCompleters } from './define.ts';
import { sanitizeData } from './guards/sanitize.ts';
import { type Environment, observe, type RequestFacts, runBounded, type Target } from './request.ts';

/** A `completion` of the specification. A type, since an interface lacks the index signature that the SDK asks for. */
export type Completion = {
  values: string[];
  total: number;
  hasMore: boolean;
};

/** What a person has typed of one value, and the values that are settled. */
export interface Typing {
  name: string;
  typed: string;
  settled: Record<string, string>;
}

/** The specification's own limit. */
const MAX_COMPLETIONS = 100;

/** Asks a literal how what is typed may go on; where it does not know, nothing. Throws ToolError. */
export async function completeWith(
  // biome-ignore lint/suspicious/noExplicitAny: the dependencies are the server's own; core only hands them on
  completers: AnyCompleters<any> = {},
  { name, typed, settled }: Typing,
  target: Omit<Target, 'method'>,
  request: RequestFacts,
  env: Environment,
): Promise<Completion> {
  // A person types faster than a model calls, and must not spend its calls.
  const typist = { ...request, caller: `${request.caller} completing` };
  const values = await observe({ method: 'completion/complete', ...target }, typist, env, async () => {
    await env.rateLimit(typist.caller);
    const work = async (context: object) => (await completers[name]?.(typed, settled as never, context)) ?? [];
    return sanitizeData(await runBounded(typist, env, work)).value;
  });
  return { values: values.slice(0, MAX_COMPLETIONS), total: values.length, hasMore: values.length > MAX_COMPLETIONS };
}
