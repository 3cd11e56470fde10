/** The public surface: servers, tools, resources and prompts as values; the one class of errors whose words leave; settings; running as a process. */

export { type CommonConfig, commonSchema } from './config/common.ts';
export { type Option, optionsOf } from './config/options.ts';
export {
  type AnyServer,
  type CallContext,
  defineServer,
  type ListedResource,
  type MediaContent,
  type Narrow,
  type Prompt,
  type PromptArguments,
  type PromptLiteral,
  type PromptMessage,
  promptDefiner,
  type Resource,
  type ResourceContent,
  type ResourceLiteral,
  resourceDefiner,
  type ServerLiteral,
  type Tool,
  type ToolAnnotations,
  type ToolContext,
  type ToolLiteral,
  toolDefiner,
} from './define.ts';
export { type ErrorCode, ToolError, type ToolErrorOptions } from './errors.ts';
export { main } from './main.ts';
export { helpText } from './manifest/help.ts';
