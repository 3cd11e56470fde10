import * as z from 'zod';
import { type Completion, completeWith, type Typing } from './completion.ts';
import type { Prompt, PromptMessage } from './define.ts';
import { ToolError } from './errors.ts';
import { auditedArguments } from './guards/audit.ts';
import { makeVisible, sanitizeData } from './guards/sanitize.ts';
import { type Sized, tooLarge } from './guards/size.ts';
import { type Environment, observe, type RequestFacts, runBounded } from './request.ts';

// biome-ignore lint/suspicious/noExplicitAny: the dependencies are the server's own; core only hands them on
type AnyPrompt = Prompt<any>;

/** A prompt as prompts/list names it. */
export interface ListedPrompt {
  name: string;
  title: string;
  description: string;
  arguments?: { name: string; description?: string; required: boolean }[];
}

/** One message of a GetPromptResult. */
export interface SentMessage {
  role: PromptMessage['role'];
  content: { type: 'text'; text: string } | { type: 'resource'; resource: { uri: string; text: string; mimeType?: string } };
}

/** The prompts of a server. Every method throws ToolError. */
export interface Prompts {
  list: readonly ListedPrompt[];
  completable: boolean;
  get(name: string, args: unknown, request: RequestFacts): Promise<SentMessage[]>;
  complete(name: string, typing: Typing, request: RequestFacts): Promise<Completion>;
}

/** How a prompt that is too large is spoken of. */
const PROMPT: Sized = { name: 'prompt', hint: 'Give it arguments that make it shorter.' };

/** Schemas are read, and the list is made, once a process. */
export function createPrompts(literals: readonly AnyPrompt[], env: Environment): Prompts {
  const list = literals.map(listedOf);
  const byName = new Map(literals.map((prompt) => [prompt.name, prompt]));

  return {
    list,
    completable: literals.some(({ complete }) => complete !== undefined),
    async get(given, args, request) {
      const prompt = byName.get(given);
      const name = makeVisible(given.slice(0, 100));
      // A name that nobody knows is the client's invention, and no label for a metric.
      const target = prompt === undefined ? { prompt: '(unknown)', arguments: { name } } : targetOf(prompt, args);
      return await observe({ method: 'prompts/get', ...target }, request, env, async (notes) => {
        await env.rateLimit(request.caller);
        if (prompt === undefined) throw unknownPrompt(name, [...byName.keys()]);
        const input = parse(prompt, args);
        const messages = await runBounded(request, env, (context) => prompt.messages(input, context));
        const { value, characters } = sanitizeData(messages, env.maxResultChars);
        if (characters > env.maxResultChars) throw tooLarge(PROMPT, characters, env.maxResultChars);
        notes.chars = characters;
        return value.map(sentOf);
      });
    },
    async complete(name, typing, request) {
      const prompt = byName.get(name);
      if (!Object.hasOwn(prompt?.arguments?.shape ?? {}, typing.name))
        throw new ToolError('invalid_input', 'No prompt has this argument.', { hint: 'prompts/list names them.' });
      return await completeWith(prompt?.complete, typing, { prompt: name }, request, env);
    },
  };
}

function listedOf({ name, title, description, arguments: schema }: AnyPrompt): ListedPrompt {
  if (schema === undefined) return { name, title, description };
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' });
  const args = Object.entries(properties as Record<string, { description?: string }>).map(([argument, { description: says }]) => ({
    name: argument,
    ...(says === undefined ? {} : { description: says }),
    required: required.includes(argument),
  }));
  return { name, title, description, arguments: args };
}

function targetOf({ name, audit }: AnyPrompt, args: unknown) {
  return { prompt: name, ...auditedArguments(args, audit) };
}

/** The schema of a literal fits its `messages`: definePrompt has seen to it. */
function parse({ arguments: schema = z.strictObject({}) }: AnyPrompt, args: unknown): never {
  const input = schema.safeParse(args ?? {});
  if (!input.success) throw new ToolError('invalid_input', z.prettifyError(input.error), { hint: 'Fix the arguments and ask again.' });
  return input.data as never;
}

function sentOf({ role, ...content }: PromptMessage): SentMessage {
  return { role, content: 'text' in content ? { type: 'text', text: content.text } : { type: 'resource', resource: content.resource } };
}

function unknownPrompt(name: string, known: readonly string[]): ToolError {
  const hint = known.length === 0 ? 'This server has none.' : `There are: ${known.join(', ')}.`;
  return new ToolError('not_found', `Unknown prompt: ${name}`, { hint });
}
