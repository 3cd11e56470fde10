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

/** A tool as a literal, in the specification's own words, plus one handler that returns plain data. */
export interface ToolLiteral<Dependencies, Input extends z.ZodObject, Output extends z.ZodObject> {
  /** `verb_noun`, unique across all servers. */
  name: string;
  title: string;
  /** What it does and when to use it, for the model. Ends with a period. */
  description: string;
  /** A `z.strictObject`: an unknown argument is an error that the model sees. */
  inputSchema: Input;
  /** The answer is checked against it, and fields that it does not name are left out. */
  outputSchema: Output;
  annotations: ToolAnnotations;
  handler: (input: z.output<Input>, context: Dependencies & CallContext) => z.input<Output> | Promise<z.input<Output>>;
  /** The answer as a person would write it, for the model. Without it, the answer's JSON. */
  text?: (output: z.output<Output>) => string;
  /** Media blocks that follow the text. */
  content?: (output: z.output<Output>) => MediaContent[];
  /** The arguments that the audit log may keep. None unless named. */
  audit?: readonly (keyof z.output<Input> & string)[];
}

/** Any tool of a server, its schemas forgotten. Made by `defineTool` only, which has checked them against the handler. */
export interface Tool<Dependencies>
  extends Omit<ToolLiteral<Dependencies, z.ZodObject, z.ZodObject>, 'handler' | 'text' | 'content' | 'audit'> {
  handler: (input: never, context: Dependencies & CallContext) => unknown;
  text?: (output: never) => string;
  content?: (output: never) => MediaContent[];
  audit?: readonly string[];
}

/** Binds `defineTool` to what a server's handlers receive, once a server, so that every tool literal infers the rest. */
export function toolDefiner<Dependencies>() {
  return <Input extends z.ZodObject, Output extends z.ZodObject>(tool: ToolLiteral<Dependencies, Input, Output>): Tool<Dependencies> =>
    tool;
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
  /** Opens, once a process, what the handlers need. Disposed of when the server stops. Throws a ToolError that an operator can act on. */
  open: (config: z.output<Config> & CommonConfig, log: Logger) => Promise<Dependencies & AsyncDisposable>;
}

/** Any server, its types forgotten. */
// biome-ignore lint/suspicious/noExplicitAny: dependencies and settings are private to each server; core only hands them back
export type AnyServer = ServerLiteral<any, any>;

/** Gives a server literal its types. */
export function defineServer<Dependencies, Config extends z.ZodObject>(server: ServerLiteral<Dependencies, Config>) {
  return server;
}
