import * as z from 'zod';
import type { AnyTool, MediaContent } from './define.ts';
import { ToolError, toToolError } from './errors.ts';
import { auditedArguments } from './guards/audit.ts';
import type { Question, Reply } from './guards/consent.ts';
import { jsonBytesAtMost, makeVisible, sanitizeData } from './guards/sanitize.ts';
import { refuseManyBytes, type Sized, STRUCTURE_FACTOR, tooLarge } from './guards/size.ts';
import { type Environment, observe, type RequestFacts, runBounded, wordsOf } from './request.ts';

/** One `tools/call`, its arguments still unparsed. */
export interface CallRequest extends RequestFacts {
  arguments: unknown;
  reply: Reply;
}

/** The specification's CallToolResult. */
export interface CallResult {
  content: ({ type: 'text'; text: string } | MediaContent)[];
  structuredContent?: Record<string, unknown>;
  isError?: true;
  _meta?: { code: string; retryable: boolean };
  [key: string]: unknown;
}

/** How an answer that is too large is spoken of. */
const ANSWER: Sized = { name: 'answer', hint: 'Ask for less: a smaller range, a lower limit, or a narrower filter.' };

/**
 * One tools/call from top to bottom. Never throws: every failure is a result that the model can read, and a line in the log. A call that
 * needs a confirmation is answered with the question, and comes again with the answer: no slot is held while a person thinks.
 */
export async function callTool(tool: AnyTool, request: CallRequest, env: Environment): Promise<CallResult | Question> {
  const target = { tool: tool.name, ...auditedArguments(request.arguments, tool.audit), ...env.findDeprecated(tool, request.arguments) };
  const called = observe(target, request, env, async (notes) => {
    await env.rateLimit(request.caller);
    const input = parse(tool, request.arguments);
    const question = await tool.confirm?.(input);
    if (question !== undefined) {
      const consent = env.consent(question, [request.caller, tool.name, request.arguments], request.reply);
      if (typeof consent === 'object') {
        notes.outcome = 'asked';
        return consent;
      }
      notes.confirmation = consent;
      if (consent === 'declined') throw new ToolError('denied', 'The user declined.', { hint: 'Do not try again unless the user asks.' });
    }
    const media: MediaContent[] = [];
    const output = await runBounded(request, env, (context) => {
      const attach = (block: MediaContent) => {
        if (!context.signal.aborted) media.push(visibleBlock(block));
      };
      return tool.handler(input, { ...context, attach });
    });
    const result = answer(tool, output, media, env.maxResultChars);
    notes.chars = charactersOf(result);
    return result;
  });
  return await called.catch((error) => refusal(toToolError(error)));
}

/** The schemas of a literal fit its functions: defineTool has seen to it. */
function parse(tool: AnyTool, args: unknown): never {
  const input = tool.inputSchema.safeParse(args ?? {});
  if (!input.success) throw new ToolError('invalid_input', z.prettifyError(input.error), { hint: 'Fix the arguments and call again.' });
  return input.data as never;
}

function answer(tool: AnyTool, output: unknown, media: readonly MediaContent[], maxChars: number): CallResult {
  const checked = tool.outputSchema.safeParse(output);
  if (!checked.success) throw new Error(`The answer of ${tool.name} does not fit its outputSchema`, { cause: checked.error });
  const { value, characters, added, bytes } = sanitizeData(checked.data, maxChars * STRUCTURE_FACTOR);
  // Before any text is made of it: a string may be too long for V8 to write as JSON.
  if (characters > maxChars * STRUCTURE_FACTOR) throw tooLarge(ANSWER, characters, maxChars);
  const raw = tool.text?.(value as never) ?? JSON.stringify(value);
  // A coloured log is longer than the tool could know when it kept to its budget: what was added may double it.
  if (raw.length > maxChars + Math.min(added, maxChars)) throw tooLarge(ANSWER, raw.length, maxChars);
  const text = makeVisible(raw);
  if (text.length > maxChars * 2) throw tooLarge(ANSWER, text.length, maxChars);
  refuseManyBytes(ANSWER, [text, value], jsonBytesAtMost(text) + bytes, maxChars);
  // Programs that want a picture take the first block, and models read them all.
  return { content: [...media, { type: 'text', text }], structuredContent: value };
}

/** Its names as they may be shown. The data is base64, megabytes of it, and not looked at. */
function visibleBlock(block: MediaContent): MediaContent {
  if (block.type !== 'resource') return { ...block, mimeType: makeVisible(block.mimeType) };
  const { uri, mimeType, blob } = block.resource;
  return { type: 'resource', resource: { uri: makeVisible(uri), mimeType: makeVisible(mimeType), blob } };
}

function refusal(error: ToolError): CallResult {
  return {
    isError: true,
    content: [{ type: 'text', text: wordsOf(error) }],
    _meta: { code: error.code, retryable: error.retryable },
  };
}

function charactersOf(result: CallResult): number {
  return result.content.reduce((sum, block) => sum + (block.type === 'text' ? block.text.length : 0), 0);
}
