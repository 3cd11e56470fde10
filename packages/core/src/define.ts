import type * as z from 'zod';
import type { CommonConfig } from './config/common.ts';
import type { Logger } from './log.ts';

/** The four hints of the specification, all required: "unset" cannot happen. */
export interface ToolAnnotations {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
  openWorldHint: boolean;
}

/** A block of `content` that is not text: pictures, sound, files. The shapes are the specification's. */
export type MediaContent =
  | { type: 'image' | 'audio'; data: string; mimeType: string }
  | { type: 'resource'; resource: { uri: string; mimeType: string; blob: string } };

/** What core hands to every handler beside the server's own dependencies. */
export interface CallContext {
  /** Aborts when the client cancels or leaves, or when the deadline has passed. Whatever waits must listen to it. */
  signal: AbortSignal;
  /** Tells a client that asked for progress how far the work is. Cheap when nobody asked. */
  progress: (done: number, total?: number, message?: string) => void;
}

/** What the handler of a tool gets beside that. */
export interface ToolContext extends CallContext {
  /** Adds a media block before the text, in the order of the calls. Once the deadline has passed it adds nothing. */
  attach: (block: MediaContent) => void;
}

/** A tool as a literal, in the specification's own words, plus one handler that returns plain data. */
export interface ToolLiteral<Dependencies, Input extends z.ZodObject, Output extends z.ZodObject> {
  /** `verb_noun`, or a verb where a server has one object only; unique across all servers. */
  name: string;
  title: string;
  /** What it does and when to use it, for the model. Ends with a period. */
  description: string;
  /** Until it is removed, what to use instead and since when: `Use read_text_file (since 1.4.0).` Goes before the description (docs/deprecation.md). */
  deprecated?: string;
  /** A `z.strictObject`: an unknown argument is an error that the model sees. A deprecated one has `.meta({ deprecated: true })`. */
  inputSchema: Input;
  /** The answer is checked against it, and fields that it does not name are left out. */
  outputSchema: Output;
  annotations: ToolAnnotations;
  handler: (input: z.output<Input>, context: Dependencies & ToolContext) => z.input<Output> | Promise<z.input<Output>>;
  /** The question that a person must say yes to before the handler runs, or undefined where this call needs none. Arguments in it are quoted. */
  confirm?: (input: z.output<Input>) => string | undefined | Promise<string | undefined>;
  /** The answer as a person would write it, for the model. Without it, the answer's JSON. */
  text?: (output: z.output<Output>) => string;
  /** The arguments that the audit log may keep. None unless named. */
  audit?: readonly (keyof z.output<Input> & string)[];
}

/** Any tool of a server, its schemas forgotten. Made by `defineTool` only, which has checked them against the handler. */
export interface Tool<Dependencies>
  extends Omit<ToolLiteral<Dependencies, z.ZodObject, z.ZodObject>, 'handler' | 'confirm' | 'text' | 'audit'> {
  handler: (input: never, context: Dependencies & ToolContext) => unknown;
  confirm?: (input: never) => string | undefined | Promise<string | undefined>;
  text?: (output: never) => string;
  audit?: readonly string[];
}

/** Binds `defineTool` to what a server's handlers receive, once a server, so that every tool literal infers the rest. */
export function toolDefiner<Dependencies>() {
  return <Input extends z.ZodObject, Output extends z.ZodObject>(tool: ToolLiteral<Dependencies, Input, Output>): Tool<Dependencies> =>
    tool;
}

/** The names in a URI template: `'path'` of `'file:///{+path}'`. */
export type VariableOf<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `+${infer Plain}` ? Plain : Name) | VariableOf<Rest>
  : never;

/** A resource as resources/list names it. */
export interface ListedResource {
  uri: string;
  name: string;
  title?: string;
  description?: string;
  mimeType?: string;
  size?: number;
}

/** What a resource holds: text, or bytes. */
export type ResourceContent = { text: string; mimeType?: string } | { blob: Uint8Array; mimeType?: string };

/** How what a person types may go on, for each of these names; `settled` are the values of the others so far. */
export type Completers<Dependencies, Name extends string> = {
  [Each in Name]?: (
    typed: string,
    settled: Partial<Record<Name, string>>,
    context: Dependencies & CallContext,
  ) => string[] | Promise<string[]>;
};

/** The same, its names forgotten. */
export type AnyCompleters<Dependencies> = Record<
  string,
  ((typed: string, settled: never, context: Dependencies & CallContext) => string[] | Promise<string[]>) | undefined
>;

/** A resource, or all that a URI template names, as a literal. */
export interface ResourceLiteral<Dependencies, Template extends string> {
  /** One word, unique in its server. */
  name: string;
  title: string;
  /** Ends with a period. */
  description: string;
  /** A whole URI, or a template: `{name}` is one segment, `{+name}` at the very end is whatever is left. Values arrive percent-decoded. */
  uriTemplate: Template;
  mimeType?: string;
  /** What resources/list names of a template, in a stable order. A whole URI is listed by itself. */
  list?: (context: Dependencies & CallContext) => ListedResource[] | Promise<ListedResource[]>;
  /** Proves the variables before it trusts them: they are a client's. */
  read: (
    variables: Record<VariableOf<Template>, string>,
    context: Dependencies & CallContext,
  ) => ResourceContent | Promise<ResourceContent>;
  /** How a variable may go on, given those that are settled. */
  complete?: Completers<Dependencies, VariableOf<Template>>;
  /**
   * Calls `changed` after every change (and once it is gone) until the signal aborts, and releases then what it holds. Resolves once it
   * watches, throws a ToolError where it cannot.
   */
  watch?: (
    variables: Record<VariableOf<Template>, string>,
    changed: () => void,
    context: Dependencies & Pick<CallContext, 'signal'>,
  ) => void | Promise<void>;
  /** The variables that the audit log may keep. None unless named. */
  audit?: readonly VariableOf<Template>[];
}

/** Any resource of a server, its template forgotten. Made by `defineResource` only. */
export interface Resource<Dependencies> extends Omit<ResourceLiteral<Dependencies, string>, 'read' | 'complete' | 'watch' | 'audit'> {
  read: (variables: never, context: Dependencies & CallContext) => ResourceContent | Promise<ResourceContent>;
  complete?: AnyCompleters<Dependencies>;
  watch?: (variables: never, changed: () => void, context: Dependencies & Pick<CallContext, 'signal'>) => void | Promise<void>;
  audit?: readonly string[];
}

/** Binds `defineResource` to what a server's functions receive, as `toolDefiner` does. */
export function resourceDefiner<Dependencies>() {
  return <const Template extends string>(resource: ResourceLiteral<Dependencies, Template>): Resource<Dependencies> => resource;
}

/** Every argument of a prompt arrives as a string. What may be left out is optional, or has a default. */
export type PromptArguments = z.ZodObject<Record<string, z.ZodType<unknown, string | undefined>>>;

/** One message of a prompt: text, or a text resource that it embeds. */
export type PromptMessage = { role: 'user' | 'assistant' } & (
  | { text: string }
  | { resource: { uri: string; text: string; mimeType?: string } }
);

/** A prompt as a literal, in the specification's own words: what a person picks from a menu, made into messages for the model. */
export interface PromptLiteral<Dependencies, Arguments extends PromptArguments> {
  /** In snake_case, unique across all servers. */
  name: string;
  title: string;
  /** What it is for, for the person. Ends with a period. */
  description: string;
  /** A `z.strictObject` of strings, each described. Without it, the prompt has no arguments. */
  arguments?: Arguments;
  messages: (args: z.output<Arguments>, context: Dependencies & CallContext) => PromptMessage[] | Promise<PromptMessage[]>;
  /** How an argument may go on, given those that are settled. */
  complete?: Completers<Dependencies, keyof z.output<Arguments> & string>;
  /** The arguments that the audit log may keep. None unless named. */
  audit?: readonly (keyof z.output<Arguments> & string)[];
}

/** Any prompt of a server, its arguments forgotten. Made by `definePrompt` only. */
export interface Prompt<Dependencies> extends Omit<PromptLiteral<Dependencies, PromptArguments>, 'messages' | 'complete' | 'audit'> {
  messages: (args: never, context: Dependencies & CallContext) => PromptMessage[] | Promise<PromptMessage[]>;
  complete?: AnyCompleters<Dependencies>;
  audit?: readonly string[];
}

/** Binds `definePrompt` to what a server's functions receive, as `toolDefiner` does. */
export function promptDefiner<Dependencies>() {
  return <Arguments extends PromptArguments = z.ZodObject<Record<never, never>>>(
    prompt: PromptLiteral<Dependencies, Arguments>,
  ): Prompt<Dependencies> => prompt;
}

/** A server as a literal: its name, its settings, its tools, and how to open what they need. */
export interface ServerLiteral<Dependencies, Config extends z.ZodObject> {
  /** Short name: `filesystem`. The command is `touchstone-<name>`. */
  name: string;
  title: string;
  version: string;
  /** Prefix of environment variables: `TOUCHSTONE_FILESYSTEM`. */
  envPrefix: string;
  /** For the model, once a connection. The first 512 characters must stand alone: some clients read no further. */
  instructions: string;
  /** The server's own settings; those that every server has are added by core. */
  configSchema: Config;
  /** Tools are a function of the settings: what is switched off does not exist. */
  tools: (config: z.output<Config>) => readonly Tool<Dependencies>[];
  /** Resources are one too. The first whose template fits a URI answers for it. */
  resources?: (config: z.output<Config>) => readonly Resource<Dependencies>[];
  /** Prompts as well. */
  prompts?: (config: z.output<Config>) => readonly Prompt<Dependencies>[];
  /** Opens, once a process, what the handlers need. Disposed of when the server stops. Throws a ToolError that an operator can act on. */
  open: (config: z.output<Config> & CommonConfig, log: Logger) => Promise<Dependencies & AsyncDisposable>;
  /** How the roots of a client narrow what `open` gave, for clients of 2025 over stdio; nobody else is asked. Undefined where they do not. */
  narrow?: (config: z.output<Config>) => Narrow<Dependencies> | undefined;
}

/**
 * What one connection may use, given the URIs that its client names as roots: never more than the process may. Disposed of when the
 * connection has ended or its roots have changed. A ToolError thrown is the answer to every request of the connection.
 */
export type Narrow<Dependencies> = (
  dependencies: Dependencies,
  roots: readonly string[],
  log: Logger,
) => Promise<Dependencies & AsyncDisposable>;

/** Any server, its types forgotten. */
// biome-ignore lint/suspicious/noExplicitAny: dependencies and settings are private to each server; core only hands them back
export type AnyServer = ServerLiteral<any, any>;

/** Any tool of any server. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyTool = Tool<any>;

/** Gives a server literal its types. */
export function defineServer<Dependencies, Config extends z.ZodObject>(server: ServerLiteral<Dependencies, Config>) {
  return server;
}
